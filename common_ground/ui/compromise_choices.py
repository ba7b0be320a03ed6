"""What people choose on Compromise, kept in the URL: capacity, no deal, rules, plan, view."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.plans import NoDeal, Plan
from common_ground.analysis.spread import Spread
from common_ground.charts import format
from common_ground.settings import Settings
from common_ground.ui import filters, html

MOST_WEEKS: Final = 10_000
NO_DEALS: Final[dict[str, NoDeal]] = {"The roadmap": "roadmap", "Shares": "shares"}
FITS: Final = {"80 of 100 cases": "0.8", "90 of 100 cases": "0.9", "No reserve": "0"}
SPREAD: Final = Spread()
VIEWS: Final = {
    "Trade": "trade",
    "Items": "items",
    "How sure": "sure",
    "Declined": "declined",
    "Scenarios": "scenarios",
    "Role swap": "role_swap",
}
COMPROMISE: Final = "Compromise"
_PLAN: Final = "plan"  # query parameter of the plan shown
_CLICKED: Final = "clicked_plan"
_TEAM, _HORIZON = "team_", "horizon_"  # first part of the key of a control a team or horizon has


def capacity(settings: Settings) -> float:
    """Person-weeks to plan."""
    weeks = st.number_input(
        "Capacity, person-weeks",
        0,
        MOST_WEEKS,
        settings.capacity_weeks,
        step=1,
        key="capacity",
        bind="query-params",
    )
    return float(settings.capacity_weeks if weeks is None else weeks)


def without_a_deal() -> NoDeal:
    """What happens without a deal."""
    return NO_DEALS[filters.choice("Without a deal", list(NO_DEALS), "nodeal")]


def sales_share(no_deal: NoDeal, settings: Settings) -> float:
    """Share (0..1) of capacity that sales fills where each side fills its own."""
    percent = st.slider(
        "Sales fills, % of capacity",
        0,
        100,
        round(100 * settings.sales_share),
        step=5,
        key="salesshare",
        bind="query-params",
        disabled=no_deal == "roadmap",
    )
    return percent / 100


def rules(choices: Choices, items: pd.DataFrame, settings: Settings) -> Choices:
    """Everything else people decide, behind one button.

    Args:
        choices: what is chosen beside it.
        items: mart_items; those not released can be pinned or ruled out, and have teams and
            horizons where the backlog names any.
        settings: what a session starts with.
    """
    label = labels(items)
    with st.popover("Rules and definitions", width="stretch"):
        fits = float(filters.coded("A plan must fit capacity in", FITS, "fits"))
        pins = st.multiselect("Must be in", list(label), key="pins", bind="query-params")
        vetoes = st.multiselect("Ruled out", list(label), key="vetoes", bind="query-params")
        teams = _team_weeks(items)
        horizons = _horizon_shares(items)
        html.show(html.pairs(_stated(settings)))
    return replace(
        choices,
        fits_share=fits,
        pins=_ids(pins, label),
        vetoes=_ids(vetoes, label),
        team_weeks=teams,
        horizon_shares=horizons,
    )


def _team_weeks(items: pd.DataFrame) -> tuple[tuple[str, float], ...]:
    """Person-weeks of each team somebody names a number for; no control without teams."""
    entered = {
        name: st.number_input(
            f"{name}: person-weeks of this team",
            0.0,
            float(MOST_WEEKS),
            None,
            1.0,
            format="%.1f",
            key=f"{_TEAM}{name}",
            bind="query-params",
            placeholder="no limit of its own",
        )
        for name in _names(items, "team")
    }
    return tuple((name, float(weeks)) for name, weeks in entered.items() if weeks is not None)


def _horizon_shares(items: pd.DataFrame) -> tuple[tuple[str, float], ...]:
    """Share of capacity kept for each horizon; no control without horizons."""
    entered = {
        name: st.number_input(
            f"{name}: % of capacity kept for it",
            0,
            100,
            0,
            5,
            key=f"{_HORIZON}{name}",
            bind="query-params",
        )
        for name in _names(items, "horizon")
    }
    return tuple((name, percent / 100) for name, percent in entered.items() if percent)


def _names(items: pd.DataFrame, column: str) -> list[str]:
    """What the backlog calls its teams or horizons, among items that are not released."""
    if column not in items:
        return []
    named = items.loc[items["status"] != "released", column].dropna().astype(str)
    return sorted({name for name in named if name.strip()})


def labels(items: pd.DataFrame) -> dict[str, str]:
    """item_id by what people choose it by; two items may share a title."""
    is_open = ~items["status"].isin(["released", "declined"])
    title = dict(zip(items.loc[is_open, "item_id"], items.loc[is_open, "title"], strict=True))
    return {f"{name} ({item_id})": item_id for item_id, name in sorted(title.items())}


def _ids(names: list[str], label: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(label[name] for name in names))


def choose(places: Sequence[DeltaGenerator], items: pd.DataFrame, settings: Settings) -> Choices:
    """The row of controls above the picture.

    Args:
        places: as `frame.controls` returns them, one a control.
        items: mart_items.
        settings: what a session starts with.
    """
    with places[0]:
        weeks = capacity(settings)
    with places[1]:
        no_deal = without_a_deal()
    with places[2]:
        share = sales_share(no_deal, settings)
    choices = Choices(capacity_weeks=weeks, no_deal=no_deal, sales_share=share)
    with places[4]:
        return rules(choices, items, settings)


def put(choices: Choices, items: pd.DataFrame) -> list[str]:
    """Set every control to these choices; before the controls are drawn.

    Args:
        choices: to show.
        items: mart_items; what it does not have any more cannot be pinned or ruled out.

    Returns:
        items, teams and horizons of the choices that no control has any more.
    """
    by_id = {item_id: name for name, item_id in labels(items).items()}
    of_no_deal = {code: label for label, code in NO_DEALS.items()}
    of_fits = {float(code): label for label, code in FITS.items()}
    st.session_state["capacity"] = round(choices.capacity_weeks)
    st.session_state["nodeal"] = of_no_deal[choices.no_deal]
    st.session_state["salesshare"] = round(100 * choices.sales_share)
    st.session_state["fits"] = of_fits.get(choices.fits_share, next(iter(FITS)))
    st.session_state["pins"] = [by_id[i] for i in choices.pins if i in by_id]
    st.session_state["vetoes"] = [by_id[i] for i in choices.vetoes if i in by_id]
    for name in _names(items, "team"):
        st.session_state[f"{_TEAM}{name}"] = dict(choices.team_weeks).get(name)
    for name in _names(items, "horizon"):
        kept = dict(choices.horizon_shares).get(name, 0.0)
        st.session_state[f"{_HORIZON}{name}"] = round(100 * kept)
    return [
        *(item_id for item_id in (*choices.pins, *choices.vetoes) if item_id not in by_id),
        *(name for name, _ in choices.team_weeks if name not in _names(items, "team")),
        *(name for name, _ in choices.horizon_shares if name not in _names(items, "horizon")),
    ]


def view() -> str:
    """What stands below the picture, or the role swap in place of it: a value of VIEWS."""
    return filters.view("Below the picture", VIEWS)


def plan_shown(plans: Mapping[str, Plan]) -> str:
    """The plan the page shows against no deal, by its name; a click on the chart sets it.

    Args:
        plans: by name, the compromise first; see `frontier.plans_by_name`.
    """
    clicked = st.session_state.pop(_CLICKED, None)
    if st.session_state.get(_PLAN) not in plans:
        st.session_state.pop(_PLAN, None)
    by_items = {plan.items: name for name, plan in plans.items()}
    if clicked is not None and tuple(clicked) in by_items:
        st.session_state[_PLAN] = by_items[tuple(clicked)]
    return filters.choice("Plan shown against no deal", list(plans), _PLAN)


def follow_click() -> None:
    """Remember the plan that was clicked on the chart; the next run shows it."""
    picked = st.session_state["frontier"]["selection"]["points"]
    if picked and "customdata" in picked[0]:
        items = str(picked[0]["customdata"][1])
        st.session_state[_CLICKED] = items.split("\n") if items else []


def back_to_compromise() -> None:
    """Show the compromise again."""
    st.session_state[_PLAN] = COMPROMISE


def in_words(choices: Choices) -> str:
    """The choices, for the foot."""
    parts = ["all segments", f"capacity {choices.capacity_weeks:g} person-weeks"]
    if choices.no_deal == "shares":
        parts.append(f"without a deal sales fills {format.share(choices.sales_share)}")
    if choices.fits_share != Choices(0).fits_share:
        fits = f"fits in {format.share(choices.fits_share)} of cases"
        parts.append(fits if choices.fits_share else "no reserve")
    if choices.pins:
        parts.append(f"{len(choices.pins)} must be in")
    parts += [f"{name} {weeks:g} person-weeks" for name, weeks in choices.team_weeks]
    parts += [f"{format.share(share)} kept for {name}" for name, share in choices.horizon_shares]
    if choices.vetoes:
        parts.append(f"{len(choices.vetoes)} ruled out")
    return ", ".join(parts)


def _stated(settings: Settings) -> list[tuple[object, object]]:
    ratings = Choices(0).ratings
    return [
        ("Money", "open amount × chance to win in the deal’s stage, once every blocker is built"),
        (
            "Accounts",
            "reach × impact × confidence; reach is product’s own figure, else accounts "
            "active in the item’s area in 28 days",
        ),
        (
            "Not rated",
            f"impact {ratings.impact_if_missing:g}, confidence {ratings.confidence_if_missing:g}",
        ),
        (
            "Effort",
            f"the estimate’s range; without one {format.share(SPREAD.effort_low)} to "
            f"{format.share(SPREAD.effort_high)}",
        ),
        (
            "Chance, reach",
            f"may be off by {format.share(SPREAD.probability)} and {format.share(SPREAD.reach)}",
        ),
        ("Links", f"suggested ones count from a score of {settings.link_level:g}"),
    ]
