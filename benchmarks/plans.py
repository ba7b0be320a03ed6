"""Is the exact search exact, and how long does it take?

    python -m benchmarks.plans --instances ../shared/benchmarks/plans

1. knapsack: the frontier of 2KP50-11 and 2KP50-50 equals their published complete sets.
2. releases: the best sales value of nrp1, nrp3 and nrp5 equals published.csv.
3. cost: cost against profit of nrp1 has 465 points.
4. random: frontier, compromise, Nash and favourites equal trying all subsets, on small problems
   with prerequisites, exclusions, pins, teams, horizons and ties.
5. properties: more capacity never lowers either side's best, scaling one side's values changes no
   compromise, other names change no plan's value; on problems too large to try all subsets.
6. speed: CPU time of one thread, median of 20 seeded problems with prerequisites and exclusions.
7. highs: the same favourites with HiGHS, in a program of its own: it and OR-Tools cannot be loaded
   into one.

The instances carry no licence, so they are read from where they are and never copied here.
"""

import argparse
import csv
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from common_ground.analysis.bargaining import find_compromise, find_trade
from common_ground.analysis.frontier import find_frontier, fits, frontier_steps
from common_ground.analysis.nash import find_nash
from common_ground.analysis.no_deal import Side, find_favourite
from common_ground.analysis.plans import Candidate, Deal, Problem
from common_ground.analysis.reserve import find_reserve
from common_ground.analysis.robustness import bargain_draws
from common_ground.analysis.solver import Limits, Search

LONG = Limits(solve=120.0, frontier=600.0)
KNAPSACKS = ("2KP50-11", "2KP50-50")
NRP1_POINTS = 465
PUBLISHED_PARTS = ("knapsack", "releases", "cost")
PARTS = (*PUBLISHED_PARTS, "random", "properties", "speed", "highs")
SIDES: tuple[Side, ...] = ("sales", "product")
PROPERTY_SEEDS = 40
SPEED_SEEDS = 20


def read_knapsack(path: Path) -> Problem:
    """A two-objective knapsack as a problem: value 1 becomes deals, value 2 product value."""
    numbers = [
        int(word)
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for word in line.split()
    ]
    size = numbers[0]
    first, second, weights = (numbers[3 + k * size : 3 + (k + 1) * size] for k in range(3))
    ids = [f"I{n:02d}" for n in range(size)]
    return Problem(
        candidates=tuple(
            Candidate(i, i, weight, value)
            for i, weight, value in zip(ids, weights, second, strict=True)
        ),
        deals=tuple(Deal(i, value, frozenset({i})) for i, value in zip(ids, first, strict=True)),
        capacity=numbers[3 + 3 * size],
    )


def read_releases(path: Path, ratio: float) -> Problem:
    """A next-release instance as a problem: a customer is a deal, its list the blockers."""
    words = iter(path.read_text(encoding="utf-8").split())

    def take(count: int) -> list[int]:
        return [int(next(words)) for _ in range(count)]

    costs = [cost for _ in range(take(1)[0]) for cost in take(take(1)[0])]
    ids = [f"R{n:04d}" for n in range(1, len(costs) + 1)]
    pairs = [take(2) for _ in range(take(1)[0])]
    deals = []
    for number in range(take(1)[0]):
        profit, requests = take(2)
        wanted = frozenset(ids[n - 1] for n in take(requests))
        deals.append(Deal(f"C{number:04d}", profit, wanted))
    return Problem(
        candidates=tuple(Candidate(i, i, c, 0) for i, c in zip(ids, costs, strict=True)),
        deals=tuple(deals),
        # Half a unit is rounded up: with Python's round to even nrp1 at 0.5 is missed
        capacity=int(ratio * sum(costs) + 0.5),
        # Lower levels come first: the second of a pair needs the first
        requires=frozenset((ids[b - 1], ids[a - 1]) for a, b in pairs),
    )


