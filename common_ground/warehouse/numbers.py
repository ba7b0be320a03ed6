"""How a column writes its numbers: decimal mark, percent and currency, told from all its values.

`1.234,50` can only be read with a decimal comma, `1,234.50` only with a decimal point; `12.000` can
be read with both, so the other values of its column, else the other columns of money, else a
person has to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from common_ground.exports.mappings import StagedColumn
from common_ground.exports.questions import Choice, Question
from common_ground.warehouse.decisions import FileDecision
from common_ground.warehouse.readings import Reading, Readings, counts, first_cells

MONEY = ("amount", "annual_amount", "monthly_amount", "list_price")
# A point before three digits groups thousands or parts decimals: a factor of 1,000. Shares, rates
# and weeks are too small to be grouped, so for them it is the decimal point.
GROUPED = (*MONEY, "reach", "votes", "event_count")
SHARES = ("probability", "confidence")
# Below 0 these mean nothing: such a cell becomes empty and is counted.
NEVER_NEGATIVE = ("effort_low", "effort_likely", "effort_high", "reach", "rate")
DOLLARS = "('USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'MXN', 'BRL')"
MARKS = {"point": "parse_number", "comma": "parse_number_comma"}


def is_number(column: StagedColumn) -> bool:
    """Whether a staged column holds numbers."""
    return column.type.startswith(("decimal", "integer", "bigint"))


@dataclass(frozen=True)
class _Column:
    """How often the cells of a column can be read in one way only, or in both."""

    name: str
    type: str
    header: str
    comma: int = 0
    point: int = 0
    either_point: int = 0

    @property
    def shown(self) -> str | None:
        """The decimal mark that the column shows by itself."""
        if bool(self.comma) == bool(self.point):
            return None
        return "comma" if self.comma else "point"

    @property
    def is_unclear(self) -> bool:
        """Whether some of its cells can be read as a number and as its thousandfold."""
        return self.name in GROUPED and self.either_point > 0 and self.shown is None


def readings_of(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    columns: tuple[StagedColumn, ...],
    headers: Mapping[str, str],
    decision: FileDecision,
) -> Readings:
    """How each number column is read, and the questions on the decimal mark that are left.

    Args:
        connection: with the text rows registered.
        file: their file.
        columns: of the staged table.
        headers: staged column -> header of this file.
        decision: what a person said of the file.
    """
    found = [
        _look(connection, column, headers[column.name])
        for column in columns
        if is_number(column) and column.name in headers
    ]
    shown = {c.shown: c.header for c in found if c.shown and c.name in GROUPED}
    taught = next(iter(shown)) if len(shown) == 1 else None
    readings, warnings, questions = {}, [], []
    for column in found:
        mark = column.shown or _said(column, decision) or (taught if column.is_unclear else None)
        readings[column.name] = _reading(connection, column, mark)
        warnings += _told(connection, column, mark, decision, shown)
        if column.is_unclear and mark is None:
            questions.append(_question(connection, file, column))
    warnings += _told_of_currencies(connection, headers)
    return Readings(readings, tuple(warnings), tuple(questions))


def _said(column: _Column, decision: FileDecision) -> str | None:
    """The mark a person said, where the column can have it: 1.250 weeks group no thousands."""
    if column.name not in GROUPED and column.either_point:
        return None
    return decision.decimal_mark


def _look(connection: duckdb.DuckDBPyConnection, column: StagedColumn, header: str) -> _Column:
    found = _Column(column.name, column.type, header)
    marked = f"not regexp_full_match({column.name}, '-?[0-9]+')"
    if not sum(counts(connection, column.name, marked)):
        return found  # whole numbers without any mark, as nearly all counts are
    body = f"number_body({column.name})"
    seen = counts(
        connection,
        column.name,
        f"shows_comma({body})",
        f"shows_point({body})",
        f"is_either_mark({body}) and contains({body}, '.')",
    )
    return _Column(column.name, column.type, header, *seen)


def _reading(connection: duckdb.DuckDBPyConnection, column: _Column, mark: str | None) -> Reading:
    name = column.name
    if column.is_unclear and mark is None:
        number = f"parse_clear_number({name})"
        waiting = f"({number} is null and parse_number({name}) is not null)"
        return Reading(_bounded(connection, column, number), waiting)
    return Reading(_bounded(connection, column, f"{MARKS[mark or 'point']}({name})"))


def _bounded(connection: duckdb.DuckDBPyConnection, column: _Column, number: str) -> str:
    """SQL of the number; null where it is none that the column can hold."""
    if column.name in SHARES:
        scale = "1"
        if _in_points(connection, column.name, number):
            scale = f"case when contains({column.name}, '%') then 1 else 100 end"
        return f"case when {number} between 0 and {scale} then {number} / {scale} end"
    if column.name in NEVER_NEGATIVE:
        return f"case when {number} >= 0 then {number} end"
    if not column.type.startswith("decimal"):
        return f"case when {number} = trunc({number}) then {number} end"
    return number


def _in_points(connection: duckdb.DuckDBPyConnection, name: str, number: str) -> bool:
    """Whether a column of shares is in percent points: then some value lies above 1.

    What lies above 100 is neither and decides nothing.
    """
    plain = f"not contains({name}, '%')"
    return sum(counts(connection, name, f"{plain} and {number} > 1 and {number} <= 100")) > 0


def _told(
    connection: duckdb.DuckDBPyConnection,
    column: _Column,
    mark: str | None,
    decision: FileDecision,
    shown: Mapping[str, str],
) -> list[str]:
    """What a person should know of the marks and the percents of a column."""
    if column.name in SHARES:
        return _told_of_shares(connection, column, mark)
    warnings = []
    if decision.decimal_mark and column.shown and column.shown != decision.decimal_mark:
        warnings.append(
            f"'{column.header}' shows by itself that its decimal mark is the {column.shown}, so "
            f"decimal_mark = {decision.decimal_mark} was not used for it."
        )
    if column.comma and column.point:
        commas = first_cells(connection, column.name, f"shows_comma(number_body({column.name}))")
        points = first_cells(connection, column.name, f"shows_point(number_body({column.name}))")
        warnings.append(
            f"'{column.header}' has a decimal comma in {column.comma:,} cells ({commas}) and a "
            f"decimal point in {column.point:,} ({points}); each was read as it is written."
        )
    if column.is_unclear and mark and not decision.decimal_mark:
        warnings.append(
            f"'{column.header}' does not show its decimal mark; it was read with the {mark}, as "
            f"'{shown[mark]}' is. Its total is {_total(connection, column.name, mark)}."
        )
    return warnings


def _told_of_shares(
    connection: duckdb.DuckDBPyConnection, column: _Column, mark: str | None
) -> list[str]:
    name, header = column.name, column.header
    number, plain = f"{MARKS[mark or 'point']}({name})", f"not contains({name}, '%')"
    fraction = f"{plain} and {number} > 0 and {number} < 1"
    one = f"{plain} and {number} = 1"
    fractions, ones = counts(connection, name, fraction, one)
    if _in_points(connection, name, number):
        if not fractions:
            return [f"'{header}' goes above 1, so its numbers are percent: 60 is 60 %."]
        shown = first_cells(connection, name, fraction)
        return [
            f"'{header}' goes above 1, so its numbers are percent, and {fractions:,} below 1 are "
            f"less than one percent: {shown}. Correct them if they are shares."
        ]
    if ones and not fractions:
        return [f"'{header}' holds no number but 0 and 1; 1 was read as 100 %, not as 1 %."]
    return []


def _total(connection: duckdb.DuckDBPyConnection, name: str, mark: str) -> str:
    found = connection.execute(f"select sum({MARKS[mark]}({name})) from text_rows").fetchall()  # noqa: S608
    return f"{found[0][0]:,.2f}"


def _question(connection: duckdb.DuckDBPyConnection, file: str, column: _Column) -> Question:
    unclear = f"is_either_mark(number_body({column.name})) and contains({column.name}, '.')"
    shown = first_cells(connection, column.name, unclear)
    choices = tuple(
        Choice(mark, f"Decimal {mark}", f"a total of {_total(connection, column.name, mark)}")
        for mark in MARKS
    )
    return Question(
        file,
        "decimal_mark",
        f"Is the point in '{column.header}' a decimal point, or does it group thousands ({shown})?",
        choices,
        "these amounts are left empty",
    )


def _told_of_currencies(
    connection: duckdb.DuckDBPyConnection, headers: Mapping[str, str]
) -> list[str]:
    """Cells whose own currency is not the one that the currency column says."""
    warnings = []
    for name in (money for money in MONEY if money in headers and "currency" in headers):
        said = "upper(trim(currency))"
        # A dollar sign is right for every dollar
        any_dollar = (
            f"contains({name}, '$') and currency_of({name}) = 'USD' and {said} in {DOLLARS}"
        )
        differs = (
            f"regexp_full_match({said}, '[A-Z]{{3}}') and currency_of({name}) != {said} "
            f"and not ({any_dollar})"
        )
        cells = sum(counts(connection, name, differs))
        if cells:
            shown = first_cells(connection, name, differs)
            warnings.append(
                f"{cells:,} cells of '{headers[name]}' carry another currency than "
                f"'{headers['currency']}' says, which was believed: {shown}"
            )
    return warnings
