"""How sure: the compromise under many draws of effort, win probability and reach.

Plans made to average effort look sound and then do not fit. So every plan is shown with the
share of draws in which it fits and in which both sides still gain. Draws are seeded: the same
problem gives the same shares.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from common_ground.analysis.bargaining import Compromise, bargain_over, find_compromise
from common_ground.analysis.plans import Candidate, Deal, Plan, Problem, evaluate
from common_ground.analysis.solver import SEED, Limits

Standing = Literal["core", "borderline", "never"]

CORE_FROM: Final = 0.9  # share of draws
PERT_WEIGHT: Final = 4  # weight of the likely value, as in (low + 4 x likely + high) / 6
RESERVE_ROUNDS: Final = 4
QUICK: Final = Limits(solve=1.0)


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
class ItemShare:
    """How often an item is in the compromise when the inputs are drawn anew."""

    item_id: str
    share: float
    standing: Standing


@dataclass(frozen=True)
class Robustness:
    """How the compromise holds when its inputs are drawn from their ranges.

    Attributes:
        draws: how many draws the next four rest on.
        both_gain: share of draws in which both sides gain over no deal.
        fits: share in which the compromise stays inside capacity, its reserve used up.
        no_deal_fits: the same for the no-deal plan.
        missing_reserve: tenths of a person-week to add to capacity, or to take out of the plan,
            for it to fit in `level` of the draws; 0 when it does.
        level: share of draws a plan should fit.
        bargained: draws in which the compromise was found anew, for `items`.
        items: every candidate, in id order; empty when nothing was bargained anew.
    """

    draws: int
    both_gain: float
    fits: float
    no_deal_fits: float
    missing_reserve: int
    level: float
    bargained: int
    items: tuple[ItemShare, ...]

    def standing(self, item_id: str) -> Standing:
        """Core, borderline or never."""
        return next(item.standing for item in self.items if item.item_id == item_id)


def find_robustness(
    problem: Problem,
    found: Compromise,
    spread: Spread | None = None,
    draws: int = 1000,
    bargained: int = 20,
    level: float = 0.8,
    seed: int = SEED,
) -> Robustness:
    """How the compromise holds, over seeded draws.

    In each of `bargained` draws the two sides bargain anew over the same no-deal plan. Where that
    plan itself overruns its capacity in a draw, both plans may use what it uses; where there is
    no trade, no deal is what happens.

    Args:
        problem: the rules and values.
        found: its compromise.
        spread: how far inputs may be off.
        draws: for the shares that need no search.
        bargained: draws bargained anew, each about 0.1 s with 60 items.
        level: share of draws a plan should fit.
        seed: same seed, same shares.
    """
    spread = spread or Spread()
    generator = np.random.default_rng(seed)
    efforts = _draw_efforts(problem, spread, draws, generator)
    chances = _draw_factors(len(problem.deals), spread.probability, draws, generator)
    reaches = _draw_factors(len(problem.by_id), spread.reach, draws, generator)
    after = _outcomes(problem, found.compromise, efforts, chances, reaches)
    before = _outcomes(problem, found.no_deal.plan, efforts, chances, reaches)
    needed = int(np.ceil(np.quantile(after[2], level, method="higher")))
    worlds = [
        _drawn_problem(problem, efforts[n], chances[n], reaches[n])
        for n in range(min(bargained, draws))
    ]
    outcomes = [_bargained(world, found.no_deal.plan) for world in worlds]
    return Robustness(
        draws=draws,
        both_gain=float(np.mean((after[0] > before[0]) & (after[1] > before[1]))),
        fits=float(np.mean(after[2] <= problem.capacity)),
        no_deal_fits=float(np.mean(before[2] <= problem.capacity)),
        missing_reserve=max(0, needed - problem.capacity),
        level=level,
        bargained=len(worlds),
        items=tuple(_item_share(i, outcomes) for i in problem.by_id) if outcomes else (),
    )


def find_reserve(
    problem: Problem,
    spread: Spread | None = None,
    level: float = 0.8,
    draws: int = 1000,
    seed: int = SEED,
) -> int:
    """Tenths of a person-week to leave free so that the compromise fits in `level` of the draws.

    Each round bargains with the reserve so far and adds what the plan would still overrun. It
    stops at the first reserve that is enough, or after RESERVE_ROUNDS; the share of draws that
    fit is measured again by `find_robustness` and shown, whatever came out here.
    """
    spread = spread or Spread()
    efforts = _draw_efforts(problem, spread, draws, np.random.default_rng(seed))
    pinned = evaluate(problem, problem.closure(problem.pins)).effort
    reserve = 0
    for _ in range(RESERVE_ROUNDS):
        found = find_compromise(replace(problem, reserve=reserve), frontier=False)
        held = frozenset(found.compromise.items)
        is_in = np.array([item_id in held for item_id in problem.by_id], dtype=bool)
        used = np.quantile(efforts[:, is_in].sum(axis=1), level, method="higher")
        missing = int(np.ceil(used)) - problem.capacity
        if missing <= 0:
            return reserve
        # Pinned items need their room
        reserve = min(reserve + missing, problem.capacity - pinned)
    return reserve


def _draw_efforts(
    problem: Problem, spread: Spread, draws: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Effort in tenths of a week, one row a draw, one column a candidate (PERT)."""
    ranges = np.array([_effort_range(c, spread) for c in problem.by_id.values()], dtype=float)
    if not len(ranges):
        return np.zeros((draws, 0))
    low, likely, high = ranges.T
    width = np.where(high > low, high - low, 1.0)
    up = 1 + PERT_WEIGHT * (likely - low) / width
    down = 1 + PERT_WEIGHT * (high - likely) / width
    drawn = generator.beta(up, down, size=(draws, len(ranges)))
    # An estimate without width is certain
    efforts: NDArray[np.float64] = np.where(high > low, low + drawn * (high - low), likely)
    return efforts


