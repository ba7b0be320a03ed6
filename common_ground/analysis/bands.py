"""How the compromise changes with what people argue about: capacity, no deal, and the values.

A plan that holds over a band of capacity, whatever share each side would fill without a deal, and
even when only the order of values counts, is one both sides can rely on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from common_ground.analysis.bargaining import Compromise, find_trade
from common_ground.analysis.plans import Plan, Problem, evaluate
from common_ground.analysis.solver import Limits
from common_ground.errors import PlanError

Kind = Literal["capacity", "no_deal", "ranks"]

CAPACITIES: Final = (0.8, 0.9, 1.1, 1.2)  # of the capacity there is
SHARES_TRIED: Final = (0.3, 0.4, 0.5, 0.6, 0.7)  # of capacity that sales fills without a deal


@dataclass(frozen=True)
class Band:
    """The compromise under one other assumption.

    Attributes:
        kind: "capacity", "no_deal" (each side fills a share) or "ranks" (values by rank only).
        at: capacity in tenths of a person-week, the share (0..1) of sales, or 0 for ranks.
        plan: the compromise, in the values people know; None when no plan is possible.
        no_deal: what happens without a deal, in the same values; None when no plan is possible.
        trade: both sides gain, in the values it was bargained with.
        comes_in, goes_out: items it has more and less than the compromise shown, in id order.
        why_none: why no plan is possible; else empty.
        done, of: how many bands are bargained, this one included, and how many there are.
    """

    kind: Kind
    at: float
    plan: Plan | None
    no_deal: Plan | None
    trade: bool
    comes_in: tuple[str, ...]
    goes_out: tuple[str, ...]
    why_none: str
    done: int
    of: int

    @property
    def sales_gain(self) -> int:
        """Money sales gains over no deal under this assumption, whole currency units."""
        return self.plan.sales - self.no_deal.sales if self.plan and self.no_deal else 0

    @property
    def product_gain(self) -> int:
        """Accounts product gains over no deal under this assumption, tenths."""
        return self.plan.product - self.no_deal.product if self.plan and self.no_deal else 0


def find_bands(problem: Problem, found: Compromise, limits: Limits | None = None) -> Iterator[Band]:
    """The compromise under each other assumption, one after the other.

    The reserve keeps its part of capacity. Whoever stops asking cancels the rest.

    Args:
        problem: the rules and values.
        found: the compromise shown.
        limits: how long each search may take.
    """
    shares = [share for share in SHARES_TRIED if not _is_now(problem, found, share)]
    tried: list[tuple[Kind, float]] = [("capacity", part) for part in CAPACITIES]
    tried += [("no_deal", share) for share in shares]
    tried.append(("ranks", 0.0))
    held = set(found.compromise.items)
    for done, (kind, at) in enumerate(tried, start=1):
        plan, no_deal, trade, why_none = None, None, False, ""
        shown = round(at * problem.capacity) if kind == "capacity" else at
        try:
            bargained = find_trade(_under(problem, kind, at), limits)
            plan = evaluate(problem, bargained.compromise.items)
            no_deal = evaluate(problem, bargained.no_deal.plan.items)
            trade = bargained.gains_both
        except PlanError as error:
            why_none = str(error)
        now = set(plan.items) if plan else held
        yield Band(
            kind=kind,
            at=shown,
            plan=plan,
            no_deal=no_deal,
            trade=trade,
            comes_in=tuple(sorted(now - held)),
            goes_out=tuple(sorted(held - now)),
            why_none=why_none,
            done=done,
            of=len(tried),
        )


def by_ranks(problem: Problem) -> Problem:
    """The problem with every value replaced by its rank: the smallest above 0 is 1, ties alike."""
    money = _ranks([deal.value for deal in problem.deals])
    reach = _ranks([candidate.product for candidate in problem.candidates])
    return replace(
        problem,
        deals=tuple(replace(deal, value=money[deal.value]) for deal in problem.deals),
        candidates=tuple(replace(c, product=reach[c.product]) for c in problem.candidates),
    )


def _ranks(values: list[int]) -> dict[int, int]:
    ranked = {value: rank for rank, value in enumerate(sorted(set(values) - {0}), start=1)}
    return ranked | {0: 0}


def _is_now(problem: Problem, found: Compromise, share: float) -> bool:
    return found.no_deal.basis == "shares" and abs(problem.sales_share - share) < 1e-9


def _under(problem: Problem, kind: Kind, at: float) -> Problem:
    if kind == "ranks":
        return by_ranks(problem)
    if kind == "no_deal":
        return replace(problem, no_deal="shares", sales_share=at)
    return replace(
        problem,
        capacity=round(problem.capacity * at),
        reserve=round(problem.reserve * at),
        teams=tuple(replace(t, capacity=round(t.capacity * at)) for t in problem.teams),
    )
