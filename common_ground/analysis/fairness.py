"""Fairness: each side's share of value, effort and fulfilled asks in a plan.

Source: A. Finkelstein, M. Harman et al., "Fairness analysis in requirements assignments" (2008)
and "A search based approach to fairness analysis in requirement assignments" (2009).
"""

from dataclasses import dataclass

from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.plans import Plan, Problem
from common_ground.analysis.trades import grouped


@dataclass(frozen=True)
class SideShares:
    """What one side gets out of a plan.

    Attributes:
        value, best: of the plan and of the side's own best plan; whole currency units for sales,
            tenths of an account for product.
        effort, all_effort: tenths of a person-week of the plan that go into what this side wants
            more, and of the whole plan; what both want alike counts half for each.
        asks_met, asks: for sales, deals unlocked and deals that wait; for product, items in the
            plan and items that reach accounts.
    """

    value: int
    best: int
    effort: float
    all_effort: int
    asks_met: int
    asks: int

    @property
    def value_share(self) -> float | None:
        """Value as a share (0..1) of the own best plan; None when that is worth nothing."""
        return self.value / self.best if self.best else None

    @property
    def effort_share(self) -> float | None:
        """Share (0..1) of the plan's effort; None for a plan without any."""
        return self.effort / self.all_effort if self.all_effort else None

    @property
    def asks_share(self) -> float | None:
        """Share (0..1) of asks met; None without asks."""
        return self.asks_met / self.asks if self.asks else None


@dataclass(frozen=True)
class Fairness:
    """The same three shares for both sides."""

    sales: SideShares
    product: SideShares


def find_fairness(problem: Problem, found: Compromise, plan: Plan | None = None) -> Fairness:
    """Each side's shares of value, effort and fulfilled asks.

    Args:
        problem: the rules and values.
        found: whose favourites are each side's best.
        plan: the compromise unless given.
    """
    plan = plan or found.compromise
    held = frozenset(plan.items)
    effort = {"sales": 0, "product": 0, "both": 0}
    for group in grouped(problem, held, held, found):
        effort[group.belongs_to] += group.effort
    unlocked = sum(deal.blockers <= held for deal in problem.deals)
    reaching = {i for i, candidate in problem.by_id.items() if candidate.product}
    return Fairness(
        sales=SideShares(
            value=plan.sales,
            best=found.sales_alone.sales,
            effort=effort["sales"] + effort["both"] / 2,
            all_effort=plan.effort,
            asks_met=unlocked,
            asks=len(problem.deals),
        ),
        product=SideShares(
            value=plan.product,
            best=found.product_alone.product,
            effort=effort["product"] + effort["both"] / 2,
            all_effort=plan.effort,
            asks_met=len(reaching & held),
            asks=len(reaching),
        ),
    )
