"""Bargaining: the plan that leaves both sides better off than no deal, found exactly.

Kalai and Smorodinsky's rule, carried on by leximin where plans are indivisible: lift the side
that gains the smaller share of what it could gain as far as possible, then the other. Shares
have no unit, so it does not matter that one side counts money and the other accounts.

Source: E. Kalai, M. Smorodinsky, "Other Solutions to Nash's Bargaining Problem" (1975);
A. Bagnall et al., "The Next Release Problem" (2001).
"""

from dataclasses import dataclass
from math import gcd

from common_ground.analysis.frontier import Frontier, find_frontier
from common_ground.analysis.nash import find_nash
from common_ground.analysis.no_deal import NoDeal, find_favourite, find_no_deal
from common_ground.analysis.plans import Bound, Plan, Problem
from common_ground.analysis.solver import Limits, Search


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
class Trade:
    """No deal, and the compromise the two sides settle on instead of it.

    Attributes:
        no_deal: what happens without a deal.
        compromise: the leximin plan; the no-deal plan when nothing beats it.
        most_sales, most_product: the most each side could get while the other keeps at least what
            no deal gives it; None when no plan inside capacity keeps both.
        gap: share by which the smaller gain could at most be larger; 0 when proven.
        proven: no time limit was reached.
    """

    no_deal: NoDeal
    compromise: Plan
    most_sales: int | None
    most_product: int | None
    gap: float
    proven: bool

    @property
    def gains_both(self) -> bool:
        """Whether both sides gain over no deal."""
        zero = self.no_deal.plan
        return self.compromise.sales > zero.sales and self.compromise.product > zero.product


def find_trade(problem: Problem, limits: Limits | None = None) -> Trade:
    """No deal and the compromise alone, without the other plans people compare it with."""
    limits = limits or Limits()
    proofs: list[bool] = []
    no_deal = find_no_deal(problem, limits, proofs)
    found = _find_leximin(problem, no_deal.plan, limits)
    if found is None:
        return Trade(no_deal, no_deal.plan, None, None, 0.0, all(proofs))
    return Trade(
        no_deal=no_deal,
        compromise=found.plan,
        most_sales=found.most_sales,
        most_product=found.most_product,
        gap=found.gap,
        proven=all(proofs) and found.proven,
    )


def find_compromise(
    problem: Problem,
    limits: Limits | None = None,
    frontier: bool = True,
    trade: Trade | None = None,
) -> Compromise:
    """The plans two sides talk about, each proven or marked as not.

    Args:
        problem: the rules and values.
        limits: how long to search.
        frontier: also list the non-dominated plans; without, only the two favourites are listed.
        trade: `find_trade` of the same problem, where it is known.
    """
    limits = limits or Limits()
    trade = trade or find_trade(problem, limits)
    proofs: list[bool] = []
    sales_alone = find_favourite(problem, "sales", limits, proofs)
    product_alone = find_favourite(problem, "product", limits, proofs)
    ends_proven = all(proofs)
    compromise, zero, nash = trade.compromise, trade.no_deal.plan, trade.compromise
    if trade.gains_both and trade.most_sales and trade.most_product:
        most = (trade.most_sales, trade.most_product)
        nash = find_nash(problem, zero, compromise, most, limits, proofs)
    ends = Frontier((sales_alone, product_alone), is_complete=False, is_proven=True)
    points = find_frontier(problem, sales_alone, product_alone, limits) if frontier else ends
    named = (nash, product_alone, sales_alone, compromise)
    return Compromise(
        no_deal=trade.no_deal,
        sales_alone=sales_alone,
        product_alone=product_alone,
        compromise=compromise,
        nash=nash,
        most_sales=trade.most_sales,
        most_product=trade.most_product,
        frontier=with_named(points, named, ends_proven),
        trade=trade.gains_both,
        proven=trade.proven and all(proofs),
        gap=trade.gap,
    )


def with_named(points: Frontier, named: tuple[Plan, ...], ends_proven: bool = True) -> Frontier:
    """The frontier with the plans people name where several plans have the same two values.

    Args:
        points: as found.
        named: plans to show; of two with the same values the later one.
        ends_proven: whether both favourites are proven.
    """
    shown = {(plan.sales, plan.product): plan for plan in named}
    return Frontier(
        plans=tuple(shown.get((p.sales, p.product), p) for p in points.plans),
        is_complete=points.is_complete and ends_proven,
        is_proven=points.is_proven and ends_proven,
    )


