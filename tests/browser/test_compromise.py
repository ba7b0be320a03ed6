"""Compromise in a real browser: a plan is clicked on the chart, a value is edited in the table."""

import re
import shutil

import pytest

from common_ground import meeting
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.settings import Settings
from common_ground.ui import compromise_items
from common_ground.warehouse.published import open_published
from tests.browser.test_walk import chromium, serving, settle, window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
__all__ = ["chromium", "window"]

GRID = '[data-testid="stDataFrame"]'
HEADER, ROW = 36, 36  # px of the table
DEBOUNCE = 500  # ms, longer than the table keeps an edit to itself


@pytest.fixture(scope="module")
def workspace(demo_workspace, tmp_path_factory):
    copy = tmp_path_factory.mktemp("compromise") / "workspace"
    shutil.copytree(demo_workspace, copy)
    return copy


@pytest.fixture(scope="module")
def address(workspace):
    with serving(workspace, workspace.parent / "server.log") as found:
        yield found


def answer(page):
    return page.locator(".cg-answer").inner_text()


def selected(page, column, row):
    """Wait until the table has this cell selected."""
    cell = f'[data-testid="glide-cell-{column}-{row}"][aria-selected="true"]'
    page.locator(cell).first.wait_for(state="attached")


def edit(page, column, row, text):
    """Enter a value into a cell of the table, with keys."""
    page.locator(f"{GRID} canvas").first.wait_for()
    grid = page.locator(GRID).first
    grid.scroll_into_view_if_needed()
    place = grid.bounding_box()
    page.mouse.click(place["x"] + 30, place["y"] + HEADER + ROW / 2)
    steps = [("ArrowDown", 0, n) for n in range(1, row + 1)]
    steps += [("ArrowRight", n, row) for n in range(1, column + 1)]
    selected(page, 0, 0)
    for key, *cell in steps:
        page.keyboard.press(key)
        selected(page, *cell)
    page.keyboard.press("Enter")
    page.locator("#portal input").first.fill(text)
    page.keyboard.press("Enter")
    said = page.locator(f'[data-testid="glide-cell-{column}-{row}"]', has_text=text)
    said.first.wait_for(state="attached")
    page.wait_for_timeout(DEBOUNCE)
    settle(page)


def test_a_plan_clicked_on_the_chart_is_shown_and_the_compromise_comes_back(address, window):
    window.goto(f"{address}/compromise")
    settle(window)
    window.get_by_text("No plan inside capacity lies above the line").wait_for(timeout=60_000)
    settle(window)
    before = answer(window)
    chart = window.locator('[data-testid="stPlotlyChart"]').first
    points = chart.locator(".scatterlayer .trace").nth(1).locator(".point")
    assert points.count() > 10
    place = points.nth(points.count() // 4).bounding_box()
    window.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    window.get_by_role("button", name="Back to the compromise").wait_for(timeout=60_000)
    settle(window)
    shown = re.match(r"\$[\d,]+, [\d,.]+ accounts: ", answer(window).replace("\xa0", " "))
    assert shown, answer(window)
    # The address says which plan, so that a link opens the same one
    window.goto(window.url)
    settle(window)
    assert answer(window).replace("\xa0", " ").startswith(shown.group())
    window.get_by_role("button", name="Back to the compromise").click()
    window.get_by_role("button", name="Back to the compromise").wait_for(state="detached")
    settle(window)
    assert answer(window) == before


def test_a_value_edited_in_the_table_makes_the_plan_anew_and_says_what_changed(
    address, workspace, window
):
    data, ledger, settings = open_published(workspace), open_ledger(workspace), Settings()
    decided = Decided.of(ledger)
    known = meeting.overlaps(data, decided, meeting.links(data, decided), settings.link_level)
    of = meeting.bargain(data, decided, known, meeting.default_choices(settings))
    rows = compromise_items.table(of, meeting.items(data, decided), {})
    down = rows["plan"].tolist().index("comes in")
    right = compromise_items._SHOWN.index("reach")

    window.goto(f"{address}/compromise?view=Items")
    settle(window)
    # The page runs again by itself until everything is worked out
    window.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=120_000)
    settle(window)
    before = answer(window)
    edit(window, right, down, "1")
    window.locator(".st-key-plan_items_why input").fill("asked the team")
    window.get_by_label("Your name").last.fill("Kim")
    window.keyboard.press("Tab")
    settle(window)
    window.get_by_role("button", name="Keep these values").click()
    changed = window.locator(".cg-panel", has_text="What the last change of values did")
    changed.wait_for(timeout=60_000)
    settle(window)
    said = changed.inner_text()
    assert f"{rows['title'].iloc[down]}, reach" in said
    assert "asked the team" in said
    assert answer(window) != before
    history = ledger.assumption_history()
    assert history[["item_id", "field", "set_by"]].to_numpy().tolist()[-1] == [
        rows["item_id"].iloc[down],
        "reach",
        "Kim",
    ]
