"""What the reader of Overlaps chooses: window, level, thresholds, what stands below; in the URL."""

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from common_ground.analysis.thresholds import Thresholds
from common_ground.analysis.values import Ratings
from common_ground.charts import format
from common_ground.ui import cache, filters, html

_LEVELS: Final = (0.1, 0.2, 0.35, 0.5)
_CONFIRMED: Final = "Confirmed only"
_NEVER: Final = 1.01  # no suggestion scores as high
_VIEWS: Final = {
    "List": "list",
    "Rankings": "rankings",
    "Who wants what": "sets",
    "By segment": "segments",
    "What changed": "changes",
}
_WHOLE: Final = 100  # shares are asked for in percent
# Fields of Thresholds: label with unit, what 1 of the field is in that unit, least, most.
_LIMITS: Final[dict[str, tuple[str, int, int, int]]] = {
    "low_use_share": ("Low use: at most, % of asking accounts", _WHOLE, 0, 100),
    "min_asking_customers": ("Use speaks from, asking accounts", 1, 1, 10_000),
    "falling_use_share": ("Falling: at most, % of 28 days before", _WHOLE, 0, 100),
    "min_prior_events": ("Falling counts from, events before", 1, 0, 1_000_000),
    "heavy_use_share": ("Heavy: from, % of active accounts", _WHOLE, 0, 100),
    "growing_use_share": ("Growing: from, % of accounts before", _WHOLE, 100, 1_000),
    "weekly_from_weeks": ("Weekly: from, weeks of 12", 1, 1, 12),
    "min_asking_accounts": ("Unplanned wish: from, accounts", 1, 1, 10_000),
    "same_ask_level": ("One wish: from, % likeness", _WHOLE, 0, 100),
}
_RATINGS: Final[dict[str, tuple[str, int, float, float, float]]] = {
    "impact_if_missing": ("Impact where none is given", 1, 0.25, 3.0, 0.25),
    "confidence_if_missing": ("Confidence where none is given, %", _WHOLE, 0.0, 100.0, 5.0),
}


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


def view() -> str:
    """What stands below the map: list, rankings, sets, segments or changes."""
    return filters.view("Below the map", _VIEWS)


def thresholds() -> Thresholds | None:
    """What the classes turn on, as chosen in the popover; None where nothing was changed."""
    default = Thresholds()
    with st.popover("What the classes turn on", width="content"):
        html.show(
            html.note(
                "A change counts on this page and in its link. Brief, Compromise and the pack keep "
                "the settings."
            )
        )
        left, right = st.columns(2, width=620)
        places = [left, right] * 6
        found = {}
        for place, (field, (label, unit, least, most)) in zip(
            places, _LIMITS.items(), strict=False
        ):
            value = round(getattr(default, field) * unit)
            with place:
                chosen = st.number_input(label, least, most, value, key=field, bind="query-params")
            found[field] = _in_own_unit(chosen, value, unit)
        rated = {}
        for place, (field, (label, unit, low, high, step)) in zip(
            [right, left], _RATINGS.items(), strict=True
        ):
            usual = float(getattr(default.ratings, field) * unit)
            with place:
                entered = st.number_input(
                    label, low, high, usual, step, key=field, bind="query-params"
                )
            rated[field] = float(usual if entered is None else entered) / unit
    chosen_limits = replace(default, ratings=Ratings(**rated), **found)
    return None if chosen_limits == default else chosen_limits


def _in_own_unit(chosen: float | None, otherwise: int, unit: int) -> Any:  # noqa: ANN401
    """A number as the field holds it: a share for percent, a whole number else."""
    value = otherwise if chosen is None else chosen
    return value / unit if unit != 1 else int(value)


def in_words(window: str, segment: str | None, level: float, thresholds: Thresholds | None) -> str:
    """The filters as the foot names them."""
    links = "confirmed links only" if level > 1 else f"suggestions above {level:g}"
    changed = "" if thresholds is None else f", {_changed(thresholds)}"
    return (
        f"{filters.segment_label(segment)}, asked in {filters.window_label(window)}, {links}"
        f"{changed}"
    )


def _changed(thresholds: Thresholds) -> str:
    """Thresholds that differ from the settings."""
    default = Thresholds()
    names = [
        label.split(":")[0].split(",")[0].lower()
        for field, (label, *_) in _LIMITS.items()
        if getattr(thresholds, field) != getattr(default, field)
    ]
    if thresholds.ratings != default.ratings:
        names.append("ratings that are missing")
    return f"changed: {', '.join(names)}"


def measures_in_words() -> str:
    """What suggests links."""
    folder = cache.settings().encoder
    if folder is None:
        return "Links are suggested by words and characters, without a sentence encoder."
    return f"Links are suggested by words, characters and the sentence encoder {folder.name}."


def limits_in_words(limits: Thresholds, median_reach: float | None) -> str:
    """What the classes turn on, in words."""
    median = (
        "no item is rated"
        if median_reach is None
        else f"the median of rated items, {format.count(median_reach)} accounts"
    )
    return (
        f"Rated high: above {median}. Low use: at most {format.share(limits.low_use_share)} of at "
        f"least {limits.min_asking_customers} asking accounts used the area in 28 days; falling: "
        f"to {format.share(limits.falling_use_share)} of the 28 days before, from "
        f"{limits.min_prior_events} events there. Heavy: "
        f"{format.share(limits.heavy_use_share)} of active accounts, growing to "
        f"{format.share(limits.growing_use_share)}. Weekly: {limits.weekly_from_weeks} of 12 weeks."
        f" A wish no item answers and no open deal names: from {limits.min_asking_accounts} "
        f"accounts. Where product gave none: impact {limits.ratings.impact_if_missing:g}, "
        f"confidence {limits.ratings.confidence_if_missing:g}. Asks that match no item are one "
        f"wish from a likeness of {limits.same_ask_level:g}."
    )