def _effort_range(candidate: Candidate, spread: Spread) -> tuple[float, float, float]:
    if candidate.effort_range is not None:
        return candidate.effort_range
    likely = float(candidate.effort)
    return spread.effort_low * likely, likely, spread.effort_high * likely


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


def _outcomes(
    problem: Problem,
    plan: Plan,
    efforts: NDArray[np.float64],
    chances: NDArray[np.float64],
    reaches: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sales, product and effort of a plan in every draw."""
    held = frozenset(plan.items)
    is_in = np.array([item_id in held for item_id in problem.by_id], dtype=bool)
    unlocked = np.array([deal.blockers <= held for deal in problem.deals], dtype=bool)
    deals, product = _drawn_values(problem, chances, reaches)
    return (
        deals[:, unlocked].sum(axis=1),
        product[:, is_in].sum(axis=1),
        efforts[:, is_in].sum(axis=1),
    )


def _drawn_problem(
    problem: Problem,
    efforts: NDArray[np.float64],
    chances: NDArray[np.float64],
    reaches: NDArray[np.float64],
) -> Problem:
    """The problem with one draw's numbers."""
    deal_values, product_values = _drawn_values(problem, chances, reaches)
    candidates = tuple(
        replace(candidate, effort=round(float(effort)), product=round(float(product)))
        for candidate, effort, product in zip(
            problem.by_id.values(), efforts, product_values, strict=True
        )
    )
    deals: tuple[Deal, ...] = tuple(
        replace(deal, value=round(float(value)))
        for deal, value in zip(problem.deals, deal_values, strict=True)
    )
    # Pins must stay possible when their drawn effort is above what is available
    pinned = sum(c.effort for c in candidates if c.item_id in problem.closure(problem.pins))
    capacity = max(problem.capacity, pinned + problem.reserve)
    return replace(problem, candidates=candidates, deals=deals, capacity=capacity)


def _bargained(world: Problem, no_deal: Plan) -> frozenset[str]:
    """Items of what the two sides would settle on in a drawn world."""
    zero = evaluate(world, no_deal.items)
    room = max(world.available, zero.effort)
    settled = bargain_over(replace(world, capacity=room, reserve=0), zero, QUICK)
    return frozenset(no_deal.items if settled is None else settled.items)


def _item_share(item_id: str, outcomes: list[frozenset[str]]) -> ItemShare:
    share = sum(item_id in outcome for outcome in outcomes) / len(outcomes)
    if share >= CORE_FROM:
        return ItemShare(item_id, share, "core")
    return ItemShare(item_id, share, "borderline" if share else "never")
