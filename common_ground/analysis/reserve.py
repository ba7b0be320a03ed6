"""The reserve: what a plan leaves free so that it still fits when estimates run over.

Plans made to average effort look sound and then do not fit. The chance that a plan fits is
computed, not drawn: effort of independent items adds up by convolution, so the chance depends
neither on a seed nor on names or the order of rows.
"""

from dataclasses import dataclass, replace
from math import ceil, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from common_ground.analysis.bargaining import Trade, find_trade
from common_ground.analysis.plans import Candidate, Plan, Problem
from common_ground.analysis.solver import Limits
from common_ground.analysis.spread import PERT_WEIGHT, Spread, effort_range, pert_shape

CELLS: Final = 4  # steps of the effort grid per tenth of a person-week
DRAWS: Final = 10_000  # as many draws of a plan confirm the level in 999 of 1,000 trials
DEVIATIONS: Final = 3.1  # standard deviations on one side that hold 999 of 1,000
SLACK: Final = 0.06  # a plan that fits in this much more than it has to leaves too much free
ROUNDS: Final = 5


@dataclass(frozen=True)
class Reserve:
    """What a plan leaves free, and what it is good for.

    Attributes:
        tenths: of a person-week of capacity left free.
        level: share (0..1) of cases a plan should fit in.
        fits: chance (0..1) that the compromise stays inside capacity and every team's.
        is_reached: it fits at the level.
        note: one sentence where no reserve reaches the level; else empty.
    """

    tenths: int
    level: float
    fits: float
    is_reached: bool
    note: str = ""


def fit_chance(problem: Problem, plan: Plan, spread: Spread | None = None) -> float:
    """Chance (0..1) that the effort of a plan stays inside capacity and every team's.

    Each item's effort is PERT, cut into cells; sums of items are convolutions. The reserve may be
    used up; what is kept for horizons is a rule of planning and not part of it.

    Args:
        problem: the rules.
        plan: the items.
        spread: how far estimates may be off.
    """
    held = [problem.by_id[item_id] for item_id in plan.items]
    spread = spread or Spread()
    total, start = np.ones(1), 0.0
    in_teams: set[str] = set()
    for team in problem.teams:
        members = [c for c in held if c.item_id in team.items]
        in_teams |= {c.item_id for c in members}
        cells, low = _sum_of_efforts(members, spread)
        # Cases in which the team overruns do not fit, whatever the others take
        kept = cells * (_efforts_at(cells, low) <= team.capacity)
        total, start = _convolve([total, kept]), start + low
    cells, low = _sum_of_efforts([c for c in held if c.item_id not in in_teams], spread)
    total, start = _convolve([total, cells]), start + low
    return min(1.0, float(total[_efforts_at(total, start) <= problem.capacity].sum()))


def missing_capacity(problem: Problem, plan: Plan, level: float, spread: Spread) -> int:
    """Tenths of a person-week a plan would overrun capacity by at the level; below 0: to spare.

    The larger of what is missing in all and, carried over to all, in a team.
    """
    held = [problem.by_id[item_id] for item_id in plan.items]
    missing = _quantile(held, level, spread) - problem.capacity
    for team in problem.teams:
        members = [c for c in held if c.item_id in team.items]
        over = _quantile(members, level, spread) - team.capacity
        if members and team.capacity:
            missing = max(missing, ceil(over * problem.capacity / team.capacity))
        elif members and over > 0:
            missing = max(missing, problem.capacity)
    return missing


def find_reserve(
    problem: Problem,
    spread: Spread | None = None,
    level: float = 0.8,
    limits: Limits | None = None,
) -> tuple[Problem, Reserve, Trade]:
    """The problem with a reserve with which its compromise fits at the level, and that compromise.

    Each round bargains with a reserve and corrects it by what the plan would overrun or has to
    spare. Of the reserves with which the compromise fits, the smallest tried is taken; it fits a
    little above the level, so that DRAWS fresh draws of its effort confirm the level. A level
    that no reserve reaches, because what must be in or what happens without a deal overruns by
    itself, leaves the largest chance found, and a note that says so.

    Args:
        problem: the rules and values; its reserve is replaced.
        spread: how far estimates may be off.
        level: share (0..1) of cases the compromise should fit in; 0 keeps no reserve.
        limits: how long each search may take.
    """
    spread = spread or Spread()
    if level <= 0:
        problem = replace(problem, reserve=0)
        trade = find_trade(problem, limits)
        return (
            problem,
            Reserve(0, level, fit_chance(problem, trade.compromise, spread), True),
            trade,
        )
    aim = level + DEVIATIONS * sqrt(level * (1 - level) / DRAWS)
    most = _largest(problem)
    tried: dict[int, tuple[Problem, float, Trade]] = {}
    reserve: int | None = min(_first_guess(problem, aim, spread), most)
    for _ in range(ROUNDS):
        if reserve is None:
            break
        carried = replace(problem, reserve=reserve)
        trade = find_trade(carried, limits)
        fits = fit_chance(carried, trade.compromise, spread)
        tried[reserve] = (carried, fits, trade)
        if aim <= fits <= aim + SLACK:
            break
        step = missing_capacity(carried, trade.compromise, aim, spread)
        reserve = _next(reserve, step, most, {r: t[1] >= aim for r, t in tried.items()})
    chosen = min(
        (r for r, (_, chance, _) in tried.items() if chance >= aim),
        default=max(tried, key=lambda r: (tried[r][1], -r)),
    )
    carried, fits, trade = tried[chosen]
    note = "" if fits >= aim else _note(carried, trade, fits, level)
    return carried, Reserve(chosen, level, fits, not note, note), trade


