"""How a column writes its dates: told from all of its values, and asked where they cannot tell."""

from collections.abc import Mapping

import duckdb

from common_ground.exports.dialects import StagedColumn
from common_ground.exports.questions import Choice, Question
from common_ground.warehouse.decisions import FileDecision

SAMPLE_ROWS = 1000  # enough to tell how a column writes its dates

TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
ORDERS = {
    "day_first": ("%d{0}%m{0}%y", "%d{0}%m{0}%Y"),
    "month_first": ("%m{0}%d{0}%y", "%m{0}%d{0}%Y"),
}
NAMED = (
    "%d/%b/%y", "%d/%b/%Y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y",
    "%B %d, %Y", "%a %b %d %Y",
)  # fmt: skip


def count(
    connection: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, str] | None = None
) -> int:
    """The number a select of one number gives."""
    # All rows, though there is one: an unfinished result would block the connection
    return int(connection.execute(sql, params or {}).fetchall()[0][0])


def is_date(column: StagedColumn) -> bool:
    """Whether a staged column holds days or instants."""
    return column.type in ("date", "timestamp")


# Only a four-digit year first is ISO: DuckDB would read 01/02/24 as a day of the year 1.
ISO = (
    "case when regexp_matches({0}, '^\\s*[0-9]{{4}}[-/]') "
    "then cast(try_cast({0} as timestamptz) at time zone 'UTC' as timestamp) end"
)
ISO_PLAIN = "try_cast({0} as timestamp)"  # for columns of which every value was seen to be ISO
UNIX = (
    "case when regexp_full_match({0}, '[0-9]{{10}}(\\.[0-9]+)?') "
    "then make_timestamp(cast(try_cast({0} as decimal(20, 6)) * 1000000 as bigint)) "
    "when regexp_full_match({0}, '[0-9]{{13}}') "
    "then make_timestamp(cast({0} as bigint) * 1000) "
    "when regexp_full_match({0}, '[12][0-9]{{7}}') then try_strptime({0}, '%Y%m%d') end"
)
CLEAN = "regexp_replace({0}, ' GMT[+-][0-9]{{4}}.*$', '')"


def _formats(dates: tuple[str, ...]) -> str:
    joined = ", ".join(f"'{day}{time}'" for day in dates for time in TIMES)
    return f"[{joined}]"


def _ordered(order: str, column: str) -> str:
    dates = tuple(shape.format(mark) for mark in "/.-" for shape in ORDERS[order])
    return f"try_strptime({column}, {_formats(dates)})"


def _any_shape(column: str, order: str | None) -> str:
    """SQL that reads every date style; slashes by the given order, or not at all."""
    parts = [
        ISO.format(column),
        UNIX.format(column),
        f"try_strptime({CLEAN.format(column)}, {_formats(NAMED)})",
    ]
    if order:
        parts.append(_ordered(order, column))
    return f"coalesce({', '.join(parts)})"


def readings_of(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    columns: tuple[StagedColumn, ...],
    headers: Mapping[str, str],
    decision: FileDecision,
) -> tuple[dict[str, str], tuple[Question, ...]]:
    """SQL that reads each date column, and the questions on day and month that are left."""
    dated = [c.name for c in columns if is_date(c) and c.name in headers]
    slow = [name for name in dated if not _is_iso(connection, name)]
    readings = {name: ISO_PLAIN.format(name) for name in dated}
    if not slow:
        return readings, ()
    questions = []
    possible = {name: _possible_orders(connection, name) for name in slow}
    sure = {next(iter(orders)) for orders in possible.values() if len(orders) == 1}
    of_file = decision.date_order or (sure.pop() if len(sure) == 1 else None)
    for name in slow:
        own = next(iter(possible[name])) if len(possible[name]) == 1 else None
        # What a column shows by itself counts more than what was said of the whole file
        order = own or of_file
        if order is None and possible[name]:
            questions.append(_question(connection, file, name, headers[name]))
        readings[name] = _any_shape(name, order)
    return readings, tuple(questions)


NOT_PLAIN_ISO = (
    "select count(*) from {0} where cell is not null and (try_cast(cell as timestamp) is null "
    "or cell[5] not in ('-', '/') "
    "or (length(cell) > 19 and regexp_matches(cell, '[+-][0-9]{{2}}:?[0-9]{{2}}$')))"
)


def _is_iso(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether all values are ISO dates without an offset; a sample first, to be quick."""
    for limit in (f" limit {SAMPLE_ROWS}", ""):
        rows = f"(select {name} as cell from text_rows{limit})"  # noqa: S608
        wrong = count(connection, NOT_PLAIN_ISO.format(rows))
        if wrong:
            return False
    return True


def _possible_orders(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """Orders of day and month under which the most of the column's numeric dates are dates."""
    found = connection.execute(
        f"select count({_ordered('day_first', name)}), count({_ordered('month_first', name)}) "  # noqa: S608
        "from text_rows"
    ).fetchone()
    assert found is not None
    day, month = found
    if day == month:
        return {"day_first", "month_first"} if day else set()
    return {"day_first"} if day > month else {"month_first"}


def _question(connection: duckdb.DuckDBPyConnection, file: str, name: str, header: str) -> Question:
    choices = []
    for order in ORDERS:
        found = connection.execute(
            f"select min({_ordered(order, name)}), max({_ordered(order, name)}) from text_rows"  # noqa: S608
        ).fetchone()
        assert found is not None
        label = order.replace("_", " ").capitalize()
        choices.append(Choice(order, label, f"{found[0]:%Y-%m-%d} to {found[1]:%Y-%m-%d}"))
    return Question(
        file,
        "date_order",
        f"Is the day or the month first in '{header}'?",
        tuple(choices),
        "these dates are left empty",
    )
