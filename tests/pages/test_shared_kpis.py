"""Shared KPIs: the URL opens what it names, and every number has its rows."""

import re

from common_ground import kpis
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown

PAGE = "shared_kpis.py"
VALUE = r'{}</h3>.*?</div><div class="cg-value"><span class="cg-figure">(.*?)<small>'


def headings(app):
    return re.findall(r'cg-heading"><h3>(.*?)</h3>', shown(app))


def test_three_cards_a_side_sales_left_and_product_right(demo):
    page = shown(open_page(PAGE))
    sides = re.findall(r'cg-side cg-top-(\w+)"', page)
    assert sides == ["sales", "shared", "product"]
    assert len(re.findall(r'class="cg-panel cg-kpi', page)) == 9


def test_cards_show_what_the_registry_computes(demo):
    data = open_published(demo)
    window = kpis.parse_window("trailing_12_months", data.as_of)
    value = kpis.compute(data, "win_rate", window).value
    (card,) = re.findall(VALUE.format("Win rate"), shown(open_page(PAGE)))
    assert card == f"{100 * value:.1f}"


def test_a_link_opens_its_kpi_window_and_segment(demo):
    app = open_page(PAGE, kpi="Win rate", window="This quarter so far", segment="Small")
    assert any(title.startswith("Win rate") for title in headings(app))
    assert "Filters <b>segment Small, this quarter so far, against 3 months before</b>" in shown(
        app
    )
    assert "in Small" in shown(app)


def test_the_definition_says_rules_and_what_was_left_out(demo):
    page = shown(open_page(PAGE, kpi="Win rate"))
    for text in (
        "deals won / all deals that count",
        "Renewals are left out",
        "renewal, counted apart: ",
    ):
        assert text in page


def test_rows_behind_the_number_are_as_many_as_its_n(demo):
    data = open_published(demo)
    window = kpis.parse_window("trailing_12_months", data.as_of)
    n = kpis.compute(data, "win_rate", window).n
    app = open_page(PAGE, kpi="Win rate")
    app.button(key="rows").click().run()
    assert f"{n}\N{NO-BREAK SPACE}rows counted" in shown(app)
    (table,) = app.dataframe
    assert table.value["left_out"].isna().sum() == n


def test_too_few_and_not_split_say_so_in_the_place_of_the_chart(demo):
    page = shown(open_page(PAGE, kpi="Commitments kept", segment="Small"))
    assert "have no segment" in page
