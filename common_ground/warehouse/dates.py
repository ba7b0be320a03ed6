"""How a column writes its dates: told from all of its values, and asked where they cannot tell.

A plain date, and a time without an offset, stay on the day they were written with. A time with an
offset (+02:00, Z, GMT-0500) is an instant: kept in UTC where a column holds instants; where it
holds days, the day it was then in the workspace's time zone, so that two tools that write one
instant in two zones agree on the quarter of a deal. A column whose times are all midnight as
written holds days that a tool dressed as instants; those do not move.
"""

from collections.abc import Mapping

import duckdb

from common_ground.exports.dialects import StagedColumn
from common_ground.exports.questions import Choice, Question
from common_ground.warehouse.decisions import FileDecision
from common_ground.warehouse.readings import Reading, Readings, count, counts, first_cells

NUMERIC = r"^\s*[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{2}|[1-9][0-9]{3})([^0-9]|$)"
FIRST_YEAR = 1000  # "1/2/0025" is a slip, not a day of the year 25
SAMPLE_ROWS = 1000  # enough to tell how a column writes its dates

TIMES = (
    "", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f", " %I:%M%p",
)  # fmt: skip
ORDERS = {"day_first": ("%d/%m/%y", "%d/%m/%Y"), "month_first": ("%m/%d/%y", "%m/%d/%Y")}
NAMED = (
    "%d %b %y", "%d %b %Y", "%d %B %y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%a %b %d %Y",
    "%a %d %b %Y",
)  # fmt: skip

# A cell without its offset, commas and unusual blanks: what the styles below are matched with.
BARE = "translate(without_offset(trim({0})), ',\u00a0\u202f', '   ')"
ISO = (
    "case when regexp_full_match({0}, '[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}"
    "([T ]+[0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]+)?)?)?') then try_cast({0} as timestamp) "
    "when regexp_full_match({0}, '(19|20)[0-9]{{6}}') then try_strptime({0}, '%Y%m%d') end"
)
# Words of months and weekdays, whatever stands between them; "Sept" is not among those known
NAMED_WORDS = "regexp_replace(regexp_replace({0}, '[/-]', ' ', 'g'), '(?i)\\bsept\\b', 'Sep')"
MARKS = "regexp_replace({0}, '^([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]', '\\1/\\2/')"
UNIX = (
    "case when regexp_full_match(trim({0}), '[0-9]{{10}}(\\.[0-9]+)?') "
    "then make_timestamp(cast(try_cast({0} as decimal(20, 6)) * 1000000 as bigint)) "
    "when regexp_full_match(trim({0}), '[0-9]{{13}}') "
    "then make_timestamp(cast({0} as bigint) * 1000) "
    "when regexp_full_match(trim({0}), '[0-9]{{16}}') "
    "then make_timestamp(cast({0} as bigint)) end"
)
EXCEL_NUMBER = "regexp_full_match(trim({0}), '[2-7][0-9]{{4}}([.][0-9]+)?')"  # 1954 to 2119
EXCEL = (
    f"case when {EXCEL_NUMBER} then timestamp '1899-12-30' "
    "+ to_seconds(cast(round(cast({0} as decimal(28, 8)) * 86400) as bigint)) end"
)
ISO_PLAIN = "try_cast({0} as timestamp)"  # for columns of which every value was seen to be ISO


def is_date(column: StagedColumn) -> bool:
    """Whether a staged column holds days or instants."""
    return column.type in ("date", "timestamp")


def readings_of(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    columns: tuple[StagedColumn, ...],
    headers: Mapping[str, str],
    decision: FileDecision,
    time_zone: str,
) -> Readings:
    """How each date column is read, and the questions on day and month that are left.

    Args:
        connection: with the text rows registered.
        file: their file.
        columns: of the staged table.
        headers: staged column -> header of this file.
        decision: what a person said of the file.
        time_zone: zone of the workspace, in which an instant has its day.
    """
    readings: dict[str, Reading] = {}
    warnings: list[str] = []
    questions: list[Question] = []
    slow: list[tuple[StagedColumn, _Order]] = []
    for column in (c for c in columns if is_date(c) and c.name in headers):
        name, moves = column.name, column.type == "date" and time_zone != "UTC"
        readings[name] = Reading(ISO_PLAIN.format(name))
        if _is_iso(connection, name, moves):
            continue
        if _is_excel(connection, name):
            readings[name] = Reading(EXCEL.format(name))
            warnings.append(_told_of_excel(connection, name, headers[name]))
        else:
            slow.append((column, _Order(connection, name, headers[name], decision)))
    for column, order in slow:
        order.learn([other for _, other in slow if other is not order])
        readings[column.name] = Reading(_value(connection, column, order), order.waiting)
        warnings += order.warnings
        if order.waiting:
            questions.append(_question(connection, file, order))
    return Readings(readings, tuple(warnings), tuple(questions))


