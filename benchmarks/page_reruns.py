"""CPU of each page's rerun, against the CPU of the queries behind it.

The cold run reads everything the page shows; the CPU inside what DuckDB executes and fetches is the
query time.
The rerun is what a click costs afterwards. Goal: at most 2 times the query time.
"""

import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import streamlit as st
from streamlit.testing.v1 import AppTest

from common_ground.demo import make_demo
from common_ground.settings import PROJECT

RERUNS = 5
FETCHES = ("execute", "df", "fetchall", "fetchone", "arrow")


@contextmanager
def query_clock(spent: list[float]) -> Iterator[None]:
    """Add the CPU seconds of every fetch to `spent`."""
    kept = {
        (kind, name): getattr(kind, name)
        for kind in (duckdb.DuckDBPyRelation, duckdb.DuckDBPyConnection)
        for name in FETCHES
        if hasattr(kind, name)
    }

    def timed(fetch: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            started = time.process_time()
            try:
                return fetch(*args, **kwargs)
            finally:
                spent.append(time.process_time() - started)

        return call

    for (kind, name), fetch in kept.items():
        setattr(kind, name, timed(fetch))
    try:
        yield
    finally:
        for (kind, name), fetch in kept.items():
            setattr(kind, name, fetch)


def measure(page: Path) -> tuple[float, float, float]:
    """CPU seconds: cold run, queries inside it, one rerun."""
    spent: list[float] = []
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120).run()
    if page.stem != "brief":
        app.switch_page(f"pages/{page.name}")
    st.cache_data.clear()
    started = time.process_time()
    with query_clock(spent):
        app.run()
    cold = time.process_time() - started
    if app.exception:
        raise SystemExit(f"{page.name}: {app.exception}")
    app.run()
    started = time.process_time()
    for _ in range(RERUNS):
        app.run()
    return cold, sum(spent), (time.process_time() - started) / RERUNS


def main() -> None:
    """Print a table of all pages on the demo workspace."""
    logging.disable(logging.WARNING)  # Streamlit warns that no browser is connected
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        make_demo(workspace)
        os.environ["COMMON_GROUND_WORKSPACE"] = str(workspace)
        print("| page | cold run ms | its queries ms | rerun ms | rerun / queries |")
        print("|---|---|---|---|---|")
        for page in sorted((PROJECT / "pages").glob("*.py")):
            cold, queries, rerun = measure(page)
            ratio = rerun / queries if queries else float("nan")
            cells = f"{cold * 1000:,.0f} | {queries * 1000:,.0f} | {rerun * 1000:,.0f}"
            print(f"| {page.stem} | {cells} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
