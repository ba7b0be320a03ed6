"""What differs between two builds: rows added, changed and removed, by table and key."""

import duckdb

KEYS = {
    "accounts": "account_id",
    "contracts": "contract_id",
    "deals": "deal_id",
    "features": "feature_id",
    "items": "item_id",
    "asks": "ask_id",
}


def create_changes(connection: duckdb.DuckDBPyConnection, has_before: bool) -> None:
    """Create the table changes (canonical_table, change, key, what).

    Args:
        connection: with the canonical tables of the new build.
        has_before: the file published before is attached as `before`; False leaves the table
            empty.
    """
    connection.execute(
        "create table changes (canonical_table varchar, change varchar, key varchar, what varchar)"
    )
    if not has_before:
        return
    for table, key in KEYS.items():
        connection.execute(_difference(connection, table, key))


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> list[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() where database_name = ? and table_name = ? "
        "order by column_index",
        [database, table],
    ).fetchall()
    return [name for (name,) in found]


def _difference(connection: duckdb.DuckDBPyConnection, table: str, key: str) -> str:
    """SQL that appends the differences of one table; names come from our own DDL."""
    current = connection.execute("select current_database()").fetchone()
    assert current is not None
    old = set(_columns(connection, "before", table))
    shared = [c for c in _columns(connection, str(current[0]), table) if c in old and c != key]
    cells = ", ".join(
        f"case when a.{c} is distinct from b.{c} then '{c.replace('_', ' ')} ' || "
        f"coalesce(cast(a.{c} as varchar), 'empty') || ' → ' || "
        f"coalesce(cast(b.{c} as varchar), 'empty') end"
        for c in shared
    )
    differs = " or ".join(f"a.{c} is distinct from b.{c}" for c in shared)
    return (
        f"insert into changes select '{table}', case when a.{key} is null then 'added' "  # noqa: S608
        f"when b.{key} is null then 'removed' else 'changed' end, coalesce(b.{key}, a.{key}), "
        f"case when a.{key} is not null and b.{key} is not null then concat_ws('; ', {cells}) end "
        f"from before.{table} as a full join {table} as b on a.{key} = b.{key} "
        f"where a.{key} is null or b.{key} is null or {differs} "
        f"order by 2, 3"
    )
