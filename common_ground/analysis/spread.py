"""How far inputs may be off, and seeded draws of them.

Effort follows a PERT distribution over its low, likely and high estimate; win probability and
reach a triangular one round what is known.
"""

from dataclasses import dataclass, replace
from math import floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from common_ground.analysis.plans import (
    SHARES,
    Candidate,
    Horizon,
    Plan,
    Problem,
    Team,
    evaluate,
)

PERT_WEIGHT: Final = 4  # weight of the likely value, as in (low + 4 x likely + high) / 6


@dataclass(frozen=True)
class Spread:
    """How far inputs may be off where an export names no range; shown on the page.

    Attributes:
        effort_low, effort_high: of the likely effort, for items without a range of their own.
        probability: a deal's win probability may be off by this share, up or down.
        reach: an item's reach may be off by this share, up or down.
    """

    effort_low: float = 0.8
    effort_high: float = 1.5
    probability: float = 0.3
    reach: float = 0.3


@dataclass(frozen=True)
class Inputs:
    """Drawn inputs: one row a draw; columns in the order of the problem's candidates or deals.

    Attributes:
        efforts: tenths of a person-week, a column a candidate.
        deals: whole currency units, a column a deal.
        product: tenths of an account, a column a candidate.
    """

    efforts: NDArray[np.float64]
    deals: NDArray[np.float64]
    product: NDArray[np.float64]


def draw_inputs(problem: Problem, spread: Spread, draws: int, seed: int) -> Inputs:
    """Seeded draws of everything uncertain: the same seed gives the same draws."""
    generator = np.random.default_rng(seed)
    efforts = draw_efforts(problem, spread, draws, generator)
    chances = _draw_factors(len(problem.deals), spread.probability, draws, generator)
    reaches = _draw_factors(len(problem.by_id), spread.reach, draws, generator)
    deals, product = _drawn_values(problem, chances, reaches)
    return Inputs(efforts, deals, product)


def outcomes(
    problem: Problem, plan: Plan, inputs: Inputs
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sales, product and effort of a plan in every draw."""
    held = frozenset(plan.items)
    is_in = np.array([item_id in held for item_id in problem.by_id], dtype=bool)
    unlocked = np.array([deal.blockers <= held for deal in problem.deals], dtype=bool)
    return (
        inputs.deals[:, unlocked].sum(axis=1),
        inputs.product[:, is_in].sum(axis=1),
        inputs.efforts[:, is_in].sum(axis=1),
    )


def effort_range(candidate: Candidate, spread: Spread) -> tuple[float, float, float]:
    """Low, likely and high effort, tenths of a person-week."""
    if candidate.effort_range is not None:
        return candidate.effort_range
    likely = float(candidate.effort)
    return spread.effort_low * likely, likely, spread.effort_high * likely


def pert_shape(low: float, likely: float, high: float) -> tuple[float, float]:
    """Both shapes of the beta distribution over low to high that PERT means; low < high."""
    width = high - low
    return 1 + PERT_WEIGHT * (likely - low) / width, 1 + PERT_WEIGHT * (high - likely) / width


def draw_efforts(
    problem: Problem, spread: Spread, draws: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Effort in tenths of a week, one row a draw, one column a candidate (PERT)."""
    efforts = np.zeros((draws, len(problem.by_id)))
    for column, candidate in enumerate(problem.by_id.values()):
        low, likely, high = effort_range(candidate, spread)
        efforts[:, column] = likely
        # An estimate without width is certain
        if high > low:
            drawn = generator.beta(*pert_shape(low, likely, high), size=draws)
            efforts[:, column] = low + drawn * (high - low)
    return efforts


def _draw_factors(
    count: int, off_by: float, draws: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Factors round 1, triangular, one row a draw."""
    if not count or not off_by:
        return np.ones((draws, count))
    return generator.triangular(1 - off_by, 1, 1 + off_by, size=(draws, count))


def _drawn_values(
    problem: Problem, chances: NDArray[np.float64], reaches: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Deal values and product values; a drawn probability never exceeds 1."""
    deals = np.array([deal.value for deal in problem.deals], dtype=float)
    likely = np.array([deal.probability for deal in problem.deals], dtype=float)
    ceiling = np.divide(1.0, likely, out=np.full(len(likely), np.inf), where=likely > 0)
    product = np.array([c.product for c in problem.by_id.values()], dtype=float)
    return deals * np.minimum(chances, ceiling), product * reaches


def drawn_world(problem: Problem, inputs: Inputs, draw: int, no_deal: Plan) -> tuple[Problem, Plan]:
    """The problem with one draw's numbers, and no deal in it.

    Where no deal overruns capacity, a team or what is kept for a horizon in that draw, every plan
    may use what it uses: no deal is what happens, whatever it takes.
    """
    candidates = tuple(
        replace(candidate, effort=round(effort), product=round(product))
        for candidate, effort, product in zip(
            problem.by_id.values(),
            inputs.efforts[draw].tolist(),
            inputs.product[draw].tolist(),
            strict=True,
        )
    )
    deals = tuple(
        replace(deal, value=round(value))
        for deal, value in zip(problem.deals, inputs.deals[draw].tolist(), strict=True)
    )
    effort = {candidate.item_id: candidate.effort for candidate in candidates}
    used = sum(effort[i] for i in no_deal.items)
    room = max(problem.available, used)
    teams = tuple(
        Team(team.name, team.items, max(bound.most, _sum(effort, no_deal, team.items)))
        for team, bound in zip(problem.teams, problem.bounds[1:], strict=False)
    )
    horizons = tuple(
        Horizon(
            horizon.name, horizon.items, min(horizon.share, _left(effort, no_deal, horizon, room))
        )
        for horizon in problem.horizons
    )
    world = replace(
        problem,
        candidates=candidates,
        deals=deals,
        capacity=room,
        reserve=0,
        teams=teams,
        horizons=horizons,
    )
    return world, evaluate(world, no_deal.items)


def _sum(effort: dict[str, int], plan: Plan, items: frozenset[str]) -> int:
    return sum(effort[i] for i in plan.items if i in items)


def _left(effort: dict[str, int], plan: Plan, horizon: Horizon, room: int) -> float:
    """The share of room that a plan leaves to a horizon."""
    others = _sum(effort, plan, frozenset(plan.items) - horizon.items)
    return floor((1 - others / room) * SHARES) / SHARES if room else 0.0
