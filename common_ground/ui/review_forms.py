"""What a reviewer clicks or presses: name, verdicts, ways through the queue, and what else fits."""

from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis import verdict_texts
from common_ground.analysis.review_queue import pair_key
from common_ground.errors import LedgerError
from common_ground.ledger import import_verdicts
from common_ground.meeting import Evidence
from common_ground.ui import cache, downloads, html, ledger_forms, review_cards, review_state
from common_ground.ui.review_state import Chosen

# Streamlit keeps R and C for itself, so that verdicts have the numbers of their places.
VERDICT_KEYS: Final = {
    "same": ("Same", "1"),
    "related": ("Related", "2"),
    "different": ("Different", "3"),
    "unsure": ("Unsure", "4"),
}
KEYS: Final = (
    "Keys: 1 same, 2 related, 3 different, 4 unsure, right arrow skips, left arrow goes back, "
    "U takes your last verdict back. They rest while you type in a box."
)
NEEDS_NAME: Final = "Enter your name first: every verdict is signed."
_WHOLE: Final = "The whole note"
_TITLE_CHARACTERS: Final = 80


def name() -> str:
    """Who reviews; asked once and kept for every page of this visit."""
    ledger_forms.name("review")
    return ledger_forms.given("review")


def part_meant(row: dict[str, Any]) -> str | None:
    """The part of a note of several that is decided, as chosen below; None for all of it."""
    chosen = st.session_state.get(f"part_{row['key']}")
    return None if chosen in (None, _WHOLE) else str(chosen)


def verdicts(row: dict[str, Any], part: str | None, chosen: Chosen, by: str) -> None:
    """The four verdicts, and the way through the queue."""
    seen = 0 if pd.isna(row["verdict_id"]) else int(row["verdict_id"])
    columns = st.columns([2, 2, 2, 2, 1.3, 1.3, 1.6])
    for column, (verdict, (label, key)) in zip(columns, VERDICT_KEYS.items(), strict=False):
        column.button(
            label,
            key=f"say_{verdict}_{row['key']}",
            type="primary" if row["verdict"] == verdict else "secondary",
            shortcut=key,
            on_click=review_state.decide,
            args=(row, verdict, part, chosen, seen),
            disabled=not by,
            width="stretch",
        )
    columns[4].button(
        "Back", key="review_back", shortcut="Left", on_click=review_state.back, width="stretch"
    )
    columns[5].button(
        "Skip",
        key="review_skip",
        shortcut="Right",
        on_click=review_state.skip,
        args=(chosen,),
        width="stretch",
    )
    last = _last_by(by)
    columns[6].button(
        "Undo mine",
        key="review_undo",
        shortcut="U",
        on_click=review_state.undo,
        args=last or (0, ""),
        disabled=last is None,
        width="stretch",
    )


def _last_by(by: str) -> tuple[int, str] | None:
    """verdict_id and pair of the last standing verdict of a person."""
    given = cache.decided().verdicts
    mine = given.loc[given["decided_by"] == by].tail(1)
    if mine.empty:
        return None
    last = mine.iloc[0]
    return int(last["verdict_id"]), pair_key(last["kind"], last["from_id"], last["to_id"])


def settle_meanwhile(row: dict[str, Any], mine: str, chosen: Chosen) -> None:
    """Two people decided at once: the second one looks at what stands."""
    html.show(review_cards.meanwhile(row, mine))
    with st.container(horizontal=True):
        st.button(
            f"Put mine in its place: {mine}",
            key="review_replace",
            shortcut="Y",
            type="primary",
            on_click=review_state.put_in_its_place,
            args=(row, chosen),
        )
        st.button(
            f"Leave {row['decided_by']}’s: {row['verdict']}",
            key="review_leave",
            shortcut="N",
            on_click=review_state.leave,
            args=(chosen,),
        )