def read_published_points(path: Path) -> list[tuple[int, int]]:
    """The published non-dominated set, largest first value first."""
    lines = path.read_text(encoding="utf-8").split("\n")
    points = {(int(a), int(b)) for a, b in (line.split()[:2] for line in lines if line.strip())}
    return sorted(points, reverse=True)


def read_published_optima(path: Path) -> Iterator[tuple[str, float, int]]:
    """Instance, ratio and listed optimum."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["instance"], float(row["ratio"]), int(row["optimum"])


def find_points(problem: Problem, limits: Limits = LONG) -> list[tuple[int, int]]:
    """The frontier as pairs of values, best for sales first."""
    ends = (find_favourite(problem, "sales", limits), find_favourite(problem, "product", limits))
    found = find_frontier(problem, *ends, limits)
    return [(plan.sales, plan.product) for plan in found.plans]


def find_cost_points(path: Path, most: int | None = None) -> list[tuple[int, int]]:
    """The non-dominated (cost, profit) of a next-release instance, cheapest first.

    Each step asks for the least cost with more profit than before; with that cost, for the most
    profit. Cost counts against profit, so capacity is all there is and effort is the goal.

    Args:
        path: the instance.
        most: stop after so many points; None: all.
    """
    problem = read_releases(path, ratio=1.0)
    points = [(0, 0)]
    while most is None or len(points) < most:
        search = Search(problem, LONG)
        search.at_least(sales=points[-1][1] + 1)
        # One unit of cost outweighs all profit: the least cost, then the most profit
        answer = search.maximise(effort=-1 - sum(d.value for d in problem.deals), sales=1)
        if answer is None:
            break
        points.append((answer.plan.effort, answer.plan.sales))
    return points


def make_large(seed: int, items: int, deals: int) -> Problem:
    """A problem of the size and shape of a real quarter."""
    draw = random.Random(seed)
    ids = [f"I{n:03d}" for n in range(items)]
    candidates = tuple(
        Candidate(i, i, draw.randint(10, 120), int(10 * draw.lognormvariate(4, 1))) for i in ids
    )
    effort = sum(candidate.effort for candidate in candidates)
    return Problem(
        candidates=candidates,
        deals=tuple(
            Deal(
                f"D{n}",
                int(draw.lognormvariate(10, 1)),
                frozenset(draw.sample(ids, draw.choice([1, 1, 1, 2, 2, 3]))),
            )
            for n in range(deals)
        ),
        capacity=int(0.35 * effort),
        requires=frozenset(
            (ids[n], ids[draw.randrange(n)]) for n in range(1, items) if draw.random() < 0.15
        ),
        excludes=frozenset(
            (ids[n], ids[(n + 7) % items]) for n in range(items) if draw.random() < 0.03
        ),
        no_deal="shares",
    )


def check_knapsacks(folder: Path) -> bool:
    """Print and return whether both frontiers equal the published sets."""
    fine = True
    for name in KNAPSACKS:
        started = time.process_time()
        found = find_points(read_knapsack(folder / f"{name}.dat"))
        published = read_published_points(folder / f"{name}.min")
        fine &= found == published
        print(
            f"{name}: {len(found)} points, published {len(published)}, "
            f"{'equal' if found == published else 'DIFFERENT'}, "
            f"{time.process_time() - started:.1f} s"
        )
    return fine


def check_releases(folder: Path) -> bool:
    """Print and return whether every optimum equals the listed one."""
    fine = True
    for name, ratio, optimum in read_published_optima(folder / "published.csv"):
        problem = read_releases(folder / f"{name}.txt", ratio)
        started = time.process_time()
        proofs: list[bool] = []
        found = find_favourite(problem, "sales", LONG, proofs, order=None).sales
        fine &= found == optimum and all(proofs)
        print(
            f"{name} at {ratio}: {found}, listed {optimum}, "
            f"{'equal' if found == optimum else 'DIFFERENT'}, proven {all(proofs)}, "
            f"{time.process_time() - started:.2f} s"
        )
    return fine


def make_quarter(seed: int, items: int, deals: int) -> Problem:
    """`make_large` with a roadmap that somebody filled without looking at worth."""
    problem = make_large(seed, items, deals)
    draw = random.Random(seed + 1000)
    held: frozenset[str] = frozenset()
    for item_id in draw.sample(list(problem.by_id), items):
        grown = held | problem.needs[item_id]
        if fits(problem, grown, problem.room):
            held = grown
    return replace(problem, planned=held, no_deal="roadmap")


def check_cost(folder: Path) -> bool:
    """Print and return whether cost against profit of nrp1 has the published number of points."""
    started = time.process_time()
    points = find_cost_points(folder / "nrp1.txt")
    fine = len(points) == NRP1_POINTS
    print(
        f"nrp1, cost against profit: {len(points)} points, published {NRP1_POINTS}, "
        f"{'equal' if fine else 'DIFFERENT'}, {time.process_time() - started:.0f} s"
    )
    return fine


def check_random(count: int) -> bool:
    """Print and return whether small problems equal trying all subsets."""
    from tests.analysis import plan_worlds as worlds

    started, trades, wrong = time.process_time(), 0, 0
    for seed in range(count):
        problem = worlds.make_problem(seed, items=4 + seed % 8)
        if seed % 4 == 1:
            problem = worlds.with_teams_and_horizons(problem, seed)
        if seed % 3 == 0:
            problem = worlds.with_pins(problem, seed)
        found = find_compromise(problem)
        zero = found.no_deal.plan
        gains = (found.nash.sales - zero.sales) * (found.nash.product - zero.product)
        points = [(plan.sales, plan.product) for plan in found.frontier.plans]
        trades += found.trade
        wrong += not (
            found.compromise == worlds.brute_compromise(problem, zero)
            and points == worlds.brute_frontier(problem)
            and (gains if found.trade else 0) == worlds.brute_nash(problem, zero)
            and found.sales_alone == worlds.brute_favourite(problem, "sales")
            and found.product_alone == worlds.brute_favourite(problem, "product")
        )
    print(
        f"random: {count} problems of 4 to 11 items, {trades} with a trade, {wrong} wrong, "
        f"{time.process_time() - started:.0f} s"
    )
    return wrong == 0


def check_properties() -> bool:
    """Print and return whether what must hold does, on problems of 40 items."""
    wrong = 0
    for seed in range(PROPERTY_SEEDS):
        problem = make_quarter(seed, 40, 60)
        larger = replace(problem, capacity=problem.capacity + 30)
        for side in SIDES:
            less, more = find_favourite(problem, side), find_favourite(larger, side)
            wrong += getattr(less, side) > getattr(more, side)
        scaled = replace(problem, deals=tuple(replace(d, value=7 * d.value) for d in problem.deals))
        names = {i: f"Z{n:03d}" for n, i in enumerate(reversed(problem.by_id))}
        ours = find_trade(problem).compromise
        theirs = find_trade(_renamed(problem, names)).compromise
        wrong += find_trade(scaled).compromise.items != ours.items
        wrong += (theirs.sales, theirs.product, theirs.effort) != (
            ours.sales,
            ours.product,
            ours.effort,
        )
    print(f"properties: {PROPERTY_SEEDS} problems of 40 items, {wrong} wrong")
    return wrong == 0


def _renamed(problem: Problem, names: dict[str, str]) -> Problem:
    def pairs(rules: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        return frozenset((names[a], names[b]) for a, b in rules)

    return replace(
        problem,
        candidates=tuple(replace(c, item_id=names[c.item_id]) for c in problem.candidates),
        deals=tuple(
            replace(d, blockers=frozenset(names[i] for i in d.blockers)) for d in problem.deals
        ),
        requires=pairs(problem.requires),
        excludes=pairs(problem.excludes),
        planned=frozenset(names[i] for i in problem.planned),
    )


def measure_speed() -> bool:
    """Print CPU time of each question; return whether all are within what is allowed."""
    fine = True
    for items, deals, allowed in ((100, 150, 120), (200, 300, 350)):
        problems = [make_quarter(seed, items, deals) for seed in range(SPEED_SEEDS)]
        fine &= _tell(
            f"compromise, {items} items", [_time(find_trade, p) for p in problems], allowed
        )
        by_shares = [replace(p, no_deal="shares") for p in problems]
        _tell(
            f"the same, no deal by shares, {items} items", [_time(find_trade, p) for p in by_shares]
        )
        times = [_time_nash(p) for p in problems]
        limit = 400 if items == 100 else None
        fine &= _tell(f"Nash after it, {items} items", times, limit)
        _tell(f"with its reserve, {items} items", [_time(find_reserve, p) for p in problems[:10]])
    problem = make_quarter(1, 100, 150)
    found = find_compromise(problem, frontier=False)
    started = time.process_time()
    drawn = list(bargain_draws(problem, found, draws=300))[-1]
    took = time.process_time() - started
    fine &= took <= 8
    print(f"300 draws bargained anew, 100 items: {took:.1f} s, gap at most {drawn.gap:.3f}")
    started = time.process_time()
    steps = list(frontier_steps(problem, found.sales_alone, found.product_alone, LONG))
    print(
        f"complete frontier, 100 items: {len(steps[-1].frontier.plans)} plans, "
        f"complete {steps[-1].frontier.is_complete}, {time.process_time() - started:.1f} s"
    )
    return fine


def _time(ask: Callable[[Problem], object], problem: Problem) -> float:
    started = time.process_time()
    ask(problem)
    return 1000 * (time.process_time() - started)


def _time_nash(problem: Problem) -> float:
    trade = find_trade(problem)
    if trade.most_sales is None or trade.most_product is None or not trade.gains_both:
        return 0.0
    most = (trade.most_sales, trade.most_product)
    started = time.process_time()
    find_nash(problem, trade.no_deal.plan, trade.compromise, most, Limits(), [])
    return 1000 * (time.process_time() - started)


def _tell(what: str, times: list[float], allowed: int | None = None) -> bool:
    middle = median(times)
    said = "" if allowed is None else f", allowed {allowed}"
    print(f"{what}: median {middle:.0f} ms, slowest {max(times):.0f} ms{said}", flush=True)
    return allowed is None or middle <= allowed


def measure_highs() -> bool:
    """Print HiGHS beside CP-SAT on the favourite of sales; return whether values are equal."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.plans_highs"], capture_output=True, text=True
    )
    if ran.returncode:
        print(f"HiGHS: not measured: {(ran.stderr.strip().splitlines() or ['?'])[-1]}")
        return True
    fine = True
    for line in ran.stdout.splitlines():
        items, seed, theirs, seconds = line.split()
        problem = make_quarter(int(seed), int(items), 3 * int(items) // 2)
        started = time.process_time()
        ours = find_favourite(problem, "sales", order=None).sales
        took = time.process_time() - started
        fine &= ours == int(theirs)
        print(
            f"sales alone, {items} items, seed {seed}: CP-SAT {1000 * took:.0f} ms, HiGHS "
            f"{1000 * float(seconds):.0f} ms, {'equal' if ours == int(theirs) else 'DIFFERENT'}"
        )
    return fine


def main(arguments: list[str] | None = None) -> int:
    """Run the parts asked for; 1 when a result differs from what is published."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=Path, help="folder with the published instances")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--count", type=int, default=500, help="random problems")
    asked = parser.parse_args(arguments)
    fine = True
    if asked.only in (None, *PUBLISHED_PARTS) and asked.instances is None:
        parser.error("--instances is needed for the published instances")
    parts: dict[str, Callable[[], bool]] = {
        "knapsack": lambda: check_knapsacks(asked.instances),
        "releases": lambda: check_releases(asked.instances),
        "cost": lambda: check_cost(asked.instances),
        "random": lambda: check_random(asked.count),
        "properties": check_properties,
        "speed": measure_speed,
        "highs": measure_highs,
    }
    for name, part in parts.items():
        if asked.only in (None, name):
            fine &= part()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
