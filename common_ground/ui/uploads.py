"""The other half of Data: files dropped on the page, read and analysed, never published.

A file is read in a child process with limits. What is read is kept in memory for this server until
it is discarded or pushed out by newer files; the workspace on disk is not touched.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from common_ground import kpis
from common_ground.charts import format
from common_ground.errors import CommonGroundError, ExportError
from common_ground.exports import TextTable, dialects, read_in_child
from common_ground.exports.overview import columns_of
from common_ground.pack import words
from common_ground.settings import Settings
from common_ground.ui import data_trust, downloads, frame, html, messages
from common_ground.warehouse import upload
from common_ground.warehouse.decisions import Decisions, FileDecision
from common_ground.warehouse.receipts import Receipt
from common_ground.warehouse.upload import Analysis, Problem

NOTHING_DROPPED: Final = "Drop exports here to see what they hold. Nothing is published."
ENDINGS: Final = ["csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "xlsx", "gz", "zip"]
# A name longer than this cannot be a file's name on every system.
_NAME_CHARACTERS: Final = 120
# Height of a row of st.dataframe at the base font size of our theme.
_ROW_PX: Final = 38
_GENERATION: Final = "upload_generation"
_NOT_IN_FILE: Final = "not in this file"
_AS_FOUND: Final = "as recognised"
_ORDERS: Final = {"As found": None, "Day first": "day_first", "Month first": "month_first"}
_AMOUNTS: Final = {
    "As the dialect says": None,
    "A year": "arr",
    "A month": "mrr",
    "The whole term": "tcv",
    "Once": "one_off",
}


@dataclass(frozen=True)
class Reading:
    """One uploaded file: its tables, or the sentence that says why there are none."""

    file: str
    tables: tuple[TextTable, ...]
    problem: str = ""


def dropped_files() -> list[UploadedFile]:
    """The files on the page; empty until somebody drops one, and after a discard."""
    generation = st.session_state.setdefault(_GENERATION, 0)
    return st.file_uploader(
        "Exports to look at. They are read and analysed here, and not published.",
        type=ENDINGS,
        accept_multiple_files=True,
        key=f"uploads_{generation}",
    )


def discard() -> None:
    """Forget every file on the page and what was read from it."""
    st.session_state[_GENERATION] += 1
    _read.clear()
    _analysed.clear()


def read_all(files: Sequence[UploadedFile]) -> list[Reading]:
    """Every file read, each in a child process of its own; the same bytes are read once."""
    readings = []
    for file in files:
        content = file.getvalue()
        with st.spinner(f"Reading {file.name[:_NAME_CHARACTERS]}"):
            readings.append(_read(_safe_name(file.name), _digest(content), content))
    return readings


def _safe_name(name: str) -> str:
    """A name a temporary file can have, still recognisable."""
    base = PurePosixPath(name.replace("\\", "/")).name.replace("\0", "")
    return base[-_NAME_CHARACTERS:].lstrip(".") or "upload"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@st.cache_resource(max_entries=12, show_spinner=False)
def _read(name: str, digest: str, _content: bytes) -> Reading:
    with tempfile.TemporaryDirectory(prefix="common-ground-") as folder:
        path = Path(folder) / name
        path.write_bytes(_content)
        try:
            return Reading(name, tuple(read_in_child(path)))
        except CommonGroundError as error:
            return Reading(name, (), str(error))


def analyse(readings: Sequence[Reading], decisions: Decisions) -> Analysis:
    """What the readable files hold together; those that cannot be read are among its problems.

    Today is the last date in these files, not the workspace's: they may be of another month.
    """
    decisions = replace(decisions, as_of=None)
    tables = [table for reading in readings for table in reading.tables]
    unread = tuple(Problem(r.file, r.problem) for r in readings if r.problem)
    key = repr([(table.file, table.sha256) for table in tables])
    try:
        found = _analysed(key, repr(decisions), tables, decisions)
    except ExportError as error:
        found = Analysis((), (Problem("The files together", str(error)),), None)
    return Analysis(found.receipts, (*unread, *found.problems), found.data)


@st.cache_resource(max_entries=2, show_spinner="Analysing")
def _analysed(key: str, decided: str, _tables: list[TextTable], _decisions: Decisions) -> Analysis:
    return upload.analyse(_tables, _decisions)


# ---- mapping


def decide_all(
    readings: Sequence[Reading],
    decisions: Decisions,
    unknown: DeltaGenerator,
    recognised: DeltaGenerator,
) -> Decisions:
    """The decisions with what the reader says of every table.

    Args:
        readings: the files.
        decisions: of the workspace.
        unknown: place of the files nobody knows, which wait for a word.
        recognised: place of the others, which only may be read in another way.
    """
    for table in (table for reading in readings for table in reading.tables):
        with unknown if _recognised(table, decisions) is None else recognised:
            decisions = decide(table, decisions)
    return decisions


def decide(table: TextTable, decisions: Decisions) -> Decisions:
    """The decisions with what the reader says of one table: what it is, and what its columns are.

    A recognised file needs no word; any file can be read as one of our tables instead, with a
    header chosen for each column.
    """
    key = _digest(table.file.encode())[:12]
    recognised = _recognised(table, decisions)
    first = _AS_FOUND if recognised else "choose what it is"
    kinds = {first: None} | {_in_words(name): name for name in dialects.staged_tables()}
    heading = f"{table.file}: {recognised or 'not recognised'}"
    with st.expander(_plain_label(heading), expanded=recognised is None):
        kind_column, order_column, amount_column = st.columns(3)
        with kind_column:
            kind = st.selectbox("Read it as", list(kinds), key=f"kind_{key}", filter_mode=None)
        with order_column:
            order = st.selectbox(
                "Days and months such as 01/02", list(_ORDERS), key=f"order_{key}", filter_mode=None
            )
        with amount_column:
            amount = st.selectbox(
                "An amount is for", list(_AMOUNTS), key=f"amount_{key}", filter_mode=None
            )
        chosen = kinds[kind]
        overview = columns_of(table)
        headers = _choose_headers(table, chosen, overview, key) if chosen else None
        st.dataframe(
            overview,
            hide_index=True,
            height=min(_ROW_PX * (len(overview) + 1) + 2, 12 * _ROW_PX),
            column_config={
                "header": st.column_config.TextColumn("Header in the file", width="medium"),
                "filled": st.column_config.NumberColumn("Filled", format="percent", width="small"),
                "different": st.column_config.NumberColumn(
                    "Different values", format="localized", width="small"
                ),
                "examples": st.column_config.TextColumn("For example", width="large"),
            },
            key=f"columns_{key}",
        )
    said = FileDecision() if chosen is None else upload.mapped_as(chosen, headers or {})
    known = decisions.file(table.file)
    decision = FileDecision(
        dialect=said.dialect or known.dialect,
        amount=_AMOUNTS[amount] or known.amount,
        date_order=_ORDERS[order] or known.date_order,
        columns=said.columns or known.columns,
        end_date=known.end_date,
        currency=known.currency,
    )
    return upload.deciding(decisions, table.file, decision)


def _recognised(table: TextTable, decisions: Decisions) -> str | None:
    """The tool a file is from and the table it fills, in words; None when nobody knows."""
    said = decisions.file(table.file)
    try:
        mapping = dialects.detect(table.file, table.header, said.dialect, said.columns)[0]
    except ExportError:
        return None
    words_of_table = _in_words(mapping.table)
    is_said = words_of_table in mapping.label.lower()
    return mapping.label if is_said else f"{mapping.label}, {words_of_table}"


def _in_words(table: str) -> str:
    return table.replace("_", " ")


def _plain_label(text: str) -> str:
    """A widget's label reads Markdown; a file's name is not Markdown."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|~:$" else c for c in text)


