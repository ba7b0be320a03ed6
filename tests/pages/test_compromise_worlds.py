"""Compromise on worlds at the edge: each gets an answer or a reason, never a wrong number."""

import re

import pytest

from common_ground import meeting
from common_ground.ui import beside
from tests.pages.opening import open_page, shown
from tests.pages.small_worlds import Item, workspace

PLANNED = "Planned"
# Sales waits for A and B, product wants C and D; the roadmap holds E.
ITEMS = (
    Item("A-1", 2, 5),
    Item("A-2", 2, 5),
    Item("A-3", 2, 60),
    Item("A-4", 2, 40),
    Item("A-5", 4, 10, PLANNED),
)
DEALS = ((100_000, ("A-1",)), (80_000, ("A-2",)), (10_000, ("A-5",)))


@pytest.fixture
def open_world(tmp_path, monkeypatch):
    beside.desk().end()
    beside.desk.clear()

    def open_it(items=ITEMS, deals=DEALS, blocker="yes", **query):
        made = workspace(tmp_path, items, deals, blocker)
        monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(made))
        app = open_page("compromise.py", **query)
        assert not app.exception
        return app

    return open_it


def worked_out(app):
    """The page after the work beside the clicks is done."""
    for work in beside.desk()._works.values():
        assert work.wait(60)
        assert work.state == "done"
    return app.run()


def plain(app):
    return shown(app).replace("\N{NO-BREAK SPACE}", " ")


def answer(app):
    found = re.search(r'<h1 class="cg-answer">(.+?)</h1>', plain(app), re.DOTALL)
    return re.sub("<[^>]+>", "", found.group(1))


def bundles(app):
    """Titles of the lines of both swap lists, written out."""
    return re.findall(r'<td class="cg-item"><b>(.+?)</b>', plain(app))


def test_a_trade_with_the_figures_of_a_hand_calculation(open_world):
    app = open_world(capacity="4", fits="No reserve")
    assert answer(app).startswith("Trade Thing A-1 and Thing A-3 for Thing A-5: ")
    assert "product reaches 55 more accounts, same 4 weeks." in answer(app)


def test_without_asks_sales_gains_nothing_and_product_is_told(open_world):
    app = open_world(deals=(), capacity="4")
    assert "No trade available at 4 person-weeks" in answer(app)
    assert "The best plan inside it helps product alone" in plain(app)
    assert "No open deal waits for an item of the backlog" in plain(app)
    assert "No item has a reach" not in plain(app)


def test_without_blockers_no_money_depends_on_a_plan(open_world):
    app = open_world(deals=DEALS, capacity="4", blocker="no")
    assert "No trade available at 4 person-weeks" in answer(app)


def test_zero_capacity_is_an_answer(open_world):
    app = open_world(capacity="0")
    assert "No trade available at 0 person-weeks" in answer(app)
    assert "more person-weeks both sides gain" in plain(worked_out(app))


def test_capacity_above_all_effort_builds_everything(open_world):
    app = open_world(capacity="500")
    assert answer(app).startswith("Add ")
    assert "12 of 500 person-weeks" in plain(app)


def test_a_side_that_is_indifferent_has_no_trade_and_no_invented_gain(open_world):
    items = tuple(Item(item.key, item.weeks, 0, item.status) for item in ITEMS)
    app = open_world(items=items, capacity="4")
    assert "No trade available" in answer(app)
    assert "helps sales alone" in plain(app)
    assert "No item has a reach" in plain(app)
    assert "No open deal waits" not in plain(app)


def test_everything_required_by_one_item_comes_together(open_world):
    needs = ("A-1", "A-2", "A-3", "A-4")
    items = (*ITEMS[:4], Item("A-5", 4, 10, PLANNED), Item("A-9", 1, 30, needs=needs))
    app = open_world(
        items=items, deals=(*DEALS, (900_000, ("A-9",))), capacity="9", fits="No reserve"
    )
    assert answer(app).startswith("Trade ")
    assert "9 of 9 person-weeks" in plain(app)
    assert "Thing A-1, Thing A-2, Thing A-3 and 2 more" in bundles(app)


def test_contradictory_pins_are_named(open_world):
    app = open_world(capacity="4")
    for label in ("Must be in", "Ruled out"):
        box = next(box for box in app.multiselect if box.label == label)
        box.set_value(["Thing A-1 (A-1)"])
    app.run()
    assert answer(app) == "No plan can keep all of these rules."
    assert "Thing A-1" in plain(app)
    assert not app.get("plotly_chart")


def test_prerequisites_in_a_circle_are_named(open_world):
    items = (Item("A-1", 2, 5, needs=("A-2",)), Item("A-2", 2, 5, needs=("A-1",)), *ITEMS[2:])
    app = open_world(items=items)
    assert answer(app) == "No plan can keep all of these rules."
    assert "circle" in plain(app)
    assert "A-1" in plain(app)
    assert "A-2" in plain(app)


def test_an_item_without_effort_needs_an_estimate_and_is_in_no_plan(open_world):
    items = (Item("A-1", None, 5), *ITEMS[1:])
    app = open_world(items=items, capacity="12", view="Items")
    (rows,) = (table.value for table in app.dataframe if "plan" in table.value)
    row = rows.set_index("item_id").loc["A-1"]
    assert row["plan"] == "needs an estimate"
    assert row[["effort_likely", "accounts"]].isna().all()
    assert "Thing A-1" not in answer(app)


def test_a_backlog_without_any_estimate_has_nothing_to_plan(open_world):
    app = open_world(items=tuple(Item(item.key, None, item.reach) for item in ITEMS))
    assert answer(app) == "There is nothing to plan yet."
    assert "5 items without an estimate" in plain(app)


def test_no_trade_is_said_with_what_would_open_one(open_world):
    items = (Item("A-1", 4, 10, PLANNED), Item("A-2", 4, 9))
    app = open_world(items=items, deals=((50_000, ("A-1",)),), capacity="4")
    assert "No trade available at 4 person-weeks: no plan beats no deal for both sides." in answer(
        app
    )
    assert "No capacity opens one" in plain(worked_out(app))


def test_no_control_for_teams_and_horizons_the_backlog_does_not_name(open_world):
    app = open_world()
    labels = [box.label for box in app.number_input]
    assert labels == ["Capacity, person-weeks"]


def test_a_link_carries_the_weeks_of_teams_and_what_is_kept_for_horizons(open_world, monkeypatch):
    every = meeting.items

    def with_names(data, decided):
        return every(data, decided).assign(team="Web", horizon="Now")

    monkeypatch.setattr(meeting, "items", with_names)
    app = open_world(capacity="8", team_Web="3.5", horizon_Now="20")
    assert "Web 3.5 person-weeks" in plain(app)
    assert "20 % kept for Now" in plain(app)
