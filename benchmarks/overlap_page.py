"""What a click on the Overlaps page costs with 60 and with 600 items: until the card is open.

A made-up company (tests/analysis/overlap_worlds.py), built as a workspace. Cold: the first run,
with nothing kept and every link computed. Click: another thing is chosen, its card and the map are
drawn anew; CPU without a browser, then the time a browser shows from the click to the new card.
Goals: cold under 5 s of CPU, a click under a second, with 600 items and 2,000 asks.
"""

import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import streamlit as st
from streamlit.testing.v1 import AppTest

from common_ground.analysis import ranker
from common_ground.errors import PackError
from common_ground.pack import chromium
from common_ground.settings import PROJECT
from common_ground.warehouse.build import build

SIZES = ((60, 200), (600, 2_000))
CLICKS = 8
VIEWS = ("List", "Rankings", "Who wants what", "By segment")
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SERVE = (
    "import sys; from pathlib import Path; from common_ground.ui.serve import main; "
    "main(Path(sys.argv[1]), int(sys.argv[2]), open_browser=False)"
)


def make_workspace(folder: Path, items: int, asks: int) -> Path:
    """A workspace with so many items and asks."""
    from tests.analysis import overlap_worlds as worlds

    exports, workspace = folder / "exports", folder / "workspace"
    worlds.write_exports(exports, items, asks)
    decisions = folder / "decisions.toml"
    decisions.write_text(
        f'as_of = {worlds.AS_OF}\ncurrency = "USD"\ntime_zone = "UTC"\n'
        '[files."customer-requests.csv"]\ndate_order = "day_first"\n'
        '[files."hubspot-deals.csv"]\namount = "arr"\n'
    )
    build(exports, workspace, decisions)
    return workspace


def seconds(app: AppTest) -> float:
    """CPU of one run."""
    started = time.process_time()
    app.run()
    if app.exception:
        raise SystemExit(str(app.exception))
    return time.process_time() - started


def cold(workspace: Path, page: str) -> tuple[AppTest, float]:
    """A page opened with nothing kept, and the CPU of that."""
    os.environ["COMMON_GROUND_WORKSPACE"] = str(workspace)
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=300).run()
    app.switch_page(f"pages/{page}.py")
    st.cache_data.clear()
    st.cache_resource.clear()
    ranker._index_of.cache_clear()
    return app, seconds(app)


def without_browser(workspace: Path) -> dict[str, float]:
    """CPU seconds: cold, a click on another thing, a rerun of each view."""
    app, first = cold(workspace, "overlaps")
    found = {"cold": first}
    things = app.selectbox(key="item").options
    clicks = []
    for thing in things[1 : 1 + CLICKS]:
        app.selectbox(key="item").set_value(thing)
        clicks.append(seconds(app))
    found["click"] = median(clicks)
    for view in VIEWS:
        app.session_state["view"] = view
        seconds(app)
        found[view] = median([seconds(app) for _ in range(3)])
    return found


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """The app on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(workspace), str(port)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1_200):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health").read()
                break
            except OSError:
                time.sleep(0.25)
        yield address
    finally:
        server.terminate()
        server.wait()


def in_browser(workspace: Path) -> float | None:
    """Seconds from choosing another thing until its card is on the screen; None: no browser."""
    from playwright.sync_api import sync_playwright

    try:
        path = chromium.find()
    except PackError:
        return None
    with served(workspace) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(path), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{address}/overlaps")
        page.wait_for_selector(READY, timeout=120_000)
        page.wait_for_selector(".cg-tag")
        page.wait_for_timeout(3_000)
        took = []
        for _ in range(CLICKS):
            before = page.locator(".cg-panel:has(.cg-tag) h3").first.inner_text()
            page.get_by_role("combobox", name="Evidence for").click()
            page.keyboard.press("ArrowDown")
            started = time.perf_counter()
            page.keyboard.press("Enter")
            page.wait_for_function(
                "before => { const card = document.querySelector('.cg-panel:has(.cg-tag) h3');"
                " return card && card.innerText !== before }",
                arg=before,
                timeout=30_000,
            )
            took.append(time.perf_counter() - started)
            page.wait_for_selector(READY)
        browser.close()
    return median(took)


def main() -> None:
    """Print a row a size."""
    logging.disable(logging.WARNING)  # Streamlit warns that no browser is connected
    views = " | ".join(f"{view.lower()} ms" for view in VIEWS)
    print(f"| items | asks | cold ms | click ms | {views} | browser, click to card ms |")
    print("|---" * (5 + len(VIEWS)) + "|")
    for items, asks in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            workspace = make_workspace(Path(folder), items, asks)
            found = without_browser(workspace)
            shown = in_browser(workspace)
        cells = " | ".join(f"{value * 1000:,.0f}" for value in found.values())
        opened = "no browser" if shown is None else f"{shown * 1000:,.0f}"
        print(f"| {items} | {asks:,} | {cells} | {opened} |", flush=True)


if __name__ == "__main__":
    main()
