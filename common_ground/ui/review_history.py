"""What was decided lately on Review links, and verdicts as a file, out and in."""

from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from common_ground.errors import LedgerError
from common_ground.ledger import import_verdicts
from common_ground.ui import cache, downloads, html, review_place, review_says

_LISTED: Final = 500  # verdicts to choose from; all are in the file


def show(queue: pd.DataFrame, waiting: int) -> None:
    """The last verdicts, one of them to look at again, and the file of all.

    Args:
        queue: all pairs.
        waiting: verdicts on texts that this data does not hold.
    """
    decided = queue.loc[queue["verdict"].notna()]
    fold = st.expander(
        f"What was decided: {len(decided):,}", on_change="rerun", key="review_history"
    )
    if not fold.open:
        return
    decided = decided.sort_values("verdict_id", ascending=False)
    with fold:
        html.show(review_says.lately(decided))
        if waiting:
            html.show(
                html.note(
                    f"{waiting:,} more wait: this data does not hold the texts they are about. "
                    "They count again when it does."
                )
            )
        _look_again(decided.head(_LISTED))
        _files()


def _look_again(decided: pd.DataFrame) -> None:
    labels = {
        f"{review_says.label(row)} (verdict {row['verdict_id']})": str(row["key"])
        for _, row in decided.iterrows()
    }
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    label = left.selectbox(
        "Look at one again",
        list(labels),
        index=None,
        placeholder="Type a word of it",
        filter_mode="fuzzy",
        key="review_again",
    )
    right.button(
        "Open it",
        key="review_open",
        on_click=review_place.go,
        args=(labels.get(label or ""),),
        disabled=label is None,
    )


def _files() -> None:
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with right:
        downloads.csv_button(cache.ledger().verdicts(), "verdicts", "Verdicts as CSV")
    with left:
        file = st.file_uploader("Bring in verdicts from a CSV", type="csv", key="verdict_file")
    if file is None or not right.button("Store what is new in it", key="review_import"):
        return
    try:
        found = import_verdicts(cache.ledger(), file.name, file.getvalue(), datetime.now(UTC))
    except LedgerError as error:
        html.show(html.build("{} {}", html.strong("Not stored."), error))
        return
    review_place.say(
        f"{found.new:,} new, {found.known:,} known already, {found.newer:,} newer than here, "
        f"{found.kept:,} not stored as they were decided later here."
    )
    st.rerun()
