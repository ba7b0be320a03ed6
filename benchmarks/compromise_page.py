"""What moving the capacity on the Compromise page costs with 10, 60, 100 and 200 items.

A made-up company (tests/analysis/overlap_worlds.py), built as a workspace. Cold: the first run.
Move: another capacity is chosen, and the page with its new picture is there; CPU of the server,
without a browser. What is worked out beside the clicks (the whole line, simulated cases) begins
once the reader stands still and is measured apart, from its start to its end. Goal with 100 items:
a move at most 700 ms.
"""

import logging
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.overlap_page import make_workspace
from common_ground.settings import PROJECT
from common_ground.ui import beside

SIZES = (10, 60, 100, 200)
MOVES = 12
FIRST, STEP = 30, 3  # person-weeks
LONGEST_SECONDS = 300


def seconds(app: AppTest) -> float:
    """CPU of one run."""
    started = time.process_time()
    app.run()
    if app.exception:
        raise SystemExit(f"compromise: {app.exception}")
    return time.process_time() - started


def measure(workspace: Path) -> tuple[float, float, float, float]:
    """CPU seconds: cold, the median and the largest move; seconds of all that is beside."""
    os.environ["COMMON_GROUND_WORKSPACE"] = str(workspace)
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=300).run()
    app.switch_page("pages/compromise.py")
    st.cache_data.clear()
    cold = seconds(app)
    moves = []
    beside.PATIENCE_SECONDS = LONGEST_SECONDS  # while the clock runs, only the click works
    for move in range(MOVES):
        beside.desk().end()
        app.number_input(key="capacity").set_value(FIRST + STEP * move)
        moves.append(seconds(app))
    beside.desk().end()
    beside.PATIENCE_SECONDS = 0.0
    app.run()
    desk, started = beside.desk(), time.perf_counter()
    while desk.is_busy() and time.perf_counter() - started < LONGEST_SECONDS:
        time.sleep(0.2)
    return cold, median(moves), max(moves), time.perf_counter() - started


def main() -> None:
    """Print a row a size."""
    logging.disable(logging.WARNING)  # Streamlit warns that no browser is connected
    print("| items | cold ms | move, median ms | move, most ms | beside, wall s |")
    print("|---|---|---|---|---|")
    for items in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            workspace = make_workspace(Path(folder), items, 3 * items)
            cold, usual, most, beside_seconds = measure(workspace)
        cells = " | ".join(f"{value * 1000:,.0f}" for value in (cold, usual, most))
        print(f"| {items} | {cells} | {beside_seconds:,.1f} |", flush=True)


if __name__ == "__main__":
    main()
