"""1,000,000 usage rows through the whole reader, against DuckDB's typed load of the same file.

The reader finds encoding and dialect, accounts for every line, casts every cell, rejects what does
not fit and takes out repeated rows; the yardstick is told the types and parses. Goal: at most 2.5
times its time, the median of five each in one run.
"""

import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.usage_build import TYPED, write_events
from common_ground.warehouse.build import inspect

EVENTS = 1_000_000
TURNS = 5


def measure() -> tuple[list[float], list[float]]:
    """Seconds of both, turn by turn; the file lies in the page cache for both."""
    typed, whole = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        write_events(path, EVENTS)
        for _ in range(TURNS):
            began = time.perf_counter()
            with duckdb.connect() as connection:
                connection.execute(TYPED, [str(path)])
            typed.append(time.perf_counter() - began)
            began = time.perf_counter()
            (receipt,) = inspect(path)
            whole.append(time.perf_counter() - began)
            if receipt.loaded != EVENTS:
                raise SystemExit(f"{receipt.loaded:,} of {EVENTS:,} events loaded")
    return typed, whole


def main() -> None:
    """Print the medians and their ratio."""
    typed, whole = (statistics.median(seconds) for seconds in measure())
    print(
        f"{EVENTS:,} rows: DuckDB typed load {typed:.2f} s, whole reader {whole:.2f} s, "
        f"ratio {whole / typed:.2f} (goal 2.5)"
    )


if __name__ == "__main__":
    main()
