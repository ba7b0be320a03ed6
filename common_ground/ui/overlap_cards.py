"""The first screen of the Overlaps page: answer, tiles, what the map says, the open card."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis.overlap import Overlap
from common_ground.charts import format, labels
from common_ground.charts.overlap_map import MANY, OverlapMap
from common_ground.ui import filters, frame, html, messages
from common_ground.warehouse.published import Published

_GAP: Final = 40  # characters of the largest gap's name, so that the answer stays at two lines
_FAINT: Final = f"Faint: not among the {MANY} strongest pulls. "
_NAMED: Final = 3  # things on which most of the unconfirmed money rests
_ITEM: Final = "item"  # query parameter of the thing whose card is open


def choose(items: pd.DataFrame) -> str:
    """The thing whose card is open, kept in the URL by its name; a click on the map sets it."""
    by_name = names(items)
    if st.session_state.get(_ITEM) not in by_name:
        st.session_state.pop(_ITEM, None)
    clicked = st.session_state.pop("clicked_item", None)
    of_id = {item: name for name, item in by_name.items()}
    if clicked in of_id:
        st.session_state[_ITEM] = of_id[clicked]
    # The favourite stands first, not as a default: a click sets the state of the same widget.
    first = of_id[favourite(items)]
    options = [first, *(name for name in by_name if name != first)]
    return by_name[filters.choice("Evidence for", options, _ITEM)]


def follow_click() -> None:
    """Remember the marker that was clicked; the next run opens its card."""
    picked = st.session_state["overlap_map"]["selection"]["points"]
    if picked and "customdata" in picked[0]:
        st.session_state["clicked_item"] = picked[0]["customdata"]


def loaded(items: pd.DataFrame, asks: pd.DataFrame) -> str:
    """What there is when the filters leave nothing."""
    return f"{format.plural(len(items), 'item')} and {format.plural(len(asks), 'ask')} are loaded."


def missing(asks: pd.DataFrame, use: pd.DataFrame) -> list[html.Html]:
    """States for exports the map would be better with; none when both are there."""
    states = []
    if asks.empty:
        says = "Without asks the map shows product's side only; plans and ratings are complete."
        states.append(messages.not_loaded("Asks", "request", says))
    if use.empty:
        says = "Without usage, reach is product's own figure and no class rests on use."
        states.append(messages.not_loaded("Usage", "usage", says))
    return states


def footer(published: Published, chosen: str) -> str:
    """The line under the picture of the map."""
    as_of = frame.day(published.as_of)
    return f"As of {as_of}, data v{published.data_version}, {chosen}"


def map_in_words(drawn: OverlapMap, found: Overlap) -> str:
    """What the map shows, for those who cannot see it."""
    counts = [f"{row['label'].lower()} {row['count']}" for row in found.classes.to_dict("records")]
    return (
        f"{format.plural(drawn.drawn, 'thing')} by money of the deals that ask and accounts "
        f"reached: {', '.join(counts)}. All of them are in the list below."
    )


def key_to_map(drawn: OverlapMap) -> str:
    """How to read the markers, and how many carry a name."""
    return (
        "Size is effort. Filled: most of the money rests on links a key or a person settled. "
        "Hollow or thin: on suggestions. "
        f"{drawn.named} of {drawn.drawn} named here, strongest pull first; all are in the list "
        f"below. {_FAINT if drawn.drawn > MANY else ''}Click one for its evidence."
    )


def on_suggestions(found: Overlap, currency: str) -> html.Html:
    """How much rests on links nobody has confirmed, where most of it is, and where to decide."""
    if not found.unconfirmed_share:
        return html.Html("")
    items = found.items
    unsure = items.assign(unsure=items["touched"] * items["unconfirmed_share"])
    unsure = unsure.loc[unsure["unsure"] > 0].sort_values(
        ["unsure", "title", "item_id"], ascending=[False, True, True]
    )
    most = [
        f"{labels.shortened(str(row['title']))} ({format.money_short(row['unsure'], currency)})"
        for row in unsure.head(_NAMED).to_dict("records")
    ]
    share = format.share(found.unconfirmed_share)
    return html.build(
        '<div class="cg-note">{} of the {} rests on suggested links, most of it on {}. {}</div>',
        share,
        format.money_short(found.union, currency),
        ", ".join(most),
        html.link("Review links", "review-links") if frame.has_page("review_links") else "",
    )


def assumed(told: pd.DataFrame, item_id: str) -> html.Html:
    """What people assume of the open thing in place of the export's values; empty for none.

    Args:
        told: as `assumptions.told`.
        item_id: of the open thing.
    """
    own = told.loc[told["item_id"] == item_id]
    words = [assumed_in_words(row) for row in own.to_dict("records")]
    return html.note("; ".join(words) + ".") if words else html.Html("")


def assumed_in_words(row: Mapping[Any, Any]) -> str:
    """One assumption beside the export: "Impact 2 assumed by Kim on 3 Sep 2026, export says 1"."""
    says = "export says nothing" if pd.isna(row["exported"]) else f"export says {row['exported']:g}"
    if not row["item_id"]:
        says = f"else {row['exported']:g}"
    on = frame.day(row["set_at"])
    return f"{row['label']}: {row['value']:,g} assumed by {row['set_by']} on {on}, {says}"


def rows_behind(found: Overlap, told: pd.DataFrame) -> str:
    """What the page is made of, in rows, and how many values people assume in it."""
    kinds = found.items["kind"].value_counts()
    return ", ".join(
        [
            format.plural(int(kinds.get("item", 0)), "item"),
            format.plural(int(kinds.get("feature", 0)), "feature"),
            format.plural(found.links_used["ask_id"].nunique(), "ask"),
            format.plural(found.deal_things["deal_id"].nunique(), "open deal"),
            *([format.plural(len(told), "assumed value")] if len(told) else []),
        ]
    )


def answer(found: Overlap, currency: str) -> list[object]:
    """On how much both sides agree, with the money, and the largest gap."""
    both = found.classes.loc[found.classes["class"] == "both"].to_dict("records")[0]
    gaps = found.items.loc[(found.items["class"] == "only_sales") & (found.items["touched"] > 0)]
    gap = ""
    if len(gaps):
        title = labels.shortened(str(gaps.iloc[0]["title"]), _GAP)
        gap = f" Largest gap: {title}" + ("" if title.endswith("…") else ".")
    if not both["count"]:
        return [f"On nothing yet: no open deal asks for what product plans or rates high.{gap}"]
    money = format.money_short(both["allocated"], currency)
    return [
        "On ",
        html.said_by("shared", f"{both['count']} of {len(found.items)}"),
        " things, with ",
        html.said_by("shared", money),
        f" of the {format.money_short(found.union, currency)} that deals ask for.{gap}",
    ]


def tiles(found: Overlap, currency: str) -> html.Html:
    """The five classes as legend and count in one; their money adds up to the whole."""
    return html.grid(
        [
            html.class_tile(
                html.CLASS_SIDES[row["class"]],
                row["label"],
                format.count(row["count"]),
                format.money_short(row["allocated"], currency),
                html.build('<span class="cg-roomy">{}</span>', row["action"]),
            )
            for row in found.classes.to_dict("records")
        ],
        "5",
    )


def names(items: pd.DataFrame) -> dict[str, str]:
    """item_id by a title that names one thing; ids stand behind titles that occur twice."""
    twice = items["title"].duplicated(keep=False)
    return {
        f"{title} ({item})" if is_twice else str(title): str(item)
        for title, item, is_twice in zip(items["title"], items["item_id"], twice, strict=True)
    }


def favourite(items: pd.DataFrame) -> str:
    """The thing shown first: what both want with most money, else the first."""
    both = items.loc[items["class"] == "both", "item_id"]
    return str(both.iloc[0] if len(both) else items["item_id"].iloc[0])
