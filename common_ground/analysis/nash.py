"""Nash's bargain: the plan with the largest product of the two gains, found exactly.

Source: J. Nash, "The Bargaining Problem" (1950).
"""

from heapq import heappop, heappush

from common_ground.analysis.plans import Plan, Problem
from common_ground.analysis.solver import Limits, Search

NAME = "Largest joint gain"  # what people call the plan
STEPS = 12  # fixed-point steps before boxes take over; three are usual
BOXES = 400

_Box = tuple[int, int, int, int]  # lowest and highest gain of sales, then of product


def find_nash(
    problem: Problem,
    zero: Plan,
    start: Plan,
    most: tuple[int, int],
    limits: Limits,
    proofs: list[bool],
) -> Plan:
    """The plan with the largest product of gains; ties by more sales, less effort, item id.

    Weights equal to the other side's gain give a plan; where that plan is the one the weights
    came from it is optimal, since a*b <= ((a*b0 + b*a0) / 2)**2 / (a0*b0). Otherwise the rest is
    searched box by box, the box with the largest possible product first.

    Args:
        problem: the rules and values.
        zero: what happens without a deal.
        start: a plan that gains both.
        most: the most sales and product could get, each with the other at its zero point.
        limits: how long to search.
        proofs: gets False appended when a limit was reached.
    """
    best = start
    search = Search(problem, limits)
    search.at_least(zero.sales + 1, zero.product + 1)
    search.start_from(start)
    for _ in range(STEPS):
        a, b = _gains(zero, best)
        answer = search.maximise(sales=b, product=a)
        if answer is None or answer.bound - b * zero.sales - a * zero.product <= 2 * a * b:
            proofs.append(search.is_proven)
            return _settle(problem, best, limits, proofs)
        if _product(zero, answer.plan) <= a * b:
            break
        best = answer.plan
    proofs.append(search.is_proven)
    best = _search_boxes(problem, zero, best, most, limits, proofs)
    return _settle(problem, best, limits, proofs)


def _search_boxes(
    problem: Problem,
    zero: Plan,
    best: Plan,
    most: tuple[int, int],
    limits: Limits,
    proofs: list[bool],
) -> Plan:
    """Best-first over boxes of (sales gain, product gain) that could hold a better plan."""
    boxes: list[tuple[int, _Box]] = []

    def consider(low_a: int, high_a: int, low_b: int, high_b: int) -> None:
        if not _is_hopeless(high_a, high_b, _gains(zero, best)):
            heappush(boxes, (-high_a * high_b, (low_a, high_a, low_b, high_b)))

    consider(1, most[0] - zero.sales, 1, most[1] - zero.product)
    for _ in range(BOXES):
        if not boxes:
            return best
        box = _narrow(heappop(boxes)[1], _gains(zero, best))
        if box is None:
            continue
        low_a, high_a, low_b, high_b = box
        found = _weighted(problem, zero, (high_a, high_b), (low_a, low_b), limits, proofs)
        if found is None:
            continue
        plan, weighted = found
        a, b = _gains(zero, plan)
        best = max(best, plan, key=lambda p: (_product(zero, p), p.sales))
        if weighted * weighted >= 4 * high_a * high_b * _product(zero, best):
            consider(a + 1, high_a, low_b, min(high_b, b - 1))
            consider(low_a, min(high_a, a - 1), b + 1, high_b)
    proofs.append(False)
    return best


def _is_hopeless(high_a: int, high_b: int, best: tuple[int, int]) -> bool:
    """Whether no gains up to these beat the best: a larger product, or the same and more sales."""
    most, product = high_a * high_b, best[0] * best[1]
    return high_a <= 0 or high_b <= 0 or most < product or (most == product and high_a <= best[0])


def _narrow(box: _Box, best: tuple[int, int]) -> _Box | None:
    """The box without gains whose product is below the best one, None when nothing is left."""
    low_a, high_a, low_b, high_b = box
    if _is_hopeless(high_a, high_b, best):
        return None
    product = max(best[0] * best[1], 1)
    low_a, low_b = max(low_a, -(-product // high_b)), max(low_b, -(-product // high_a))
    return None if low_a > high_a or low_b > high_b else (low_a, high_a, low_b, high_b)


def _weighted(
    problem: Problem,
    zero: Plan,
    reference: tuple[int, int],
    least: tuple[int, int],
    limits: Limits,
    proofs: list[bool],
) -> tuple[Plan, int] | None:
    """The plan with the largest a * b0 + b * a0 for reference gains (a0, b0), and that sum."""
    search = Search(problem, limits)
    search.at_least(zero.sales + least[0], zero.product + least[1])
    answer = search.maximise(sales=reference[1], product=reference[0])
    proofs.append(search.is_proven)
    if answer is None:
        return None
    return answer.plan, answer.bound - reference[1] * zero.sales - reference[0] * zero.product


def _settle(problem: Problem, plan: Plan, limits: Limits, proofs: list[bool]) -> Plan:
    search = Search(problem, limits)
    search.at_least(plan.sales, plan.product)
    settled = search.settle(plan)
    proofs.append(search.is_proven)
    return settled


def _gains(zero: Plan, plan: Plan) -> tuple[int, int]:
    return plan.sales - zero.sales, plan.product - zero.product


def _product(zero: Plan, plan: Plan) -> int:
    a, b = _gains(zero, plan)
    return a * b
