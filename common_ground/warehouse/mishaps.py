"""What a person exported wrongly, as a sentence that says what to do about it.

A summary instead of the records, an export cut at a limit of the tool or in the middle of a line,
ids that a spreadsheet turned into numbers, dates nobody can have meant, amounts that are all
blank. Nothing here changes a row. Files that came before are found in earlier_exports.py.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from common_ground.exports.mappings import TableMapping
from common_ground.exports.tables import TextTable
from common_ground.warehouse.numbers import MONEY
from common_ground.warehouse.readings import SHOWN_VALUES

ROUND = (
    500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 25_000, 50_000, 100_000, 200_000, 250_000,
    500_000, 1_000_000,
)  # fmt: skip
SHEETS = {65_535: "an old Excel sheet", 1_048_575: "an Excel sheet"}  # rows below a header
TOOL_LIMITS = {
    ("salesforce", 2_000): "Salesforce shows 2,000 rows of a report on screen",
    ("jira", 1_000): "Jira exports 1,000 issues at once unless its administrator allows more",
    ("jira", 5_000): "Jira exports 5,000 issues at once unless its administrator allows more",
    ("mixpanel", 100_000): "Mixpanel can limit an export to 100,000 events",
}

SUMMARY_ROWS = 200  # a summary has few rows
SUBTOTALS_UP_TO = 100_000  # rows: nobody groups a longer report
_SUMMARY_HEADER = re.compile(
    r"(sum|average|avg|count|min|max|median) of .+|(record|row) count|(sub|grand )?totals?",
    re.IGNORECASE,
)
_SUBTOTAL = r"^(?:sub-?|grand )?totals?:?$|^(?:record )?count:?$|^sum:?$"

LOOKED_AT = 20_000  # ids; a spreadsheet that spoils ids does so from the first rows on
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
SPOILED_IDS = {
    r"^[0-9](?:[.,][0-9]+)?e\+[0-9]+$": "are numbers in short form, whose digits are lost",
    r"^[0-9]{15}0+$": "have only zeros after the 15th digit, where a spreadsheet stops counting",
    rf"^(?:[0-9]{{1,2}}-{_MONTH}(?:-[0-9]+)?|{_MONTH}-[0-9]{{1,4}})$": "were turned into dates",
    r"^[0-9]+\.0$": "end in .0, as numbers do, and match no id of another export",
}

FIRST_YEAR, LAST_YEAR = 1970, 2100
YEAR = timedelta(days=366)
FEW = 0.01  # share of a column's dates that may lie apart from all others
ENOUGH_DATES = 20
# Days on which something happened, which cannot lie in the future.
PAST = {
    "accounts": ("created_date",),
    "asks": ("asked_date",),
    "deal_stages": ("entered_at",),
    "deals": ("created_date", "last_activity_date", "qualified_date"),
    "items": ("created_date", "started_date"),
    "surveys": ("answered_date",),
    "tickets": ("opened_date", "closed_date"),
    "usage_events": ("occurred_at",),
}
SAME_LENGTH = 8  # characters from which cells that are all as long as each other are no accident


def told_of_summary(table: TextTable) -> str | None:
    """A sentence where a file nobody can use is a summary of what was wanted; else None."""
    if table.loaded > SUMMARY_ROWS:
        return None
    headers = [header for header in table.header if _SUMMARY_HEADER.fullmatch(header.strip())]
    subtotals = _subtotals(table)
    if not headers and not subtotals:
        return None
    seen = f"the column '{headers[0]}'" if headers else f"line {subtotals[0]} is a total"
    return (
        f"{table.file}: this looks like a summary, not a list of single records ({seen}). Export "
        "the details: in Salesforce choose 'Details Only', in other tools the list itself."
    )


def told_of_table(table: TextTable, mapping: TableMapping, mapped: Mapping[str, str]) -> list[str]:
    """Sentences on what the text of a table shows by itself.

    Args:
        table: as read.
        mapping: of its dialect.
        mapped: staged column -> header.
    """
    return [*_limits(table, mapping.dialect), *_cut(table), *_totals(table), *_ids(table, mapped)]


def _limits(table: TextTable, dialect: str) -> list[str]:
    rows = table.loaded + len(table.rejected)
    for (tool, limit), says in TOOL_LIMITS.items():
        if rows == limit and dialect.startswith(tool):
            return [f"Exactly {rows:,} rows: {says}. Compare with the number the tool shows."]
    if rows in SHEETS:
        return [f"Exactly {rows:,} rows: {SHEETS[rows]} holds no more, so the rest may be missing."]
    if rows in ROUND:
        return [
            f"Exactly {rows:,} rows: some tools stop an export there. Compare with the number the "
            "tool shows."
        ]
    return []


def _cut(table: TextTable) -> list[str]:
    """A sentence where the last line ends before its time."""
    last = max(table.rejected, key=lambda line: line.line, default=None)
    if last is not None and last.line == table.lines and _is_short(table, last.text):
        return [
            f"The last line ({last.line:,}) stops in the middle, so the file may be cut off: "
            "export it again."
        ]
    if table.loaded < ENOUGH_DATES or not table.header or last is not None:
        return []
    header = table.header[-1]
    lengths = pc.fill_null(pc.utf8_length(table.rows[header]), 0)
    others = pc.min_max(lengths.slice(0, table.loaded - 1)).as_py()
    if others["min"] != others["max"] or others["min"] < SAME_LENGTH:
        return []
    end = lengths[table.loaded - 1].as_py()
    if end >= others["min"]:
        return []
    return [
        f"The last row (line {table.line_of(table.loaded - 1):,}) has {end} characters in "
        f"'{header}', every other row {others['min']}: the file may be cut off. Export it again."
    ]


def _is_short(table: TextTable, text: str) -> bool:
    if table.delimiter is None:
        return table.kind == "json lines"
    return text.count(table.delimiter) < len(table.header) - 1


def _subtotals(table: TextTable) -> list[int]:
    """Lines whose first cell says that they are a total."""
    if not table.loaded or table.loaded > SUBTOTALS_UP_TO:
        return []
    says_so = pc.match_substring_regex(
        table.rows[table.header[0]], _SUBTOTAL, ignore_case=True
    ).fill_null(False)
    return [table.line_of(row) for row in pc.indices_nonzero(says_so).to_pylist()]


def _totals(table: TextTable) -> list[str]:
    lines = _subtotals(table)
    if not lines:
        return []
    shown = ", ".join(f"line {line:,}" for line in lines[:SHOWN_VALUES])
    return [
        f"{len(lines):,} rows are called a total ({shown}): the export holds sums between its "
        "records. Export the details only, without subtotals."
    ]


def _ids(table: TextTable, mapped: Mapping[str, str]) -> list[str]:
    """Sentences on ids that a spreadsheet made numbers or dates of."""
    warnings = []
    for header in (header for column, header in mapped.items() if column.endswith("_id")):
        cells = table.rows[header]
        for pattern, says in SPOILED_IDS.items():
            if not _count(cells.slice(0, LOOKED_AT), pattern):
                continue
            spoiled = pc.match_substring_regex(cells, pattern, ignore_case=True).fill_null(False)
            rows = pc.indices_nonzero(spoiled).to_pylist()
            shown = ", ".join(
                f"line {table.line_of(row):,} '{cells[row].as_py()}'" for row in rows[:SHOWN_VALUES]
            )
            warnings.append(
                f"{len(rows):,} ids of '{header}' {says}: {shown}. Export again and do not open "
                "the file in a spreadsheet before."
            )
    return warnings


def _count(cells: pa.ChunkedArray, pattern: str) -> int:
    found = pc.sum(pc.match_substring_regex(cells, pattern, ignore_case=True)).as_py()
    return int(found or 0)


def told_of_rows(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    staged_table: str,
    mapped: Mapping[str, str],
    as_of: date | None,
    asked: Collection[str],
) -> list[str]:
    """Sentences on dates that cannot be meant and amounts that are all blank.

    Args:
        connection: with the file's rows in the staging tables.
        file: the file.
        staged_table: table it fills.
        mapped: staged column -> header.
        as_of: today for every number; None: not said, then the file's other dates tell.
        asked: keys of the questions on the file; amounts that wait for an answer are not blank.
    """
    rows = _Rows(connection, file, staged_table, mapped)
    warnings = [warning for column in rows.dated() for warning in _years(rows, column)]
    for column in PAST.get(staged_table, ()):
        if column in mapped:
            warnings += _future(rows, column, as_of)
    return warnings if "decimal_mark" in asked else [*warnings, *_amounts(rows)]


class _Rows:
    """The staged rows of one file; the columns asked for are our own."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: str,
        staged_table: str,
        mapped: Mapping[str, str],
    ) -> None:
        self.connection, self.file, self.mapped = connection, file, mapped
        self.table = staged_table

    def dated(self) -> list[str]:
        """Mapped columns that hold days or instants."""
        kinds = self.connection.execute(f"describe staging.{self.table}").fetchall()
        return [
            name
            for name, kind, *_ in kinds
            if kind in ("DATE", "TIMESTAMP") and name in self.mapped
        ]

    def ask(self, what: str, where: str = "true", **params: object) -> list[tuple[object, ...]]:
        """What a select over the file's rows gives."""
        return self.connection.execute(
            f"select {what} from staging.{self.table} where source = $source and {where}",  # noqa: S608
            {"source": self.file, **params},
        ).fetchall()

    def shown(self, column: str, where: str, **params: object) -> str:
        """First lines that meet a condition, with their days."""
        found = self.ask(f"line, cast({column} as date)", f"{where} order by line", **params)
        return ", ".join(f"line {line} {day}" for line, day in found[:SHOWN_VALUES])