def _choose_headers(
    table: TextTable, staged: str, overview: pd.DataFrame, key: str
) -> dict[str, str]:
    """Column -> header, guessed where the words are alike and chosen by the reader."""
    guessed = dialects.guess(staged, table.header)
    examples = dict(zip(overview["header"], overview["examples"], strict=True))
    options = [_NOT_IN_FILE, *table.header]
    chosen: dict[str, str] = {}
    places = st.columns(4)
    for number, column in enumerate(dialects.staged_tables()[staged]):
        guess = guessed.get(column.name)
        with places[number % len(places)]:
            header = st.selectbox(
                _in_words(column.name) + (", needed" if column.is_required else ""),
                options,
                index=options.index(guess) if guess in options else 0,
                format_func=lambda name: (
                    f"{name}: {examples[name]}" if examples.get(name) else name
                ),
                key=f"map_{key}_{staged}_{column.name}",
            )
        if header and header != _NOT_IN_FILE:
            chosen[column.name] = header
    return chosen


# ---- results


def answer(files: int, found: Analysis) -> str:
    """How many files can be used, and what they can say."""
    usable = len({receipt.file.split("/")[0] for receipt in found.receipts})
    if not usable:
        none = "This file" if files == 1 else f"None of the {files} files"
        return f"{none} can{'not' * (files == 1)} be used as it is. Nothing is published."
    rows = format.plural(sum(receipt.loaded for receipt in found.receipts), "row")
    known = f", enough for {format.plural(len(_known_kpis(found)), 'KPI')}" if found.data else ""
    return f"{usable} of {format.plural(files, 'file')} can be used: {rows}{known}. " + (
        "Nothing is published."
    )


