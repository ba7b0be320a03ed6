"""Random bargaining problems, and every plan of a small one by trying all subsets."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from common_ground.analysis.plans import Candidate, Deal, Horizon, Plan, Problem, Team


def make_problem(seed: int, items: int = 8, **changes) -> Problem:
    """A problem with prerequisites, exclusions, shared blockers, ties and sometimes pins."""
    draw = random.Random(seed)
    ids = [f"I{n:02d}" for n in range(items)]
    # Few distinct numbers, so that ties are common
    candidates = tuple(
        Candidate(i, f"Item {i}", draw.choice([0, 10, 10, 20, 30, 35]), draw.choice([0, 5, 10, 40]))
        for i in ids
    )
    deals = tuple(
        Deal(
            f"D{n}",
            draw.choice([0, 100, 100, 250, 700]),
            frozenset(draw.sample(ids, min(items, draw.choice([1, 1, 2, 3])))),
            account=f"Account {n}",
        )
        for n in range(items if items else 0)
    )
    pairs = [(b, a) for a, b in combinations(ids, 2)]
    requires = frozenset(p for p in pairs if draw.random() < 0.08)
    excludes = frozenset(p for p in pairs if draw.random() < 0.04) - requires
    problem = Problem(
        candidates=candidates,
        deals=deals,
        capacity=draw.choice([0, 30, 60, 80, 120]),
        requires=requires,
        excludes=excludes,
        planned=frozenset(draw.sample(ids, items // 3)),
        sales_share=draw.choice([0.0, 0.3, 0.5, 1.0]),
        no_deal=draw.choice(["roadmap", "shares"]),
    )
    values = {**problem.__dict__, **changes}
    fields = Problem.__dataclass_fields__
    return Problem(**{name: values[name] for name in fields})


def with_teams_and_horizons(problem: Problem, seed: int) -> Problem:
    """The problem with two teams, some items of neither, and capacity kept for a horizon."""
    draw = random.Random(seed)
    ids = list(problem.by_id)
    of_team = {i: draw.choice(["Web", "App", None]) for i in ids}
    later = frozenset(i for i in ids if draw.random() < 0.4)
    return replace(
        problem,
        teams=tuple(
            Team(
                name,
                frozenset(i for i in ids if of_team[i] == name),
                draw.choice([0, 20, 40, 100]),
            )
            for name in ("App", "Web")
        ),
        horizons=(Horizon("Later", later, draw.choice([0.2, 1 / 3, 0.5])),),
    )


def with_pins(problem: Problem, seed: int) -> Problem:
    """The problem with one veto and one pin that does not contradict it, where there is one."""
    draw = random.Random(seed)
    veto = draw.choice(list(problem.by_id))
    plans = [p for p in all_plans(problem) if veto not in p.items and p.items]
    pin = draw.choice(draw.choice(plans).items) if plans else None
    return Problem(
        **{
            **{n: getattr(problem, n) for n in Problem.__dataclass_fields__},
            "pins": frozenset({pin} if pin else ()),
            "vetoes": frozenset({veto}),
        }
    )


def all_plans(problem: Problem, capacity: int | None = None, without=frozenset()) -> list[Plan]:
    """Every allowed plan, by trying every subset; written without the code under test."""
    ids = sorted(c.item_id for c in problem.candidates)
    rows = {c.item_id: c for c in problem.candidates}
    limit = max(problem.capacity - problem.reserve, 0) if capacity is None else capacity
    found = []
    for mask in range(1 << len(ids)):
        held = {i for n, i in enumerate(ids) if mask >> n & 1}
        effort = sum(rows[i].effort for i in held)
        allowed = (
            effort <= limit
            and all(b in held for a, b in problem.requires if a in held)
            and not any(a in held and b in held for a, b in problem.excludes)
            and problem.pins <= held
            and not held & (problem.vetoes | without)
            and (capacity is not None or _keeps_bounds(problem, held, limit))
        )
        if allowed:
            found.append(
                Plan(
                    tuple(sorted(held)),
                    sum(d.value for d in problem.deals if all(b in held for b in d.blockers)),
                    sum(rows[i].product for i in held),
                    effort,
                )
            )
    return found


def _keeps_bounds(problem: Problem, held: set[str], limit: int) -> bool:
    """Whether teams and horizons have room, by hand."""
    effort = {c.item_id: c.effort for c in problem.candidates}
    for team in problem.teams:
        used = sum(effort[i] for i in held if i in team.items)
        part = Fraction(limit, problem.capacity) if problem.capacity else Fraction(0)
        if used > team.capacity * part:
            return False
    for horizon in problem.horizons:
        others = sum(effort[i] for i in held if i not in horizon.items)
        share = Fraction(horizon.share).limit_denominator(10_000)
        if others > limit * (1 - share):
            return False
    return True


def tie_break(problem: Problem, plan: Plan) -> tuple:
    """Sort key: less effort first, then the plan holding the smallest id two plans differ in."""
    ids = sorted(c.item_id for c in problem.candidates)
    return (plan.effort, tuple(i not in plan.items for i in ids))


def brute_favourite(problem: Problem, side: str, **limits) -> Plan:
    other = "product" if side == "sales" else "sales"
    return min(
        all_plans(problem, **limits),
        key=lambda p: (-getattr(p, side), -getattr(p, other), tie_break(problem, p)),
    )


def brute_compromise(problem: Problem, zero: Plan) -> Plan:
    """Leximin over the shares of the possible gain; no deal where nothing can be gained."""
    plans = [p for p in all_plans(problem) if p.sales >= zero.sales and p.product >= zero.product]
    if not plans:
        return zero
    most_sales = max(p.sales for p in plans) - zero.sales
    most_product = max(p.product for p in plans) - zero.product
    if most_sales == 0 and most_product == 0:
        return zero

    def key(plan: Plan) -> tuple:
        gains = []
        if most_sales:
            gains.append((plan.sales - zero.sales) * (most_product or 1))
        if most_product:
            gains.append((plan.product - zero.product) * (most_sales or 1))
        return (*(-g for g in sorted(gains)), tie_break(problem, plan))

    return min(plans, key=key)


def brute_frontier(problem: Problem) -> list[tuple[int, int]]:
    points = {(p.sales, p.product) for p in all_plans(problem)}
    return sorted(
        (p for p in points if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in points)),
        reverse=True,
    )


def brute_nash(problem: Problem, zero: Plan) -> int:
    """The largest product of gains."""
    return max(
        (
            (p.sales - zero.sales) * (p.product - zero.product)
            for p in all_plans(problem)
            if p.sales >= zero.sales and p.product >= zero.product
        ),
        default=0,
    )
