"""Scenarios of Compromise: what people chose, saved by name, compared side by side, loaded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis.bargain import Bargain
from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.plans import TENTHS
from common_ground.charts import format, swaps
from common_ground.errors import PlanError
from common_ground.ledger import NewScenario
from common_ground.ui import cache, compromise_choices, frame, html, ledger_forms
from common_ground.warehouse.published import Published

NOW: Final = "On the page now"
_SHOWN_AT_FIRST: Final = 3
_LEFT_OUT: Final = "scenario_left_out"
_KEPT: Final = (
    *("capacity_weeks", "fits_share", "no_deal", "sales_share", "pins", "vetoes"),
    *("team_weeks", "horizon_shares"),
)


@dataclass(frozen=True)
class Scenario:
    """Choices under a name, and the trade they make now.

    Attributes:
        name: as people call it.
        choices: what was chosen.
        of: the bargain; None where no plan keeps the rules.
        why_not: why there is none.
        saved: by whom, when, on which data.
    """

    name: str
    choices: Choices
    of: Bargain | None
    why_not: str
    saved: str


def as_stored(choices: Choices) -> dict[str, Any]:
    """The choices as plain values."""
    return {name: asdict(choices)[name] for name in _KEPT}


def from_stored(stored: Mapping[str, Any]) -> Choices:
    """The choices that were stored; what an older program did not store is as usual."""
    usual = as_stored(Choices(0.0)) | {name: stored[name] for name in _KEPT if name in stored}
    return Choices(
        capacity_weeks=float(usual["capacity_weeks"]),
        fits_share=float(usual["fits_share"]),
        no_deal=usual["no_deal"],
        sales_share=float(usual["sales_share"]),
        pins=tuple(usual["pins"]),
        vetoes=tuple(usual["vetoes"]),
        team_weeks=tuple((name, float(weeks)) for name, weeks in usual["team_weeks"]),
        horizon_shares=tuple((name, float(share)) for name, share in usual["horizon_shares"]),
    )


def show(of: Bargain, choices: Choices, level: float, published: Published) -> None:
    """Save the page's choices, compare what was saved, load or withdraw one.

    Args:
        of: the bargain of the page.
        choices: of the page.
        level: suggestions count from this score (0..1) up.
        published: for the version and the currency.
    """
    known = cache.ledger().scenarios()
    if left_out := st.session_state.pop(_LEFT_OUT, None):
        html.show(
            html.note(
                f"Loaded without {', '.join(left_out)}: released, declined or no longer in the "
                "backlog, so the plan above may differ from the one that was saved."
            )
        )
    _save(choices, published)
    if known.empty:
        html.show(html.note("No scenario is saved yet. One keeps the choices above under a name."))
        return
    _manage(known)
    names = st.multiselect(
        "Compare with the page",
        known["name"].tolist(),
        known["name"].tolist()[-_SHOWN_AT_FIRST:],
        key="compared",
    )
    saved = known.loc[known["name"].isin(names)].to_dict("records")
    compared = [
        Scenario(NOW, choices, of, "", f"data v{published.data_version}"),
        *(_scenario(row, level) for row in saved),
    ]
    figures = html.panel(
        "Side by side",
        f"all on data v{published.data_version}, as of {frame.day(published.as_of)}",
        html.table(("", *(one.name for one in compared)), _figures(compared, published.currency)),
    )
    html.show(html.grid([figures, _items(compared)], "1"))


def _scenario(row: Mapping[Any, Any], level: float) -> Scenario:
    choices = from_stored(row["choices"])
    when = f"{row['saved_by']}, {frame.day(row['saved_at'])}, on data v{row['data_version']}"
    try:
        return Scenario(row["name"], choices, cache.bargain(choices, level), "", when)
    except PlanError as error:
        return Scenario(row["name"], choices, None, str(error), when)


def _save(choices: Choices, published: Published) -> None:
    refusal = st.empty()
    with st.form("save_scenario", border=False):
        what, who, why, put = st.columns([3, 3, 4, 2], vertical_alignment="bottom")
        with what:
            name = st.text_input("Save the choices above as", max_chars=200, key="scenario_name")
        with who:
            by = ledger_forms.name("scenario")
        with why:
            note = st.text_input("What it is for", max_chars=4_000, key="scenario_note")
        with put:
            is_sent = st.form_submit_button("Save", type="primary")
    if is_sent:
        ledger_forms.store(refusal, by, lambda: _keep(name, choices, published, by, note))


def _keep(name: str, choices: Choices, published: Published, by: str, note: str) -> str:
    scenario = NewScenario(name, as_stored(choices), published.data_version, by, note)
    cache.ledger().save_scenario(scenario, now=datetime.now(UTC))
    return f"“{scenario.name}” is saved."


def _manage(known: pd.DataFrame) -> None:
    """Load one, or take one back."""
    refusal = st.empty()
    ids = dict(zip(known["name"], known["scenario_id"], strict=True))
    which, load, take = st.columns([6, 2, 2], vertical_alignment="bottom")
    with which:
        name = st.selectbox("Scenario", list(ids), index=len(ids) - 1, key="scenario_chosen")
    row = known.loc[known["name"] == name].to_dict("records")
    with load:
        st.button(
            "Load it",
            disabled=not row,
            on_click=_load,
            args=(row[0]["choices"] if row else {},),
            width="stretch",
        )
    with take, st.popover("Withdraw it", width="stretch", disabled=not row):
        by = ledger_forms.name("scenario_back")
        note = st.text_input("Why", key="scenario_back_why", max_chars=4_000)
        if st.button("Withdraw", type="primary") and name in ids:
            ledger_forms.store(refusal, by, lambda: _withdraw(ids[name], name, by, note))


def _withdraw(scenario_id: str, name: str, by: str, note: str) -> str:
    cache.ledger().withdraw_scenario(scenario_id, by=by, now=datetime.now(UTC), note=note)
    return f"“{name}” is withdrawn; its row stays in the ledger."


def _load(stored: Mapping[str, Any]) -> None:
    """Set the page's controls to what a scenario holds."""
    st.session_state[_LEFT_OUT] = compromise_choices.put(from_stored(stored), cache.items())


