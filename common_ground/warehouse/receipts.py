"""Receipts: what became of every line of every file, and the reading that makes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from common_ground.errors import (
    ExportError,
    MissingColumnsError,
    UnknownDialectError,
    UnreadableExportError,
)
from common_ground.exports import dialects
from common_ground.exports.made_columns import with_made_columns
from common_ground.exports.mappings import TableMapping
from common_ground.exports.paths import with_paths
from common_ground.exports.questions import Question, question_of
from common_ground.exports.reader import read
from common_ground.exports.rules import parts_of
from common_ground.exports.spread import spread_over, with_spread
from common_ground.exports.tables import Limits, RejectedLine, TextTable
from common_ground.warehouse import mishaps, staging
from common_ground.warehouse.decisions import LEFT_OUT, Decisions, FileDecision
from common_ground.warehouse.labels import LabelUse, label_use_of

NOTES = "notes"  # files that explain others: recognised, counted, not loaded
EXPORT_ENDINGS = {
    ".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".gz", ".zip",
}  # fmt: skip


@dataclass(frozen=True)
class Receipt:
    """Where the lines of one file went; lines = loaded + rejected + other lines.

    Attributes:
        file: name; a member of an archive as "archive.zip/member.csv".
        sha256: of the file on disk.
        dialect: tool whose export it is.
        dialect_label: the tool in words.
        table: staged table it fills.
        encoding: how its bytes were read.
        lines: lines of the file (objects or rows where the kind has no lines).
        loaded: rows in the workspace.
        rejected: rows left out, with line, text and reason.
        other_lines: header, preamble, footer, blank and the like, by kind.
        warnings: sentences to read before trusting the file.
        questions: what a person has to answer.
        unused_columns: headers nothing was taken from.
        mapped_columns: staged column -> header it was taken from.
        labels: what each label of the tool means; None where nobody mapped it.
        detected_by: how the tool was told, in words; empty where a person said it.
    """

    file: str
    sha256: str
    dialect: str
    dialect_label: str
    table: str
    encoding: str
    lines: int
    loaded: int
    rejected: tuple[RejectedLine, ...]
    other_lines: Mapping[str, int]
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    unused_columns: tuple[str, ...] = ()
    mapped_columns: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[LabelUse, ...] = ()
    detected_by: str = ""

    def __post_init__(self) -> None:
        accounted = self.loaded + len(self.rejected) + sum(self.other_lines.values())
        if accounted != self.lines:
            raise UnreadableExportError(
                f"{self.file}: {self.lines:,} lines went in, {accounted:,} came out. Nothing was "
                "loaded. Please report this file as a bug."
            )

    def without(self, repeats: list[RejectedLine]) -> "Receipt":
        """The receipt after rows that came twice were taken out."""
        lines = {repeat.line: repeat for repeat in reversed(repeats)}  # the first reason of a line
        together = sorted((*self.rejected, *lines.values()), key=lambda r: r.line)
        return replace(self, loaded=self.loaded - len(lines), rejected=tuple(together))


def receive(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    decisions: Decisions,
    name: str | None = None,
    limits: Limits | None = None,
) -> list[Receipt]:
    """Read one file, stage its rows and say where every line went.

    Args:
        connection: with `staging.create_staging` done.
        path: the file.
        decisions: what a person said of the workspace.
        name: what the file is called; its own name unless given.
        limits: as for `read`.

    Raises:
        ExportError: the file cannot be used; the message says why and what to do.
    """
    name = name or path.name
    tables = read(path, limits, name, _encodings(decisions, name))
    receipts, problems = receive_tables(connection, tables, decisions)
    if problems:
        raise problems[0][1]
    return receipts


def _encodings(decisions: Decisions, name: str) -> dict[str, str]:
    """File, or member of an archive -> encoding, where a person decided one."""
    said = {file: decision.encoding for file, decision in decisions.files.items()}
    said[name] = decisions.file(name).encoding
    return {file: encoding for file, encoding in said.items() if encoding is not None}


def receive_tables(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TextTable], decisions: Decisions
) -> tuple[list[Receipt], list[tuple[str, ExportError]]]:
    """Receipts of the tables that can be used, and the others with the reason.

    A sheet that no dialect knows, of a workbook with another that one does, is a cover or a note:
    it is left out, counted, and said.
    """
    receipts: list[Receipt] = []
    problems: list[tuple[TextTable, ExportError]] = []
    for table in tables:
        try:
            receipts.append(receive_table(connection, table, decisions))
        except ExportError as error:
            problems.append((table, error))
    known = {receipt.file.split("/")[0] for receipt in receipts}
    left: list[tuple[str, ExportError]] = []
    for table, problem in problems:
        if _is_cover(table, problem, known):
            receipts.append(_left_out_cover(table))
        else:
            left.append((table.file, problem))
    return sorted(receipts, key=lambda r: _place(r.file, tables)), left


def _is_cover(table: TextTable, error: ExportError, known: set[str]) -> bool:
    is_unknown = isinstance(error, UnknownDialectError)
    return table.kind == "xlsx" and is_unknown and table.file.split("/")[0] in known


def _left_out_cover(table: TextTable) -> Receipt:
    shown = ", ".join(repr(header) for header in table.header[:5])
    warning = (
        f"The sheet '{table.file.split('/')[-1]}' was left out, as no dialect knows its headers "
        f"({shown}); its {table.loaded:,} rows are counted. Say what its rows are if they matter."
    )
    receipt = _left_out(table)
    return replace(
        receipt, dialect_label="Left out, not recognised", warnings=(*table.warnings, warning)
    )


def _place(file: str, tables: Sequence[TextTable]) -> int:
    return next(place for place, table in enumerate(tables) if table.file == file)


def receive_table(
    connection: duckdb.DuckDBPyConnection, table: TextTable, decisions: Decisions
) -> Receipt:
    """Stage one text table; see `receive`."""
    decision = decisions.file(table.file)
    if decision.dialect == LEFT_OUT:
        return _left_out(table)
    table = with_paths(table, [*decision.columns, *dialects.paths(decisions.dialects)])
    mappings = _detect(table, decision, decisions)
    table, first_mapping = with_made_columns(table, mappings[0])
    mappings = (first_mapping, *mappings[1:])
    staged = [
        staging.stage(
            connection,
            *with_spread(table, mapping),
            decision,
            decisions.labels,
            decisions.currency,
            decisions.time_zone,
        )
        for mapping in mappings
    ]
    first, mapped = staged[0], _mapped(table, mappings[0])
    questions = (*table.questions, *(q for s in staged for q in s.questions))
    is_note = mappings[0].table == NOTES
    notes = {"notes on other files": first.loaded} if is_note else {}
    return Receipt(
        file=table.file,
        sha256=table.sha256,
        dialect=mappings[0].dialect,
        dialect_label=mappings[0].label,
        table=mappings[0].table,
        encoding=table.encoding,
        lines=table.lines,
        loaded=0 if is_note else first.loaded,
        rejected=tuple(sorted((*table.rejected, *first.rejected), key=lambda r: r.line)),
        other_lines={**table.other_lines, **first.others, **notes},
        warnings=(
            *_told_of_series(table.file, decisions),
            *filter(None, [mappings[0].note]),
            *table.warnings,
            *(w for s in staged for w in s.warnings),
            *_told_of_unread(table, mappings[0], mapped),
            *mishaps.told_of_table(table, mappings[0], mapped),
            *mishaps.told_of_rows(
                connection,
                table.file,
                mappings[0].table,
                mapped,
                decisions.as_of,
                {question.key for question in questions},
            ),
        ),
        questions=questions,
        unused_columns=_unused(table, mappings),
        mapped_columns=mapped,
        labels=tuple(use for s in staged for use in s.labels),
        detected_by=mappings[0].because,
    )


def _left_out(table: TextTable) -> Receipt:
    """The receipt of a table a person left out: every row of it counted, none loaded."""
    return Receipt(
        file=table.file,
        sha256=table.sha256,
        dialect=LEFT_OUT,
        dialect_label="Left out, as decided",
        table=NOTES,
        encoding=table.encoding,
        lines=table.lines,
        loaded=0,
        rejected=table.rejected,
        other_lines={**table.other_lines, "left out as decided": table.loaded},
    )


def _detect(
    table: TextTable, decision: FileDecision, decisions: Decisions
) -> tuple[TableMapping, ...]:
    """The mappings of a table; a summary is called one rather than a file nobody knows."""
    try:
        return dialects.detect(
            table.file, table.header, decision.dialect, decision.columns, decisions.dialects
        )
    except (UnknownDialectError, MissingColumnsError) as error:
        if summary := mishaps.told_of_summary(table):
            raise UnreadableExportError(summary) from error
        raise


def _told_of_series(file: str, decisions: Decisions) -> tuple[str, ...]:
    known = decisions.known_as(file)
    if known is None or known in (file, file.split("/")[-1]):
        return ()
    return (f"Read as a person decided for '{known}', whose name differs in digits only.",)


def _told_of_unread(
    table: TextTable, mapping: TableMapping, mapped: Mapping[str, str]
) -> list[str]:
    """Why filled columns that people would expect to be read are not."""
    found = (
        (dialects.first_present([name], table.header), why)
        for name, why in mapping.not_read.items()
    )
    return [
        f"'{header}' was left out: {why}."
        for header, why in found
        if header is not None
        and header not in mapped.values()
        and table.rows[header].null_count < table.loaded
    ]


def _mapped(table: TextTable, mapping: TableMapping) -> dict[str, str]:
    found = {c: dialects.header_of(mapping, c, table.header) for c in mapping.columns}
    return {column: header for column, header in found.items() if header is not None}


def _unused(table: TextTable, mappings: tuple[TableMapping, ...]) -> tuple[str, ...]:
    mapped = [header for mapping in mappings for header in _mapped(table, mapping).values()]
    used = {part for header in mapped for part in (header, *parts_of(header))}
    used |= {header for mapping in mappings for header in dialects.marks(mapping, table.header)}
    used |= {header for each in mappings for header in spread_over(each.spread, table.header)}
    once = {_without_number(header) for header in used}
    return tuple(header for header in table.header if _without_number(header) not in once)


def _without_number(header: str) -> str:
    """The reader calls a repeated header "Labels (2)"."""
    return re.sub(r" \(\d+\)$", "", header)


def receipt_of(plain: Mapping[str, Any]) -> Receipt:
    """A receipt from the JSON of its `dataclasses.asdict`."""
    return Receipt(
        **{
            **plain,
            "rejected": tuple(RejectedLine(**line) for line in plain["rejected"]),
            "questions": tuple(question_of(asked) for asked in plain["questions"]),
            "warnings": tuple(plain["warnings"]),
            "unused_columns": tuple(plain["unused_columns"]),
            "labels": tuple(label_use_of(use) for use in plain["labels"]),
        }
    )


def is_export(path: Path) -> bool:
    """Whether a file's ending is one that exports have."""
    return (
        path.is_file() and not path.name.startswith(".") and (path.suffix.lower() in EXPORT_ENDINGS)
    )
