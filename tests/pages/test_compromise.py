"""Compromise: cards and tables reconcile, the link opens the same plan, each state is named."""

import re
from dataclasses import replace

import pytest

from common_ground import meeting
from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.trades import find_swaps
from common_ground.charts import frontier, swaps
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.settings import Settings
from common_ground.ui import beside, compromise_later
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown

WAIT_SECONDS = 120


@pytest.fixture
def bargain(demo, demo_overlap):
    data = open_published(demo)
    decided = Decided.of(open_ledger(demo))
    known = demo_overlap(Settings().link_level)

    def bargain(frontier=False, **changes):
        choices = Choices(**{"capacity_weeks": Settings().capacity_weeks, **changes})
        return meeting.bargain(data, decided, known, choices, frontier=frontier)

    return bargain


@pytest.fixture(autouse=True)
def nothing_worked_out_before():
    beside.desk().end()
    beside.desk.clear()


def worked_out(app, of):
    """The page after the work beside the clicks is done."""
    work = beside.desk().work(compromise_later.key(of), "test", lambda: iter(()))
    assert work.wait(WAIT_SECONDS)
    assert work.state == "done"
    return app.run()


def answer(app):
    found = re.search(r'<h1 class="cg-answer">(.+?)</h1>', shown(app), re.DOTALL)
    return re.sub("<[^>]+>", "", found.group(1)).replace("\N{NO-BREAK SPACE}", " ")


def test_answer_cards_and_totals_are_the_same_trade(demo, bargain):
    of = bargain()
    assert of.found.trade
    app = open_page("compromise.py")
    page, currency = shown(app), open_published(demo).currency
    told = swaps.told(of.found, of.swaps, of.prepared.problem, currency)
    parts = (told.trade, told.sales, told.product, told.weeks)
    assert answer(app) == f"{parts[0]}: {parts[1]}, {parts[2]}, {parts[3]}.".replace(
        "\N{NO-BREAK SPACE}", " "
    )
    sales = swaps.gain("sales", of.found, currency)
    product = swaps.gain("product", of.found, currency)
    assert sales.removeprefix("+") in told.sales
    assert product.removeprefix("+") in told.product
    assert re.findall(r'<div class="cg-gain">(.+?)</div>', page) == [sales, product]
    changed = find_swaps(of.prepared.problem, of.found)
    for which in ("out", "into"):
        total = swaps.totals(getattr(changed, which), which, currency)
        assert total.sales in page
        assert total.product in page


