"""A text table becomes rows of a staged table: cast by the column's type, nothing lost silently.

A cell that does not fit its type becomes null and is counted with its line; a row that lacks what
the table cannot do without is rejected with its line and the reason.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import duckdb

from common_ground.errors import MissingColumnsError
from common_ground.exports import dialects
from common_ground.exports.mappings import StagedColumn, TableMapping, staged_tables
from common_ground.exports.questions import Question
from common_ground.exports.tables import RejectedLine, TextTable
from common_ground.settings import QUERIES
from common_ground.warehouse import cells, dates, labels, numbers
from common_ground.warehouse.decisions import FileDecision
from common_ground.warehouse.labels import LabelUse
from common_ground.warehouse.readings import SHOWN_VALUES, Reading, count
from common_ground.warehouse.text_rows import lines_of, text_rows

ACCOUNT_COLUMNS = ("account_id", "account_name", "account_domain")
UNORDERED = ("usage_events",)  # nothing reads them row by row
NEED_ACCOUNT = ("contracts", "churn_events")  # rows that mean nothing without one


@dataclass(frozen=True)
class Staged:
    """What became of one text table in one staged table.

    Attributes:
        loaded: lines of which a row was staged.
        rejected: rows left out, each with its line and the reason.
        warnings: sentences on values that could not be read and labels nobody mapped.
        questions: what a person has to decide, with both outcomes.
        labels: what each label of the tool means.
        others: rows that are counted and not staged, by what they are.
    """

    loaded: int
    rejected: tuple[RejectedLine, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    labels: tuple[LabelUse, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)


def create_staging(connection: duckdb.DuckDBPyConnection) -> None:
    """Attach an in-memory database `staging` with every staged table, and the value macros."""
    connection.execute("attach ':memory:' as staging")
    for path in sorted((QUERIES / "staging").glob("*.sql")):
        connection.execute(path.read_text(encoding="utf-8"))
    connection.execute(
        "create table staging.files (source varchar, staged_table varchar, dialect varchar, "
        "amount_is varchar, unknown_amount_when_lost boolean, end_is_last_day boolean, "
        "currency varchar)"
    )
    connection.execute(
        "create table staging.labels (source varchar, staged_column varchar, label varchar, "
        "meaning varchar)"
    )
    for name in ("values.sql", "countries.sql"):
        connection.execute((QUERIES / name).read_text(encoding="utf-8"))
    connection.execute("set variable workspace_zone = 'UTC'")


def stage(
    connection: duckdb.DuckDBPyConnection,
    table: TextTable,
    mapping: TableMapping,
    decision: FileDecision,
    decided: Mapping[str, Mapping[str, str]],
    currency: str,
    time_zone: str = "UTC",
) -> Staged:
    """Cast a text table and append it to its staged table.

    Args:
        connection: with `create_staging` done.
        table: as read.
        mapping: which header is which column.
        decision: what a person said of the file.
        decided: section of the decisions -> label -> meaning, as a person decided.
        currency: ISO code of amounts that carry none.
        time_zone: zone of the workspace, in which an instant has its day.
    """
    columns = staged_tables()[mapping.table]
    headers = _headers(table, mapping, columns)
    _require(table, mapping, columns, headers)
    text = text_rows(table, mapping, headers)
    rows, warnings = cells.without_guards(text.rows, list(headers))
    if table.loaded and not rows.num_rows:
        kinds = " or ".join(text.others)
        warnings.append(f"None of the {table.loaded:,} rows was loaded: all are {kinds}.")
    connection.register("text_rows", rows)
    connection.execute("set variable workspace_zone = ?", [time_zone])
    try:
        told = [
            dates.readings_of(connection, table.file, columns, headers, decision, time_zone),
            numbers.readings_of(connection, table.file, columns, headers, decision),
        ]
        several, told_of_several = cells.of_several(connection, headers)
        readings = {name: reading for each in told for name, reading in each.of.items()}
        readings |= {name: Reading(value) for name, value in several.items()}
        cast = _Cast(table.file, mapping, columns, headers, readings, frozenset(rows.column_names))
        with _in_any_order(connection, mapping.table):
            connection.execute(cast.insert(), {"source": table.file})
        empty = count(connection, cast.empty_lines()) if mapping.needs else 0
        rejected = _reject(connection, table, cast)
        warnings += [warning for each in told for warning in each.warnings]
        warnings += _unread(connection, cast)
        warnings += told_of_several
        if mapping.companion_of is not None and rejected:
            shown = ", ".join(f"line {r.line} {r.reason}" for r in rejected[:SHOWN_VALUES])
            warnings.append(f"{len(rejected):,} {mapping.table} were left out: {shown}")
        # A line may make several rows; the receipt counts lines
        may_repeat = mapping.repeat is not None or mapping.each is not None
        lines = "count(distinct line)" if may_repeat else "count(*)"
        loaded = count(connection, _staged(mapping, lines), {"source": table.file})
    finally:
        connection.unregister("text_rows")
    others = dict(text.others)
    if empty:
        others[f"rows without {' and '.join(mapping.needs).replace('_', ' ')}"] = empty
    _register_file(connection, table.file, mapping, decision, currency)
    used = labels.register(connection, table.file, mapping, decided)
    warnings += [use.sentence for use in used if use.meaning is None]
    questions = tuple(question for each in told for question in each.questions)
    return Staged(loaded, rejected, tuple(warnings), questions, used, others)


@contextmanager
def _in_any_order(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[None]:
    """Usage is only ever grouped, so its rows may be written as they come, in half the time."""
    if table not in UNORDERED:
        yield
        return
    connection.execute("set preserve_insertion_order = false")
    try:
        yield
    finally:
        connection.execute("set preserve_insertion_order = true")


def _headers(
    table: TextTable, mapping: TableMapping, columns: tuple[StagedColumn, ...]
) -> dict[str, str]:
    """Staged column -> header of this file."""
    found = {c.name: dialects.header_of(mapping, c.name, table.header) for c in columns}
    return {name: header for name, header in found.items() if header is not None}


def _require(
    table: TextTable,
    mapping: TableMapping,
    columns: tuple[StagedColumn, ...],
    headers: Mapping[str, str],
) -> None:
    missing = [
        " or ".join(mapping.columns.get(c.name) or (c.name,))
        for c in columns
        if c.is_required and c.name not in headers and c.name not in mapping.constants
    ]
    if missing:
        raise MissingColumnsError.from_missing_and_present(
            table.file, f"{mapping.label} {mapping.table}", missing, table.header
        )


def _expression(column: StagedColumn, readings: Mapping[str, Reading]) -> str:
    name = column.name
    cell = readings[name].value if name in readings else name
    if column.type == "boolean":
        return f"parse_boolean({name})"
    if column.type == "varchar":
        return f"nullif({cell}, '')"
    if dates.is_date(column):
        return f"cast({cell} as {column.type})"
    return f"try_cast({cell if name in readings else f'parse_number({name})'} as {column.type})"


def _staged(mapping: TableMapping, what: str) -> str:
    """SQL that reads the rows of one file from its staged table; $source is the file."""
    return f"select {what} from staging.{mapping.table} where source = $source"  # noqa: S608


@dataclass(frozen=True)
class _Cast:
    """How the text rows of one file become rows of a staged table, as SQL.

    The parts are names of our own staged columns; headers of the file never get into it.
    """

    file: str
    mapping: TableMapping
    columns: tuple[StagedColumn, ...]
    headers: Mapping[str, str]
    readings: Mapping[str, Reading]
    given: frozenset[str]  # columns of the text rows

    def value(self, column: StagedColumn) -> str:
        """The typed value of a column; null where the file does not have it."""
        if column.name in self.given:
            return _expression(column, self.readings)
        return f"cast({_fallback(column, self.given)} as {column.type})"

    def waits(self, name: str) -> str:
        """Condition on the cells of a column that wait for an answer; never null."""
        waiting = self.readings[name].waiting if name in self.readings else None
        return f"coalesce({waiting or 'false'}, false)"

    @property
    def kept(self) -> str:
        """Condition on the text rows that hold anything for this table."""
        filled = [
            f"nullif(trim({name}), '') is not null" if name in self.given else "false"
            for name in self.mapping.needs
        ]
        return " and ".join(filled) or "true"

    @property
    def needed(self) -> list[tuple[str, str]]:
        """What no row may lack: staged column and its value; '' for any name of the account."""
        needed = [(c.name, self.value(c)) for c in self.columns if c.is_required]
        if self.mapping.table in NEED_ACCOUNT:
            parts = [self.value(c) for c in self.columns if c.name in ACCOUNT_COLUMNS]
            needed.append(("", f"coalesce({', '.join(parts)})"))
        return needed

    def insert(self) -> str:
        """Append every row that lacks nothing; $source is the file."""
        values = ", ".join(f"{self.value(c)} as {c.name}" for c in self.columns)
        complete = [f"{name} is not null" for name, _ in self.needed if name]
        if self.mapping.table in NEED_ACCOUNT:
            complete.append(f"coalesce({', '.join(ACCOUNT_COLUMNS)}) is not null")
        return (
            f"insert into staging.{self.mapping.table} by name select * from "  # noqa: S608
            f"(select $source as source, line, {values} from text_rows where {self.kept}) "
            f"where {' and '.join(complete) or 'true'}"
        )

    def empty_lines(self) -> str:
        """How many lines hold nothing for this table."""
        return (
            "select count(distinct line) from text_rows "  # noqa: S608
            f"where line not in (select line from text_rows where {self.kept})"
        )

    def lacking(self, name: str, value: str) -> str:
        """Line, cell and whether it waits for an answer, of the rows that lack a needed value."""
        cell = name if name in self.headers else "null"
        return (
            f"select line, any_value({cell}), any_value({self.waits(name)}) from text_rows "  # noqa: S608
            f"where {self.kept} and {value} is null group by line order by line"
        )


def _fallback(column: StagedColumn, given: frozenset[str]) -> str:
    """Amounts without a currency column may carry the currency themselves."""
    if column.name == "currency":
        for amount in ("amount", "annual_amount", "monthly_amount"):
            if amount in given:
                return f"currency_of({amount})"
    return "null"


def _reject(
    connection: duckdb.DuckDBPyConnection, table: TextTable, cast: _Cast
) -> tuple[RejectedLine, ...]:
    """The rows that lack a needed value, each with the first reason; none of a companion table."""
    kept = count(connection, f"select count(*) from text_rows where {cast.kept}")  # noqa: S608
    staged = count(connection, _staged(cast.mapping, "count(*)"), {"source": cast.file})
    if kept == staged:
        return ()
    kinds = {column.name: _noun(column) for column in cast.columns}
    rejected: dict[int, RejectedLine] = {}
    for name, value in cast.needed:
        header = cast.headers.get(name, name)
        for line, cell, waits in connection.execute(cast.lacking(name, value)).fetchall():
            reason = f"'{header}' is empty" if name else "the row names no account"
            if cell and waits:
                reason = f"'{cell}' in '{header}' waits for the answer to a question"
            elif cell:
                reason = f"'{cell}' in '{header}' is not a {kinds[name]}"
            rejected.setdefault(line, RejectedLine(line, "", reason))
    texts = _texts(table, rejected)
    return tuple(replace(rejected[line], text=texts[line]) for line in sorted(rejected))


def _texts(table: TextTable, lines: Mapping[int, RejectedLine]) -> dict[int, str]:
    """Cells of the rejected lines as one text each."""
    numbers = lines_of(table).to_pylist()
    wanted = [index for index, line in enumerate(numbers) if line in lines]
    rows = table.rows.take(wanted).to_pylist()
    return {
        numbers[index]: ", ".join("" if v is None else str(v) for v in row.values())[:500]
        for index, row in zip(wanted, rows, strict=True)
    }


def _noun(column: StagedColumn) -> str:
    if dates.is_date(column):
        return "date"
    return {"boolean": "yes or no", "varchar": "text"}.get(column.type, "number")


def _unread(connection: duckdb.DuckDBPyConnection, cast: _Cast) -> list[str]:
    """One sentence for each column with cells that do not fit, with the first lines.

    Cells that wait for an answer are told by their question.
    """
    warnings = []
    source = {"source": cast.file}
    for column in cast.columns:
        name = column.name
        if column.type == "varchar" or name not in cast.headers:
            continue
        if not count(connection, _staged(cast.mapping, f"count(*) - count({name})"), source):
            continue
        empty = f"{_staged(cast.mapping, 'line')} and {name} is null"
        found = connection.execute(
            f"select line, {name}, count(*) over () from text_rows "  # noqa: S608
            f"where line in ({empty}) and nullif(trim({name}), '') is not null "
            f"and not {cast.waits(name)} order by line limit {SHOWN_VALUES}",
            source,
        ).fetchall()
        if found:
            shown = ", ".join(f"line {line} '{cell}'" for line, cell, _ in found)
            warnings.append(
                f"{found[0][2]:,} cells of '{cast.headers[name]}' are not a {_noun(column)} and "
                f"were left empty: {shown}"
            )
    return warnings


def _register_file(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    mapping: TableMapping,
    decision: FileDecision,
    currency: str,
) -> None:
    connection.execute(
        "insert into staging.files values (?, ?, ?, ?, ?, ?, ?)",
        [
            file,
            mapping.table,
            mapping.dialect,
            decision.amount or mapping.amount_is,
            mapping.unknown_amount_when_lost,
            decision.end_date == "last_day_of_service",
            decision.currency or currency,
        ],
    )
