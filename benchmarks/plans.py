"""Is the exact search exact, and how long does it take?

    python -m benchmarks.plans --instances ../shared/benchmarks/plans

1. knapsack: the frontier of 2KP50-11 and 2KP50-50 equals their published complete sets.
2. releases: the best sales value of nrp1, nrp3 and nrp5 equals published.csv.
3. random: frontier, compromise, Nash and favourites equal trying all subsets, on small problems.
4. speed: CPU time of each question on random problems of 30, 60 and 100 items.

The instances carry no licence, so they are read from where they are and never copied here.
"""

import argparse
import csv
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from common_ground.analysis.bargaining import find_compromise, find_favourite
from common_ground.analysis.frontier import find_frontier
from common_ground.analysis.plans import Candidate, Deal, Plan, Problem
from common_ground.analysis.solver import Limits

LONG = Limits(solve=120.0, frontier=600.0)
KNAPSACKS = ("2KP50-11", "2KP50-50")


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
        found = find_favourite(problem, "sales", LONG, proofs, settle=False).sales
        fine &= found == optimum and all(proofs)
        print(
            f"{name} at {ratio}: {found}, listed {optimum}, "
            f"{'equal' if found == optimum else 'DIFFERENT'}, proven {all(proofs)}, "
            f"{time.process_time() - started:.2f} s"
        )
    return fine


def check_random(count: int) -> bool:
    """Print and return whether small problems equal trying all subsets."""
    from tests.analysis import plan_worlds as worlds

    started, trades, wrong = time.process_time(), 0, 0
    for seed in range(count):
        problem = worlds.make_problem(seed, items=4 + seed % 8)
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


def measure_speed() -> None:
    """Print CPU time of the compromise with and without the frontier."""
    for items, deals in ((30, 40), (60, 120), (100, 300)):
        problem = make_large(items, items, deals)
        times: list[float] = []
        plans: list[Plan] = []
        for frontier in (False, True):
            started = time.process_time()
            found = find_compromise(problem, frontier=frontier)
            times.append(time.process_time() - started)
            plans = list(found.frontier.plans)
        print(
            f"{items} items, {deals} deals: named plans {times[0]:.2f} s, with the frontier "
            f"{times[1]:.2f} s ({len(plans)} plans, trade {found.trade}, proven {found.proven})"
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the parts asked for; 1 when a result differs from what is published."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=Path, help="folder with the published instances")
    parser.add_argument("--only", choices=("knapsack", "releases", "random", "speed"))
    parser.add_argument("--count", type=int, default=500, help="random problems")
    asked = parser.parse_args(arguments)
    fine = True
    if asked.only in (None, "knapsack", "releases") and asked.instances is None:
        parser.error("--instances is needed for the published instances")
    if asked.only in (None, "knapsack"):
        fine &= check_knapsacks(asked.instances)
    if asked.only in (None, "releases"):
        fine &= check_releases(asked.instances)
    if asked.only in (None, "random"):
        fine &= check_random(asked.count)
    if asked.only in (None, "speed"):
        measure_speed()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
