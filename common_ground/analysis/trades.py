"""What a compromise means in rows: what goes out, what comes in, what it costs each side.

One swap need not help both sides; the bundle does. So swaps that depend on each other are one
row, and the rows add up to exactly what each side gains.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Final, Literal

from common_ground.analysis.bargaining import Compromise, find_opening, find_trade
from common_ground.analysis.plans import SHARES, TENTHS, Plan, Problem
from common_ground.analysis.reserve import find_reserve
from common_ground.analysis.solver import Limits, Search

Owner = Literal["sales", "product", "both"]

TRIES: Final = 4  # capacities tried until one opens a trade
TRY_FURTHER: Final = 0.25  # by which part of what was added the next try goes further
MOST_RELEASES: Final = 8  # pins and vetoes tried one by one when there is no trade


@dataclass(frozen=True)
class Swap:
    """Items that leave or enter the plan together because they depend on each other.

    Attributes:
        items: item ids in id order.
        title: their titles, the one with most effort first.
        sales: money that leaves or enters with them, whole currency units, never negative.
        product: accounts, tenths, never negative.
        effort: tenths of a person-week.
        belongs_to: the side for which it is the larger part of its own best plan.
    """

    items: tuple[str, ...]
    title: str
    sales: int
    product: int
    effort: int
    belongs_to: Owner


@dataclass(frozen=True)
class Swaps:
    """What goes out of the no-deal plan and what comes in instead.

    Sums reconcile: `in` minus `out` is the gain of each side, to the unit.
    """

    out: tuple[Swap, ...]
    into: tuple[Swap, ...]


@dataclass(frozen=True)
class Price:
    """What the compromise costs and saves one side, in its own unit (integers of the problem).

    Attributes:
        below_best: own best plan minus compromise.
        above_no_deal: compromise minus no deal: what it would lose without a deal.
    """

    below_best: int
    above_no_deal: int


def find_swaps(problem: Problem, found: Compromise) -> Swaps:
    """What changes between no deal and the compromise, what is worth most to both sides first."""
    before, after = frozenset(found.no_deal.plan.items), frozenset(found.compromise.items)
    return Swaps(
        out=grouped(problem, before - after, before, found),
        into=grouped(problem, after - before, after, found),
    )


def find_price(found: Compromise, side: Literal["sales", "product"]) -> Price:
    """What the compromise costs a side against its own best plan, and saves it over no deal."""
    own = found.sales_alone if side == "sales" else found.product_alone
    now = getattr(found.compromise, side)
    return Price(getattr(own, side) - now, now - getattr(found.no_deal.plan, side))


def find_openers(
    problem: Problem, found: Compromise, level: float | None = None, limits: Limits | None = None
) -> tuple[str, ...]:
    """What would open a trade where there is none, in sentences, the nearest first.

    Args:
        problem: the rules and values, with the reserve the compromise was found with.
        found: no deal, and no trade.
        level: share (0..1) of cases a plan must fit in, so that more capacity is tried with the
            reserve it brings; None keeps the problem's reserve.
        limits: how long each search may take.
    """
    no_deal = found.no_deal.plan
    openers = []
    opening = find_opening(problem, no_deal, limits)
    if opening is not None and problem.full(frozenset(opening.items), problem.bounds):
        openers.append(_with_more(problem, opening, level, limits))
    for what, released, kept in _releases(problem, level):
        search = Search(released, limits)
        search.at_least(no_deal.sales + 1, no_deal.product + 1)
        # No deal may be another one too, so a plan that beats this one is not yet a trade
        if search.maximise(effort=-1) is not None and _opens(released, kept, limits):
            openers.append(f"Without the {what} both sides gain at this capacity.")
    openers += [
        f"An estimate for {item.title}, which blocks deals, lets it into a plan."
        for item in problem.unplannable
        if item.money
    ][:2]
    return tuple(openers) or (
        "No capacity opens one: no other plan is worth more to both sides than no deal.",
    )


def _with_more(problem: Problem, opening: Plan, level: float | None, limits: Limits | None) -> str:
    """With how much more capacity both sides gain, tried; else how much a plan lacks that does."""
    items = frozenset(opening.items)
    part = Fraction(problem.available, problem.capacity) if problem.capacity else Fraction(1)
    teams = {
        team.name: max(0, problem.effort_of(items & team.items) - floor(team.capacity * part))
        for team in problem.teams
    }
    weeks = ceil(max(0, _most_needed(problem, opening) - problem.available) / TENTHS)
    for attempt in range(TRIES):
        more = weeks + (2**attempt - 1) * max(1, round(weeks * TRY_FURTHER))
        larger = replace(
            problem,
            capacity=problem.capacity + more * TENTHS,
            teams=tuple(
                replace(team, capacity=team.capacity + teams[team.name]) for team in problem.teams
            ),
        )
        if _opens(larger, level, limits):
            parts = [_more(more)] if more else []
            parts += [
                f"{_more(lacking / TENTHS)} for {name}"
                for name, lacking in teams.items()
                if lacking
            ]
            return f"With {' and '.join(parts)} both sides gain."
        teams = {
            name: lacking and lacking + ceil(lacking * TRY_FURTHER)
            for name, lacking in teams.items()
        }
    beyond = [
        (problem.effort_of(items & bound.items) - bound.most, bound.name)
        for bound in problem.full(items, problem.bounds)
    ]
    taken = " and ".join(f"{_more(over / TENTHS)} {name}".rstrip() for over, name in beyond)
    return f"A plan that takes {taken} beats this no deal for both sides."


def _opens(problem: Problem, level: float | None, limits: Limits | None) -> bool:
    """Whether both sides gain here, with the reserve that makes the plan fit at the level."""
    if level is None:
        return find_trade(problem, limits).gains_both
    return find_reserve(problem, None, level, limits)[2].gains_both


def _more(weeks: float) -> str:
    return f"{weeks:g} more person-{'week' if weeks == 1 else 'weeks'}"


def _most_needed(problem: Problem, plan: Plan) -> int:
    """Tenths of a person-week to use in all with which the plan keeps what horizons are kept."""
    needed = plan.effort
    for horizon in problem.horizons:
        others = problem.effort_of(frozenset(plan.items) - horizon.items)
        left = 1 - Fraction(horizon.share).limit_denominator(SHARES)
        if others and left:
            needed = max(needed, ceil(others / left))
    return needed


def _releases(problem: Problem, level: float | None) -> list[tuple[str, Problem, float | None]]:
    """What might stand in the way, the problem without it, and the level it is tried at."""
    vetoes = [
        (f"veto on {problem.title(i)}", replace(problem, vetoes=problem.vetoes - {i}), level)
        for i in sorted(problem.vetoes)
    ]
    pins = [
        (f"pin on {problem.title(i)}", replace(problem, pins=problem.pins - {i}), level)
        for i in sorted(problem.pins)
    ]
    without: list[tuple[str, Problem, float | None]] = []
    if weeks := problem.reserve / TENTHS:
        without.append((f"reserve of {weeks:g} person-weeks", replace(problem, reserve=0), None))
    return [*without, *pins, *vetoes][:MOST_RELEASES]


def grouped(
    problem: Problem, changed: frozenset[str], plan: frozenset[str], found: Compromise
) -> tuple[Swap, ...]:
    """Items of a plan as swaps: joined by prerequisites and by deals the plan unlocks.

    Args:
        problem: the rules and values.
        changed: the items.
        plan: all items of the plan they are of.
        found: whose favourites say which side a group belongs to.
    """
    unlocked = [deal for deal in problem.deals if deal.blockers <= plan]
    ties = [frozenset(pair) for pair in problem.requires] + [deal.blockers for deal in unlocked]
    swaps = []
    for group in _components(changed, (tie & changed for tie in ties)):
        ordered = sorted(group, key=lambda i: (-problem.by_id[i].effort, i))
        sales = sum(deal.value for deal in unlocked if deal.blockers & group)
        product = sum(problem.by_id[i].product for i in group)
        swaps.append(
            Swap(
                items=tuple(sorted(group)),
                title=", ".join(problem.title(i) for i in ordered),
                sales=sales,
                product=product,
                effort=sum(problem.by_id[i].effort for i in group),
                belongs_to=_owner(sales, product, found),
            )
        )
    best = found.sales_alone.sales or 1, found.product_alone.product or 1
    # Parts of each side's own best plan, added without dividing
    return tuple(sorted(swaps, key=lambda s: (-s.sales * best[1] - s.product * best[0], s.items)))


def _components(members: frozenset[str], ties: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    group = {member: frozenset({member}) for member in members}
    for tie in ties:
        if len(tie) > 1:
            joined = frozenset().union(*(group[member] for member in tie))
            group.update(dict.fromkeys(joined, joined))
    return sorted(set(group.values()), key=sorted)


def _owner(sales: int, product: int, found: Compromise) -> Owner:
    # Parts of each side's own best plan, compared without dividing
    of_sales = sales * max(found.product_alone.product, 1)
    of_product = product * max(found.sales_alone.sales, 1)
    if of_sales == of_product:
        return "both"
    return "sales" if of_sales > of_product else "product"
