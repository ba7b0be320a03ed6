"""Publishing from the Data page: where each file goes, as of when, and the build behind it."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from common_ground import meeting
from common_ground.charts import format
from common_ground.child import Child
from common_ground.errors import CommonGroundError
from common_ground.ui import answers, cache, frame, html, messages, watching
from common_ground.ui.upload_results import files_of
from common_ground.warehouse import placing
from common_ground.warehouse.decisions import DECISIONS, read_decisions
from common_ground.warehouse.intake import Intake
from common_ground.warehouse.placing import Place
from common_ground.warehouse.published import Published
from common_ground.warehouse.upload import Analysis, Intent

_PUBLISHED_NOW: Final = "data_published_now"
_BESIDE: Final = "beside the others"
_STAYS_OUT: Final = "not at all"


def choose(
    desk: Intake,
    found: Analysis,
    published: Published | None,
    workspace: Path,
    discard: Callable[[], None],
) -> Intent | None:
    """Where each usable file goes, the as-of date, and the buttons that publish and discard.

    Returns:
        What would be published now; None when nothing can be.
    """
    html.show(html.heading("Publish", _version_line(published)))
    read = {table.file for reading in desk.readings for table in reading.tables}
    open_problems = [problem.file for problem in found.problems if problem.file in read]
    unread = [problem.file for problem in found.problems if problem.file not in read]
    places = [
        placing.propose(receipts, found.data, published)
        for receipts in files_of(found.receipts).values()
    ]
    names: dict[str, str] = {}
    replaced: list[str] = []
    for place in places:
        chosen = _choose_place(place, published)
        if chosen == _STAYS_OUT:
            continue
        if chosen != _BESIDE:
            replaced.append(chosen)
        stays = set(published.exports()) - set(replaced) if published else set()
        names[place.file] = _free_name(place.file, stays | set(names.values()))
    as_of = _choose_day(found, published, workspace)
    paths = {reading.name: reading.path for reading in desk.readings}
    intent = Intent(
        uploads={name: paths[file] for file, name in names.items()},
        replaced=tuple(replaced),
        answers=answers.dated(answers.renamed(names), as_of),
        seen=_seen(published),
        accounts=meeting.account_verdicts(cache.ledger().verdicts()),
    )
    is_settled = not open_problems and not desk.analysis.is_running()
    is_possible = bool(names) and as_of is not None and is_settled
    if open_problems:
        html.show(
            html.note(
                f"Say under Columns what {' and '.join(open_problems[:3])} holds, or leave it out "
                "there; then the files can be published."
            )
        )
    if unread and names:
        html.show(html.note(f"{' and '.join(unread[:3])} cannot be read and stays out."))
    with st.container(horizontal=True):
        st.button(
            "Publish for everybody",
            type="primary",
            disabled=not is_possible,
            on_click=desk.publish,
            args=(workspace, intent),
        )
        st.button("Discard these files", on_click=discard)
    return intent if is_possible else None


def _version_line(published: Published | None) -> str:
    if published is None:
        return "becomes v1"
    return f"v{published.data_version} is published"


def _choose_place(place: Place, published: Published | None) -> str:
    if published is None:
        return _BESIDE
    exports = list(published.exports())
    first = _STAYS_OUT if place.is_published else (place.replaces or _BESIDE)
    options = [_BESIDE, *exports, _STAYS_OUT]
    labels = {_BESIDE: _BESIDE, _STAYS_OUT: _STAYS_OUT} | {e: f"in place of {e}" for e in exports}
    name, choice = st.columns([5, 7], vertical_alignment="center")
    with name:
        html.show(html.strong(place.file), html.note(place.because))
    with choice:
        chosen = st.selectbox(
            watching.plain_label(f"{place.file} goes"),
            options,
            index=options.index(first),
            format_func=labels.__getitem__,
            key=f"place_{answers.digest(place.file, place.because)}",
            label_visibility="collapsed",
            filter_mode=None,
        )
    return chosen or first


def _seen(published: Published | None) -> str:
    return published.pointer.name if published else ""


def _free_name(file: str, taken: Collection[str]) -> str:
    """The name a file is published under: its own, or with a number where that is taken."""
    stem, _, ending = file.partition(".")
    name, number = file, 1
    while name in taken:
        number += 1
        name = f"{stem} ({number}).{ending}"
    return name


def _choose_day(found: Analysis, published: Published | None, workspace: Path) -> date | None:
    """Today for every number: the later of the workspace's day and the last date in the files."""
    decided = read_decisions(workspace / DECISIONS).as_of
    known = [day for day in (decided, published.as_of if published else None) if day]
    if found.data is not None:
        known.append(found.data.as_of)
    first = max(known, default=None)
    day: date | None = st.date_input(
        "As of (today for every number)",
        value=first,
        min_value=date(1990, 1, 1),
        max_value=date(2100, 1, 1),
        format="YYYY-MM-DD",
        key=f"as_of_{first}",
    )
    if day is None:
        st.caption("No file holds a date, so say which day is today.")
    if published and day != published.as_of:
        st.caption(f"The published data is as of {frame.day(published.as_of)}.")
    return day