def _largest(problem: Problem) -> int:
    """The largest reserve that leaves room for what must be in, tenths of a person-week."""
    pinned = problem.closure(problem.pins)
    most = problem.capacity
    for bound in replace(problem, reserve=0).bounds:
        if needed := problem.effort_of(pinned & bound.items):
            # A bound shrinks in proportion to capacity
            most = min(most, problem.capacity - ceil((needed + 1) * problem.capacity / bound.most))
    return max(most, 0)


def _next(reserve: int, step: int, most: int, tried: dict[int, bool]) -> int | None:
    """The reserve to try after this one; None when there is none worth trying.

    Args:
        reserve: just tried.
        step: by which its plan overruns capacity; below 0 it has to spare.
        most: the largest reserve.
        tried: whether the plan fitted, by reserve.
    """
    enough = min((r for r, fitted in tried.items() if fitted), default=most + 1)
    short = max((r for r, fitted in tried.items() if not fitted and r < enough), default=-1)
    following = reserve + (min(step, -1) if tried[reserve] else max(step, 1))
    following = max(short + 1, min(following, enough - 1))
    return following if 0 <= following < enough and following not in tried else None


def _first_guess(problem: Problem, aim: float, spread: Spread) -> int:
    """A reserve for a plan of average items, from the mean and variance of all of them."""
    if not problem.candidates:
        return 0
    ranges = np.array([effort_range(c, spread) for c in problem.candidates], dtype=float)
    mean = ranges @ np.array([1.0, 4.0, 1.0]) / 6
    planned = float(sum(c.effort for c in problem.candidates))
    if planned <= 0:
        return 0
    # The standard deviation of PERT is about a sixth of the range
    growth = float(mean.sum()) / planned
    variance = float((((ranges[:, 2] - ranges[:, 0]) / 6) ** 2).sum()) / planned
    likely = min(problem.capacity, planned)
    deviations = NormalDist().inv_cdf(min(aim, 0.999)) * sqrt(variance * likely)
    return max(0, round(likely * growth + deviations - problem.capacity))


def _note(problem: Problem, trade: Trade, fits: float, level: float) -> str:
    cases = f"{round(100 * level)} of 100 cases"
    pinned = problem.closure(problem.pins)
    if trade.compromise.items == trade.no_deal.plan.items and trade.no_deal.plan.items:
        return (
            f"No plan that fits in {cases} keeps both sides at what they have without a deal: "
            f"no deal itself fits in {round(100 * fits)} of 100."
        )
    if pinned and frozenset(trade.compromise.items) == pinned:
        return (
            f"No reserve makes the plan fit in {cases}: what must be in fits in "
            f"{round(100 * fits)} of 100 by itself."
        )
    return f"No reserve makes the plan fit in {cases}; with this one it does in {fits:.0%}."


def _quantile(held: list[Candidate], level: float, spread: Spread) -> int:
    """The effort that these items stay inside at the level, tenths, rounded up."""
    if not held:
        return 0
    cells, low = _sum_of_efforts(held, spread)
    reached = np.searchsorted(np.cumsum(cells), min(level, float(cells.sum()) - 1e-12))
    return ceil(float(_efforts_at(cells, low)[min(int(reached), len(cells) - 1)]) - 1e-9)


def _sum_of_efforts(held: list[Candidate], spread: Spread) -> tuple[NDArray[np.float64], float]:
    """Chances of the effort of some items in cells, and the effort of the first cell."""
    # In the order of their ranges, so that names change not even the last digit
    ranges = sorted(effort_range(candidate, spread) for candidate in held)
    parts, start = [], 0.0
    for low, likely, high in ranges:
        span = (high - low) * CELLS
        if span <= 1:
            start += (low + PERT_WEIGHT * likely + high) / (2 + PERT_WEIGHT)
            continue
        left = np.arange(ceil(span - 1e-9), dtype=float)
        right = np.minimum(left + 1, span)
        middle = (left + right) / 2 / span
        up, down = pert_shape(low, likely, high)
        chance = middle ** (up - 1) * (1 - middle) ** (down - 1) * (right - left)
        parts.append(chance / chance.sum())
        start += low + 1 / CELLS / 2
    return _convolve(parts), start


def _efforts_at(cells: NDArray[np.float64], start: float) -> NDArray[np.float64]:
    """Effort of each cell, tenths of a person-week."""
    efforts: NDArray[np.float64] = start + np.arange(len(cells)) / CELLS
    return efforts


def _convolve(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    length = 1 + sum(len(part) - 1 for part in parts)
    if length == 1:
        return np.array([float(np.prod([part.sum() for part in parts]))])
    size = 1 << (length - 1).bit_length()
    product = np.ones(size // 2 + 1, dtype=complex)
    for part in parts:
        product *= np.fft.rfft(part, size)
    found: NDArray[np.float64] = np.clip(np.fft.irfft(product, size)[:length], 0.0, None)
    return found
