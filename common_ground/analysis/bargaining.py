"""Bargaining: the plan that leaves both sides better off than no deal, found exactly.

Kalai and Smorodinsky's rule, carried on by leximin where plans are indivisible: lift the side
that gains the smaller share of what it could gain as far as possible, then the other. Shares
have no unit, so it does not matter that one side counts money and the other accounts.

Source: E. Kalai, M. Smorodinsky, "Other Solutions to Nash's Bargaining Problem" (1975);
A. Bagnall et al., "The Next Release Problem" (2001).
"""

from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from math import gcd
from typing import Literal

from common_ground.analysis.frontier import Frontier, find_frontier, fits
from common_ground.analysis.plans import TENTHS, Plan, Problem, evaluate
from common_ground.analysis.solver import Answer, Limits, Search

Side = Literal["sales", "product"]

NASH_STEPS = 12  # fixed-point steps before boxes take over; three are usual
NASH_BOXES = 400


@dataclass(frozen=True)
class NoDeal:
    """What happens without a deal.

    Attributes:
        plan: a plan that could be displayed.
        basis: "roadmap" or "shares".
        note: one sentence on how it came about.
    """

    plan: Plan
    basis: str
    note: str


@dataclass(frozen=True)
class Compromise:
    """Every plan on the page, from no deal to the frontier.

    Attributes:
        no_deal: what happens without a deal; its plan is the zero point of every gain.
        sales_alone: best plan for sales, ties broken by product.
        product_alone: best plan for product, ties broken by sales.
        compromise: Kalai-Smorodinsky, then leximin; the no-deal plan when nothing beats it.
        nash: largest product of gains; the compromise when there is no trade.
        most_sales: best sales value with product at least at no deal; None when no plan inside
            capacity keeps both sides at no deal.
        most_product: the same for product.
        frontier: non-dominated plans between the two favourites.
        trade: both sides gain.
        proven: no time limit was reached on any named plan.
        gap: share by which the smaller gain could at most be larger; 0 when proven.
    """

    no_deal: NoDeal
    sales_alone: Plan
    product_alone: Plan
    compromise: Plan
    nash: Plan
    most_sales: int | None
    most_product: int | None
    frontier: Frontier
    trade: bool
    proven: bool
    gap: float

    @property
    def sales_gain(self) -> int:
        """Money sales gains over no deal, whole currency units."""
        return self.compromise.sales - self.no_deal.plan.sales

    @property
    def product_gain(self) -> int:
        """Accounts product gains over no deal, tenths."""
        return self.compromise.product - self.no_deal.plan.product

    @property
    def sales_share(self) -> float | None:
        """Gain of sales as a share of what it could gain, None when it could gain nothing."""
        return _share(self.sales_gain, self.most_sales, self.no_deal.plan.sales)

    @property
    def product_share(self) -> float | None:
        """Gain of product as a share of what it could gain, None when it could gain nothing."""
        return _share(self.product_gain, self.most_product, self.no_deal.plan.product)


@dataclass(frozen=True)
class _Ideal:
    """What each side could gain over a zero point while the other keeps at least its own."""

    zero: Plan
    sales: int
    product: int
    sales_plan: Plan
    product_plan: Plan


def find_compromise(
    problem: Problem, limits: Limits | None = None, frontier: bool = True
) -> Compromise:
    """The plans two sides talk about, each proven or marked as not.

    Args:
        problem: the rules and values.
        limits: how long to search.
        frontier: also list the non-dominated plans; without, only the two favourites are listed.
    """
    limits = limits or Limits()
    proofs: list[bool] = []
    sales_alone = find_favourite(problem, "sales", limits, proofs)
    product_alone = find_favourite(problem, "product", limits, proofs)
    ends_proven = all(proofs)
    no_deal = find_no_deal(problem, limits, proofs)
    ideal = _find_ideal(problem, no_deal.plan, limits, proofs)
    compromise, gap = no_deal.plan, 0.0
    if ideal is not None and ideal.sales + ideal.product > 0:
        compromise, gap = _find_leximin(problem, ideal, limits, proofs)
    trade = _gains_both(compromise, no_deal.plan)
    nash = compromise
    if trade and ideal is not None:
        nash = _find_nash(problem, ideal, compromise, limits, proofs)
    ends = Frontier((sales_alone, product_alone), is_complete=False, is_proven=True)
    points = find_frontier(problem, sales_alone, product_alone, limits) if frontier else ends
    named = {(p.sales, p.product): p for p in (nash, product_alone, sales_alone, compromise)}
    return Compromise(
        no_deal=no_deal,
        sales_alone=sales_alone,
        product_alone=product_alone,
        compromise=compromise,
        nash=nash,
        most_sales=None if ideal is None else ideal.zero.sales + ideal.sales,
        most_product=None if ideal is None else ideal.zero.product + ideal.product,
        frontier=Frontier(
            # The same two values can belong to several plans: show the one the page names
            plans=tuple(named.get((p.sales, p.product), p) for p in points.plans),
            is_complete=points.is_complete and ends_proven,
            is_proven=points.is_proven and ends_proven,
        ),
        trade=trade,
        proven=all(proofs),
        gap=gap,
    )


