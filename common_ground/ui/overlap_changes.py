"""Below the map: what changed on it since an earlier data version."""

from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground import meeting
from common_ground.analysis.overlap import LABELS, Overlap
from common_ground.analysis.overlap_changes import CHANGES, ENTERED, LEFT, MONEY, MOVED, compare
from common_ground.analysis.thresholds import Thresholds
from common_ground.charts import format
from common_ground.errors import WorkspaceError
from common_ground.meeting import Decided
from common_ground.ui import cache, filters, frame, html, messages, tables
from common_ground.warehouse.earlier import kept_versions, open_version
from common_ground.warehouse.published import Published

_PLACE: Final = "What changed"
_SHOWN: Final = ["what", "title", "was", "now", "touched_before", "touched_after", "touched_change"]


def show(
    published: Published,
    found: Overlap,
    window: tuple[date | None, date | None],
    segment: str | None,
    thresholds: Thresholds | None,
) -> None:
    """Things that entered, left, changed class or money, under the filters of the page."""
    versions = kept_versions(cache.settings().workspace, published)
    if not versions:
        html.show(
            messages.too_few(
                _PLACE,
                f"This workspace keeps data v{published.data_version} alone",
                "a comparison needs an earlier version",
                "The next published export is compared with this one; up to five are kept.",
            )
        )
        return
    options = {
        f"v{version.data_version}, as of {frame.day(version.as_of)}": version.data_version
        for version in versions
    }
    chosen = options[filters.choice("Compared with", list(options), "before", width=240)]
    try:
        with st.spinner("Reading the earlier data"):
            before = cache.cached_with_data(
                overlap_of, chosen, cache.decided(), found.level, window, segment, thresholds
            )
    except WorkspaceError as error:
        html.show(messages.failed(_PLACE, f"Data v{chosen} was not compared", str(error)))
        return
    rows = compare(before, found)
    html.show(html.heading(title(rows, before, found, chosen, published.currency), _caveat()))
    if rows.empty:
        return
    tables.with_download(
        _shown(rows), "overlap_changes", _columns(published.currency), shown=_SHOWN, file=rows
    )


def overlap_of(
    _published: Published,
    data_version: int,
    decided: Decided,
    level: float,
    window: tuple[date | None, date | None],
    segment: str | None,
    thresholds: Thresholds | None,
) -> Overlap:
    """The overlap of an earlier data version under what people have decided by now.

    Raises:
        WorkspaceError: the version cannot be read.
    """
    data = open_version(cache.settings().workspace, data_version)
    try:
        return meeting.overlaps(
            data,
            decided,
            meeting.links(data, decided),
            level,
            window,
            segment,
            thresholds,
        )
    finally:
        data.close()


def title(rows: pd.DataFrame, before: Overlap, after: Overlap, version: int, currency: str) -> str:
    """What changed, in one sentence."""
    counts = rows["change"].value_counts()
    if rows.empty:
        return f"Nothing changed on the map since v{version}"
    parts = [
        f"{int(counts[change])} {words}"
        for change, words in (
            (ENTERED, "entered the map"),
            (LEFT, "left it"),
            (MOVED, "changed class"),
            (MONEY, "changed money only"),
        )
        if change in counts
    ]
    change = after.union - before.union
    money = format.signed(format.money_short(change, currency))
    asked = f"{money} asked for" if round(change, 2) else "as much money asked for"
    return f"Since v{version}: {', '.join(parts)}; {asked}, now {_money(after, currency)}"


def _money(found: Overlap, currency: str) -> str:
    return format.money_short(found.union, currency)


def _caveat() -> str:
    return "same filters, level, verdicts and assumptions on both"


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    off = "not on the map"
    return rows.assign(
        what=rows["change"].map(CHANGES),
        was=rows["class_before"].map(LABELS).fillna(off),
        now=rows["class_after"].map(LABELS).fillna(off),
    ).round({"touched_before": 0, "touched_after": 0, "touched_change": 0})


def _columns(currency: str) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "what": text("Change", width=130),
        "title": text("Item", width="large"),
        "was": text("Was", width=150),
        "now": text("Is", width=150),
        "touched_before": number(f"Touched before, {currency}", format="localized", width=160),
        "touched_after": number(f"Touched now, {currency}", format="localized", width=150),
        "touched_change": number(f"Change, {currency}", format="localized", width=120),
    }
