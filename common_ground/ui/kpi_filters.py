"""What the reader of Shared KPIs chooses: window, day, comparison, segment, KPI; all in the URL."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

from common_ground import kpis
from common_ground.pack.slides import day
from common_ground.ui import cache, filters
from common_ground.warehouse.published import Published

_BY: Final = {
    "By size": "segment",
    "By industry": "industry",
    "By region": "region",
    "By plan": "plan",
    "By owner": "owner",
}
_MORE: Final = {
    "Rules and signatures": "rules",
    "What changed recurring revenue": "bridge",
    "What moves what": "tree",
}


def as_of(data: Published) -> date:
    """The day everything is counted to: the data's own, or a month end before it.

    A link may carry any day before it, "?as_of=2026-08-15".
    """
    options = {f"As of {day(one)}": one for one in kpis.days_offered(data.as_of)}
    asked = _asked_day(data.as_of)
    if asked is not None:
        options[asked.isoformat()] = asked
    chosen = filters.choice("Day", list(options), "as_of", is_labelled=False)
    return options[chosen]


def _asked_day(last: date) -> date | None:
    """The day a link names as 2026-08-15; None where it names none, or one nobody has data for."""
    try:
        asked = date.fromisoformat(st.query_params.get("as_of", ""))
    except ValueError:
        return None
    return asked if asked <= last and asked > last - timedelta(days=36_500) else None


def compare() -> str:
    """What values are compared with."""
    options = {f"Against {words[0].lower()}": key for key, words in kpis.COMPARISONS.items()}
    return options[filters.choice("Compare", list(options), "compare", is_labelled=False)]


def segment() -> tuple[str, str | None]:
    """What segments are, and one of them or None for all; a link says "region: EMEA"."""
    options: dict[str, tuple[str, str | None]] = {filters.ALL_SEGMENTS: ("segment", None)}
    for by in kpis.DIMENSIONS:
        for name in cache.cached_with_data(kpis.segments, by):
            options[segment_name(by, name)] = (by, name)
    label = filters.choice("Segment", list(options), "segment", is_labelled=False, is_searched=True)
    return options[label]


def segment_name(by: str, name: str) -> str:
    """A segment as its box shows it: "Small", "region: EMEA"."""
    return name if by == "segment" else f"{by}: {name}"


def by() -> str:
    """What the bars are split by."""
    return _BY[filters.choice("Split", list(_BY), "by", is_labelled=False, width=135)]


def kpi(labels: Sequence[str], first: str) -> str:
    """The label of the KPI of trend, segments and rows; `first` unless the reader chose one."""
    ordered = [first, *(label for label in labels if label != first)]
    return filters.choice("KPI", ordered, "kpi", is_labelled=False, is_searched=True, width=230)


def chosen_before(labels: Collection[str], first: str) -> str:
    """The label of the KPI chosen so far, or named by the link, before its box is drawn."""
    asked = st.session_state.get("kpi") or st.query_params.get("kpi", "")
    return asked if asked in labels else first


def more() -> str:
    """What stands below the fold: rules, bridge or tree."""
    return _MORE[filters.choice("More", list(_MORE), "more", is_labelled=False, width=320)]


def in_words(view: kpis.View) -> str:
    """The view as the foot names it."""
    where = (
        "all segments" if view.segment is None else f"segment {segment_name(view.by, view.segment)}"
    )
    named = kpis.NAMED.get(view.name, view.name).lower()
    return f"{where}, {named}, against {kpis.COMPARISONS[view.compare][0].lower()}"
