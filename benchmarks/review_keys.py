"""How long a reviewer waits on Review links: from the key of a verdict to the next card.

The demo, and made-up companies with 60 and 600 items (tests/analysis/overlap_worlds.py), in a
browser on the same machine. Cold: the first opening with nothing kept and every suggestion
computed. CPU is taken without a browser, of the page's run alone, each verdict as a click. Goals:
open in under 5 s of CPU; the next card in under half a second, 95 of 100 times.
"""

import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.overlap_page import READY, SIZES, cold, make_workspace, seconds, served
from common_ground.demo import make_demo
from common_ground.errors import PackError
from common_ground.pack import chromium
from common_ground.warehouse.published import open_published

KEYS = "3214" * 5
VERDICTS = {"1": "same", "2": "related", "3": "different", "4": "unsure"}
READ_MS = 600  # between two verdicts, as somebody would who reads fast
NEXT = (
    "before => { const cards = [...document.querySelectorAll('.cg-review')];"
    " return cards.length == 2 && cards.map(card => card.innerText).join() !== before }"
)


def workspaces(folder: Path) -> Iterator[tuple[str, Path]]:
    """The demo, then the made-up companies."""
    make_demo(folder / "demo")
    yield "demo", folder / "demo"
    for items, asks in SIZES:
        (folder / str(items)).mkdir()
        yield "made up", make_workspace(folder / str(items), items, asks)


def without_browser(workspace: Path) -> tuple[float, list[float]]:
    """CPU seconds of the first opening, and of each verdict with the card that follows it."""
    app, first = cold(workspace, "review_links")
    app.text_input(key="signed_review").set_value("Dana").run()
    found = []
    for key in KEYS:
        time.sleep(READ_MS / 1000)
        said = f"say_{VERDICTS[key]}_"
        next(one for one in app.button if (one.key or "").startswith(said)).click()
        found.append(seconds(app))
    return first, found


def cards(page: Page) -> str:
    """Both texts as the browser shows them."""
    return ",".join(page.locator(".cg-review").all_inner_texts())


def opened(page: Page, address: str) -> float:
    """Seconds until the first pair is on the screen."""
    started = time.perf_counter()
    page.goto(f"{address}/review-links")
    page.wait_for_selector(".cg-review", timeout=300_000)
    return time.perf_counter() - started


def waits(page: Page) -> list[float]:
    """Seconds from each key to the next card."""
    page.locator(".st-key-signed_review input").fill("Dana")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="You are Dana. Not you?").wait_for()
    page.wait_for_selector(READY)
    found = []
    for key in KEYS:
        before = cards(page)
        page.wait_for_timeout(READ_MS)
        started = time.perf_counter()
        page.keyboard.press(key)
        page.wait_for_function(NEXT, arg=before, timeout=60_000)
        found.append(time.perf_counter() - started)
        page.wait_for_selector(READY)
    return found


def main() -> None:
    """Print a row a workspace."""
    try:
        path = chromium.find()
    except PackError as error:
        raise SystemExit(str(error)) from error
    logging.disable(logging.WARNING)  # Streamlit warns that no browser is connected
    columns = ("data", "items", "asks", "opening, CPU ms", "key, CPU ms", "19 of 20 within, CPU ms")
    shown = ("opening in a browser ms", "key to card, median ms", "slowest of 20 ms")
    print(f"| {' | '.join((*columns, *shown))} |")
    print("|---" * (len(columns) + len(shown)) + "|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(path), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, workspace in workspaces(Path(folder)):
            data = open_published(workspace)
            counts = len(data.mart("mart_items")), len(data.mart("mart_asks"))
            first, keys = without_browser(workspace)
            with served(workspace) as address:
                page = browser.new_page(viewport={"width": 1920, "height": 1080})
                found = [first, median(keys), sorted(keys)[-2], opened(page, address)]
                took = waits(page)
                page.close()
            cells = [f"{value * 1000:,.0f}" for value in (*found, median(took), max(took))]
            print(f"| {name} | {counts[0]:,} | {counts[1]:,} | {' | '.join(cells)} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