def _years(rows: _Rows, column: str) -> list[str]:
    # A contract without an end often ends in the year 9999
    last = 9999 if column == "end_date" else LAST_YEAR
    strange = f"year({column}) not between {FIRST_YEAR} and {last}"
    [(found,)] = rows.ask("count(*)", strange)
    if not found:
        return []
    return [
        f"{found:,} dates of '{rows.mapped[column]}' lie before {FIRST_YEAR} or after {last}: "
        f"{rows.shown(column, strange)}. Correct them in the tool and export again."
    ]


def _future(rows: _Rows, column: str, as_of: date | None) -> list[str]:
    header = rows.mapped[column]
    if as_of is not None:
        after = f"cast({column} as date) > $as_of"
        [(found,)] = rows.ask("count(*)", after, as_of=as_of)
        if not found:
            return []
        return [
            f"{found:,} dates of '{header}' lie after the as-of date {as_of}, though they tell "
            f"what happened: {rows.shown(column, after, as_of=as_of)}"
        ]
    late = _late(rows, column)
    if late is None:
        return []
    apart = f"cast({column} as date) >= $first"
    [(found,)] = rows.ask("count(*)", apart, first=late)
    return [
        f"{found:,} dates of '{header}' lie more than a year after all others: "
        f"{rows.shown(column, apart, first=late)}. While no as-of date is said, the last date of "
        "all counts as today: say as_of, or correct them."
    ]


