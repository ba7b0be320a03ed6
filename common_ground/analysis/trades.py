"""What a compromise means in words and rows: what goes out, what comes in, what is declined.

One swap need not help both sides; the bundle does. So swaps that depend on each other are one
row, and the rows add up to exactly what each side gains.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from common_ground.analysis.bargaining import Compromise, bargain_over, find_opening
from common_ground.analysis.frontier import fits
from common_ground.analysis.plans import TENTHS, Plan, Problem, evaluate
from common_ground.analysis.solver import Limits, Search

Owner = Literal["sales", "product", "both"]

MOST_RELEASES = 8  # pins and vetoes tried one by one when there is no trade


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


@dataclass(frozen=True)
class Flip:
    """An item that goes out, and the effort at which it would stay; tenths of a person-week."""

    item_id: str
    effort_now: int
    effort_back: int


@dataclass(frozen=True)
class Declined:
    """An item the compromise leaves out.

    Attributes:
        item_id: key in the backlog.
        title: as people write it.
        sales: value of the open deals it blocks, whole currency units.
        product: accounts, tenths.
        effort: tenths of a person-week with the prerequisites that are missing too; None when it
            has no estimate.
        accounts: customers whose deals it blocks, in name order.
        reason: one sentence for the account.
        reopens: one sentence on what would bring it back.
    """

    item_id: str
    title: str
    sales: int
    product: int
    effort: int | None
    accounts: tuple[str, ...]
    reason: str
    reopens: str


def find_swaps(problem: Problem, found: Compromise) -> Swaps:
    """What changes between no deal and the compromise, what is worth most to both sides first."""
    before, after = frozenset(found.no_deal.plan.items), frozenset(found.compromise.items)
    return Swaps(
        out=_grouped(problem, before - after, before, found),
        into=_grouped(problem, after - before, after, found),
    )


def find_price(found: Compromise, side: Literal["sales", "product"]) -> Price:
    """What the compromise costs a side against its own best plan, and saves it over no deal."""
    own = found.sales_alone if side == "sales" else found.product_alone
    now = getattr(found.compromise, side)
    return Price(getattr(own, side) - now, now - getattr(found.no_deal.plan, side))


def find_flips(
    problem: Problem, found: Compromise, most: int = 3, limits: Limits | None = None
) -> tuple[Flip, ...]:
    """The effort at which each of the largest items that go out would come back in.

    No deal stays what it is. With less effort an item's plans only grow in number while those
    without it stay, so what brings it in at one effort brings it in at every lower one, ties
    apart; the edge is found by halving, to a tenth of a week.

    Args:
        problem: the rules and values.
        found: its compromise.
        most: items tried, largest effort first.
        limits: how long each search may take.
    """
    out = set(found.no_deal.plan.items) - set(found.compromise.items)
    largest = sorted(out, key=lambda i: (-problem.by_id[i].effort, i))[:most]
    flips = (_find_flip(problem, found.no_deal.plan, item_id, limits) for item_id in largest)
    return tuple(flip for flip in flips if flip is not None)


def _find_flip(problem: Problem, no_deal: Plan, item_id: str, limits: Limits | None) -> Flip | None:
    now = problem.by_id[item_id].effort

    def comes_in(effort: int) -> bool:
        changed = tuple(
            replace(c, effort=effort) if c.item_id == item_id else c for c in problem.candidates
        )
        plan = bargain_over(replace(problem, candidates=changed), no_deal, limits)
        return plan is not None and item_id in plan.items

    if now == 0 or not comes_in(0):
        return None
    low, high = 0, now  # in at low, out at high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if comes_in(middle) else (low, middle)
    return Flip(item_id, effort_now=now, effort_back=low)


def find_declined(problem: Problem, found: Compromise) -> tuple[Declined, ...]:
    """Every item the compromise leaves out, most money first, those without an estimate last."""
    held = frozenset(found.compromise.items)
    rows = [
        _declined(problem, found.compromise, item_id)
        for item_id in problem.by_id
        if item_id not in held
    ]
    rows.sort(key=lambda row: (-row.sales, -row.product, row.item_id))
    rows += [
        Declined(
            item_id=item.item_id,
            title=item.title,
            sales=item.money,
            product=0,
            effort=None,
            accounts=(),
            reason=f"It {item.reason}, so no plan can promise it.",
            reopens="Reopens with the estimate.",
        )
        for item in problem.unplannable
    ]
    return tuple(rows)


def find_openers(
    problem: Problem, found: Compromise, limits: Limits | None = None
) -> tuple[str, ...]:
    """What would open a trade where there is none, in sentences, the nearest first."""
    no_deal = found.no_deal.plan
    openers = []
    opening = find_opening(problem, no_deal, limits)
    if opening is not None:
        more = (opening.effort - problem.available) / TENTHS
        openers.append(f"With {more:g} more person-weeks a plan beats this no deal for both sides.")
    for what, released in _releases(problem):
        search = Search(released, limits)
        search.at_least(no_deal.sales + 1, no_deal.product + 1)
        if search.maximise(effort=-1) is not None:
            openers.append(f"Without the {what} both sides gain at this capacity.")
    openers += [
        f"An estimate for {item.title}, which blocks deals, lets it into a plan."
        for item in problem.unplannable
        if item.money
    ][:2]
    return tuple(openers) or (
        "No capacity opens one: no other plan is worth more to both sides than no deal.",
    )


def _releases(problem: Problem) -> list[tuple[str, Problem]]:
    vetoes = [
        (f"veto on {problem.title(i)}", replace(problem, vetoes=problem.vetoes - {i}))
        for i in sorted(problem.vetoes)
    ]
    pins = [
        (f"pin on {problem.title(i)}", replace(problem, pins=problem.pins - {i}))
        for i in sorted(problem.pins)
    ]
    return (pins + vetoes)[:MOST_RELEASES]


def _grouped(
    problem: Problem, changed: frozenset[str], plan: frozenset[str], found: Compromise
) -> tuple[Swap, ...]:
    """Changed items of a plan as swaps: joined by prerequisites and by deals the plan unlocks."""
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


def _declined(problem: Problem, plan: Plan, item_id: str) -> Declined:
    waiting = [deal for deal in problem.deals if item_id in deal.blockers]
    missing = problem.needs[item_id] - frozenset(plan.items)
    reason, reopens = _why_declined(problem, plan, item_id, missing)
    others = sorted(
        problem.title(i)
        for i in frozenset().union(*(deal.blockers for deal in waiting)) - missing
        if i not in plan.items
    )
    if others and len(others) <= 3:
        reopens += f" Its deals also wait for {', '.join(others)}."
    return Declined(
        item_id=item_id,
        title=problem.title(item_id),
        sales=sum(deal.value for deal in waiting),
        product=problem.by_id[item_id].product,
        effort=evaluate(problem, missing).effort,
        accounts=tuple(sorted({deal.account for deal in waiting if deal.account})),
        reason=reason,
        reopens=reopens,
    )


def _why_declined(
    problem: Problem, plan: Plan, item_id: str, missing: frozenset[str]
) -> tuple[str, str]:
    """Why an item is not in the plan, and what would bring it back."""
    held = frozenset(plan.items)
    if vetoed := sorted(missing & problem.vetoes):
        if vetoed == [item_id]:
            return "It is ruled out for this plan.", "Reopens when the veto is lifted."
        names = ", ".join(problem.title(i) for i in vetoed)
        return f"It needs {names}, which is ruled out.", "Reopens when that veto is lifted."
    if clash := problem.conflicts(held | missing):
        other = next(i for pair in clash for i in pair if i in held)
        return (
            f"It cannot be built together with {problem.title(other)}, which goes ahead.",
            f"Reopens if {problem.title(other)} is given up.",
        )
    return _why_no_room(problem, plan, item_id, missing)


def _why_no_room(
    problem: Problem, plan: Plan, item_id: str, missing: frozenset[str]
) -> tuple[str, str]:
    """Why an item that could be in the plan is not."""
    held = frozenset(plan.items)
    weeks = evaluate(problem, missing).weeks
    needed = sorted(problem.title(i) for i in missing - {item_id})
    together = f" with {', '.join(needed)}" if needed else ""
    waits = any(item_id in deal.blockers for deal in problem.deals)
    if not waits and not problem.by_id[item_id].product:
        return (
            "No open deal waits for it and no account is counted for it.",
            "Reopens with a deal that needs it, or a figure for its reach.",
        )
    if fits(problem, held | missing, problem.available):
        return (
            f"Its {weeks:g} weeks would fit, but it adds nothing to what this plan brings.",
            "Reopens when more of what its deals wait for is planned.",
        )
    free = (problem.available - plan.effort) / TENTHS
    left = f"{free:g} are" if free else "none is"
    return (
        f"It takes {weeks:g} weeks{together} and {left} free; no plan with it serves both "
        "sides better.",
        f"Fits on top of this plan with {weeks - free:.1f} more person-weeks.",
    )
