"""Compromise: cards and tables reconcile, the link opens the same plan, each state is named."""

import re

import pytest

from common_ground import meeting
from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.trades import find_swaps
from common_ground.charts import swaps
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.settings import Settings
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown


@pytest.fixture
def bargain(demo):
    data = open_published(demo)
    decided = Decided.of(open_ledger(demo))
    known = meeting.overlaps(data, decided, meeting.links(data, decided), Settings().link_level)
    return lambda **changes: meeting.bargain(
        data,
        decided,
        known,
        Choices(**{"capacity_weeks": Settings().capacity_weeks, **changes}),
    )


def test_answer_cards_and_totals_are_the_same_trade(demo, bargain):
    of = bargain()
    assert of.found.trade
    page = shown(open_page("compromise.py"))
    currency = open_published(demo).currency
    sales = swaps.gain("sales", of.found, currency)
    product = swaps.gain("product", of.found, currency)
    answer = re.search(r'<h1 class="cg-answer">(.+?)</h1>', page, re.DOTALL).group(1)
    assert f"sales {sales}" in answer
    assert f"product {product} accounts" in answer
    assert re.findall(r'<div class="cg-gain">(.+?)</div>', page) == [sales, product]
    changed = find_swaps(of.prepared.problem, of.found)
    for which in ("out", "into"):
        total = swaps.totals(getattr(changed, which), which, currency)
        assert total.sales in page
        assert total.product in page


def test_every_item_is_in_one_of_the_two_lists(demo, bargain):
    of = bargain()
    app = open_page("compromise.py")
    plan, declined = (table.value for table in app.dataframe)
    inside = set(plan.loc[plan["change"] != "goes out", "item_id"])
    assert inside == set(of.found.compromise.items)
    problem = of.prepared.problem
    waiting = {item.item_id for item in problem.unplannable}
    assert set(declined["item_id"]) == (set(problem.by_id) - inside) | waiting
    assert declined["weeks"].isna().sum() == len(waiting)


def test_a_link_opens_the_plan_for_its_capacity(demo, bargain):
    of = bargain(capacity_weeks=30, no_deal="shares")
    page = shown(open_page("compromise.py", capacity="30", nodeal="Shares"))
    assert swaps.weeks_used(of.found.compromise, of.prepared.problem) in page
    assert "Goes out of the no-deal plan" in page


def test_no_trade_is_an_answer_with_what_would_open_one(demo):
    page = shown(open_page("compromise.py", capacity="0"))
    assert "No trade available at 0" in page
    assert "more person-weeks a plan beats this no deal for both sides" in page


def test_pins_that_do_not_fit_are_told_and_nothing_is_drawn(demo):
    app = open_page("compromise.py", capacity="1")
    pins = next(box for box in app.multiselect if box.label == "Must be in")
    pins.set_value(pins.options[:4]).run()
    page = shown(app)
    assert "No plan can keep all of these rules" in page
    assert "person-weeks with their prerequisites" in page
    assert not app.get("plotly_chart")
