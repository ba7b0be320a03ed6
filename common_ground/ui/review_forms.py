"""What a reviewer clicks or presses: name, verdicts, parts, and ways through the queue."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from common_ground.charts import format
from common_ground.ui import html, ledger_forms, review_acts, review_place, review_says
from common_ground.ui.review_place import Shown

# Streamlit keeps R and C for itself, so that verdicts have the numbers of their places.
VERDICT_KEYS: Final = {
    "same": ("Same", "1"),
    "related": ("Related", "2"),
    "different": ("Different", "3"),
    "unsure": ("Unsure", "4"),
}


def name() -> str:
    """Who reviews; asked once, and then out of the way of the keys."""
    by = review_acts.reviewer()
    if by:
        with st.container(horizontal=True, horizontal_alignment="right", key="review_signer"):
            st.button(
                f"You are {by}. Not you?",
                key="review_other",
                type="tertiary",
                on_click=review_acts.forget_name,
            )
        return by
    ledger_forms.name("review")
    return review_acts.reviewer()


def verdicts(shown: Shown, parts: Sequence[str], queue: pd.DataFrame, by: str) -> None:
    """The four verdicts, which part of the note they are about, and the way through the queue."""
    columns = st.columns([2, 2, 2, 2, 1.7, 1.1, 1.1, 1.3])
    for column, (verdict, (label, key)) in zip(columns, VERDICT_KEYS.items(), strict=False):
        column.button(
            label,
            key=f"say_{verdict}_{shown.row['key']}",
            type="primary" if shown.row["verdict"] == verdict else "secondary",
            shortcut=key,
            on_click=review_acts.decide,
            args=(shown, verdict),
            disabled=not by,
            width="stretch",
        )
    if parts:
        columns[4].button(
            _part_label(shown.part, parts),
            key="review_part",
            shortcut="P",
            on_click=review_place.turn_part,
            args=(shown.row, parts),
            width="stretch",
            help="The note holds several wishes; the verdict is about the one in ink.",
        )
    columns[5].button(
        "Back", key="review_back", shortcut="Left", on_click=review_place.back, width="stretch"
    )
    columns[6].button(
        "Skip",
        key="review_skip",
        shortcut="Right",
        on_click=review_place.skip,
        args=(shown.chosen,),
        width="stretch",
    )
    last = _last_by(by, queue)
    columns[7].button(
        "Undo",
        key="review_undo",
        shortcut="U",
        on_click=review_acts.undo,
        args=last or (0, ""),
        disabled=last is None,
        width="stretch",
        help="Takes your last verdict back.",
    )


def settle_meanwhile(shown: Shown, mine: str) -> None:
    """Two people decided at once: the second one looks at what stands."""
    row = shown.row
    html.show(review_says.meanwhile(row, mine))
    with st.container(horizontal=True):
        st.button(
            f"Put mine in its place: {mine}",
            key="review_replace",
            shortcut="Y",
            type="primary",
            on_click=review_acts.decide,
            args=(shown, mine),
        )
        st.button(
            f"Leave {row['decided_by']}’s: {row['verdict']}",
            key="review_leave",
            shortcut="N",
            on_click=review_acts.leave,
            args=(shown.chosen,),
        )


def _part_label(part: str | None, parts: Sequence[str]) -> str:
    if part is None:
        return f"All {format.count(len(parts))} parts"
    return f"Part {parts.index(part) + 1} of {len(parts)}"


def _last_by(by: str, queue: pd.DataFrame) -> tuple[int, str] | None:
    """verdict_id and pair of the last standing verdict of a person."""
    mine = queue.loc[queue["decided_by"] == by].sort_values("verdict_id").tail(1)
    last = mine.to_dict("records")
    return (int(last[0]["verdict_id"]), str(last[0]["key"])) if last else None