NOT_PLAIN_ISO = (
    "select count(*) from {0} where cell is not null and (try_cast(cell as timestamp) is null "
    "or cell[5] not in ('-', '/') or not (cell[-1] between '0' and '9' or cell[-1] = {1}) "
    "or (length(cell) > 16 and regexp_matches(cell, '[+-][0-9]{{2}}(:?[0-9]{{2}})?$')))"
)


def _is_iso(connection: duckdb.DuckDBPyConnection, name: str, moves: bool) -> bool:
    """Whether all values are ISO dates that need no zone; a sample first, to be quick.

    Args:
        connection: with the text rows registered.
        name: the column.
        moves: whether "Z" at the end may make it another day.
    """
    last = "'0'" if moves else "'Z'"
    for limit in (f" limit {SAMPLE_ROWS}", ""):
        rows = f"(select {name} as cell from text_rows{limit})"  # noqa: S608
        if count(connection, NOT_PLAIN_ISO.format(rows, last)):
            return False
    return True


def _formats(dates: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{day}{time}'" for day in dates for time in TIMES) + "]"


def _in_order(name: str, order: str) -> str:
    cell = MARKS.format(BARE.format(name))
    date = f"try_strptime({cell}, {_formats(ORDERS[order])})"
    return f"(case when regexp_matches({name}, '{NUMERIC}') then {date} end)"


class _Order:
    """How one column orders day and month.

    Attributes:
        name: staged column.
        header: in the file.
        chosen: day_first or month_first for the dates that could be either; None: not known.
        warnings: what a person should know of it.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        header: str,
        decision: FileDecision,
    ) -> None:
        self.name, self.header = name, header
        self.warnings: list[str] = []
        day, month = f"({_in_order(name, 'day_first')})", f"({_in_order(name, 'month_first')})"
        self._only_day, self._only_month, self._either = counts(
            connection,
            name,
            f"{day} is not null and {month} is null",
            f"{month} is not null and {day} is null",
            f"{day} != {month}",
        )
        self._is_decided = decision.date_order is not None
        self.chosen = self.shown or decision.date_order
        if self.shown and self._is_decided and self.shown != decision.date_order:
            self.warnings.append(
                f"'{header}' shows by itself that the {self.shown.split('_')[0]} is first, so "
                f"date_order = {decision.date_order} was not used for it."
            )
        if self._only_day and self._only_month:
            self.warnings.append(self._told_of_both(connection, day, month))

    @property
    def shown(self) -> str | None:
        """The order that the column shows by itself."""
        if bool(self._only_day) == bool(self._only_month):
            return None
        return "day_first" if self._only_day else "month_first"

    def _told_of_both(self, connection: duckdb.DuckDBPyConnection, day: str, month: str) -> str:
        firsts = first_cells(connection, self.name, f"{day} is not null and {month} is null")
        others = first_cells(connection, self.name, f"{month} is not null and {day} is null")
        return (
            f"'{self.header}' writes the day first in {self._only_day:,} cells ({firsts}) and the "
            f"month first in {self._only_month:,} ({others}): a spreadsheet may have turned some "
            "of them around. Export it again without opening it there."
        )

    def learn(self, others: list["_Order"]) -> None:
        """Where neither the column nor a person says, take the order the other columns show."""
        shown = {other.shown for other in others} - {None}
        is_mixed = self._only_day and self._only_month
        if self.chosen or is_mixed or not self._either or len(shown) != 1:
            return
        teacher = next(other for other in others if other.shown)
        self.chosen = teacher.shown
        self.warnings.append(
            f"'{self.header}' does not show whether the day or the month is first; it was read "
            f"{str(self.chosen).replace('_', ' ')}, as '{teacher.header}' is."
        )

    def value(self, chosen: str | None) -> str:
        """SQL of the date: a cell that only one order can read is read so, the others as chosen."""
        day, month = _in_order(self.name, "day_first"), _in_order(self.name, "month_first")
        if chosen and not (self._only_day and self._only_month):
            return day if chosen == "day_first" else month
        if not (self._only_day or self._only_month or self._either):
            return month  # no numeric date, or only such as 5/5/2026
        either = {"day_first": day, "month_first": month, None: "null"}[chosen]
        return (
            f"case when {month} is null or {day} = {month} then {day} "
            f"when {day} is null then {month} else {either} end"
        )

    @property
    def waiting(self) -> str | None:
        """Condition on the cells that wait for an answer."""
        if self.chosen or not self._either:
            return None
        return f"{_in_order(self.name, 'day_first')} != {_in_order(self.name, 'month_first')}"


def _written(name: str, ordered: str) -> str:
    """SQL of the time as it was written, without its offset."""
    bare = BARE.format(name)
    named = f"try_strptime({NAMED_WORDS.format(bare)}, {_formats(NAMED)})"
    time = f"coalesce({ISO.format(bare)}, {ordered}, {named})"
    # Words alone are no date, though strptime knows 'epoch' and 'infinity'
    is_one = f"regexp_matches({name}, '[0-9]') and year({time}) >= {FIRST_YEAR}"
    return f"(case when {is_one} then {time} end)"


def _value(connection: duckdb.DuckDBPyConnection, column: StagedColumn, order: _Order) -> str:
    """SQL of an instant in UTC, or of the day a date column means."""
    cell, unix = f"trim({column.name})", UNIX.format(column.name)
    written = _written(column.name, order.value(order.chosen))
    instant = f"({written} - to_minutes(coalesce(offset_minutes({cell}), 0)))"
    if column.type == "timestamp":
        return f"coalesce({instant}, {unix})"
    if _holds_days(connection, column.name, written):
        return f"coalesce({written}, {unix})"
    return (
        f"coalesce(case when offset_minutes({cell}) is null then {written} "
        f"else on_workspace_clock({instant}) end, on_workspace_clock({unix}))"
    )


def _holds_days(connection: duckdb.DuckDBPyConnection, name: str, written: str) -> bool:
    """Whether no cell tells an instant other than midnight as it was written."""
    time = f"coalesce(case when offset_minutes(trim({name})) is not null then {written} end, "
    return not sum(
        counts(
            connection,
            name,
            f"date_trunc('day', {time}{UNIX.format(name)})) != {time}{UNIX.format(name)})",
        )
    )


def _is_excel(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the column holds day numbers of Excel and nothing that reads as a date."""
    either = f"coalesce({_in_order(name, 'day_first')}, {_in_order(name, 'month_first')})"
    readable = f"coalesce({_written(name, either)}, {UNIX.format(name)}) is not null"
    numbers, others = counts(connection, name, EXCEL_NUMBER.format(name), readable)
    return numbers > 0 and not others


def _told_of_excel(connection: duckdb.DuckDBPyConnection, name: str, header: str) -> str:
    first, last = _span(connection, EXCEL.format(name))
    return f"'{header}' holds day numbers of Excel; they were read as days from {first} to {last}."


def _span(connection: duckdb.DuckDBPyConnection, value: str, rows: str = "true") -> tuple[str, str]:
    found = connection.execute(
        f"select min({value}), max({value}) from text_rows where {rows}"  # noqa: S608
    ).fetchall()
    first, last = found[0]
    return f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"


def _question(connection: duckdb.DuckDBPyConnection, file: str, order: _Order) -> Question:
    choices = []
    for chosen in ORDERS:
        label = chosen.replace("_", " ").capitalize()
        outcome = " to ".join(_span(connection, order.value(chosen), str(order.waiting)))
        choices.append(Choice(chosen, label, outcome))
    return Question(
        file,
        "date_order",
        f"Is the day or the month first in '{order.header}'?",
        tuple(choices),
        "these dates are left empty",
    )
