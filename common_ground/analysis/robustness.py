"""How sure: the compromise under many draws of effort, win probability and reach.

Every plan is shown with the chance that it fits and the share of draws in which both sides still
gain. Draws are seeded: the same problem gives the same shares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from common_ground.analysis.bargaining import Compromise, bargain_over
from common_ground.analysis.plans import Problem, evaluate
from common_ground.analysis.relaxed import Relaxed
from common_ground.analysis.reserve import fit_chance, missing_capacity
from common_ground.analysis.solver import SEED, Limits
from common_ground.analysis.spread import Spread, draw_inputs, drawn_world, outcomes

Standing = Literal["core", "borderline", "never"]

CORE_FROM: Final = 0.9  # share of draws
EXACT_UP_TO: Final = 50  # items; beyond it most draws are bargained over the relaxed problem first
EXACT: Final = Limits(solve=1.0)
QUICK: Final = Limits(solve=1.0, gap=0.002)


@dataclass(frozen=True)
class ItemShare:
    """How often an item is in the compromise when the inputs are drawn anew."""

    item_id: str
    share: float
    standing: Standing


@dataclass(frozen=True)
class Drawn:
    """Bargains struck anew so far.

    Attributes:
        done: draws bargained.
        of: draws asked for.
        trades: share (0..1) of `done` in which both sides gain.
        gap: in no draw could the smaller share of the possible gain be larger by more (0..1).
        items: every candidate, in id order.
    """

    done: int
    of: int
    trades: float
    gap: float
    items: tuple[ItemShare, ...]


@dataclass(frozen=True)
class Robustness:
    """How the compromise holds when its inputs are drawn from their ranges.

    Attributes:
        draws: how many draws `both_gain` rests on.
        both_gain: share of draws in which both sides gain over no deal.
        fits: chance that the compromise stays inside capacity, its reserve used up.
        no_deal_fits: the same for the no-deal plan.
        missing_reserve: tenths of a person-week to add to capacity, or to take out of the plan,
            for it to fit at the `level`; 0 when it does.
        level: share of cases a plan should fit.
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

    Args:
        problem: the rules and values.
        found: its compromise.
        spread: how far inputs may be off.
        draws: for the share in which both gain, which needs no search.
        bargained: draws bargained anew, see `bargain_draws`.
        level: share of cases a plan should fit.
        seed: same seed, same shares.
    """
    spread = spread or Spread()
    inputs = draw_inputs(problem, spread, draws, seed)
    after = outcomes(problem, found.compromise, inputs)
    before = outcomes(problem, found.no_deal.plan, inputs)
    fits = fit_chance(problem, found.compromise, spread)
    missing = missing_capacity(problem, found.compromise, level, spread)
    drawn = list(bargain_draws(problem, found, spread, bargained, seed))
    return Robustness(
        draws=draws,
        both_gain=float(np.mean((after[0] > before[0]) & (after[1] > before[1]))),
        fits=fits,
        no_deal_fits=fit_chance(problem, found.no_deal.plan, spread),
        missing_reserve=max(0, missing),
        level=level,
        bargained=bargained,
        items=drawn[-1].items if drawn else (),
    )


def bargain_draws(
    problem: Problem,
    found: Compromise,
    spread: Spread | None = None,
    draws: int = 300,
    seed: int = SEED,
) -> Iterator[Drawn]:
    """The two sides bargain anew in every draw, over the same no-deal plan.

    Gives what is known after each draw; whoever stops asking cancels the rest. Where no deal
    overruns its capacity in a draw, both plans may use what it uses; where there is no trade, no
    deal is what happens. With more items than EXACT_UP_TO the bargain is quick, see `relaxed`.

    Args:
        problem: the rules and values.
        found: its compromise.
        spread: how far inputs may be off.
        draws: how many.
        seed: same seed, same draws.
    """
    inputs = draw_inputs(problem, spread or Spread(), draws, seed)
    counts = dict.fromkeys(problem.by_id, 0)
    trades, gap = 0, 0.0
    relaxed = Relaxed(problem) if len(problem.by_id) > EXACT_UP_TO else None
    for draw in range(draws):
        world, zero = drawn_world(problem, inputs, draw, found.no_deal.plan)
        start = evaluate(world, found.compromise.items)
        quick = None if relaxed is None else relaxed.bargain(world, zero, QUICK, start)
        if quick is None or (quick.gap and quick.plan == zero):
            settled = bargain_over(world, zero, EXACT) or zero
        else:
            settled, gap = quick.plan, max(gap, quick.gap)
        trades += settled.sales > zero.sales and settled.product > zero.product
        for item_id in settled.items:
            counts[item_id] += 1
        done = draw + 1
        shares = tuple(_item_share(i, count / done) for i, count in counts.items())
        yield Drawn(done, draws, trades / done, gap, shares)


def _item_share(item_id: str, share: float) -> ItemShare:
    if share >= CORE_FROM:
        return ItemShare(item_id, share, "core")
    return ItemShare(item_id, share, "borderline" if share else "never")
