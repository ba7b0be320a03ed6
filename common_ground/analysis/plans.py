"""Plans: sets of items that respect capacity, prerequisites and exclusions.

Everything is an integer, so that a solver and a hand calculation agree to the last digit:
effort in tenths of a person-week, sales value in whole units of the workspace currency, product
value in tenths of an account. The bargaining model multiplies one side's total by the other's;
`PRODUCT_OF_TOTALS` keeps that product inside 64 bits.

A deal is unlocked when every item that blocks it is in the plan. That makes sales value a
property of a plan, not of an item.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from common_ground.errors import PlanError

TENTHS = 10  # integer effort and product value per person-week and per account
PRODUCT_OF_TOTALS = 2**59  # sums of two such products must stay below 2**63

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

    def __post_init__(self) -> None:
        _check_numbers(self)
        _check_names(self)
        _check_circles(self)
        _check_pins(self)

    @property
    def available(self) -> int:
        """Tenths of a person-week a plan may use: capacity less the reserve."""
        return max(self.capacity - self.reserve, 0)

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

    def title(self, item_id: str) -> str:
        """Title of a candidate."""
        return self.by_id[item_id].title

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


def find_violations(problem: Problem, plan: Plan, capacity: int | None = None) -> list[str]:
    """What is wrong with a plan, recomputed from the problem's raw rows; empty when nothing is.

    It shares no code with the solver's model or with `evaluate`, so that a mistake in one shows.

    Args:
        problem: the rules.
        plan: the plan, with the values claimed for it.
        capacity: tenths of a person-week, where another limit than the problem's applies.
    """
    held = set(plan.items)
    rows = [c for c in problem.candidates if c.item_id in held]
    limit = problem.available if capacity is None else capacity
    found = [f"{i} is not a candidate" for i in sorted(held - {c.item_id for c in rows})]
    effort = product = sales = 0
    for row in rows:
        effort += row.effort
        product += row.product
    for deal in problem.deals:
        if not [blocker for blocker in deal.blockers if blocker not in held]:
            sales += deal.value
    for name, claimed, actual in (
        ("effort", plan.effort, effort),
        ("product", plan.product, product),
        ("sales", plan.sales, sales),
    ):
        if claimed != actual:
            found.append(f"{name} is {actual}, the plan claims {claimed}")
    if effort > limit:
        found.append(f"effort {effort} is over capacity {limit}")
    found += [f"{a} needs {b}" for a, b in sorted(problem.requires) if a in held and b not in held]
    found += [f"{a} excludes {b}" for a, b in sorted(problem.excludes) if {a, b} <= held]
    found += [f"pinned {i} is missing" for i in sorted(problem.pins - held)]
    found += [f"vetoed {i} is in" for i in sorted(problem.vetoes & held)]
    return found


def _check_numbers(problem: Problem) -> None:
    for candidate in problem.candidates:
        if candidate.effort < 0 or candidate.product < 0:
            raise PlanError(
                f"{candidate.item_id} has effort {candidate.effort / TENTHS:g} weeks and "
                f"{candidate.product / TENTHS:g} accounts; neither can be below 0. Correct the "
                "backlog export."
            )
    for deal in problem.deals:
        if deal.value < 0:
            raise PlanError(
                f"Deal {deal.deal_id} has value {deal.value}; it cannot be below 0. Correct the "
                "amount or the probability in the CRM export."
            )
    if problem.capacity < 0 or problem.reserve < 0 or not 0 <= problem.sales_share <= 1:
        raise PlanError(
            f"Capacity {problem.capacity / TENTHS:g} and reserve {problem.reserve / TENTHS:g} "
            f"person-weeks must be 0 or more, and the share of sales {problem.sales_share:g} "
            "between 0 and 1."
        )
    sales = sum(deal.value for deal in problem.deals)
    product = sum(candidate.product for candidate in problem.candidates)
    if (sales + 1) * (product + 1) > PRODUCT_OF_TOTALS:
        raise PlanError(
            f"Values are too large to compare exactly: {sales} of money times {product} tenths of "
            "an account. State amounts in thousands of the currency."
        )


def _check_names(problem: Problem) -> None:
    known = {candidate.item_id for candidate in problem.candidates}
    if len(known) < len(problem.candidates):
        ids = [candidate.item_id for candidate in problem.candidates]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        raise PlanError(f"{', '.join(twice)}: an item id appears twice among the candidates.")
    mentioned = {
        "a prerequisite": {i for pair in problem.requires for i in pair},
        "an exclusion": {i for pair in problem.excludes for i in pair},
        "a pin": problem.pins,
        "a veto": problem.vetoes,
        "the roadmap": problem.planned,
        "a deal": {i for deal in problem.deals for i in deal.blockers},
    }
    for where, ids_named in mentioned.items():
        if unknown := sorted(set(ids_named) - known):
            raise PlanError(
                f"{where} names {', '.join(unknown)}, which is not among the candidates. Load the "
                "item with an estimate, or take it out."
            )
    empty = [deal.deal_id for deal in problem.deals if not deal.blockers]
    if empty:
        raise PlanError(
            f"Deal {empty[0]} has no blocker: it does not depend on the plan and must be left out."
        )


def _check_circles(problem: Problem) -> None:
    direct: dict[str, set[str]] = {}
    for item_id, needed in sorted(problem.requires):
        direct.setdefault(item_id, set()).add(needed)
    try:
        TopologicalSorter(direct).prepare()
    except CycleError as error:
        # graphlib lists each item before the one that needs it; people read "needs"
        circle = " needs ".join(reversed(error.args[1]))
        raise PlanError(
            f"Prerequisites run in a circle: {circle}. Remove one of these rules from the backlog, "
            "or merge the items."
        ) from error


def _check_pins(problem: Problem) -> None:
    for item_id in sorted(problem.pins):
        if vetoed := sorted(problem.needs[item_id] & problem.vetoes):
            what = "is also vetoed" if vetoed == [item_id] else f"needs vetoed {vetoed[0]}"
            raise PlanError(f"Pinned {item_id} {what}. Remove the pin or the veto.")
    closed = problem.closure(problem.pins)
    if clash := problem.conflicts(closed):
        raise PlanError(
            f"The pins {', '.join(sorted(problem.pins))} contradict each other: {clash[0][0]} and "
            f"{clash[0][1]} exclude each other. Remove one pin."
        )
    effort = evaluate(problem, closed).effort
    if effort > problem.available:
        raise PlanError(
            f"The pins {', '.join(sorted(problem.pins))} need {effort / TENTHS:g} person-weeks "
            f"with their prerequisites, {problem.available / TENTHS:g} are available. Raise the "
            "capacity or remove a pin."
        )