def find_favourite(
    problem: Problem,
    side: Side,
    limits: Limits | None = None,
    proofs: list[bool] | None = None,
    capacity: int | None = None,
    without: frozenset[str] = frozenset(),
    settle: bool = True,
) -> Plan:
    """The best plan for one side, then for the other, then with less effort, then by item id.

    Args:
        problem: the rules.
        side: "sales" or "product".
        limits: how long to search.
        proofs: gets False appended when a limit was reached.
        capacity: tenths of a person-week, where another limit than the problem's applies.
        without: items to leave out besides the vetoed ones.
        settle: also break ties by effort and item id, which takes longer with thousands of items.
    """
    search = Search(problem, limits, capacity, without)
    plan = evaluate(problem, problem.closure(problem.pins))
    search.start_from(plan)
    first = int(side == "sales")
    for sales in (first, 1 - first):
        if (answer := search.maximise(sales=sales, product=1 - sales, keep=True)) is not None:
            plan = answer.plan
    if settle:
        plan = search.settle(plan)
    if proofs is not None:
        proofs.append(search.is_proven)
    return plan


def find_no_deal(
    problem: Problem, limits: Limits | None = None, proofs: list[bool] | None = None
) -> NoDeal:
    """The roadmap as it stands where it fits, else each side fills its share of capacity.

    The roadmap is every planned item with its prerequisites and the pins; it may use the reserve.
    Shares apply to what the pins leave free. Where the two picks exclude each other, product
    picks without the items that clash with sales' pick; what is left is filled in turn.
    """
    if problem.no_deal == "roadmap" and problem.planned:
        kept = problem.closure((problem.planned - problem.barred) | problem.pins)
        plan = evaluate(problem, kept)
        if fits(problem, kept, problem.capacity):
            dropped = len(problem.planned & problem.barred)
            note = f"The {len(plan.items)} items of the roadmap as it stands" + (
                f", {dropped} vetoed left out." if dropped else "."
            )
            return NoDeal(plan, "roadmap", note)
        clash = problem.conflicts(kept)
        reason = (
            f"{clash[0][0]} and {clash[0][1]} on the roadmap exclude each other"
            if clash
            else f"the roadmap needs {plan.weeks:g} of {problem.capacity / TENTHS:g} person-weeks"
        )
    else:
        reason = "no item is planned" if problem.no_deal == "roadmap" else ""
    plan = _fill_shares(problem, limits, proofs)
    percent = round(100 * problem.sales_share)
    note = f"Each side fills its share of capacity, sales {percent} %"
    return NoDeal(plan, "shares", f"{note}: {reason}." if reason else f"{note}.")


def find_opening(problem: Problem, no_deal: Plan, limits: Limits | None = None) -> Plan | None:
    """The plan with the least effort that beats no deal for both sides, at any capacity.

    None when no capacity opens a trade, or none was found within the limit.
    """
    everything = sum(candidate.effort for candidate in problem.candidates)
    search = Search(problem, limits, capacity=everything)
    search.at_least(no_deal.sales + 1, no_deal.product + 1)
    answer = search.maximise(effort=-1)
    return None if answer is None else answer.plan