def invitation() -> html.Html:
    """What can be dropped here, for a page without files."""
    tools = sorted({mapping.label for mapping in dialects.known() if mapping.dialect != "generic"})
    ours = ", ".join(_in_words(table) for table in dialects.staged_tables())
    return html.panel(
        "What can be read",
        "up to 500 MB a file",
        html.pairs(
            [
                ("Recognised", ", ".join(tools)),
                ("Any other tool", f"choose which header is which column: {ours}"),
                ("Kinds of file", "CSV and TSV, XLSX, JSON, JSON lines, Parquet; also gz and zip"),
                (
                    "To publish",
                    "put the files into one folder and run: python -m common_ground build "
                    "--exports FOLDER --workspace WORKSPACE",
                ),
            ]
        ),
    )


def problems(found: Analysis) -> html.Html:
    """Each file that cannot be used, with the reason and what to do."""
    return html.join(
        messages.failed(problem.file, "This file cannot be used as it is", problem.message)
        for problem in found.problems
    )


def show(found: Analysis, settings: Settings) -> None:
    """Receipts, mapping, rows and KPIs of the uploaded files."""
    if found.problems:
        html.show(html.grid([problems(found)], "1"))
    if not found.receipts:
        return
    as_of = found.data.as_of if found.data else None
    # Without a date nothing was computed, so the register has to be made of the receipts.
    loads = found.data.loads() if found.data else _as_loads(found.receipts)
    html.show(
        html.grid(
            [
                data_trust.receipts(loads, as_of, settings.stale_after_days),
                data_trust.notes_panel(loads),
            ],
            "7 5",
        ),
        html.grid([_mapping(found.receipts), _supported(found)], "7 5"),
    )
    rejects = pd.DataFrame(
        [
            (r.file, line.line, line.text, line.reason)
            for r in found.receipts
            for line in r.rejected
        ],
        columns=["file", "line", "text", "reason"],
    )
    if len(rejects):
        html.show(html.heading(f"Rejected lines ({len(rejects):,})"))
        st.dataframe(rejects, hide_index=True, height=300, key="upload_rejects")
        downloads.csv_button(rejects, "upload_rejects")
    if found.data is None:
        html.show(html.note("No file holds a date, so no figure can be computed from these alone."))
        return
    html.show(data_trust.checks_panel(found.data.checks()))
    html.show(
        html.note(
            f"As of {frame.day(found.data.as_of)}, the last date in these files, in "
            f"{found.data.currency}; computed from the files on this page alone, kept in memory "
            "until they are discarded."
        )
    )


def _as_loads(receipts: Sequence[Receipt]) -> pd.DataFrame:
    """Receipts with the columns of the load register, for files that hold no date."""
    return pd.DataFrame(
        [
            {
                "file": receipt.file,
                "dialect_label": receipt.dialect_label,
                "canonical_table": receipt.table,
                "lines": receipt.lines,
                "loaded": receipt.loaded,
                "rejected": len(receipt.rejected),
                "other_lines": sum(receipt.other_lines.values()),
                "other_kinds": ", ".join(
                    f"{count:,} {kind}" for kind, count in receipt.other_lines.items()
                ),
                "last_date": pd.NaT,
                "warnings": list(receipt.warnings),
                "questions": [question.sentence for question in receipt.questions],
                "unused_columns": list(receipt.unused_columns),
            }
            for receipt in receipts
        ]
    )


def _mapping(receipts: Sequence[Receipt]) -> html.Html:
    """Which header was read as which column, file by file."""
    lines = [
        html.Row(
            receipt.file,
            html.join(
                (
                    html.build("{} ← {}", _in_words(column), html.strong(header))
                    for column, header in receipt.mapped_columns.items()
                ),
                between=", ",
            ),
        )
        for receipt in receipts
    ]
    return html.panel("How the columns were read", "column ← header in the file", html.rows(lines))


def _known_kpis(found: Analysis) -> list[kpis.KpiValue]:
    """KPIs with enough rows behind them, over the 12 months up to the last date."""
    if found.data is None:
        return []
    window = kpis.parse_window("trailing_12_months", found.data.as_of)
    every = kpis.compute_all(found.data, window)
    return [value for value in every if value.state == "ok" and value.value is not None]


def _supported(found: Analysis) -> html.Html:
    """Rows by table, and every KPI these files can support, over their last 12 months."""
    if found.data is None:
        return html.panel("What they can say", "", html.soft("Nothing without a date."))
    currency = found.data.currency
    body = [
        (
            kpis.definition(value.kpi).label,
            words.value(value.value or 0.0, value.unit, currency, value.n),
            f"{format.count(value.n)} {kpis.definition(value.kpi).counted}",
        )
        for value in _known_kpis(found)
    ]
    rows = ", ".join(
        f"{format.count(count)} {_in_words(name)}" for name, count in found.data.counts().items()
    )
    table = html.table(("KPI", "Value", "Rests on"), body, numbers=(1,)) if body else ""
    none = "" if body else html.soft("No KPI has enough rows in these files alone.")
    return html.panel(
        "What they can say", "12 months up to the last date", table, none, html.note(rows)
    )
