"""Review links in a real browser: keys alone, two people at once, and a server that dies."""

import os
import re
import shutil
import signal
import socket
import subprocess

import pytest

from common_ground.ledger import open_ledger
from common_ground.settings import PROJECT
from tests.browser.test_walk import (
    _wait_for,
    chromium,
    launched,
    serving,
    settle,
    window,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
__all__ = ["chromium", "window"]

CARD = ".cg-review"
READ_FIRST = 400  # ms, longer than what the page takes for a held key
LINKS = 20


@pytest.fixture
def workspace(demo_workspace, tmp_path):
    copy = tmp_path / "workspace"
    shutil.copytree(demo_workspace, copy)
    return copy


@pytest.fixture
def served(workspace, tmp_path):
    with serving(workspace, tmp_path / "server.log") as found:
        yield found


def start(page, address, name):
    """Opens the page and gives a name, with keys alone."""
    page.goto(f"{address}/review-links")
    settle(page)
    page.wait_for_selector(CARD)
    page.locator(".st-key-signed_review input").focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"You are {name}. Not you?").wait_for()
    settle(page)


def texts(page):
    return page.locator(CARD).all_inner_texts()


def press(page, key):
    """A key of somebody who has read the pair; then the next card."""
    before = texts(page)
    page.wait_for_timeout(READ_FIRST)
    page.keyboard.press(key)
    page.wait_for_function(
        "before => { const cards = [...document.querySelectorAll('.cg-review')];"
        " return cards.map(card => card.innerText).join() !== before.join() }",
        arg=before,
        timeout=30_000,
    )
    settle(page)


def verdicts(workspace, by):
    given = open_ledger(workspace).verdicts()
    return given.loc[given["decided_by"] == by, "verdict"].tolist()


def test_twenty_links_are_reviewed_with_keys_alone(workspace, served, window):
    start(window, served, "Dana")
    assert verdicts(workspace, "Dana") == []  # the name itself decided nothing
    for _ in range(LINKS // 4):
        for key in "1234":
            press(window, key)
    expected = ["same", "related", "different", "unsure"] * (LINKS // 4)
    assert verdicts(workspace, "Dana") == expected
    press(window, "u")
    assert verdicts(workspace, "Dana") == expected[:-1]
    window.close()


def test_keys_rest_while_somebody_types(looked_at, address, window):
    start(window, address, "Dana")
    window.get_by_role("button", name="Make an item of it").click()
    box = window.get_by_label("What should be built, in a few words")
    box.fill("")
    box.press_sequentially("1234 upu")
    window.keyboard.press("ArrowLeft")
    window.wait_for_timeout(500)
    assert box.input_value() == "1234 upu"
    assert verdicts(looked_at, "Dana") == []
    window.close()


def test_the_pair_and_its_buttons_fit_a_small_screen(address, window):
    window.set_viewport_size({"width": 1280, "height": 800})
    start(window, address, "Dana")
    for name in ("Same", "Related", "Different", "Unsure", "Back", "Skip"):
        box = window.get_by_role("button", name=re.compile(f"^{name}")).first.bounding_box()
        assert box["y"] + box["height"] <= 800, name
    for card in window.locator(CARD).all():
        box = card.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800
    window.close()


def test_of_two_browsers_on_one_pair_the_second_is_told_and_nothing_is_lost(
    workspace, served, chromium, window
):
    start(window, served, "Dana")
    with chromium.new_context(viewport={"width": 1280, "height": 800}) as other:
        second = other.new_page()
        start(second, served, "Kim")
        assert texts(second) == texts(window)
        pair = texts(second)
        press(window, "1")
        second.wait_for_timeout(READ_FIRST)
        second.keyboard.press("3")
        second.get_by_text("Dana says the same").wait_for(timeout=30_000)
        assert texts(second) == pair
        settle(second)
        for name in ("Put mine in its place", "Leave Dana"):
            box = second.get_by_role("button", name=re.compile(f"^{name}")).bounding_box()
            assert box["y"] + box["height"] <= 800, name
        assert (verdicts(workspace, "Dana"), verdicts(workspace, "Kim")) == (["same"], [])
        press(second, "y")
        assert verdicts(workspace, "Kim") == ["different"]
        history = open_ledger(workspace).verdict_history().tail(2)
        assert history["decided_by"].tolist() == ["Dana", "Kim"]
    window.close()


def test_a_verdict_outlives_a_server_that_is_killed_right_after_it(workspace, tmp_path, chromium):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = f"http://127.0.0.1:{port}"
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen(
            launched(workspace, port),
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"{found}/_stcore/health", server)
            with chromium.new_context() as context:
                page = context.new_page()
                start(page, found, "Dana")
                pair, shown = texts(page), page.url.removeprefix(found)
                page.wait_for_timeout(READ_FIRST)
                page.keyboard.press("3")
                page.get_by_text("Stored: different, by Dana.").wait_for(timeout=30_000)
                server.send_signal(signal.SIGKILL)
                server.wait(timeout=20)
        finally:
            server.kill()
            server.wait(timeout=20)
    assert verdicts(workspace, "Dana") == ["different"]
    with serving(workspace, tmp_path / "again.log") as again, chromium.new_context() as context:
        page = context.new_page()
        assert "pair=" in shown
        page.goto(f"{again}{shown}")
        settle(page)
        page.get_by_text("different, says Dana").wait_for(timeout=60_000)
        page.goto(f"{again}/review-links")
        settle(page)
        page.wait_for_selector(CARD)
        assert texts(page) != pair
        page.close()
