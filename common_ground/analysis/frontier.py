"""The frontier: plans of which no side can get more without the other getting less."""

import random
from dataclasses import dataclass, replace

from common_ground.analysis.plans import Plan, Problem, evaluate
from common_ground.analysis.solver import SEED, Limits, Search

COMPLETE_UP_TO = 80  # items; beyond it the frontier is an evenly spaced exact subset
SPACED_POINTS = 40


@dataclass(frozen=True)
class Frontier:
    """Non-dominated plans, best for sales first.

    Attributes:
        plans: each has less sales value and more product value than the one before.
        is_complete: there is no other non-dominated plan between the first and the last.
        is_proven: no time limit was reached; otherwise plans may be missing or beatable.
    """

    plans: tuple[Plan, ...]
    is_complete: bool
    is_proven: bool


def find_frontier(
    problem: Problem,
    sales_alone: Plan,
    product_alone: Plan,
    limits: Limits | None = None,
    complete_up_to: int = COMPLETE_UP_TO,
) -> Frontier:
    """The exact non-dominated plans between the two favourites.

    Each step asks for the best plan for sales with product at least one tenth of an account above
    the plan before (epsilon-constraint); the larger weight on sales makes one solve enough.

    Args:
        problem: the rules.
        sales_alone: best plan for sales, ties broken by product.
        product_alone: best plan for product, ties broken by sales.
        limits: how long to search.
        complete_up_to: with more candidates than this, evenly spaced plans only.
    """
    limits = limits or Limits()
    complete = len(problem.candidates) <= complete_up_to
    step = 1 if complete else max(1, (product_alone.product - sales_alone.product) // SPACED_POINTS)
    plans, spent, proven = [sales_alone], 0.0, True
    weight = product_alone.product + 1
    while plans[-1].product < product_alone.product:
        left = limits.frontier - spent
        if left <= 0:
            return Frontier((*plans, product_alone), is_complete=False, is_proven=False)
        search = Search(problem, replace(limits, solve=min(limits.solve, left)))
        search.at_least(product=min(plans[-1].product + step, product_alone.product))
        search.start_from(product_alone)
        answer = search.maximise(sales=weight, product=1)
        spent += search.seconds
        proven = proven and search.is_proven
        plan = product_alone if answer is None else answer.plan
        if not search.is_proven:
            plans = [p for p in plans if not is_dominated(p, plan)]
        plans.append(plan)
    return Frontier(tuple(plans), is_complete=complete and proven, is_proven=proven)


def is_dominated(plan: Plan, by: Plan) -> bool:
    """Whether `by` is at least as good for both sides and better for one."""
    at_least = by.sales >= plan.sales and by.product >= plan.product
    return at_least and (by.sales, by.product) != (plan.sales, plan.product)


def sample_plans(problem: Problem, count: int, seed: int = SEED) -> tuple[Plan, ...]:
    """Plans filled at random until nothing more fits: what most plans are worth.

    Args:
        problem: the rules.
        count: plans to draw; the same one may come twice and is returned once.
        seed: same seed, same plans.
    """
    shuffled = random.Random(seed)
    ids = [i for i in problem.by_id if i not in problem.barred]
    found: dict[tuple[str, ...], Plan] = {}
    for _ in range(count):
        held = problem.closure(problem.pins)
        for item_id in shuffled.sample(ids, len(ids)):
            grown = held | problem.needs[item_id]
            if fits(problem, grown, problem.available):
                held = grown
        plan = evaluate(problem, held)
        found[plan.items] = plan
    return tuple(sorted(found.values(), key=lambda p: (p.sales, p.product, p.items)))


def fits(problem: Problem, items: frozenset[str], capacity: int) -> bool:
    """Whether a closed set of items stays inside capacity and holds no excluding pair."""
    effort = sum(problem.by_id[item_id].effort for item_id in items)
    return effort <= capacity and not problem.conflicts(items)
