"""Shared KPIs in a real browser: what fits the screen, and what a click opens."""

import csv
import io
import re

import pytest

from common_ground import kpis
from common_ground.pack.slides import day
from common_ground.warehouse.published import open_published
from tests.browser.test_walk import chromium, settle, window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
__all__ = ["chromium", "window"]

CARD = ".cg-kpi"
CHARTS = (".st-key-kpi_trend .js-plotly-plot", ".st-key-kpi_segments .js-plotly-plot")
POINTS = ".st-key-kpi_trend .scatterlayer .point"
# A line of text is cut where it is wider or higher than the box it stands in.
CUT = """() => [...document.querySelectorAll('.cg-kpi, .cg-kpi h3, .cg-kpi p, .cg-kpi div')]
  .filter(box => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1)
  .map(box => box.className + ': ' + box.innerText)"""


def bottoms(page, selector):
    boxes = [one.bounding_box() for one in page.locator(selector).all()]
    return [box["y"] + box["height"] for box in boxes]


def click_middle(page, thing):
    """A click where people aim, on whatever lies on top there."""
    box = thing.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def rows_of_dialog(page):
    """Title of the rows dialog, how many rows it says it counts, and its file."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("counted,").wait_for(timeout=60_000)
    counted = re.search(r"([\d,]+)\s+rows? counted", dialog.inner_text())
    with page.expect_download(timeout=60_000) as started:
        dialog.get_by_role("button", name="CSV", exact=True).click()
    text = started.value.path().read_text(encoding="utf-8-sig")
    title = dialog.locator("h3").first.inner_text()
    return title, int(counted.group(1).replace(",", "")), list(csv.DictReader(io.StringIO(text)))


def test_cards_trend_and_segments_fit_a_full_screen_and_nothing_is_cut_on_a_small_one(
    address, window
):
    window.goto(f"{address}/shared-kpis")
    settle(window)
    assert window.locator(CARD).count() == 9
    assert max(bottoms(window, CARD)) <= 1080
    for chart in CHARTS:
        (bottom,) = bottoms(window, chart)
        assert bottom <= 1080, chart
    assert window.evaluate(CUT) == []
    window.set_viewport_size({"width": 1280, "height": 800})
    settle(window)
    assert window.locator(CARD).count() == 9
    assert window.evaluate(CUT) == []
    wide = "() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"
    assert window.evaluate(wide) <= 0


def test_a_card_opens_its_trend_and_a_point_of_it_the_rows_of_that_month(
    address, window, demo_workspace
):
    window.goto(f"{address}/shared-kpis")
    settle(window)
    click_middle(window, window.locator(CARD, has_text="Win rate"))
    window.wait_for_url(re.compile(r"kpi=Win(\+|%20)rate"), timeout=60_000)
    settle(window)
    window.locator(".st-key-kpi_head h3", has_text=re.compile("^Win rate: ")).wait_for()
    click_middle(window, window.locator(POINTS).nth(4))
    title, counted, rows = rows_of_dialog(window)
    data = open_published(demo_workspace)
    months = {f"Win rate, up to {day(end)}": end for end in kpis.month_ends(data.as_of, 12)}
    last = months[title]
    assert last != data.as_of
    year = kpis.parse_window("trailing_12_months", last)
    n = kpis.compute(data, "win_rate", year).n
    assert counted == n
    assert sum(not row["left_out"] for row in rows) == n


def test_what_is_chosen_stands_in_the_address_and_opens_the_same_view(address, window):
    window.goto(f"{address}/shared-kpis?segment=region%3A+Europe&by=By+plan&kpi=Win+rate")
    settle(window)
    window.locator(".st-key-window input").click()
    window.get_by_role("option", name="Last full quarter").click()
    window.wait_for_url(re.compile(r"window=Last(\+|%20)full(\+|%20)quarter"), timeout=60_000)
    settle(window)
    assert re.search(r"segment=region", window.url)
    window.get_by_text("segment region: Europe, last full quarter").wait_for()
    cards = window.locator(CARD).all_inner_texts()
    window.reload()
    settle(window)
    window.get_by_text("segment region: Europe, last full quarter").wait_for()
    assert window.locator(CARD).all_inner_texts() == cards