def _late(rows: _Rows, column: str) -> date | None:
    """First of a few dates that lie more than a year after all others; None: none does."""
    [(known, latest)] = rows.ask(f"count({column}), max(cast({column} as date))")
    if not isinstance(latest, date) or not isinstance(known, int) or known < ENOUGH_DATES:
        return None
    [(few, first)] = rows.ask(
        f"count(*), min(cast({column} as date))", f"cast({column} as date) > $since",
        since=latest - YEAR,
    )  # fmt: skip
    [(other,)] = rows.ask(
        f"max(cast({column} as date))", f"cast({column} as date) <= $since", since=latest - YEAR
    )
    if not isinstance(first, date) or not isinstance(other, date) or not isinstance(few, int):
        return None
    return first if few <= max(1, FEW * known) and first - other > YEAR else None


def _amounts(rows: _Rows) -> list[str]:
    columns = [column for column in MONEY if column in rows.mapped]
    if not columns:
        return []
    money = " or ".join(f"{column} != 0" for column in columns)
    [(loaded, filled)] = rows.ask(f"count(*), count(*) filter (where {money})")
    if not loaded or filled:
        return []
    shown = " and ".join(f"'{rows.mapped[column]}'" for column in columns)
    return [
        f"No row of {loaded:,} has an amount other than 0 in {shown}, so the file adds no money. "
        "Check whether another column holds the amount."
    ]
