"""The frontier: plans of which no side can get more without the other getting less."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from common_ground.analysis.plans import Bound, Plan, Problem, evaluate
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


@dataclass(frozen=True)
class FrontierStep:
    """The frontier so far and how much of it (0..1) is searched."""

    frontier: Frontier
    done: float


def find_frontier(
    problem: Problem,
    sales_alone: Plan,
    product_alone: Plan,
    limits: Limits | None = None,
    complete_up_to: int = COMPLETE_UP_TO,
) -> Frontier:
    """The exact non-dominated plans between the two favourites; see `frontier_steps`."""
    *_, last = frontier_steps(problem, sales_alone, product_alone, limits, complete_up_to)
    return last.frontier


def frontier_steps(
    problem: Problem,
    sales_alone: Plan,
    product_alone: Plan,
    limits: Limits | None = None,
    complete_up_to: int | None = None,
) -> Iterator[FrontierStep]:
    """The frontier as it grows, one plan more at each step; whoever stops asking cancels it.

    Each step asks for the best plan for sales with product at least one tenth of an account above
    the plan before (epsilon-constraint); the larger weight on sales makes one solve enough.

    Args:
        problem: the rules.
        sales_alone: best plan for sales, ties broken by product.
        product_alone: best plan for product, ties broken by sales.
        limits: how long to search.
        complete_up_to: with more candidates than this, evenly spaced plans only; None: all plans.
    """
    limits = limits or Limits()
    complete = complete_up_to is None or len(problem.candidates) <= complete_up_to
    length = product_alone.product - sales_alone.product
    step = 1 if complete else max(1, length // SPACED_POINTS)
    plans, spent, proven = [sales_alone], 0.0, True
    weight = product_alone.product + 1
    while plans[-1].product < product_alone.product:
        done = (plans[-1].product - sales_alone.product) / length
        yield FrontierStep(Frontier((*plans, product_alone), False, proven), done)
        left = limits.frontier - spent
        if left <= 0:
            unfinished = Frontier((*plans, product_alone), is_complete=False, is_proven=False)
            yield FrontierStep(unfinished, done)
            return
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
    yield FrontierStep(Frontier(tuple(plans), complete and proven, proven), 1.0)


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
            if fits(problem, grown):
                held = grown
        plan = evaluate(problem, held)
        found[plan.items] = plan
    return tuple(sorted(found.values(), key=lambda p: (p.sales, p.product, p.items)))


def fits(problem: Problem, items: frozenset[str], bounds: tuple[Bound, ...] | None = None) -> bool:
    """Whether a closed set of items keeps to the bounds and holds no excluding pair."""
    limits = problem.bounds if bounds is None else bounds
    return not problem.full(items, limits) and not problem.conflicts(items)
