"""The card on Overlaps: the meeting's money, its rows, and its story on the Brief."""

from datetime import UTC, datetime

import pytest

from common_ground import meeting
from common_ground.analysis.item_values import ValueRules
from common_ground.charts import format
from common_ground.ledger import NewStory, NewVerdict, open_ledger
from common_ground.ui import item_card
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def known(demo, demo_overlap):
    return open_published(demo), demo_overlap(0.35)


def test_the_card_shows_the_money_that_the_meeting_counts(demo, known):
    data, found = known
    values = meeting.item_values(data, found, ValueRules())
    thing = found.items.loc[found.items["title"] == "Offline maps"].iloc[0]
    page = shown(open_page("overlaps.py", item="Offline maps"))
    for kind in ("touched", "new", "expansion", "renewal", "lost"):
        amount = values.of(thing["item_id"])[kind]["amount"]
        assert amount > 0
        assert format.money_short(amount, data.currency) in page
    assert item_card.overlap_in_words(values, data.currency) in page


def test_what_is_taken_to_come_back_is_said_and_changes_no_other_number(demo, known):
    data, found = known
    values = meeting.item_values(data, found, ValueRules(recovery_share=0.5))
    item = found.items.loc[found.items["title"] == "Offline maps", "item_id"].iloc[0]
    back = values.items.set_index("item_id").loc[item, "recoverable"]
    page = shown(open_page("overlaps.py", item="Offline maps", recovery="50"))
    said = f"50 % of lost taken to come back, {format.money_short(back, data.currency)}."
    assert said.replace(" %", f"{format.NO_BREAK}%") in page


def test_one_deal_that_makes_most_of_it_is_named(demo, known):
    data, found = known
    items = meeting.item_values(data, found, ValueRules()).items
    thing = items.loc[items["largest_deal_share"].between(0.6, 0.99)].iloc[0]
    page = shown(open_page("overlaps.py", item=thing["title"]))
    assert f"makes {format.share(thing['largest_deal_share'])} of touched." in page


def test_everything_behind_it_has_its_rows_and_files(demo, known):
    app = open_page("overlaps.py", item="Offline maps")
    app.button(key="item_details").click().run()
    assert not app.exception
    assert [tab.label for tab in app.tabs] == [
        "Money",
        "Deals",
        "Renewals",
        "Use",
        "Words and links",
    ]
    files = {button.proto.id.split("csv_")[-1] for button in app.get("download_button")}
    assert {"money_behind", "deals_behind", "use_behind", "use_by_month", "words_behind"} <= files
    data, found = known
    item = found.items.loc[found.items["title"] == "Offline maps", "item_id"].iloc[0]
    rows = meeting.item_values(data, found, ValueRules()).rows_of(item)
    tables = [frame.value for frame in app.dataframe]
    assert any(len(rows) == len(table) and "stage_label" in table for table in tables)


def put_by_click(app, name):
    app.text_input(key="signed_story").set_value(name)
    app.button(key="story_place").click().run()
    assert not app.exception
    return app


def test_a_click_puts_the_story_on_the_brief_and_another_takes_it_off(demo):
    app = put_by_click(open_page("overlaps.py", item="Offline maps"), "Dana <b>")
    stands = open_ledger(demo).stories()
    assert stands["title"].tolist() == ["Offline maps"]
    assert stands["decided_by"].tolist() == ["Dana <b>"]
    assert "put there by Dana &lt;b&gt;" in shown(app)
    brief = shown(open_page("brief.py"))
    assert "In customers’ words" in brief
    assert "Drivers deliver to cabins without any reception." in brief
    app.button(key="story_place").click().run()
    assert open_ledger(demo).stories().empty
    assert "In customers’ words" not in shown(open_page("brief.py"))


def test_nobody_puts_a_story_without_a_name(demo):
    app = put_by_click(open_page("overlaps.py", item="Offline maps"), " ")
    assert "Not stored." in shown(app)
    assert open_ledger(demo).stories().empty


def test_a_story_is_taken_off_on_the_brief(demo):
    ledger = open_ledger(demo)
    ledger.put_story(NewStory("GONE-1", "a1", "Gone item", "Words <i>", "Dana"), now=NOW)
    app = open_page("brief.py")
    page = shown(app)
    assert "not on the map of this data any more" in page
    assert "Words &lt;i&gt;" in page
    app.text_input(key="signed_story").set_value("Kim")
    app.button(key="take_story_off").click().run()
    assert not app.exception
    assert ledger.stories().empty
    assert ledger.story_history()["decided_by"].tolist() == ["Dana", "Kim"]


def test_a_story_whose_link_was_undone_stands_beside_no_number(demo, known):
    _data, found = known
    link = found.links_used.merge(found.items[["item_id", "title", "asks"]])
    is_one_of_many = (link["kind"] == "item") & (link["asks"] > 2)
    link = link.loc[is_one_of_many & (link["how"] == "verdict")].iloc[0]
    ledger = open_ledger(demo)
    ledger.put_story(
        NewStory(link["item_id"], link["ask_id"], link["title"], "Words", "Dana"), now=NOW
    )
    assert "does not count for it" not in shown(open_page("brief.py"))
    ledger.decide(
        NewVerdict("ask_item", link["ask_id"], link["item_id"], "different", "Kim", "", ""), now=NOW
    )
    assert "this ask does not count for it any more" in shown(open_page("brief.py"))
