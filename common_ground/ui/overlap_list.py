"""The list of things on the map, and what it is narrowed to."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis import wanted_sets
from common_ground.analysis.overlap import LABELS, Overlap
from common_ground.charts import format
from common_ground.charts.wanted_sets import WORDS
from common_ground.ui import filters, html, messages, tables

ALL_CLASSES: Final = "All classes"
LEFT_OUT: Final = "left_out"
_ALL_SETS: Final = "Wanted by any"
ALL_ASKING: Final = "Asked from anywhere"
_ALL_AREAS: Final = "All areas"
_ALL_STATUS: Final = "All statuses"
_STATUS: Final = {
    "idea": "Idea",
    "planned": "Planned",
    "in_progress": "In progress",
    "released": "Released",
    "declined": "Declined",
}
_SHOWN: Final = [
    "label",
    "title",
    "touched",
    "allocated",
    "reach",
    "effort",
    "unconfirmed_share",
    "wanted_by",
    "reason",
]
_CAVEAT: Final = "most money touched first; touched overlaps, allocated adds up"


@dataclass(frozen=True)
class Narrowed:
    """What the list is narrowed to; None: not.

    Attributes:
        name: class, or LEFT_OUT for what is not on the map.
        wanted: combination of sets.
        segment: column of the matrix.
        area, status: of the item.
        text: words in the title or the reason.
        unconfirmed: only things with money on unconfirmed links.
    """

    name: str | None = None
    wanted: str | None = None
    segment: str | None = None
    area: str | None = None
    status: str | None = None
    text: str = ""
    unconfirmed: bool = False


def narrow(found: Overlap, by_segment: pd.DataFrame) -> Narrowed:
    """The filters of the list in a row; each is in the URL.

    Args:
        found: the map.
        by_segment: as `class_segments.things_by_segment`.
    """
    by_label = {label: name for name, label in LABELS.items()} | {"Left out": LEFT_OUT}
    by_words = {words: name for name, words in WORDS.items()}
    by_status = {_STATUS[name]: name for name in _STATUS if (found.items["status"] == name).any()}
    areas = sorted({str(area) for area in found.items["area"].dropna()})
    segments = sorted(set(by_segment["segment"]))
    with st.container(key="list_filters", horizontal=True, vertical_alignment="bottom"):
        name = filters.choice("Class", [ALL_CLASSES, *by_label], "class", width=165)
        wanted = filters.choice("Wanted by", [_ALL_SETS, *by_words], "wanted", width=180)
        asking = filters.choice("Asked from", [ALL_ASKING, *segments], "asking", width=190)
        area = filters.choice("Area", [_ALL_AREAS, *areas], "area", width=150)
        status = filters.choice("Status", [_ALL_STATUS, *by_status], "status", width=140)
        text = st.text_input("Find", key="find", bind="query-params", width=150)
        unconfirmed = st.toggle(
            "Only with unconfirmed links", key="unconfirmed", bind="query-params"
        )
    return Narrowed(
        name=by_label.get(name),
        wanted=by_words.get(wanted),
        segment=None if asking == ALL_ASKING else asking,
        area=None if area == _ALL_AREAS else area,
        status=by_status.get(status),
        text=text.strip(),
        unconfirmed=unconfirmed,
    )


def listed(
    found: Overlap, sets: pd.DataFrame, by_segment: pd.DataFrame, to: Narrowed
) -> pd.DataFrame:
    """The rows of the list, with the class as symbol and word.

    Args:
        found: the map.
        sets: as `WantedSets.items`.
        by_segment: as `class_segments.things_by_segment`.
        to: what the list is narrowed to.
    """
    marks = {
        name: f"{html.SYMBOLS[html.CLASS_SIDES[name]]} {label}" for name, label in LABELS.items()
    }
    wanted = dict(zip(sets["item_id"], sets["combination"], strict=True))
    if to.name == LEFT_OUT:
        columns = [*found.items.columns, "label", "wanted_by"]
        rows = found.left_out.reindex(columns=columns).assign(label="Left out")
    else:
        rows = found.items.assign(
            label=found.items["class"].map(marks),
            wanted_by=found.items["item_id"].map(wanted).map(WORDS),
        )
    kept = pd.Series(True, rows.index)
    if to.name not in (None, LEFT_OUT):
        kept &= rows["class"] == to.name
    if to.wanted is not None:
        kept &= rows["item_id"].map(wanted).eq(to.wanted)
    if to.segment is not None:
        in_segment = by_segment.loc[by_segment["segment"] == to.segment, "item_id"]
        kept &= rows["item_id"].isin(in_segment)
    if to.area is not None:
        kept &= rows["area"].eq(to.area).fillna(False).astype(bool)
    if to.status is not None:
        kept &= rows["status"].eq(to.status).fillna(False).astype(bool)
    if to.text:
        said = rows["title"].astype(str) + " " + rows["reason"].astype(str)
        said += " " + rows["item_id"].astype(str)
        kept &= said.str.contains(to.text, case=False, regex=False)
    if to.unconfirmed:
        kept &= rows["unconfirmed_share"].fillna(0) > 0
    return rows.loc[kept.astype(bool)]


def title(rows: pd.DataFrame, found: Overlap, to: Narrowed) -> str:
    """How many things the list holds."""
    if to == Narrowed(name=LEFT_OUT):
        return f"{len(rows)} left out: neither planned, nor rated, nor asked for in an open deal"
    if to == Narrowed():
        return f"All {len(rows)} on the map"
    if to.name == LEFT_OUT:
        return f"Left out: {len(rows)} of {len(found.left_out)}"
    name = LABELS[to.name] if to.name else WORDS[to.wanted] if to.wanted else "Narrowed"
    whole = f" of {len(found.items)} on the map" if to != Narrowed(name=to.name) else ""
    return f"{name}: {len(rows)}{whole}"


def show(
    found: Overlap, sets: wanted_sets.WantedSets, by_segment: pd.DataFrame, currency: str
) -> None:
    """Filters, title, table and CSV; `found` with at least one thing."""
    to = narrow(found, by_segment)
    rows = listed(found, sets.items, by_segment, to)
    html.show(html.heading(title(rows, found, to), _CAVEAT))
    if rows.empty:
        loaded = f"{format.plural(len(found.items), 'thing')} are on the map."
        html.show(messages.empty("List", "thing", loaded, "Clear the filters of the list"))
        return
    tables.with_download(
        _rounded(rows),
        "overlap",
        _columns(currency),
        shown=_SHOWN,
        height=420,
        file=rows.drop(columns="label"),
    )


def _rounded(rows: pd.DataFrame) -> pd.DataFrame:
    """The list as it is shown: whole money, whole percent; the CSV keeps every digit."""
    return rows.round({"touched": 0, "allocated": 0, "unconfirmed_share": 2})


def _columns(currency: str) -> dict[str, Any]:
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
        "wanted_by": text("Wanted by", width=140),
        "reason": text("Why it is here", width="large"),
    }
