"""What makes a problem impossible, and what is wrong with a plan; both from its raw rows.

`find_violations` shares no code with the solver's model or with `plans.evaluate`, so that a
mistake in one shows.
"""

from collections.abc import Iterable
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from common_ground.errors import PlanError

if TYPE_CHECKING:
    from common_ground.analysis.plans import Bound, Plan, Problem

TENTHS: Final = 10
# The bargaining model multiplies one side's total by the other's, and sums of two such products
# must stay below 2**63.
PRODUCT_OF_TOTALS: Final = 2**59


def check(problem: "Problem") -> None:
    """Raise the first thing that makes a problem impossible.

    Raises:
        PlanError: an id is unknown, a number is negative, prerequisites run in a circle, or the
            pinned items contradict vetoes, exclusions or capacity.
    """
    _check_numbers(problem)
    _check_names(problem)
    _check_teams(problem)
    _check_circles(problem)
    _check_pins(problem)


def find_violations(
    problem: "Problem", plan: "Plan", bounds: "Iterable[Bound] | None" = None
) -> list[str]:
    """What is wrong with a plan, recomputed from the problem's raw rows; empty when nothing is.

    Args:
        problem: the rules.
        plan: the plan, with the values claimed for it.
        bounds: where others than the problem's capacity, teams and horizons apply.
    """
    held = set(plan.items)
    rows = [c for c in problem.candidates if c.item_id in held]
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
    if bounds is None:
        found += _beyond_own_bounds(problem, held)
    else:
        for bound in bounds:
            used = sum(row.effort for row in rows if row.item_id in bound.items)
            if used > bound.most:
                found.append(f"effort {used} is over the {bound.most} {bound.name}".rstrip())
    found += [f"{a} needs {b}" for a, b in sorted(problem.requires) if a in held and b not in held]
    found += [f"{a} excludes {b}" for a, b in sorted(problem.excludes) if {a, b} <= held]
    found += [f"pinned {i} is missing" for i in sorted(problem.pins - held)]
    found += [f"vetoed {i} is in" for i in sorted(problem.vetoes & held)]
    return found


def _beyond_own_bounds(problem: "Problem", held: set[str]) -> list[str]:
    rows = [c for c in problem.candidates if c.item_id in held]
    effort = sum(row.effort for row in rows)
    limit = max(problem.capacity - problem.reserve, 0)
    found = [f"effort {effort} is over capacity {limit}"] if effort > limit else []
    for team in problem.teams:
        used = sum(row.effort for row in rows if row.item_id in team.items)
        if used * problem.capacity > team.capacity * limit:
            found.append(f"effort {used} of {team.name} is over its capacity {team.capacity}")
    for horizon in problem.horizons:
        used = sum(row.effort for row in rows if row.item_id not in horizon.items)
        if used > limit * (1 - Fraction(horizon.share).limit_denominator(10_000)):
            found.append(f"effort {used} leaves less than is kept for {horizon.name}")
    return found


def named(problem: "Problem", items: Iterable[str]) -> str:
    """Titles and keys of candidates, for messages: "Audit log (P-2), Bulk edit (P-3)"."""
    title = {c.item_id: c.title for c in problem.candidates}
    return ", ".join(
        f"{title[i]} ({i})" if title.get(i) and title[i] != i else i for i in sorted(items)
    )


def _check_numbers(problem: "Problem") -> None:
    for candidate in problem.candidates:
        if candidate.effort < 0 or candidate.product < 0:
            raise PlanError(
                f"{named(problem, [candidate.item_id])} has effort "
                f"{candidate.effort / TENTHS:g} weeks and "
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


def _check_names(problem: "Problem") -> None:
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
        "a team": {i for team in problem.teams for i in team.items},
        "a horizon": {i for horizon in problem.horizons for i in horizon.items},
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


def _check_teams(problem: "Problem") -> None:
    seen: dict[str, str] = {}
    for team in problem.teams:
        if team.capacity < 0:
            raise PlanError(f"{team.name} has capacity {team.capacity / TENTHS:g}, below 0.")
        for item_id in sorted(team.items):
            if item_id in seen:
                raise PlanError(
                    f"{named(problem, [item_id])} belongs to {seen[item_id]} and to {team.name}. "
                    "An item has one team: name one in the backlog, or split the item."
                )
            seen[item_id] = team.name
    shares = [horizon.share for horizon in problem.horizons]
    if any(not 0 <= share <= 1 for share in shares) or round(sum(shares), 9) > 1:
        kept = ", ".join(f"{h.name} {h.share:.0%}" for h in problem.horizons)
        raise PlanError(
            f"What is kept for horizons must be between 0 % and 100 % together, not {kept}."
        )


def _check_circles(problem: "Problem") -> None:
    direct: dict[str, set[str]] = {}
    for item_id, needed in sorted(problem.requires):
        direct.setdefault(item_id, set()).add(needed)
    try:
        TopologicalSorter(direct).prepare()
    except CycleError as error:
        # graphlib lists each item before the one that needs it; people read "needs"
        circle = " needs ".join(named(problem, [i]) for i in reversed(error.args[1]))
        raise PlanError(
            f"Prerequisites run in a circle: {circle}. Remove one of these rules from the backlog, "
            "or merge the items."
        ) from error


def _check_pins(problem: "Problem") -> None:
    for item_id in sorted(problem.pins):
        if vetoed := sorted(problem.needs[item_id] & problem.vetoes):
            by = named(problem, vetoed[:1])
            what = "is also ruled out" if vetoed == [item_id] else f"needs {by}, which is ruled out"
            raise PlanError(
                f"{named(problem, [item_id])} must be in, but {what}. Drop one of both."
            )
    closed = problem.closure(problem.pins)
    pins = named(problem, problem.pins)
    if clash := problem.conflicts(closed):
        one, other = (named(problem, [i]) for i in clash[0])
        raise PlanError(
            f"These must be in: {pins}. They contradict each other: {one} and {other} exclude each "
            "other. Take one out."
        )
    for bound in problem.full(closed, problem.bounds) if problem.pins else ():
        needed = problem.effort_of(closed & bound.items)
        raise PlanError(
            f"These must be in: {pins}. They need {needed / TENTHS:g} person-weeks with their "
            f"prerequisites, {bound.most / TENTHS:g} are available {bound.name}".rstrip()
            + ". Raise the capacity or take one out."
        )
