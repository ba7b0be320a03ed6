"""Below the map: who wants what as three sets, and the classes by segment."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis.class_segments import NOBODY
from common_ground.analysis.overlap import LABELS, Overlap
from common_ground.analysis.wanted_sets import NONE, WantedSets
from common_ground.charts import class_matrix, format, wanted_sets
from common_ground.ui import downloads, frame, html, overlap_list

_SETS_CHART: Final = "wanted_sets"
_MATRIX_CHART: Final = "class_segments"
_WANTED_BY: Final = {
    "sales+product": "of sales and product",
    "sales+usage": "of sales and usage, which product does not want",
    "product+usage": "of product and usage",
    "sales": "of sales alone",
    "product": "of product alone",
    "usage": "of usage alone",
}


def show_sets(found: Overlap, sets: WantedSets, currency: str, footer: str) -> None:
    """The three sets as a picture; a click narrows the list under it."""
    title = _sets_title(sets.combinations, currency)
    html.show(html.heading(title, "click a row to list its things"))
    chosen = st.session_state.get("wanted")
    by_words = {words: name for name, words in wanted_sets.WORDS.items()}
    figure = wanted_sets.draw(
        sets.combinations, frame.theme(), currency, selected=by_words.get(str(chosen))
    )
    rows = sets.combinations
    downloads.chart(
        figure, _SETS_CHART, title, rows, footer, alt=title, on_select=_follow_combination
    )
    html.show(html.note(_sets_rule(found)))


def _sets_title(rows: pd.DataFrame, currency: str) -> str:
    """How many things all three want, and the largest sum that fewer want."""
    by_name = {str(row["combination"]): row for row in rows.to_dict("records")}
    three, total = by_name["sales+product+usage"], int(rows["count"].sum())
    rest = [row for name, row in by_name.items() if name not in (three["combination"], NONE)]
    most = max(rest, key=lambda row: row["allocated"])
    gap = ""
    if most["allocated"] > 0:
        money = format.money_short(most["allocated"], currency)
        things = format.plural(most["count"], "thing")
        gap = f"; most other money, {money}, is on {things} {_WANTED_BY[most['combination']]}"
    money = format.money_short(three["allocated"], currency)
    return f"Sales, product and usage agree on {three['count']} of {total}, {money}{gap}"


def _sets_rule(found: Overlap) -> str:
    limits = found.thresholds
    return (
        "■ Sales asks: an open deal names it, or an ask of a known account. ● Product wants: "
        "planned, or rated above the median. ▲ Usage shows: more than "
        f"{format.share(limits.low_use_share)} of at least {limits.min_asking_customers} asking "
        "accounts that use the product used its area in 28 days, or the area is heavily used and "
        "growing; not where their use falls. Each thing is in one row, so counts add up to all on "
        "the map and money to all that deals ask for. Hatched: on unconfirmed links."
    )


def _follow_combination() -> None:
    """Narrow the list to the row that was clicked; clicked again, to nothing."""
    clicked = _clicked(_SETS_CHART)
    if clicked in wanted_sets.WORDS:
        st.session_state["wanted"] = wanted_sets.WORDS[clicked]


def show_segments(found: Overlap, cells: pd.DataFrame, currency: str, footer: str) -> None:
    """The matrix; a click narrows the list under it."""
    title = _segments_title(cells, currency)
    html.show(html.heading(title, "click a cell to list its things"))
    by_label = {label: name for name, label in LABELS.items()}
    name = by_label.get(str(st.session_state.get("class")))
    segment = str(st.session_state.get("asking"))
    figure = class_matrix.draw(
        cells,
        found.classes,
        frame.theme(),
        currency,
        selected=(name, segment) if name else None,
    )
    downloads.chart(figure, _MATRIX_CHART, title, cells, footer, alt=title, on_select=_follow_cell)
    html.show(
        html.note(
            "Money is each open deal's, split over its asks, in the deal's own segment: a row adds "
            "up to its class. A thing that several segments ask for counts in each, so counts of a "
            f"row may be more than its class. {NOBODY[1:-1].capitalize()}: planned or rated only."
        )
    )


def _segments_title(cells: pd.DataFrame, currency: str) -> str:
    """The class and segment with most money that is not wanted by both."""
    if cells.empty or not cells["allocated"].max() > 0:
        return "No open deal asks for anything, so no segment has money on the map"
    apart = cells.loc[(cells["class"] != "both") & (cells["allocated"] > 0)]
    if apart.empty:
        return "All the money of every segment is on what both want"
    most = apart.sort_values("allocated", ascending=False, kind="stable").iloc[0]
    money = format.money_short(float(most["allocated"]), currency)
    whole = format.money_short(float(cells["allocated"].sum()), currency)
    return (
        f"Largest sum both sides do not share: {most['label'].lower()}, {most['segment']}, "
        f"{money} of {whole}"
    )


def _follow_cell() -> None:
    """Narrow the list to the class and segment that were clicked."""
    name, _, segment = _clicked(_MATRIX_CHART).partition("|")
    if name in LABELS:
        st.session_state["class"] = LABELS[name]
        everywhere = segment == class_matrix.ALL
        st.session_state["asking"] = overlap_list.ALL_ASKING if everywhere else segment


def _clicked(chart: str) -> str:
    """The `customdata` of the point that was clicked; empty for none."""
    points: list[dict[str, Any]] = st.session_state[chart]["selection"]["points"]
    picked = points[0].get("customdata", "") if points else ""
    return str(picked[0] if isinstance(picked, list) else picked)