def is_at_work(page: frame.Page, desk: Intake) -> bool:
    """Whether files are being published, or just were; then the page shows that and no more."""
    if desk.publishing.child is None:
        return False
    if not watching.is_done(lambda: _running(desk), "publishing"):
        page.answer("Publishing. What is published now stays until the new version is complete.")
        return True
    try:
        st.session_state[_PUBLISHED_NOW] = desk.publishing.result()
    except CommonGroundError as error:
        html.show(messages.failed("Publishing", "Nothing was published", str(error)))
        desk.publishing.forget()
        return False
    st.rerun()
    return True


def _running(desk: Intake) -> Sequence[Child]:
    child = desk.publishing.child
    return [child] if child is not None and child.is_running() else []


def answer_published(page: frame.Page, desk: Intake, data: Published, workspace: Path) -> bool:
    """Questions and labels of the published exports, and the button that builds with the answers.

    Returns:
        False while that is being published, when the page shows nothing else.
    """
    if is_at_work(page, desk):
        return False
    _offer_verdicts(desk, data, workspace)
    questions, labels = data.questions(), answers.open_labels(data.label_uses())
    if not questions and not labels:
        return True
    waiting = [
        format.plural(len(questions), "question") if questions else "",
        format.plural(len(labels), "label") if labels else "",
    ]
    with st.expander(f"What the exports could not say: {' and '.join(filter(None, waiting))}"):
        left, right = st.columns(2)
        with left:
            answers.ask(questions)
            answers.ask_labels(labels[0::2])
        with right:
            answers.ask_labels(labels[1::2])
        said = answers.dated(answers.said(), data.as_of)
        accounts = meeting.account_verdicts(cache.ledger().verdicts())
        st.button(
            "Publish with these answers",
            type="primary",
            disabled=not any(answers.said().values()),
            on_click=desk.publish,
            args=(workspace, Intent({}, (), said, _seen(data), accounts)),
        )
    return True


def _offer_verdicts(desk: Intake, data: Published, workspace: Path) -> None:
    """The button that builds with what people decided about accounts since the last build."""
    waiting = cache.account_verdicts_waiting()
    if not waiting:
        return
    verb = "counts" if waiting == 1 else "count"
    html.show(
        html.note(
            f"{format.plural(waiting, 'verdict')} on accounts, given or taken back, {verb} from "
            "the next version on."
        )
    )
    accounts = meeting.account_verdicts(cache.ledger().verdicts())
    st.button(
        "Publish with these verdicts",
        on_click=desk.publish,
        args=(workspace, Intent({}, (), {}, _seen(data), accounts)),
    )


def just_published() -> int | None:
    """The data version this session has published since its last run, once."""
    version: int | None = st.session_state.pop(_PUBLISHED_NOW, None)
    return version


def told(version: int) -> str:
    """What a page says once after publishing."""
    return (
        f"Published as data version {format.count(version)}; everybody sees it at the next click."
    )
