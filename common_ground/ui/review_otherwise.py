"""What to do where a pair is decided already, or where nothing that was suggested fits."""

from typing import Final

import streamlit as st

from common_ground.analysis import verdict_texts
from common_ground.analysis.review_pairs import pair_key
from common_ground.meeting import Evidence
from common_ground.reviewing import Review
from common_ground.ui import html, review_acts
from common_ground.ui.review_place import Shown

_TITLE_CHARACTERS: Final = 80


def ways(shown: Shown, review: Review, by: str) -> None:
    """Search for the right thing, make an item, take a verdict or an item back.

    Args:
        shown: the pair on the screen.
        review: the review.
        by: who reviews; empty until there is a name.
    """
    row = shown.row
    with st.container(horizontal=True, vertical_alignment="center", key="review_otherwise"):
        if row["kind"] != "account":
            search = st.popover("Find what it means", on_change="rerun", key="review_search")
            if search.open:
                with search:
                    _search(shown, review, by)
            make = st.popover("Make an item of it", on_change="rerun", key="review_item")
            if make.open:
                with make:
                    _make_item(shown, review, by)
        if row["verdict"] is not None:
            st.button(
                f"Take back {row['decided_by']}’s verdict",
                key="review_take_back",
                on_click=review_acts.undo,
                args=(shown.seen, row["key"]),
                disabled=not by,
            )
        if row["to_id"] in set(review.of.own_items["item_id"]):
            st.button(
                f"Withdraw {row['to_id']}",
                key="review_withdraw",
                on_click=review_acts.withdraw_item,
                args=(row["to_id"],),
                disabled=not by,
            )


def _search(shown: Shown, review: Review, by: str) -> None:
    """Every item and feature by its text, for an ask that no suggestion fits."""
    things = _things(review.of.known)
    label = st.selectbox(
        "Item or feature, by any word of its title",
        list(things),
        index=None,
        placeholder="Type to find it",
        filter_mode="fuzzy",
        key=f"find_{shown.row['key']}",
        width=520,
    )
    kind, to_id, text = things[label] if label else ("ask_item", "", "")
    pair = pair_key(kind, shown.row["from_id"], to_id)
    standing = review.queue.loc[(review.queue["key"] == pair) & review.queue["verdict"].notna()]
    for verdict in standing.to_dict("records"):
        html.show(
            html.note(f"{verdict['decided_by']} called these two {verdict['verdict']} before.")
        )
    seen = int(standing["verdict_id"].max()) if len(standing) else 0
    st.button(
        "It means this",
        key="review_find",
        type="primary",
        on_click=review_acts.link_to,
        args=(shown, kind, to_id, text, seen),
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
            text = verdict_texts.shown_text(head, body)
            found[f"{head} ({what}{one})"] = (kind, str(one), text)
    return found


def _make_item(shown: Shown, review: Review, by: str) -> None:
    """An item for a wish that nobody planned."""
    said = shown.part or shown.row["from_text"].split("\n")[0]
    areas = sorted({str(area) for area in review.of.known.items["area"].dropna()})
    form = f"{shown.row['key']}_{shown.part}"
    title = st.text_input(
        "What should be built, in a few words",
        said[:_TITLE_CHARACTERS],
        max_chars=200,
        key=f"title_{form}",
        width=520,
    )
    about = st.text_area("More about it, if any", max_chars=4000, key=f"about_{form}")
    area = st.selectbox("Area", areas, index=None, placeholder="None", key=f"area_{form}")
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
        on_click=review_acts.create_item,
        args=(shown, title or "", about or "", area or ""),
        disabled=not (title and by),
    )