def bargain_over(problem: Problem, zero: Plan, limits: Limits | None = None) -> Plan | None:
    """The leximin plan over another zero point than no deal, ties by the solver's own order.

    None when no plan keeps both sides at the zero point.
    """
    limits = limits or Limits()
    ideal = _find_ideal(problem, zero, limits, [])
    if ideal is None:
        return None
    if not ideal.sales + ideal.product:
        return zero
    return _find_leximin(problem, ideal, limits, [], settle=False)[0]


def _fill_shares(problem: Problem, limits: Limits | None, proofs: list[bool] | None) -> Plan:
    pinned = evaluate(problem, problem.closure(problem.pins))
    free = problem.available - pinned.effort
    share = Fraction(problem.sales_share).limit_denominator(10_000)
    sales_part = free * share.numerator // share.denominator
    sales = find_favourite(problem, "sales", limits, proofs, pinned.effort + sales_part)
    clashing = _clashing(problem, frozenset(sales.items))
    product = find_favourite(
        problem, "product", limits, proofs, pinned.effort + free - sales_part, clashing
    )
    return _fill_in_turn(problem, frozenset(sales.items) | frozenset(product.items))


def _clashing(problem: Problem, held: frozenset[str]) -> frozenset[str]:
    """Items that exclude one of these."""
    pairs = [*problem.excludes, *((b, a) for a, b in problem.excludes)]
    return frozenset(b for a, b in pairs if a in held)


def _fill_in_turn(problem: Problem, held: frozenset[str]) -> Plan:
    """Add items in turn, sales first, each the largest own gain per added week, while any gain."""
    side: Side = "sales"
    idle = 0
    while idle < 2:
        best = _best_addition(problem, held, side)
        idle = 0 if best else idle + 1
        held = best or held
        side = "product" if side == "sales" else "sales"
    return evaluate(problem, held)


def _best_addition(problem: Problem, held: frozenset[str], side: Side) -> frozenset[str] | None:
    now = evaluate(problem, held)
    best: tuple[tuple[bool, Fraction], frozenset[str]] | None = None
    for item_id in problem.by_id:
        grown = held | problem.needs[item_id]
        if item_id in held or grown & problem.barred or not fits(problem, grown, problem.available):
            continue
        plan = evaluate(problem, grown)
        gain = getattr(plan, side) - getattr(now, side)
        weeks = plan.effort - now.effort
        # A gain for no added week comes before every other
        score = (weeks == 0, Fraction(gain, weeks or 1))
        if gain > 0 and (best is None or score > best[0]):
            best = (score, grown)
    return None if best is None else best[1]


def _find_ideal(problem: Problem, zero: Plan, limits: Limits, proofs: list[bool]) -> _Ideal | None:
    """The most each side could gain, None when no plan keeps both at the zero point."""
    found: list[Answer] = []
    for sales in (1, 0):
        search = Search(problem, limits)
        search.at_least(zero.sales, zero.product)
        search.start_from(zero)
        answer = search.maximise(sales=sales, product=1 - sales)
        proofs.append(search.is_proven)
        if answer is None:
            return None
        found.append(answer)
    return _Ideal(
        zero=zero,
        sales=found[0].value - zero.sales,
        product=found[1].value - zero.product,
        sales_plan=found[0].plan,
        product_plan=found[1].plan,
    )


def _find_leximin(
    problem: Problem, ideal: _Ideal, limits: Limits, proofs: list[bool], settle: bool = True
) -> tuple[Plan, float]:
    """The leximin plan of shares of the possible gain, and the gap if it is not proven."""
    zero = ideal.zero
    search = Search(problem, limits)
    search.at_least(zero.sales, zero.product)
    common = gcd(ideal.sales, ideal.product)
    per_sales, per_product = ideal.product // common, ideal.sales // common
    plan, gap = ideal.sales_plan, 0.0
    if ideal.sales and ideal.product:
        search.start_from(plan)
        answer = search.maximise_smaller(
            sales=(per_sales, zero.sales),
            product=(per_product, zero.product),
            most=per_sales * ideal.sales,
        )
        if answer is not None:
            plan = answer.plan
            gap = (answer.bound - answer.value) / max(answer.value, 1)
    else:
        # One side can gain nothing: only the other counts
        plan = ideal.sales_plan if ideal.sales else ideal.product_plan
        per_sales, per_product = int(ideal.sales > 0), int(ideal.product > 0)
        search.start_from(plan)
    answer = search.maximise(sales=per_sales, product=per_product, keep=True)
    plan = plan if answer is None else answer.plan
    if settle:
        plan = search.settle(plan)
    proofs.append(search.is_proven)
    return plan, gap


