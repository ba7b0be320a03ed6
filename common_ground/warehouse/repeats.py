"""Rows that came twice: left out with line and reason, or refused where a whole export repeats."""

import duckdb
import pyarrow as pa

from common_ground.errors import DuplicateExportError
from common_ground.exports.tables import RejectedLine

# Staged table -> what names one row, in words and as SQL.
KEYS: dict[str, tuple[str, str]] = {
    "products": ("product", "coalesce(product_id, product)"),
    "contracts": ("contract_id", "contract_id"),
    "deals": ("deal_id", "deal_id"),
    "features": ("feature", "coalesce(feature_id, name)"),
    "items": ("item_id", "item_id"),
    "tickets": ("ticket_id", "ticket_id"),
    "churn_events": ("churn_event_id", "churn_event_id"),
    "targets": ("target", "concat_ws(' ', kpi, period, coalesce(segment, ''))"),
    "fx_rates": ("rate", "concat_ws(' ', upper(currency), fiscal_year)"),
    # Two tools may number their asks alike, so an ask is known by its file too
    "asks": ("ask_id", "source || ' ' || ask_id"),
}
REPEATED_EXPORT = 0.5  # share of the smaller file's keys that makes it the same export again


def reject_repeats(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, list[RejectedLine]]:
    """Take repeated rows out of the staged tables.

    The first row of a key stays. Usage events are repeats only when every column agrees.

    Returns:
        file -> the rows left out of it, in line order.

    Raises:
        DuplicateExportError: more than half of one file's keys stand in another file too.
    """
    rejected: dict[str, list[RejectedLine]] = {}
    for table, (what, key) in KEYS.items():
        _refuse_repeated_export(connection, table, key)
        _take(connection, table, what, key, rejected)
    _take_events(connection, rejected)
    return {file: sorted(lines, key=lambda r: r.line) for file, lines in rejected.items()}


def _refuse_repeated_export(connection: duckdb.DuckDBPyConnection, table: str, key: str) -> None:
    found = connection.execute(
        f"with keys as (select distinct source, {key} as key from staging.{table}), "  # noqa: S608
        "sizes as (select source, count(*) as size from keys group by source) "
        "select a.source, b.source, count(*), min(sizes.size) from keys as a "
        "join keys as b using (key) join sizes on sizes.source = b.source "
        "where a.source < b.source group by a.source, b.source order by 1, 2"
    ).fetchall()
    for first, second, shared, size in found:
        if shared > REPEATED_EXPORT * size:
            raise DuplicateExportError(
                f"{second}: {shared:,} of its {size:,} {table} also stand in {first}. Keep the "
                "newer export of the two in the folder and remove the other."
            )


def _take(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    what: str,
    key: str,
    rejected: dict[str, list[RejectedLine]],
) -> None:
    found = connection.execute(
        f"with keyed as (select source, line, {key} as key from staging.{table}), "  # noqa: S608
        "ranked as (select source, line, key, "
        "row_number() over (partition by key order by source, line) as place, "
        "first_value(source) over (partition by key order by source, line) as first_source, "
        "first_value(line) over (partition by key order by source, line) as first_line "
        "from keyed) select source, line, first_source, first_line, key from ranked "
        "where place > 1 order by source, line, key"
    ).fetchall()
    for source, line, first_source, first_line, value in found:
        same_file = source == first_source
        where = f"line {first_line}" if same_file else f"line {first_line} of {first_source}"
        shown = value.removeprefix(f"{source} ")
        rejected.setdefault(source, []).append(
            RejectedLine(line, shown, f"{what} '{shown}' stands on {where} already")
        )
    _delete(connection, table, [(source, line) for source, line, *_ in found])


def _delete(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[str, int]]) -> None:
    if not rows:
        return
    sources, lines = zip(*rows, strict=True)
    connection.register("repeats", pa.table({"source": sources, "line": lines}))
    connection.execute(
        f"delete from staging.{table} where (source, line) in (select (source, line) from repeats)"  # noqa: S608
    )
    connection.unregister("repeats")


def _take_events(
    connection: duckdb.DuckDBPyConnection, rejected: dict[str, list[RejectedLine]]
) -> None:
    same = (
        "event_id, occurred_at, event, account_id, account_name, account_domain, contract_id, "
        "user_id, user_email, event_count"
    )
    connection.execute(
        # Numbers are grouped quicker than texts; texts that share one are told apart after that
        "create table staging.repeated_events as with alike as ("
        "select hash(event_id) as number from staging.usage_events where event_id is not null "
        "group by hash(event_id) having count(*) > 1) "
        "select event_id from staging.usage_events "
        "where hash(event_id) in (select number from alike) "
        "group by event_id having count(*) > 1"
    )
    found = connection.execute(
        "with ranked as (select source, line, event_id, "  # noqa: S608
        f"row_number() over (partition by {same} order by source, line) as place "
        "from staging.usage_events "
        "where event_id in (select event_id from staging.repeated_events)) "
        "select source, line, event_id from ranked where place > 1 order by source, line"
    ).fetchall()
    for source, line, event in found:
        rejected.setdefault(source, []).append(
            RejectedLine(line, event, f"event '{event}' came before with the same values")
        )
    _delete(connection, "usage_events", [(source, line) for source, line, _ in found])
