"""Overlaps: the totals agree, the link opens the same view, and each gap in the data is named."""

import re

import pytest

from common_ground import meeting
from common_ground.ledger import open_ledger
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown

COUNT = re.compile(r'<b class="cg-count">(\d+)</b>')


@pytest.fixture
def found(demo):
    data = open_published(demo)
    verdicts = open_ledger(demo).verdicts()
    return meeting.overlaps(data, verdicts, meeting.links(data, verdicts), 0.25)


def test_tiles_answer_and_list_count_the_same_things(demo, found):
    app = open_page("overlaps.py", level="Above 0.25")
    page = shown(app)
    tiles = [int(number) for number in COUNT.findall(page)]
    assert tiles == found.classes["count"].tolist()
    assert f"{tiles[0]} of {sum(tiles)}" in page
    assert len(app.dataframe[0].value) == sum(tiles)


def test_the_list_of_a_class_holds_that_class(demo, found):
    app = open_page("overlaps.py", level="Above 0.25", **{"class": "Both want it"})
    listed = app.dataframe[0].value
    assert set(listed["class"]) == {"both"}
    assert len(listed) == found.classes["count"].iloc[0]


def test_what_is_left_out_can_be_looked_at(demo, found):
    app = open_page("overlaps.py", level="Above 0.25", **{"class": "Left out"})
    assert len(app.dataframe[0].value) == len(found.left_out)
    assert "left out: neither planned" in shown(app)


def test_a_link_opens_the_card_it_names(demo, found):
    thing = found.items.loc[found.items["class"] == "only_sales"].iloc[0]
    app = open_page("overlaps.py", level="Above 0.25", item=thing["title"])
    assert app.selectbox(key="item").value == thing["title"]
    assert thing["reason"] in shown(app)


def test_counting_confirmed_links_only_leaves_no_item_unconfirmed(demo):
    app = open_page("overlaps.py", level="Confirmed only")
    listed = app.dataframe[0].value
    assert (listed.loc[listed["kind"] != "asks", "unconfirmed_share"] == 0).all()
    assert "confirmed links only" in shown(app)


def test_segments_offered_are_the_size_classes_each_once(demo):
    offered = open_page("overlaps.py").selectbox(key="segment").options
    accounts = open_published(demo).mart("mart_account_segments")
    assert len(offered) == len(set(offered))
    assert set(accounts["segment"].dropna()) <= set(offered)
    for other in ("industry", "region", "owner"):
        assert set(accounts[other].dropna()).isdisjoint(offered)


def test_filters_that_leave_no_ask_keep_products_side(demo):
    app = open_page("overlaps.py", window="1999-01-01..1999-02-01")
    assert "On nothing yet" in shown(app)
    assert "find who needs it" in shown(app)


def test_a_click_on_the_map_opens_its_card(demo, found):
    app = open_page("overlaps.py", level="Above 0.25")
    thing = found.items.iloc[3]
    app.session_state["clicked_item"] = thing["item_id"]
    app.run()
    assert app.selectbox(key="item").value == thing["title"]
    assert not app.exception