def _figures(compared: list[Scenario], currency: str) -> list[list[object]]:
    """Rows of figures, a column a scenario; every scenario under the same data."""
    lines: list[list[object]] = [
        ["Capacity, person-weeks", *(f"{one.choices.capacity_weeks:g}" for one in compared)],
        ["Without a deal", *(_no_deal(one.choices) for one in compared)],
        ["Must be in", *(_titles(one, one.choices.pins) for one in compared)],
        ["Ruled out", *(_titles(one, one.choices.vetoes) for one in compared)],
    ]
    sides: tuple[tuple[swaps.Side, str], ...] = (("sales", "expected"), ("product", "accounts"))
    for side, unit in sides:
        lines.append(
            [
                html.named(side, f"{side.capitalize()}, {unit}"),
                *(_figure(one, side, currency) for one in compared),
            ]
        )
    lines.append(["Person-weeks", *(_weeks(one) for one in compared)])
    lines.append(["Fits capacity in", *(_fits(one) for one in compared)])
    lines.append(["Saved by", *(one.saved for one in compared)])
    return lines


def _no_deal(choices: Choices) -> str:
    if choices.no_deal == "roadmap":
        return "the roadmap"
    return f"shares, sales {format.share(choices.sales_share)}"


def _titles(one: Scenario, ids: tuple[str, ...]) -> str:
    problem = None if one.of is None else one.of.prepared.problem
    names = [problem.title(i) if problem and i in problem.by_id else i for i in ids]
    return ", ".join(names) or "nothing"


def _figure(one: Scenario, side: swaps.Side, currency: str) -> object:
    if one.of is None:
        return one.why_not if side == "sales" else "no plan"
    found = one.of.found
    if not found.trade:
        return f"{swaps.value(side, getattr(found.no_deal.plan, side), currency)}, no trade"
    value = swaps.value(side, getattr(found.compromise, side), currency)
    return html.build("<b>{}</b>, {}", value, swaps.gain(side, found, currency))


def _weeks(one: Scenario) -> str:
    if one.of is None:
        return format.NONE
    return swaps.weeks_used(one.of.found.compromise, one.of.prepared.problem)


def _fits(one: Scenario) -> str:
    return format.NONE if one.of is None else f"{format.share(one.of.reserve.fits)} of cases"


def _items(compared: list[Scenario]) -> html.Html:
    """The items that are not in every one of the compromises."""
    plans = [one for one in compared if one.of is not None]
    held = [frozenset(one.of.found.compromise.items) for one in plans if one.of is not None]
    if len(plans) < 2:
        return html.Html("")
    differ = sorted(frozenset().union(*held) - held[0].intersection(*held))
    if not differ:
        return html.note("The same items are in every compromise.")
    problems = [one.of.prepared.problem for one in plans if one.of is not None]
    known = {c.item_id: c for problem in problems for c in problem.candidates}
    body = [
        [
            known[item_id].title,
            f"{known[item_id].effort / TENTHS:g}",
            *("in" if item_id in plan else format.NONE for plan in held),
        ]
        for item_id in differ
    ]
    return html.panel(
        "Items that differ",
        "in the compromise of each",
        html.table(("Item", "Weeks", *(one.name for one in plans)), body, (1,)),
    )
