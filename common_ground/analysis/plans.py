"""Plans: sets of items that respect capacity, prerequisites and exclusions.

Everything is an integer, so that a solver and a hand calculation agree to the last digit:
effort in tenths of a person-week, sales value in whole units of the workspace currency, product
value in tenths of an account.

A deal is unlocked when every item that blocks it is in the plan. That makes sales value a
property of a plan, not of an item.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Literal

from common_ground.analysis import plan_checks

TENTHS = 10  # integer effort and product value per person-week and per account
SHARES = 10_000  # a share of capacity is exact to this part

NoDeal = Literal["roadmap", "shares"]


@dataclass(frozen=True)
class Candidate:
    """One item a plan may hold.

    Attributes:
        item_id: key in the backlog.
        title: as people write it.
        effort: tenths of a person-week, the PERT mean where a range is known.
        product: reach x impact x confidence, tenths of an account.
        effort_range: lowest, likely and highest effort, tenths of a person-week.
    """

    item_id: str
    title: str
    effort: int
    product: int
    effort_range: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Deal:
    """Money that waits for items.

    Attributes:
        deal_id: id in the CRM.
        value: open amount x gain in win probability, whole currency units.
        blockers: items that must all be in the plan; never empty.
        account: name of the customer.
        amount: open amount, whole currency units.
        probability: gain in win probability if unblocked, 0..1.
    """

    deal_id: str
    value: int
    blockers: frozenset[str]
    account: str = ""
    amount: int = 0
    probability: float = 0.0


@dataclass(frozen=True)
class Unplannable:
    """An item that no plan can hold yet.

    Attributes:
        item_id: key in the backlog.
        title: as people write it.
        reason: "needs an estimate", or which prerequisite needs one.
        money: value of the deals it blocks, whole currency units.
        is_planned: on the roadmap as it stands.
    """

    item_id: str
    title: str
    reason: str
    money: int = 0
    is_planned: bool = False


@dataclass(frozen=True)
class Plan:
    """A set of items and what it is worth to each side.

    Attributes:
        items: item ids in id order.
        sales: value of the deals it unlocks, whole currency units.
        product: accounts reached, weighted, tenths of an account.
        effort: tenths of a person-week.
    """

    items: tuple[str, ...]
    sales: int
    product: int
    effort: int

    @property
    def accounts(self) -> float:
        """Accounts reached, weighted by impact and confidence."""
        return self.product / TENTHS

    @property
    def weeks(self) -> float:
        """Person-weeks."""
        return self.effort / TENTHS


@dataclass(frozen=True)
class Team:
    """Who builds some of the items, with a capacity of its own.

    Attributes:
        name: as the backlog says.
        items: candidates only this team can build.
        capacity: tenths of a person-week.
    """

    name: str
    items: frozenset[str]
    capacity: int


@dataclass(frozen=True)
class Horizon:
    """A kind of items, such as long-term ones, that capacity is kept for.

    Attributes:
        name: as the backlog says.
        items: candidates of this horizon.
        share: part (0..1) of what a plan may use that only they may use.
    """

    name: str
    items: frozenset[str]
    share: float


@dataclass(frozen=True)
class Bound:
    """The most effort some of the items may take together.

    Attributes:
        name: what has this much room, as the end of a sentence.
        items: candidates it counts.
        most: tenths of a person-week.
    """

    name: str
    items: frozenset[str]
    most: int


@dataclass(frozen=True)
class Problem:
    """What the two sides bargain over.

    Attributes:
        candidates: items a plan may hold, each with an effort.
        deals: open deals that wait for candidates; blockers are candidates.
        capacity: tenths of a person-week.
        requires: pairs (item, item it needs).
        excludes: pairs of items that cannot be built together.
        pins: items every plan holds.
        vetoes: items no plan holds.
        reserve: tenths of a person-week of capacity that a plan leaves free.
        sales_share: share of capacity sales fills when there is no deal and no roadmap.
        planned: items on the roadmap as it stands.
        no_deal: what happens without a deal, "roadmap" where it fits, else shares.
        unplannable: items without an estimate, and items that need one of those.
        teams: teams whose capacity is known; other items only count towards capacity as a whole.
        horizons: horizons that capacity is kept for.

    Raises:
        PlanError: an id is unknown, a number is negative, prerequisites run in a circle, or the
            pinned items contradict vetoes, exclusions or capacity.
    """

    candidates: tuple[Candidate, ...]
    deals: tuple[Deal, ...]
    capacity: int
    requires: frozenset[tuple[str, str]] = frozenset()
    excludes: frozenset[tuple[str, str]] = frozenset()
    pins: frozenset[str] = frozenset()
    vetoes: frozenset[str] = frozenset()
    reserve: int = 0
    sales_share: float = 0.5
    planned: frozenset[str] = frozenset()
    no_deal: NoDeal = "roadmap"
    unplannable: tuple[Unplannable, ...] = field(default=())
    teams: tuple[Team, ...] = ()
    horizons: tuple[Horizon, ...] = ()

    def __post_init__(self) -> None:
        plan_checks.check(self)

    @property
    def available(self) -> int:
        """Tenths of a person-week a plan may use: capacity less the reserve."""
        return max(self.capacity - self.reserve, 0)

    @cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """What a plan keeps to: capacity, teams and horizons, all less the reserve.

        Each team leaves the same part of its capacity free as the plan leaves of the whole.
        """
        everything = frozenset(self.by_id)
        bounds = [Bound("", everything, self.available)]
        for team in self.teams:
            most = team.capacity * self.available // self.capacity if self.capacity else 0
            bounds.append(Bound(f"for {team.name}", team.items, most))
        for horizon in self.horizons:
            kept = Fraction(horizon.share).limit_denominator(SHARES)
            others = everything - horizon.items
            most = self.available * (kept.denominator - kept.numerator) // kept.denominator
            bounds.append(Bound(f"beside what is kept for {horizon.name}", others, most))
        return tuple(bounds)

    @cached_property
    def room(self) -> tuple[Bound, ...]:
        """What no deal keeps to: capacity and teams, with neither reserve nor horizons."""
        teams = (Bound(f"for {team.name}", team.items, team.capacity) for team in self.teams)
        return (Bound("", frozenset(self.by_id), self.capacity), *teams)

    @cached_property
    def by_id(self) -> dict[str, Candidate]:
        """Candidate of each id, in id order."""
        return {c.item_id: c for c in sorted(self.candidates, key=lambda c: c.item_id)}

    @cached_property
    def needs(self) -> dict[str, frozenset[str]]:
        """Everything each item needs, directly or through others, itself included."""
        direct: dict[str, set[str]] = {item_id: set() for item_id in self.by_id}
        for item_id, needed in self.requires:
            direct[item_id].add(needed)
        found: dict[str, frozenset[str]] = {}
        for item_id in TopologicalSorter(direct).static_order():
            found[item_id] = frozenset({item_id}).union(*(found[n] for n in direct[item_id]))
        return found

    @cached_property
    def barred(self) -> frozenset[str]:
        """Items no plan can hold: vetoed, or in need of a vetoed item."""
        return frozenset(i for i, needed in self.needs.items() if needed & self.vetoes)

    @cached_property
    def by_worth(self) -> tuple[str, ...]:
        """Ids in an order that renaming them does not change, as far as items differ at all."""
        money: dict[str, list[tuple[int, int]]] = {item_id: [] for item_id in self.by_id}
        for deal in self.deals:
            for item_id in deal.blockers:
                money[item_id].append((-deal.value, len(deal.blockers)))
        return tuple(
            sorted(
                self.by_id,
                key=lambda i: (
                    sorted(money[i]),
                    -self.by_id[i].product,
                    self.by_id[i].effort,
                    len(self.needs[i]),
                    self.by_id[i].title,
                    i,
                ),
            )
        )

    def title(self, item_id: str) -> str:
        """Title of a candidate."""
        return self.by_id[item_id].title

    def effort_of(self, items: Iterable[str]) -> int:
        """Tenths of a person-week of some candidates."""
        return sum(self.by_id[item_id].effort for item_id in items)

    def full(self, items: frozenset[str], bounds: Iterable[Bound]) -> list[Bound]:
        """The bounds these items go beyond."""
        return [b for b in bounds if self.effort_of(items & b.items) > b.most]

    def closure(self, items: Iterable[str]) -> frozenset[str]:
        """The items with everything they need."""
        return frozenset().union(*(self.needs[item_id] for item_id in items))

    def conflicts(self, items: Iterable[str]) -> list[tuple[str, str]]:
        """Pairs of these items that exclude each other, in id order."""
        held = set(items)
        pairs = {tuple(sorted(pair)) for pair in self.excludes if held.issuperset(pair)}
        return sorted((a, b) for a, b in pairs)


def evaluate(problem: Problem, items: Iterable[str]) -> Plan:
    """The plan that holds exactly these items; says nothing about whether it is allowed."""
    held = frozenset(items)
    return Plan(
        items=tuple(sorted(held)),
        sales=sum(deal.value for deal in problem.deals if deal.blockers <= held),
        product=sum(problem.by_id[item_id].product for item_id in held),
        effort=sum(problem.by_id[item_id].effort for item_id in held),
    )
