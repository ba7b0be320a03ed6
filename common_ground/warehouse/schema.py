"""Creates the tables of a workspace file: canonical tables, then marts."""

import duckdb

from common_ground.warehouse import models

# Raised whenever a table of the published file gains, loses or changes a column.
FORMAT = 5


def create_canonical(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every canonical table, empty."""
    for ddl in models.canonical_ddl().values():
        connection.execute(ddl)


def create_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Materialise every mart without parameters as a table of the same name."""
    for model in models.marts().values():
        if not model.params:
            connection.execute(f"create table {model.name} as\n{model.sql}")


def run_mart(
    connection: duckdb.DuckDBPyConnection, name: str, params: dict[str, object]
) -> duckdb.DuckDBPyRelation:
    """Rows of a mart: the materialised table, or its select with exactly its parameters.

    Args:
        connection: a cursor of its own for each caller.
        name: a mart of queries/marts.
        params: values by name; those the mart does not declare are left out.
    """
    model = models.marts()[name]
    if not model.params:
        return connection.table(name)
    return connection.sql(model.sql, params={key: params[key] for key in model.params})
