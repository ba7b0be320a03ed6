"""Walks the running app in a real browser: what AppTest cannot see."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from common_ground.settings import PROJECT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BY_LAUNCHER = "import sys; from pathlib import Path; from common_ground.ui import serve; " + (
    "serve.main(Path(sys.argv[1]), int(sys.argv[2]), open_browser=False)"
)
TITLES = {
    "shared_kpis": "Shared KPIs",
    "overlaps": "Overlaps",
    "compromise": "Compromise",
    "agreements": "Agreements",
    "data": "Data",
    "review_links": "Review links",
    "leadership_pack": "Leadership pack",
}
OTHER_PAGES = [name for name in TITLES if (PROJECT / "pages" / f"{name}.py").is_file()]

# On a deep link Streamlit's own script asks below the page's path before it asks at the root.
LOOKS_FOR_ROOT = re.compile(r"/[a-z-]+/_stcore/(health|host-config)$")


def launched(workspace, port):
    """The command behind `make run`."""
    return [sys.executable, "-c", BY_LAUNCHER, str(workspace), str(port)]


def started_by_hand(workspace, port):
    """What people type who know Streamlit."""
    app = str(PROJECT / "app.py")
    return [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)]


@contextmanager
def serving(workspace, log, command=launched):
    """The app on a free port, started in a folder that is not the project's; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with log.open("w") as output:
        server = subprocess.Popen(
            command(workspace, port),
            cwd=log.parent,
            env=os.environ
            | {
                "PYTHONPATH": str(PROJECT),
                "CI": "1",
                "COMMON_GROUND_WORKSPACE": str(workspace),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"{address}/_stcore/health", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(address, server):
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail("the server did not start")


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium):
    """A browser window; the test fails on a console error and on any request that leaves."""
    context = chromium.new_context(
        viewport={"width": 1920, "height": 1080},
        locale="en-GB",
        reduced_motion="reduce",
        accept_downloads=True,
    )
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on(
        "console",
        lambda line: (
            wrong.append(f"console: {line.text} {line.location.get('url')}")
            if line.type == "error" and not LOOKS_FOR_ROOT.search(line.location.get("url") or "")
            else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))
            else wrong.append(f"left this machine: {request.url}")
        ),
    )
    yield page
    context.close()
    assert wrong == []


def settle(page):
    """Wait until the script has run, nothing is stale and every chart is drawn."""
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]'
        '[data-test-connection-state="CONNECTED"]',
        timeout=120_000,
    )
    page.wait_for_selector(".cg-answer", timeout=120_000)
    page.wait_for_function(
        """() => !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
          && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
               .every(chart => chart.querySelector('.main-svg'))""",
        timeout=120_000,
    )


def tabs(page):
    return [name.strip() for name in page.locator('[data-testid="stHeader"] a').all_inner_texts()]


@pytest.mark.parametrize("command", [launched, started_by_hand])
def test_a_deep_link_as_the_very_first_request_shows_the_whole_app(
    demo_workspace, tmp_path, window, command
):
    first = "overlaps" if "overlaps" in OTHER_PAGES else OTHER_PAGES[0]
    with serving(demo_workspace, tmp_path / "server.log", command) as fresh:
        window.goto(f"{fresh}/{first.replace('_', '-')}")
        settle(window)
        expected = ["Brief", *(TITLES[name] for name in OTHER_PAGES)]
        assert [name for name in tabs(window) if name] == expected
        assert window.locator(".cg-answer").count() == 1
        assert window.get_by_role("link", name=TITLES[first], exact=True).count() == 1
        window.close()  # before the server: an open page would look for it and log that


def test_every_page_opens_from_the_navigation(address, window):
    window.goto(address)
    settle(window)
    for name in OTHER_PAGES:
        window.get_by_role("link", name=TITLES[name], exact=True).first.click()
        window.wait_for_url(re.compile(name.replace("_", "-")))
        settle(window)
        assert window.locator('[data-testid="stException"]').count() == 0, name
        assert window.locator(".cg-answer").inner_text().strip(), name


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 800)])
def test_no_page_is_wider_than_the_screen(address, window, size):
    window.set_viewport_size({"width": size[0], "height": size[1]})
    for name in ["", *OTHER_PAGES]:
        window.goto(f"{address}/{name.replace('_', '-')}")
        settle(window)
        wide = window.evaluate(
            "() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"
        )
        assert wide <= 0, name


def test_the_theme_and_headers_hold_when_started_from_another_folder(address, window):
    answer = window.goto(address)
    settle(window)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert window.evaluate("getComputedStyle(document.documentElement).fontSize") == "17px"
    ink = "getComputedStyle(document.querySelector('.cg-answer')).color"
    assert window.evaluate(ink) == "rgb(22, 28, 36)"


def test_cards_follow_a_switch_to_dark(address, window):
    window.emulate_media(color_scheme="dark")
    window.goto(address)
    settle(window)
    ink = "getComputedStyle(document.querySelector('.cg-answer')).color"
    assert window.evaluate(ink) == "rgb(233, 237, 242)"


def test_brief_answers_to_its_own_name(address, window):
    window.goto(f"{address}/brief")
    settle(window)
    assert window.url.rstrip("/") == address


@pytest.mark.skipif("overlaps" not in OTHER_PAGES, reason="this build has no Overlaps page")
def test_a_click_on_the_map_opens_the_evidence_of_that_item(address, window):
    window.goto(f"{address}/overlaps")
    settle(window)
    cards = ".cg-panel"
    before = window.locator(cards).all_inner_texts()
    points = window.locator('[data-testid="stPlotlyChart"] .scatterlayer .point')
    drawn = points.count()
    # Neither the first nor the last: those are the selected item and the ring round it.
    place = points.nth(drawn // 2).bounding_box()
    window.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    window.wait_for_url(re.compile("item="), timeout=60_000)
    settle(window)
    assert window.locator(cards).all_inner_texts() != before
    assert points.count() == drawn


@pytest.mark.skipif("overlaps" not in OTHER_PAGES, reason="this build has no Overlaps page")
def test_a_chart_downloads_as_a_picture_at_the_first_click(address, window):
    window.goto(f"{address}/overlaps")
    settle(window)
    with window.expect_download(timeout=90_000) as started:
        window.get_by_role("button", name="PNG", exact=True).first.click()
    assert started.value.suggested_filename == "overlap_map.png"
    assert started.value.path().read_bytes().startswith(b"\x89PNG")
