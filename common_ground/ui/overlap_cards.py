"""The parts of the Overlaps page: filters, answer, tiles, list and its words."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis.overlap import LABELS, Overlap
from common_ground.charts import format
from common_ground.charts.overlap_map import OverlapMap
from common_ground.ui import filters, frame, html, messages
from common_ground.warehouse.published import Published

ALL_CLASSES: Final = "All classes"
LEFT_OUT: Final = "left_out"
LIST: Final = [
    "label",
    "title",
    "touched",
    "allocated",
    "reach",
    "effort",
    "unconfirmed_share",
    "reason",
]
LIST_CAVEAT: Final = "most money touched first; touched overlaps, allocated adds up"
_LEVELS: Final = (0.15, 0.25, 0.5)
_CONFIRMED: Final = "Confirmed only"
_NEVER: Final = 1.01  # no suggestion scores as high
_ITEM: Final = "item"  # query parameter of the thing whose card is open


def asked_in() -> str:
    """The window in which asks count, all time unless chosen: what Brief and Compromise count.

    A link may carry days of its own, "?window=2017-10-01..2018-01-01", end excluded.
    """
    return filters.window("Asked in", "All time")


def link_level(default: float) -> float:
    """The score from which suggested links count; "Confirmed only" counts none."""
    levels = sorted({*_LEVELS, default})
    options = {f"Above {level:g}": str(level) for level in levels} | {_CONFIRMED: str(_NEVER)}
    return float(filters.coded("Count suggestions", options, "level", f"Above {default:g}"))


def filters_in_words(window: str, segment: str | None, level: float) -> str:
    """The filters as the foot names them."""
    links = "confirmed links only" if level > 1 else f"suggestions above {level:g}"
    return f"{filters.segment_label(segment)}, asked in {filters.window_label(window)}, {links}"


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


def choose_class() -> str | None:
    """The class listed, LEFT_OUT for what is not on the map, or None for all classes."""
    by_label = {label: name for name, label in LABELS.items()} | {"Left out": LEFT_OUT}
    chosen = filters.choice("Class", [ALL_CLASSES, *by_label], "class")
    return by_label.get(chosen)


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
        "below. Click one for its evidence."
    )


def list_title(rows: pd.DataFrame, wanted: str | None) -> str:
    """How many things the list holds."""
    if wanted == LEFT_OUT:
        return f"{len(rows)} left out: neither planned, nor rated, nor asked for in an open deal"
    return f"All {len(rows)} on the map" if wanted is None else f"{LABELS[wanted]}: {len(rows)}"


def rows_behind(found: Overlap) -> str:
    """What the page is made of, in rows."""
    kinds = found.items["kind"].value_counts()
    return ", ".join(
        [
            format.plural(int(kinds.get("item", 0)), "item"),
            format.plural(int(kinds.get("feature", 0)), "feature"),
            format.plural(found.links_used["ask_id"].nunique(), "ask"),
            format.plural(found.deal_things["deal_id"].nunique(), "open deal"),
        ]
    )


def answer(found: Overlap, currency: str) -> list[object]:
    """On how much both sides agree, with the money, and the largest gap."""
    both = found.classes.loc[found.classes["class"] == "both"].to_dict("records")[0]
    gaps = found.items.loc[(found.items["class"] == "only_sales") & (found.items["touched"] > 0)]
    gap = f" Largest gap: {gaps.iloc[0]['title']}." if len(gaps) else ""
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


def listed(found: Overlap, wanted: str | None) -> pd.DataFrame:
    """The list under the map, with the class as symbol and word.

    Args:
        found: the map.
        wanted: a class, LEFT_OUT, or None for all classes.
    """
    marks = {
        name: f"{html.SYMBOLS[html.CLASS_SIDES[name]]} {label}" for name, label in LABELS.items()
    }
    if wanted == LEFT_OUT:
        columns = [*found.items.columns, "label"]
        return found.left_out.reindex(columns=columns).assign(label="Left out")
    rows = found.items.assign(label=found.items["class"].map(marks))
    return rows if wanted is None else rows.loc[rows["class"] == wanted]


def rounded(rows: pd.DataFrame) -> pd.DataFrame:
    """The list as it is shown: whole money, whole percent; the CSV keeps every digit."""
    return rows.round({"touched": 0, "allocated": 0, "unconfirmed_share": 2})


def list_columns(currency: str) -> dict[str, Any]:
    """Headings and formats of the list."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "label": text("Class", width=150),
        "title": text("Item", width=240),
        "touched": number(f"Touched, {currency}", format="localized", width=115),
        "allocated": number(f"Allocated, {currency}", format="localized", width=120),
        "reach": number("Accounts, weighted", format="%.0f", width=145),
        "effort": number("Weeks", format="%.1f", width=70),
        "unconfirmed_share": number("Unconfirmed", format="percent", width=105),
        "reason": text("Why it is here", width="large"),
    }


def thresholds(found: Overlap) -> str:
    """What the classes turn on, in words."""
    limits = found.thresholds
    median = (
        "no item is rated"
        if found.median_reach is None
        else f"the median of rated items, {format.count(found.median_reach)} accounts"
    )
    return (
        f"Rated high: above {median}. Low use: at most {format.share(limits.low_use_share)} of at "
        f"least {limits.min_asking_customers} asking accounts used the area in 28 days; falling: "
        f"to {format.share(limits.falling_use_share)} of the 28 days before. Heavy: "
        f"{format.share(limits.heavy_use_share)} of active accounts, growing to "
        f"{format.share(limits.growing_use_share)}. Weekly: {limits.weekly_from_weeks} of 12 weeks."
        f" Where product gave none: impact {limits.ratings.impact_if_missing:g}, confidence "
        f"{limits.ratings.confidence_if_missing:g}. Asks that match no item are one wish from a "
        f"likeness of {limits.same_ask_level:g}."
    )