def _find_nash(
    problem: Problem, ideal: _Ideal, start: Plan, limits: Limits, proofs: list[bool]
) -> Plan:
    """The plan with the largest product of gains.

    Weights equal to the other side's gain give a plan; where that plan is the one the weights
    came from it is optimal, since a*b <= ((a*b0 + b*a0) / 2)**2 / (a0*b0). Otherwise the rest is
    searched box by box, the box with the largest possible product first.
    """
    best = start
    for _ in range(NASH_STEPS):
        found = _weighted(problem, ideal, _gains(ideal, best), (1, 1), limits, proofs)
        a, b = _gains(ideal, best)
        if found is None or found[1] <= 2 * a * b:
            return _settle(problem, best, limits, proofs)
        if _product(ideal, found[0]) <= a * b:
            break
        best = found[0]
    best = _search_boxes(problem, ideal, best, limits, proofs)
    return _settle(problem, best, limits, proofs)


def _search_boxes(
    problem: Problem, ideal: _Ideal, best: Plan, limits: Limits, proofs: list[bool]
) -> Plan:
    """Best-first over boxes of (sales gain, product gain) that could hold a larger product."""
    boxes: list[tuple[int, tuple[int, int, int, int]]] = []

    def consider(low_a: int, high_a: int, low_b: int, high_b: int) -> None:
        if high_a > 0 and high_b > 0 and high_a * high_b > _product(ideal, best):
            heappush(boxes, (-high_a * high_b, (low_a, high_a, low_b, high_b)))

    consider(1, ideal.sales, 1, ideal.product)
    for _ in range(NASH_BOXES):
        if not boxes or -boxes[0][0] <= _product(ideal, best):
            return best
        _, (low_a, high_a, low_b, high_b) = heappop(boxes)
        # Below these lines the product cannot exceed the best one, whatever the other side gains
        target = _product(ideal, best) + 1
        low_a, low_b = max(low_a, -(-target // high_b)), max(low_b, -(-target // high_a))
        if low_a > high_a or low_b > high_b:
            continue
        found = _weighted(problem, ideal, (high_a, high_b), (low_a, low_b), limits, proofs)
        if found is None:
            continue
        plan, weighted = found
        a, b = _gains(ideal, plan)
        if a * b > _product(ideal, best):
            best = plan
        if weighted * weighted <= 4 * high_a * high_b * _product(ideal, best):
            continue
        consider(a + 1, high_a, low_b, min(high_b, b - 1))
        consider(low_a, min(high_a, a - 1), b + 1, high_b)
    proofs.append(False)
    return best


def _weighted(
    problem: Problem,
    ideal: _Ideal,
    reference: tuple[int, int],
    least: tuple[int, int],
    limits: Limits,
    proofs: list[bool],
) -> tuple[Plan, int] | None:
    """The plan with the largest a * b0 + b * a0 for reference gains (a0, b0), and that sum."""
    search = Search(problem, limits)
    search.at_least(ideal.zero.sales + least[0], ideal.zero.product + least[1])
    answer = search.maximise(sales=reference[1], product=reference[0])
    proofs.append(search.is_proven)
    if answer is None:
        return None
    zero = reference[1] * ideal.zero.sales + reference[0] * ideal.zero.product
    return answer.plan, answer.bound - zero


def _settle(problem: Problem, plan: Plan, limits: Limits, proofs: list[bool]) -> Plan:
    search = Search(problem, limits)
    search.at_least(plan.sales, plan.product)
    settled = search.settle(plan)
    proofs.append(search.is_proven)
    return settled


def _gains(ideal: _Ideal, plan: Plan) -> tuple[int, int]:
    return plan.sales - ideal.zero.sales, plan.product - ideal.zero.product


def _product(ideal: _Ideal, plan: Plan) -> int:
    a, b = _gains(ideal, plan)
    return a * b


def _gains_both(plan: Plan, zero: Plan) -> bool:
    return plan.sales > zero.sales and plan.product > zero.product


def _share(gain: int, most: int | None, zero: int) -> float | None:
    return None if most is None or most <= zero else gain / (most - zero)