def test_the_line_and_how_sure_arrive_beside_the_first_picture(bargain):
    of = bargain()
    app = open_page("compromise.py")
    assert "Being looked for" in shown(app)
    assert "plans on the line" not in shown(app)
    worked_out(app, of)
    page = shown(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "No plan inside capacity lies above the line" in page
    assert "Both gain in" in page
    assert "Being looked for" not in page
    lines = bargain(frontier=True).found.frontier.plans
    assert f"{len(lines)} plans on the line, every one of them" in page


def test_cancelled_work_stays_so_until_somebody_goes_on(bargain):
    of = bargain()
    app = open_page("compromise.py")
    next(button for button in app.button if button.label == "Cancel").click().run()
    work = beside.desk().work(compromise_later.key(of), "test", lambda: iter(()))
    assert work.wait(WAIT_SECONDS)
    app.run()
    assert work.state == "cancelled"
    assert "was cancelled. What was found before that is shown." in shown(app)
    next(button for button in app.button if button.label == "Go on").click().run()
    worked_out(app, of)
    assert "Both gain in" in shown(app)


def test_a_plan_of_the_chart_is_shown_against_no_deal(demo, bargain):
    of = bargain()
    app = worked_out(open_page("compromise.py"), of)
    currency = open_published(demo).currency
    assert not [button for button in app.button if button.label == "Back to the compromise"]
    favourite = of.found.sales_alone
    app.session_state["clicked_plan"] = list(favourite.items)
    app.run()
    assert answer(app).startswith("Sales alone: Trade ")
    gain = favourite.sales - of.found.no_deal.plan.sales
    assert re.findall(r'<div class="cg-gain">(.+?)</div>', shown(app))[0] == (
        f"+{swaps.value('sales', gain, currency)}"
    )
    next(b for b in app.button if b.label == "Back to the compromise").click().run()
    assert answer(app).startswith("Trade ")


def test_every_plan_on_the_line_can_be_chosen_and_its_swaps_reconcile(demo, bargain):
    of = bargain(frontier=True)
    app = worked_out(open_page("compromise.py"), bargain())
    box = app.selectbox(key="plan")
    named = {of.found.compromise, of.found.nash, of.found.sales_alone, of.found.product_alone}
    assert len(box.options) == len({*named, *of.found.frontier.plans})
    currency = open_published(demo).currency
    chosen = frontier.plans_by_name(of.found, currency)[box.options[-1]]
    box.set_value(box.options[-1]).run()
    found = replace(of.found, compromise=chosen)
    gains = [swaps.gain(side, found, currency) for side in ("sales", "product")]
    page = shown(app)
    assert re.findall(r'<div class="cg-gain">(.+?)</div>', page) == gains
    for which in ("out", "into"):
        changed = getattr(find_swaps(of.prepared.problem, found), which)
        assert swaps.totals(changed, which, currency).sales in page


def test_every_item_is_in_the_plan_or_declined(bargain):
    of = bargain()
    app = open_page("compromise.py", view="Declined")
    declined, accounts = (table.value for table in app.dataframe)
    inside = set(of.found.compromise.items)
    problem = of.prepared.problem
    waiting = {item.item_id for item in problem.unplannable}
    assert set(declined["item_id"]) == (set(problem.by_id) - inside) | waiting
    assert declined["weeks"].isna().sum() == len(waiting)
    blocked = [deal for deal in problem.deals if not deal.blockers <= inside]
    assert set(accounts["account"]) >= {deal.account for deal in blocked}
    assert accounts["money"].sum() == sum(deal.value for deal in blocked)


def test_a_link_opens_the_plan_for_its_capacity(bargain):
    of = bargain(capacity_weeks=30, no_deal="shares")
    page = shown(open_page("compromise.py", capacity="30", nodeal="Shares"))
    assert swaps.weeks_used(of.found.compromise, of.prepared.problem) in page
    assert "Goes out of the no-deal plan" in page
    assert "without a deal sales fills 50" in page


def test_the_share_of_sales_changes_no_deal(bargain):
    of = bargain(capacity_weeks=30, no_deal="shares", sales_share=0.7)
    assert of.found.no_deal.plan != bargain(capacity_weeks=30, no_deal="shares").found.no_deal.plan
    page = shown(open_page("compromise.py", capacity="30", nodeal="Shares", salesshare="70"))
    assert swaps.value("sales", of.found.no_deal.plan.sales, "USD") in page
    assert of.found.no_deal.note in page


def test_no_trade_is_an_answer_and_what_would_open_one_follows(bargain):
    of = bargain(capacity_weeks=0)
    app = open_page("compromise.py", capacity="0")
    assert "No trade available at 0" in shown(app)
    assert "What would open one is being looked for" in shown(app)
    worked_out(app, of)
    assert "more person-weeks both sides gain" in shown(app)
    assert "being looked for" not in shown(app)


def test_pins_that_do_not_fit_are_told_and_nothing_is_drawn(demo):
    app = open_page("compromise.py", capacity="1")
    pins = next(box for box in app.multiselect if box.label == "Must be in")
    pins.set_value(pins.options[:4]).run()
    page = shown(app)
    assert "No plan can keep all of these rules" in page
    assert "person-weeks with their prerequisites" in page
    assert not app.get("plotly_chart")
