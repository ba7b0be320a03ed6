"""The other half of Data: files dropped on the page, read, asked about, analysed, and published.

Files are read and analysed in child processes. What they leave belongs to this session alone and
goes with it, or with Discard; the workspace on disk is not touched before somebody publishes.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from common_ground.charts import format
from common_ground.errors import CommonGroundError, WorkspaceError
from common_ground.exports import dialects
from common_ground.exports.mappings import staged_tables
from common_ground.exports.questions import Question
from common_ground.settings import Settings
from common_ground.ui import (
    answers,
    cache,
    frame,
    html,
    mapping,
    messages,
    publishing,
    upload_results,
    watching,
)
from common_ground.warehouse.intake import Dropped, Intake
from common_ground.warehouse.published import Published
from common_ground.warehouse.upload import Analysis, Problem

NOTHING_DROPPED: Final = (
    "Drop exports here to see what they hold; publish them when they are right."
)
ENDINGS: Final = [
    "csv", "tsv", "tab", "txt", "json", "jsonl", "ndjson", "parquet", "xlsx", "gz", "zip",
]  # fmt: skip
_GENERATION: Final = "upload_generation"


@st.cache_resource(scope="session", on_release=Intake.close, show_spinner=False)
def intake() -> Intake:
    """The dropped files of this session, and the work on them."""
    return Intake()


def discard() -> None:
    """Forget every file on the page, what was read from it and what was decided of it."""
    st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1
    intake().close()
    intake.clear()
    answers.forget()


def show(page: frame.Page, settings: Settings, just_published: int | None = None) -> None:
    """The upload half of the page: drop, answer, look, publish.

    Args:
        page: opened.
        settings: of this run.
        just_published: data version this session has published since its last run.
    """
    files = _dropped_files()
    desk = intake()
    if publishing.is_at_work(page, desk):
        return
    if not files:
        desk.take((), {})
        page.answer(publishing.told(just_published) if just_published else NOTHING_DROPPED)
        html.show(invitation())
        mapping.add_dialect_file(settings.workspace)
        return
    desk.take((_dropped(file) for file in files), answers.encodings())
    if not watching.is_done(desk.running, "uploads"):
        page.answer(f"Reading {format.plural(len(files), 'file')}.")
        return
    found = _analysed(page, desk, settings.workspace)
    if found is not None:
        _show(page, desk, found, settings)


def _dropped_files() -> list[UploadedFile]:
    generation = st.session_state.setdefault(_GENERATION, 0)
    return st.file_uploader(
        "Exports of any tool, several at once. Nothing is published before you say so.",
        type=ENDINGS,
        accept_multiple_files=True,
        key=f"uploads_{generation}",
    )


def _dropped(file: UploadedFile) -> Dropped:
    def write(path: Path) -> None:
        file.seek(0)
        with path.open("wb") as stream:
            shutil.copyfileobj(file, stream)

    return Dropped(file.file_id, file.name, write)


def _analysed(page: frame.Page, desk: Intake, workspace: Path) -> Analysis | None:
    """What the files hold together; None while that is computed first, or where it cannot be.

    While it is computed anew the page shows what it showed, so that no click is lost.
    """
    desk.analyse(workspace, cache.version_key(), answers.said())
    is_done = watching.is_done(desk.running, "analysis")
    try:
        found = desk.analysis.result() if is_done else desk.analysis.latest()
    except CommonGroundError as error:
        page.answer("These files could not be analysed.")
        html.show(messages.failed("Analysis", "The files could not be analysed", str(error)))
        return None
    if found is None:
        page.answer("Looking at what the files hold.")
        return None
    unread = tuple(r.problem for r in desk.readings if r.problem is not None)
    for question in _questions(found):
        desk.asked[question.file, question.key] = question
    return Analysis(found.receipts, (*unread, *found.problems), found.data)


def _questions(found: Analysis) -> list[Question]:
    asked = [question for receipt in found.receipts for question in receipt.questions]
    return asked + [problem.question for problem in found.problems if problem.question]


def _show(page: frame.Page, desk: Intake, found: Analysis, settings: Settings) -> None:
    """Receipts left, what waits for a person right; everything else in tabs below."""
    published = _published()
    present = {table.file for reading in desk.readings for table in reading.tables}
    present |= {reading.name for reading in desk.readings}
    questions = [asked for (file, _), asked in desk.asked.items() if file in present]
    waiting = [q for q in questions if answers.of_file(q.file).get(q.key) is None]
    page.answer(answer(len(desk.readings), found, len(waiting)))
    left, right = st.columns([7, 5])
    with left:
        upload_results.receipts(found, published, settings.stale_after_days)
    with right:
        if questions:
            html.show(html.heading("Questions", f"{len(waiting)} of {len(questions)} open"))
            answers.ask(questions)
        uses = [use for receipt in found.receipts for use in receipt.labels]
        answers.ask_labels(answers.open_labels(uses))
        intent = publishing.choose(desk, found, published, settings.workspace, discard)
    names = ["Columns", "Rows", "What they say", "Against the published data", "Lines left out"]
    tabs = st.tabs(names, key="upload_tabs", on_change="rerun")
    with tabs[0]:
        mapping.show(desk, found, settings.workspace)
    with tabs[1]:
        upload_results.rows(found)
    with tabs[2]:
        upload_results.says(found)
    with tabs[3]:
        if tabs[3].open:
            upload_results.against_published(desk, intent, published, settings)
    with tabs[4]:
        upload_results.left_out(found)
    html.show(upload_results.foot(found, published))


def _published() -> Published | None:
    try:
        return cache.published()
    except WorkspaceError:
        return None


def answer(files: int, found: Analysis, waiting: int) -> str:
    """How many files can be used, what they can say, and what waits for a person."""
    usable = len({receipt.file.split("/")[0] for receipt in found.receipts})
    if not usable:
        none = "This file" if files == 1 else f"None of the {files} files"
        return f"{none} can{'not' * (files == 1)} be used as it is. Nothing is published."
    rows = format.plural(sum(receipt.loaded for receipt in found.receipts), "row")
    known = len(upload_results.known_kpis(found))
    enough = f", enough for {format.plural(known, 'KPI')}" if known else ""
    told = f"{usable} of {format.plural(files, 'file')} can be used: {rows}{enough}."
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        return f"{told} {format.plural(waiting, 'question')} {verb} for an answer."
    return f"{told} Nothing is published yet."


def problem_files(found: Sequence[Problem]) -> set[str]:
    """Names of the dropped files that hold something that cannot be used."""
    return {problem.file.split("/")[0] for problem in found}


def invitation() -> html.Html:
    """What can be dropped here, for a page without files."""
    tools = sorted({mapping.label for mapping in dialects.known() if mapping.dialect != "generic"})
    ours = ", ".join(name.replace("_", " ") for name in staged_tables())
    return html.panel(
        "What can be read",
        "up to 500 MB a file",
        html.pairs(
            [
                ("Recognised", ", ".join(tools)),
                ("Any other tool", f"choose which header is which column: {ours}"),
                ("Kinds of file", "CSV and TSV, XLSX, JSON, JSON lines, Parquet; also gz and zip"),
                (
                    "Then",
                    "see where every line went, answer what the files cannot say, compare with "
                    "the published data, and publish. Until then only you see them.",
                ),
            ]
        ),
    )