def otherwise(
    row: dict[str, Any], known: Evidence, part: str | None, chosen: Chosen, by: str
) -> None:
    """What to do where the pair is decided, or none of the suggestions fits."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="review_otherwise"):
        if row["kind"] != "account":
            _choose_part(row)
            with st.popover("Find what it means"):
                _search(row, known, part, chosen, by)
            with st.popover("Make an item of it"):
                _make_item(row, known, part, chosen, by)
        if pd.notna(row["verdict_id"]):
            st.button(
                f"Take back {row['decided_by']}’s verdict",
                key="review_take_back",
                on_click=review_state.undo,
                args=(int(row["verdict_id"]), row["key"]),
                disabled=not by,
            )
        own = cache.decided().own_items
        if row["to_id"] in set(own["item_id"]):
            st.button(
                f"Withdraw {row['to_id']}",
                key="review_withdraw",
                on_click=review_state.withdraw_item,
                args=(row["to_id"],),
                disabled=not by,
            )


def _choose_part(row: dict[str, Any]) -> None:
    """Which part of a note of several wishes is decided."""
    found = review_cards.parts(row["from_text"])
    if found:
        st.selectbox(
            "What is decided",
            [_WHOLE, *found],
            key=f"part_{row['key']}",
            format_func=lambda part: part if part == _WHOLE else f"Only: {part}",
            label_visibility="collapsed",
            width=460,
        )


def _search(
    row: dict[str, Any], known: Evidence, part: str | None, chosen: Chosen, by: str
) -> None:
    """Every item and feature by its text, for an ask that no suggestion fits."""
    things = _things(known)
    label = st.selectbox(
        "Item or feature, by any word of its title",
        list(things),
        index=None,
        placeholder="Type to find it",
        key=f"find_{row['key']}",
        width=520,
    )
    st.button(
        "It means this",
        key="review_find",
        type="primary",
        on_click=review_state.link_to,
        args=(row, things[label] if label else ("", "", ""), part, chosen),
        disabled=not (label and by),
    )


def _things(known: Evidence) -> dict[str, tuple[str, str, str]]:
    """Label -> kind of the link, id and text, of items and then features."""
    found: dict[str, tuple[str, str, str]] = {}
    for kind, frame, key, title in (
        ("ask_item", known.items, "item_id", "title"),
        ("ask_feature", known.features, "feature_id", "name"),
    ):
        what = "feature, " if kind == "ask_feature" else ""
        columns = (frame[name] for name in (key, title, "description"))
        for one, head, body in zip(*columns, strict=True):
            label = f"{head} ({what}{one})"
            found[label] = (kind, str(one), verdict_texts.shown_text(head, body))
    return found


def _make_item(
    row: dict[str, Any], known: Evidence, part: str | None, chosen: Chosen, by: str
) -> None:
    """An item for a wish that nobody planned."""
    said = part or row["from_text"].split("\n")[0]
    areas = sorted({str(area) for area in known.items["area"].dropna()})
    title = st.text_input(
        "What should be built, in a few words",
        said[:_TITLE_CHARACTERS],
        max_chars=200,
        key=f"title_{row['key']}_{part}",
        width=520,
    )
    about = st.text_area("More about it, if any", max_chars=4000, key=f"about_{row['key']}")
    area = st.selectbox("Area", areas, index=None, placeholder="None", key=f"area_{row['key']}")
    html.show(
        html.note(
            "It counts as an idea without an estimate, until the backlog has it. Withdraw it then "
            "and link the ask to the backlog’s item."
        )
    )
    st.button(
        "Make the item",
        key="review_make",
        type="primary",
        on_click=review_state.create_item,
        args=(row, title or "", (about or "", area or ""), part, chosen),
        disabled=not (title and by),
    )


def history(queue: pd.DataFrame, waiting: int) -> None:
    """What was decided lately, and verdicts as a file, out and in."""
    decided = queue.loc[queue["verdict"].notna()].sort_values("verdict_id", ascending=False)
    with st.expander(f"What was decided: {len(decided):,}", key="review_history"):
        html.show(review_cards.lately(decided))
        if waiting:
            html.show(
                html.note(
                    f"{waiting:,} more wait: this data does not hold the texts they are about. "
                    "They count again when it does."
                )
            )
        labels = dict(zip(decided["key"], decided.head(500).apply(_label, axis=1), strict=False))
        left, right = st.columns(2, vertical_alignment="bottom")
        key = left.selectbox(
            "Look at one again",
            list(labels),
            index=None,
            placeholder="Type a word of it",
            format_func=labels.__getitem__,
            key="review_again",
        )
        right.button(
            "Open it",
            key="review_open",
            on_click=review_state.open_pair,
            args=(key,),
            disabled=key is None,
        )
        _files()


def _label(row: pd.Series) -> str:
    return review_cards.label({str(name): value for name, value in row.items()})


def _files() -> None:
    given = cache.decided().verdicts
    left, right = st.columns(2, vertical_alignment="bottom")
    with right:
        downloads.csv_button(given, "verdicts", "Verdicts as CSV")
    with left:
        file = st.file_uploader("Bring in verdicts from a CSV", type="csv", key="verdict_file")
    if file is not None and right.button("Store what is new in it", key="review_import"):
        try:
            found = import_verdicts(cache.ledger(), file.name, file.getvalue(), datetime.now(UTC))
        except LedgerError as error:
            html.show(html.build("{} {}", html.strong("Not stored."), error))
            return
        st.session_state["review_says"] = (
            f"{found.new:,} new, {found.known:,} known already, {found.newer:,} newer than here, "
            f"{found.kept:,} not stored as they were decided later here."
        )
        st.rerun()
