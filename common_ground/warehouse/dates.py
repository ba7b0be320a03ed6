"""How a column writes its dates: told from all of its values, and asked where they cannot tell.

A plain date, and a time without an offset, stay on the day they were written with. A time with an
offset (+02:00, Z, GMT-0500) is an instant: kept in UTC where a column holds instants; where it
holds days, the day it was then in the workspace's time zone, so that two tools that write one
instant in two zones agree on the quarter of a deal. A column whose times are all midnight as
written holds days that a tool dressed as instants; those do not move.
"""

from collections.abc import Mapping

import duckdb

from common_ground.exports.mappings import StagedColumn
from common_ground.exports.questions import Choice, Question
from common_ground.warehouse.date_styles import EXCEL, EXCEL_NUMBER, ORDERS, Styles
from common_ground.warehouse.decisions import FileDecision
from common_ground.warehouse.readings import Reading, Readings, count, counts, first_cells

SAMPLE_ROWS = 1000  # enough to tell whether a column is plain ISO
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
        styles = Styles(connection, name)
        if _is_excel(connection, styles):
            readings[name] = Reading(EXCEL.format(name))
            warnings.append(_told_of_excel(connection, name, headers[name]))
        else:
            slow.append((column, _Order(connection, styles, headers[name], decision)))
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


class _Order:
    """How one column orders day and month.

    Attributes:
        styles: of the staged column.
        header: in the file.
        chosen: day_first or month_first for the dates that could be either; None: not known.
        warnings: what a person should know of it.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        styles: Styles,
        header: str,
        decision: FileDecision,
    ) -> None:
        self.styles, self.header = styles, header
        self.warnings: list[str] = []
        day, month = styles.in_order("day_first"), styles.in_order("month_first")
        self._only_day, self._only_month, self._either = counts(
            connection,
            "coalesce(day, month)",
            "month is null",
            "day is null",
            "day != month",
            rows=f"(select {day} as day, {month} as month from text_rows)",  # noqa: S608
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
        firsts = first_cells(connection, self.styles.name, f"{day} is not null and {month} is null")
        others = first_cells(connection, self.styles.name, f"{month} is not null and {day} is null")
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
        day, month = self.styles.in_order("day_first"), self.styles.in_order("month_first")
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
        return f"{self.styles.in_order('day_first')} != {self.styles.in_order('month_first')}"


def _value(connection: duckdb.DuckDBPyConnection, column: StagedColumn, order: _Order) -> str:
    """SQL of an instant in UTC, or of the day a date column means."""
    styles, ordered = order.styles, order.value(order.chosen)
    if column.type == "timestamp":
        return styles.instant(ordered)
    written, plain = styles.written(ordered), f"{styles.minutes} is null and {styles.unix} is null"
    told = f"case when {styles.minutes} is not null then {written} else {styles.unix} end"
    if not sum(counts(connection, column.name, f"date_trunc('day', {told}) != {told}")):
        return f"coalesce({written}, {styles.unix})"
    return (
        f"case when {plain} then {written} else on_workspace_clock({styles.instant(ordered)}) end"
    )


def _is_excel(connection: duckdb.DuckDBPyConnection, styles: Styles) -> bool:
    """Whether the column holds day numbers of Excel and nothing that reads as a date."""
    numbers = EXCEL_NUMBER.format(styles.name)
    if not sum(counts(connection, styles.name, numbers)):
        return False
    either = f"coalesce({styles.in_order('day_first')}, {styles.in_order('month_first')})"
    readable = f"{styles.instant(either)} is not null"
    return not sum(counts(connection, styles.name, readable))


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
