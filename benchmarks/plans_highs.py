"""HiGHS on the best plan for sales: a line each with items, seed, value and CPU seconds.

Run by `benchmarks.plans` as a program of its own. Problems come from it as plain numbers: HiGHS
and OR-Tools cannot be loaded into one program.
"""

import json
import subprocess
import sys
import time
from typing import Any

import highspy

ASKED = ((100, 0), (100, 1), (100, 2), (200, 0), (200, 1))
NUMBERS = """
import json, sys
from benchmarks.plans import make_quarter
problem = make_quarter(int(sys.argv[1]), int(sys.argv[2]), 3 * int(sys.argv[2]) // 2)
place = {item_id: n for n, item_id in enumerate(problem.by_id)}
print(json.dumps({
    "efforts": [c.effort for c in problem.by_id.values()],
    "deals": [[d.value, sorted(place[i] for i in d.blockers)] for d in problem.deals],
    "requires": sorted([place[a], place[b]] for a, b in problem.requires),
    "excludes": sorted([place[a], place[b]] for a, b in problem.excludes),
    "capacity": problem.available,
}))
"""


def numbers(items: int, seed: int) -> dict[str, Any]:
    """A problem of the speed benchmark as numbers; items by their place."""
    made = subprocess.run(
        [sys.executable, "-c", NUMBERS, str(seed), str(items)],
        capture_output=True,
        text=True,
        check=True,
    )
    content: dict[str, Any] = json.loads(made.stdout)
    return content


def best_sales(given: dict[str, Any]) -> int:
    """The largest value of unlocked deals, by HiGHS on one thread, to an exact optimum."""
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_rel_gap", 0.0)
    items = [model.addBinary() for _ in given["efforts"]]
    goal = 0
    for value, blockers in given["deals"]:
        unlocked = model.addBinary()
        for place in blockers:
            model.addConstr(unlocked <= items[place])
        goal = goal + value * unlocked
    for a, b in given["requires"]:
        model.addConstr(items[a] <= items[b])
    for a, b in given["excludes"]:
        model.addConstr(items[a] + items[b] <= 1)
    used = sum(effort * item for effort, item in zip(given["efforts"], items, strict=True))
    model.addConstr(used <= given["capacity"])
    model.maximize(goal)
    return round(model.getObjectiveValue())


def main() -> int:
    """Print one line a problem."""
    for items, seed in ASKED:
        given = numbers(items, seed)
        started = time.process_time()
        value = best_sales(given)
        print(items, seed, value, round(time.process_time() - started, 4))
    return 0


if __name__ == "__main__":
    sys.exit(main())
