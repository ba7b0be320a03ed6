"""Role swap: how well each side knows what the other one values, for what only one of them wants.

Sales guesses the reach of items that only product would build on its own; product guesses the
money that waits for items only sales would build.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final, Literal

from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.plans import TENTHS, Problem

Side = Literal["sales", "product"]

MOST: Final = 6  # items a side guesses at
FAR: Final = 2.0  # times too high or too low, from which a guess is far off


@dataclass(frozen=True)
class Contested:
    """An item that only one side's own best plan holds.

    Attributes:
        item_id: key in the backlog.
        title: as people write it.
        guesser: the other side, which guesses.
        weeks: effort, person-weeks.
        actual: accounts the item reaches where sales guesses; open money of the deals that wait
            for it, whole workspace currency, where product does.
    """

    item_id: str
    title: str
    guesser: Side
    weeks: float
    actual: Decimal


@dataclass(frozen=True)
class Gap:
    """A guess beside what the data says, in the same unit.

    Attributes:
        title: of the item.
        guess, actual: as given.
        times: guess divided by actual; None where the actual value is 0.
        is_far: at least FAR times too high or too low, or something guessed where there is nothing.
    """

    title: str
    guess: Decimal
    actual: Decimal
    times: float | None
    is_far: bool


def find_contested(
    problem: Problem, found: Compromise, reach: Mapping[str, float]
) -> tuple[Contested, ...]:
    """What each side is asked to guess: at most MOST items a side, those worth most to the other.

    Args:
        problem: the rules and values.
        found: each side's own best plan.
        reach: accounts by item_id, where known.

    Returns:
        by guesser, then title, so that the order gives nothing away.
    """
    sales, product = set(found.sales_alone.items), set(found.product_alone.items)
    waiting: dict[str, int] = {}
    for deal in problem.deals:
        for item_id in deal.blockers:
            waiting[item_id] = waiting.get(item_id, 0) + deal.amount
    values: dict[Side, dict[str, Decimal]] = {
        "sales": {i: Decimal(str(reach[i])) for i in product - sales if reach.get(i, 0.0) > 0},
        "product": {i: Decimal(waiting[i]) for i in sales - product if waiting.get(i, 0) > 0},
    }
    chosen = []
    for guesser, actual in values.items():
        most = sorted(actual, key=lambda i: (-actual[i], i))[:MOST]
        chosen += [
            Contested(i, problem.title(i), guesser, problem.by_id[i].effort / TENTHS, actual[i])
            for i in sorted(most, key=lambda i: (problem.title(i), i))
        ]
    return tuple(chosen)


def find_gap(title: str, guess: Decimal, actual: Decimal) -> Gap:
    """A guess beside what the data says."""
    if not actual:
        return Gap(title, guess, actual, None, bool(guess))
    times = float(guess / actual)
    return Gap(title, guess, actual, times, times >= FAR or times <= 1 / FAR)


def typical_factor(gaps: Sequence[Gap]) -> float | None:
    """How many times too high or too low the middle guess is; None without one to compare.

    A guess of 0 where there is something counts as infinitely low.
    """
    factors = [
        max(gap.times, 1 / gap.times) if gap.times else float("inf")
        for gap in gaps
        if gap.times is not None
    ]
    return median(factors) if factors else None