def find_opening(problem: Problem, no_deal: Plan, limits: Limits | None = None) -> Plan | None:
    """The plan with the least effort that beats no deal for both sides, at any capacity.

    Capacity, teams and horizons are lifted. None when no capacity opens a trade, or none was
    found within the limit.
    """
    everything = Bound("", frozenset(problem.by_id), problem.effort_of(problem.by_id))
    search = Search(problem, limits, (everything,))
    search.at_least(no_deal.sales + 1, no_deal.product + 1)
    answer = search.maximise(effort=-1)
    return None if answer is None else answer.plan


def bargain_over(problem: Problem, zero: Plan, limits: Limits | None = None) -> Plan | None:
    """The leximin plan over another zero point than no deal, ties by the solver's own order.

    None when no plan keeps both sides at the zero point.
    """
    found = _find_leximin(problem, zero, limits or Limits(), settle=False)
    return None if found is None else found.plan


def lift_both(search: Search, zero: Plan, possible: tuple[int, int]) -> Plan | None:
    """The leximin plan among those a search allows, for given possible gains of both sides.

    Ties by the solver's own order; None when it allows none.
    """
    common = gcd(*possible)
    weights = (possible[1] // common, possible[0] // common)
    answer = search.maximise_smaller(
        sales=(weights[0], zero.sales),
        product=(weights[1], zero.product),
        most=weights[0] * possible[0],
    )
    return None if answer is None else _lift_other(search, answer.plan, weights, settle=False)


@dataclass(frozen=True)
class _Leximin:
    """The leximin plan over a zero point, and the most each side could get.

    Attributes:
        plan: of which the smaller share of the possible gain is largest, then the other.
        most_sales, most_product: the most each side could get with the other at its zero point.
        gap: share by which the smaller gain could at most be larger; 0 when proven.
        proven: no time limit was reached.
    """

    plan: Plan
    most_sales: int
    most_product: int
    gap: float
    proven: bool


def _find_leximin(
    problem: Problem,
    zero: Plan,
    limits: Limits,
    settle: bool = True,
) -> _Leximin | None:
    """The leximin plan over a zero point; None when no plan keeps both sides at it."""
    search = Search(problem, limits)
    search.at_least(zero.sales, zero.product)
    search.start_from(zero)
    best_sales = search.maximise(sales=1)
    search.start_from(zero)
    best_product = None if best_sales is None else search.maximise(product=1)
    if best_sales is None or best_product is None:
        return None
    sales, product = best_sales.value - zero.sales, best_product.value - zero.product
    plan, gap = zero, 0.0
    if sales and product:
        common = gcd(sales, product)
        weights = (product // common, sales // common)
        plan, gap = _lift_smaller(search, zero, weights, sales, best_sales.plan)
    else:
        # One side can gain nothing: only the other counts
        weights = (int(sales > 0), int(product > 0))
        plan = best_sales.plan if sales else best_product.plan if product else zero
    if sales or product:
        plan = _lift_other(search, plan, weights, settle)
    return _Leximin(plan, best_sales.value, best_product.value, gap, search.is_proven)


def _lift_smaller(
    search: Search, zero: Plan, weights: tuple[int, int], possible: int, start: Plan
) -> tuple[Plan, float]:
    """The plan with the largest smaller share of the possible gain, and the gap."""
    search.start_from(start)
    answer = search.maximise_smaller(
        sales=(weights[0], zero.sales),
        product=(weights[1], zero.product),
        most=weights[0] * possible,
    )
    if answer is None:
        return start, 0.0
    return answer.plan, (answer.bound - answer.value) / max(answer.value, 1)


def _lift_other(search: Search, plan: Plan, weights: tuple[int, int], settle: bool) -> Plan:
    """Of the plans the search still allows, the one with the largest sum, ties as stated."""
    other = search.beside(plan, *weights)
    if other is None:
        return plan
    value, other_value = (weights[0] * p.sales + weights[1] * p.product for p in (plan, other))
    best = other if other_value > value else plan
    if settle:
        search.at_least_sum(weights, best)
        best = search.settle(best)
    return best


def _share(gain: int, most: int | None, zero: int) -> float | None:
    return None if most is None or most <= zero else gain / (most - zero)
