"""A text table becomes rows of a staged table: cast by the column's type, nothing lost silently.

A cell that does not fit its type becomes null and is counted with its line; a row that lacks what
the table cannot do without is rejected with its line and the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from common_ground.errors import MissingColumnsError
from common_ground.exports import dialects
from common_ground.exports.dialects import StagedColumn, TableMapping
from common_ground.exports.questions import Question
from common_ground.exports.tables import RejectedLine, TextTable
from common_ground.settings import QUERIES
from common_ground.warehouse import dates, labels
from common_ground.warehouse.decisions import FileDecision
from common_ground.warehouse.labels import LabelUse

SHOWN_VALUES = 3  # examples in a message

ACCOUNT_COLUMNS = ("account_id", "account_name", "account_domain")
NEED_ACCOUNT = ("contracts", "churn_events")  # rows that mean nothing without one


@dataclass(frozen=True)
class Staged:
    """What became of one text table in one staged table.

    Attributes:
        loaded: rows staged.
        rejected: rows left out, each with its line and the reason.
        warnings: sentences on values that could not be read and labels nobody mapped.
        questions: what a person has to decide, with both outcomes.
        labels: what each label of the tool means.
    """

    loaded: int
    rejected: tuple[RejectedLine, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    labels: tuple[LabelUse, ...] = ()


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
    connection.execute((QUERIES / "values.sql").read_text(encoding="utf-8"))


def stage(
    connection: duckdb.DuckDBPyConnection,
    table: TextTable,
    mapping: TableMapping,
    decision: FileDecision,
    decided: Mapping[str, Mapping[str, str]],
    currency: str,
) -> Staged:
    """Cast a text table and append it to its staged table.

    Args:
        connection: with `create_staging` done.
        table: as read.
        mapping: which header is which column.
        decision: what a person said of the file.
        decided: section of the decisions -> label -> meaning, as a person decided.
        currency: ISO code of amounts that carry none.
    """
    columns = dialects.staged_tables()[mapping.table]
    headers = _headers(table, mapping, columns)
    _require(table, mapping, columns, headers)
    connection.register("text_rows", _text_rows(table, mapping, headers))
    try:
        readings, questions = dates.readings_of(connection, table.file, columns, headers, decision)
        readings |= _number_readings(connection, columns, headers)
        cast = _Cast(table.file, mapping, columns, headers, readings)
        connection.execute(cast.insert(), {"source": table.file})
        rejected = _reject(connection, table, cast)
        warnings = _unread(connection, table.file, columns, headers, mapping)
        warnings += _several_accounts(connection, headers)
        if mapping.companion_of is not None and rejected:
            shown = ", ".join(f"line {r.line} {r.reason}" for r in rejected[:SHOWN_VALUES])
            warnings.append(f"{len(rejected):,} {mapping.table} were left out: {shown}")
        loaded = dates.count(connection, _staged(mapping, "count(*)"), {"source": table.file})
    finally:
        connection.unregister("text_rows")
    _register_file(connection, table.file, mapping, decision, currency)
    used = labels.register(connection, table.file, mapping, decided)
    warnings += [use.sentence for use in used if use.meaning is None]
    return Staged(loaded, rejected, tuple(warnings), questions, used)


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


def _lines(table: TextTable) -> pa.Array:
    if table.line_numbers is not None:
        return table.line_numbers
    return pa.array(np.arange(table.first_line, table.first_line + table.loaded))


def _text_rows(table: TextTable, mapping: TableMapping, headers: Mapping[str, str]) -> pa.Table:
    """The mapped columns under their staged names, with line numbers and constants."""
    lines = _lines(table)
    data = {"line": lines, **{name: table.rows[header] for name, header in headers.items()}}
    rows = len(lines)
    for name, value in mapping.constants.items():
        data[name] = pa.array([value] * rows, pa.string())
    whole = pa.table(data)
    if mapping.repeat is None or mapping.repeat not in headers:
        return whole
    first = headers[mapping.repeat]
    again = [
        h for h in table.header if h.startswith(f"{first} (") and h[len(first) + 2 : -1].isdigit()
    ]
    position = whole.column_names.index(mapping.repeat)
    copies = [whole.set_column(position, mapping.repeat, table.rows[header]) for header in again]
    return pa.concat_tables([whole, *copies])


# Shares, and numbers that cannot be below 0: what is outside becomes empty and is counted.
SHARES = ("probability", "confidence")
NEVER_NEGATIVE = ("effort_low", "effort_likely", "effort_high", "reach", "rate")


def _expression(column: StagedColumn, readings: Mapping[str, str]) -> str:
    name = column.name
    if dates.is_date(column):
        return f"cast({readings[name]} as {column.type})"
    if column.type == "boolean":
        return f"parse_boolean({name})"
    if column.type == "varchar":
        cell = f"split_part({name}, ';', 1)" if name == "account_id" else name
        return f"nullif(trim({cell}), '')"
    return f"try_cast({_number(name, readings)} as {column.type})"


def _number(name: str, readings: Mapping[str, str]) -> str:
    number = f"{readings.get(name, 'parse_number')}({name})"
    if name in SHARES:
        return f"case when as_share({number}) between 0 and 1 then as_share({number}) end"
    if name in NEVER_NEGATIVE:
        return f"case when {number} >= 0 then {number} end"
    return number


DECIMAL_COMMA = r"[0-9]\.[0-9]{3},[0-9]|^[^0-9]*[0-9]+,[0-9]{1,2}[^0-9]*$"
DECIMAL_POINT = r"[0-9],[0-9]{3}\.[0-9]|^[^0-9]*[0-9]+\.[0-9]{1,2}[^0-9]*$"


def _number_readings(
    connection: duckdb.DuckDBPyConnection,
    columns: tuple[StagedColumn, ...],
    headers: Mapping[str, str],
) -> dict[str, str]:
    """Columns whose values show that the comma is their decimal mark, with the macro for it."""
    readings = {}
    for column in columns:
        is_number = column.type.startswith("decimal")
        if is_number and column.name in headers:
            found = connection.execute(
                f"select count(*) filter (where regexp_matches({column.name}, $comma)), "  # noqa: S608
                f"count(*) filter (where regexp_matches({column.name}, $point)) from text_rows",
                {"comma": DECIMAL_COMMA, "point": DECIMAL_POINT},
            ).fetchall()[0]
            if found[0] and not found[1]:
                readings[column.name] = "parse_number_comma"
    return readings


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
    readings: Mapping[str, str]

    def value(self, column: StagedColumn) -> str:
        """The typed value of a column; null where the file does not have it."""
        given = {*self.headers, *self.mapping.constants}
        if column.name in given:
            return _expression(column, self.readings)
        return f"cast({_fallback(column, given)} as {column.type})"

    @property
    def kept(self) -> str:
        """Condition on the text rows that hold anything for this table."""
        filled = [f"nullif(trim({name}), '') is not null" for name in self.mapping.needs]
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

    def lacking(self, name: str, value: str) -> str:
        """Line and cell of the rows that lack one needed value."""
        cell = name if name in self.headers else "null"
        return (
            f"select line, any_value({cell}) from text_rows "  # noqa: S608
            f"where {self.kept} and {value} is null group by line order by line"
        )


def _fallback(column: StagedColumn, given: set[str]) -> str:
    """Amounts without a currency column may carry the currency themselves."""
    if column.name == "currency":
        for amount in ("amount", "annual_amount", "monthly_amount"):
            if amount in given:
                return (
                    f"case when {amount} like '%€%' then 'EUR' when {amount} like '%£%' then 'GBP' "
                    f"when {amount} like '%$%' then 'USD' "
                    f"else nullif(upper(regexp_extract({amount}, '(?i)eur|gbp|usd|chf')), '') end"
                )
    return "null"


def _reject(
    connection: duckdb.DuckDBPyConnection, table: TextTable, cast: _Cast
) -> tuple[RejectedLine, ...]:
    """The rows that lack a needed value, each with the first reason; none of a companion table."""
    kept = dates.count(connection, f"select count(*) from text_rows where {cast.kept}")  # noqa: S608
    staged = dates.count(connection, _staged(cast.mapping, "count(*)"), {"source": cast.file})
    if kept == staged:
        return ()
    kinds = {column.name: _noun(column) for column in cast.columns}
    rejected: dict[int, RejectedLine] = {}
    for name, value in cast.needed:
        header = cast.headers.get(name, name)
        for line, cell in connection.execute(cast.lacking(name, value)).fetchall():
            reason = (
                f"'{cell}' in '{header}' is not a {kinds[name]}"
                if cell
                else (f"'{header}' is empty" if name else "the row names no account")
            )
            rejected.setdefault(line, RejectedLine(line, "", reason))
    texts = _texts(table, rejected)
    return tuple(replace(rejected[line], text=texts[line]) for line in sorted(rejected))


def _texts(table: TextTable, lines: Mapping[int, RejectedLine]) -> dict[int, str]:
    """Cells of the rejected lines as one text each."""
    numbers = _lines(table).to_pylist()
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


def _unread(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    columns: tuple[StagedColumn, ...],
    headers: Mapping[str, str],
    mapping: TableMapping,
) -> list[str]:
    """One sentence for each column with cells that do not fit, with the first lines."""
    warnings = []
    source = {"source": file}
    for column in columns:
        if column.type == "varchar" or column.name not in headers:
            continue
        if not dates.count(
            connection, _staged(mapping, f"count(*) - count({column.name})"), source
        ):
            continue
        empty = f"{_staged(mapping, 'line')} and {column.name} is null"
        found = connection.execute(
            f"select line, {column.name}, count(*) over () from text_rows "  # noqa: S608
            f"where line in ({empty}) and nullif(trim({column.name}), '') is not null "
            f"order by line limit {SHOWN_VALUES}",
            source,
        ).fetchall()
        if found:
            shown = ", ".join(f"line {line} '{cell}'" for line, cell, _ in found)
            warnings.append(
                f"{found[0][2]:,} cells of '{headers[column.name]}' are not a {_noun(column)} and "
                f"were left empty: {shown}"
            )
    return warnings


def _several_accounts(
    connection: duckdb.DuckDBPyConnection, headers: Mapping[str, str]
) -> list[str]:
    """A sentence on cells that name several accounts, of which the first is taken."""
    if "account_id" not in headers:
        return []
    rows = dates.count(connection, "select count(*) from text_rows where account_id like '%;%'")
    header = headers["account_id"]
    return (
        [f"{rows:,} cells of '{header}' name several accounts; the first is taken"] if rows else []
    )


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
