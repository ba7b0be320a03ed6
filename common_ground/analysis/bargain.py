"""The whole bargain from plain frames: one call for pages, commands, benchmarks and other tools."""

from dataclasses import dataclass, replace

import pandas as pd

from common_ground.analysis.bargaining import Compromise, find_compromise
from common_ground.analysis.plan_checks import find_violations
from common_ground.analysis.plan_inputs import Choices, Prepared, build_problem
from common_ground.analysis.plans import Plan
from common_ground.analysis.reserve import Reserve, find_reserve
from common_ground.analysis.solver import Limits
from common_ground.analysis.spread import Spread
from common_ground.analysis.trades import Swaps, find_swaps


@dataclass(frozen=True)
class Bargain:
    """A bargaining problem, its compromise, and what changes hands.

    Attributes:
        prepared: the problem with its reserve, and what could not be counted.
        found: no deal, each side's favourite and the compromise.
        swaps: what goes out of the no-deal plan and what comes in instead.
        reserve: what the compromise leaves free so that it fits.
    """

    prepared: Prepared
    found: Compromise
    swaps: Swaps
    reserve: Reserve

    @property
    def has_items(self) -> bool:
        """Whether there is any item a plan could hold."""
        return bool(self.prepared.problem.candidates)


@dataclass(frozen=True)
class Certificate:
    """That a named plan keeps every rule, checked outside the solver.

    Attributes:
        plan: its name.
        violations: what it breaks; empty when it keeps every rule.
    """

    plan: str
    violations: tuple[str, ...]


def find_bargain(
    items: pd.DataFrame,
    deal_things: pd.DataFrame,
    deals: pd.DataFrame,
    area_reach: pd.DataFrame,
    rules: pd.DataFrame,
    choices: Choices,
    spread: Spread | None = None,
    limits: Limits | None = None,
    frontier: bool = False,
) -> Bargain:
    """The trade that leaves both sides better off, from plain frames.

    The order of rows changes nothing, and other ids change no plan's value.

    Args:
        items: one row per item_id: title, area, status (idea, planned, in_progress, released or
            declined), effort_low, effort_likely, effort_high and effort (person-weeks; null
            effort: needs an estimate), reach_own (accounts), impact (0.25 to 3), confidence
            (0..1), is_planned; optional horizon and team (text).
        deal_things: one row per open deal and thing it asks for: deal_id, item_id, kind (item,
            feature or asks), is_blocker, is_confirmed.
        deals: one row per deal_id: account_name, name, is_open, amount (workspace currency),
            probability (0..1).
        area_reach: one row per area: active_accounts (28 days).
        rules: item_id, other_item_id, rule (requires or excludes).
        choices: capacity and what else people decide.
        spread: how far estimates may be off where no range is given.
        limits: how long to search.
        frontier: also list the plans between the two favourites, which takes seconds.

    Raises:
        PlanError: the choices or the rules contradict each other; the message names the items.
    """
    prepared = build_problem(items, deal_things, deals, area_reach, rules, choices)
    problem, reserve, trade = find_reserve(prepared.problem, spread, choices.fits_share, limits)
    found = find_compromise(problem, limits, frontier, trade)
    return Bargain(replace(prepared, problem=problem), found, find_swaps(problem, found), reserve)


def named_plans(found: Compromise) -> dict[str, Plan]:
    """The plans people talk about, by name."""
    return {
        "no_deal": found.no_deal.plan,
        "compromise": found.compromise,
        "nash": found.nash,
        "sales_alone": found.sales_alone,
        "product_alone": found.product_alone,
    }


def certify(of: Bargain) -> tuple[Certificate, ...]:
    """Every named plan checked against the raw rows, outside the solver.

    No deal may use the reserve and what a deal would keep for horizons, and so may the compromise
    where it is no deal.
    """
    problem, found = of.prepared.problem, of.found
    checked = []
    for name, plan in named_plans(found).items():
        is_no_deal = plan.items == found.no_deal.plan.items
        bounds = problem.room if is_no_deal else None
        checked.append(Certificate(name, tuple(find_violations(problem, plan, bounds))))
    return tuple(checked)
