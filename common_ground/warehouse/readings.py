"""What dates.py and numbers.py hand to staging: how the cells of a column become values."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from common_ground.exports.questions import Question

SHOWN_VALUES = 3  # examples in a message


@dataclass(frozen=True)
class Reading:
    """How the cells of one column become values.

    Attributes:
        value: SQL of the value.
        waiting: SQL condition on the cells that wait for an answer; None where none does.
    """

    value: str
    waiting: str | None = None


@dataclass(frozen=True)
class Readings:
    """How the columns of a file are read.

    Attributes:
        of: staged column -> reading.
        warnings: sentences on what was told from the other values or the other columns.
        questions: what the file cannot say.
    """

    of: Mapping[str, Reading]
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def count(
    connection: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, str] | None = None
) -> int:
    """The number a select of one number gives."""
    # All rows, though there is one: an unfinished result would block the connection
    return int(connection.execute(sql, params or {}).fetchall()[0][0])


def counts(
    connection: duckdb.DuckDBPyConnection, name: str, *conditions: str, rows: str = "text_rows"
) -> list[int]:
    """How many cells of a column of the text rows, if not of other rows, meet each condition."""
    parts = ", ".join(f"count(*) filter (where {condition})" for condition in conditions)
    found = connection.execute(
        f"select {parts} from {rows} where {name} is not null"  # noqa: S608
    ).fetchall()
    return [int(number) for number in found[0]]


def first_cells(connection: duckdb.DuckDBPyConnection, name: str, condition: str) -> str:
    """The first cells that meet a condition: "line 3 'TBD', line 9 'n/a'"."""
    found = connection.execute(
        f"select line, {name} from text_rows where {condition} "  # noqa: S608
        f"order by line limit {SHOWN_VALUES}"
    ).fetchall()
    return ", ".join(f"line {line} '{cell}'" for line, cell in found)
