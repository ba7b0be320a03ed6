"""Scenarios, drafts and the role swap of Compromise: kept in the ledger and shown as meant."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common_ground import meeting
from common_ground.analysis.plan_inputs import Choices
from common_ground.ledger import NewGuess, NewScenario, open_ledger
from common_ground.meeting import Decided
from common_ground.settings import Settings
from common_ground.ui import compromise_scenarios, role_swap
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def bargain(demo, demo_overlap):
    data = open_published(demo)
    decided = Decided.of(open_ledger(demo))
    known = demo_overlap(Settings().link_level)
    return lambda choices: meeting.bargain(data, decided, known, choices)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def field(app, label, place=0):
    return [one for one in app.text_input if one.label == label][place]


def plain(app):
    return shown(app).replace("\N{NO-BREAK SPACE}", " ")


def save(demo, name, choices):
    stored = compromise_scenarios.as_stored(choices)
    open_ledger(demo).save_scenario(NewScenario(name, stored, 1, "Kim"), now=NOW)


def test_what_is_stored_are_the_choices():
    choices = Choices(
        34,
        fits_share=0.9,
        no_deal="shares",
        sales_share=0.3,
        pins=("A", "B"),
        vetoes=("C",),
        team_weeks=(("Web", 12.5),),
        horizon_shares=(("Long term", 0.2),),
    )
    assert compromise_scenarios.from_stored(compromise_scenarios.as_stored(choices)) == choices
    assert compromise_scenarios.from_stored({"capacity_weeks": 34}) == Choices(34.0)


def test_the_page_is_saved_under_a_name_and_compared(demo, bargain):
    app = open_page("compromise.py", view="Scenarios", capacity="30")
    assert "No scenario is saved yet" in plain(app)
    field(app, "Save the choices above as").set_value("Small team")
    field(app, "Your name").set_value("Kim")
    button(app, "Save").click().run()
    row = open_ledger(demo).scenarios().iloc[0]
    assert (row["name"], row["saved_by"]) == ("Small team", "Kim")
    assert row["choices"]["capacity_weeks"] == 30
    assert row["data_version"] == open_published(demo).data_version

    app = open_page("compromise.py", view="Scenarios")
    page = plain(app)
    assert "Side by side" in page
    small, usual = (set(bargain(Choices(weeks)).found.compromise.items) for weeks in (30, 40))
    rows = re.findall(r"<tr><td>([^<]+)</td><td[^>]*>[^<]*</td><td>(in|–)</td><td>(in|–)", page)
    problem = bargain(Choices(40)).prepared.problem
    assert {name for name, *_ in rows} == {problem.title(i) for i in small ^ usual}
    assert all(("in" in (now, then)) and now != then for _, now, then in rows)


def test_a_scenario_is_loaded_into_the_controls(demo):
    title = "Custom roles (FSM-208)"
    choices = Choices(31, no_deal="shares", sales_share=0.4, vetoes=("FSM-208", "GONE-1"))
    save(demo, "Without roles", choices)
    app = open_page("compromise.py", view="Scenarios")
    button(app, "Load it").click().run()
    assert app.number_input(key="capacity").value == 31
    assert app.selectbox(key="nodeal").value == "Shares"
    assert app.slider(key="salesshare").value == 40
    assert app.multiselect(key="vetoes").value == [title]
    assert "Loaded without GONE-1: released, declined or no longer in the backlog" in plain(app)
    assert "Loaded without" not in plain(app.run())


def test_a_scenario_that_no_plan_can_keep_says_so_in_its_column(demo):
    save(demo, "Pinned and out", Choices(40, pins=("FSM-208",), vetoes=("FSM-208",)))
    page = plain(open_page("compromise.py", view="Scenarios"))
    assert "Custom roles" in page
    assert "no plan" in page


def test_a_scenario_is_withdrawn_by_name(demo):
    save(demo, "Old idea", Choices(31))
    app = open_page("compromise.py", view="Scenarios")
    field(app, "Your name", 1).set_value("Lee")
    button(app, "Withdraw").click().run()
    assert open_ledger(demo).scenarios().empty
    assert "No scenario is saved yet" in plain(app)


def test_the_trade_becomes_drafts_once_with_every_item(demo, bargain):
    of = bargain(Choices(40))
    before = len(open_ledger(demo).agreements())
    for _ in range(2):
        app = open_page("compromise.py")
        field(app, "Your name").set_value("Kim")
        button(app, "Keep 2\N{NO-BREAK SPACE}drafts").click().run()
        assert not app.exception
    made = open_ledger(demo).agreements().iloc[before:]
    assert made["status"].tolist() == ["draft", "draft"]
    moved = {i for swap in (*of.swaps.into, *of.swaps.out) for i in swap.items}
    assert {i for ids in made["item_ids"] for i in ids} == moved
    assert made["title"].str.endswith("only together)").all()
    assert set(made["data_version"]) == {open_published(demo).data_version}


def test_the_role_swap_shows_no_value_before_the_guess(demo, bargain):
    of = bargain(Choices(40))
    app = open_page("compromise.py", view="Role swap")
    page = plain(app)
    assert "How well do we know what the other side values?" in page
    assert "Neither side has guessed yet." in page
    assert not app.get("plotly_chart")
    assert not app.dataframe
    for gone in ("cg-gain", "cg-swaps", "cg-bar", "Data says"):
        assert f'class="{gone}' not in page
    guessed = [one for one in app.number_input if one.label != "Capacity, person-weeks"]
    assert guessed
    assert all(one.value is None for one in guessed)
    names = {one.label.rsplit(" (", 1)[0] for one in guessed}
    problem = of.prepared.problem
    only_one = set(of.found.sales_alone.items) ^ set(of.found.product_alone.items)
    assert names <= {problem.title(i) for i in only_one}


def test_guesses_are_kept_with_what_the_data_says_and_the_gap_is_shown(demo, bargain):
    of = bargain(Choices(40))
    app = open_page("compromise.py", view="Role swap")
    wanted = [n for n in app.number_input if (n.key or "").startswith("guess_product_")]
    amounts = {}
    for deal in of.prepared.problem.deals:
        for item in deal.blockers:
            amounts[item] = amounts.get(item, 0) + deal.amount
    for place, one in enumerate(wanted):
        actual = amounts[one.key.removeprefix("guess_product_")]
        one.set_value(float(actual * 5 if place == 0 else actual))
    field(app, "Your name", 1).set_value("Lee")
    [one for one in app.button if one.label == "Keep these guesses"][1].click().run()
    kept = open_ledger(demo).guesses()
    assert set(kept["side"]) == {"product"}
    assert dict(zip(kept["item_id"], kept["actual"], strict=True)) == {
        item: Decimal(amounts[item]) for item in kept["item_id"]
    }
    page = plain(app)
    assert f"Product came close on {len(wanted) - 1} of {len(wanted)}." in re.sub(
        "<[^>]+>", "", page
    )
    assert "5.0 times too high" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert f"1 of {len(wanted)} far off" in page
    assert "Sales guesses" in page


def test_guesses_of_another_data_version_do_not_count_here(demo):
    guess = NewGuess("sales", "X", "Gone", Decimal(3), Decimal(9), 999, "Kim")
    open_ledger(demo).guess([guess], now=NOW)
    assert "Neither side has guessed yet." in plain(open_page("compromise.py", view="Role swap"))


@pytest.mark.parametrize(
    ("factor", "said"),
    [(1.953, "1.9"), (2.0, "2.0"), (1 / 0.3, "3.3"), (0.3 / 0.1, "3.0"), (19.9, "19")],
)
def test_a_guess_that_is_not_far_off_never_reads_as_if_it_were(factor, said):
    assert role_swap._times(factor) == said
