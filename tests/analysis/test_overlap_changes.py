"""What entered, left, changed class or money between two states of the data."""

import pandas as pd

from common_ground.analysis import overlap_changes
from tests.analysis import overlap_frames as frames
from tests.analysis import test_overlap as world


def changes(before, after):
    return overlap_changes.compare(before, after).set_index("item_id")


def test_the_same_map_has_no_changes():
    assert overlap_changes.compare(world.classify(), world.classify()).empty


def test_things_enter_and_leave():
    less = world.classify(items=world.ITEMS.loc[world.ITEMS["item_id"] != "P-3"])
    entered = changes(less, world.classify())
    assert entered["change"].to_dict() == {"P-3": "entered"}
    assert entered.loc["P-3", "class_before"] is None
    assert entered.loc["P-3", "class_after"] == "only_product"
    left = changes(world.classify(), less)
    assert left["change"].to_dict() == {"P-3": "left"}
    assert left.loc["P-3", "class_after"] is None


def test_a_thing_changes_class_and_its_money_goes_with_it():
    planned = world.ITEMS.assign(
        status=["planned", "planned", "in_progress", "idea"], is_planned=[True, True, True, False]
    )
    more = world.DEALS.assign(amount=[100.0, 90.0, 40.0, 999.0])
    found = changes(world.classify(), world.classify(items=planned, deals=more))
    row = found.loc["P-2"]
    assert row[["change", "class_before", "class_after"]].tolist() == [
        "moved",
        "only_sales",
        "both",
    ]
    assert row[["touched_before", "touched_after", "touched_change"]].tolist() == [
        160.0,
        190.0,
        30.0,
    ]


def test_money_up_and_down_is_told_largest_first():
    other = world.DEALS.assign(amount=[70.0, 60.0, 45.0, 999.0])
    found = changes(world.classify(), world.classify(deals=other))
    assert found["change"].unique().tolist() == ["money"]
    assert found["touched_change"].tolist() == [-30.0, -30.0, 5.0]
    assert found.loc["P-1", "allocated_after"] == 35.0


def test_a_wish_keeps_its_place_when_the_ask_it_is_named_after_is_gone():
    words = "pictures stamped with the date"
    before = frames.asks(("a1", words, "acc1", "D1", None, False))
    after = frames.asks(("b7", words, "acc1", "D1", None, False))
    assert changes(world.classify(asks=before), world.classify(asks=after)).empty
    other = frames.asks(("b7", "something else entirely", "acc1", "D1", None, False))
    found = changes(world.classify(asks=before), world.classify(asks=other))
    assert found["change"].to_dict() == {"ask:b7": "entered", "ask:a1": "left"}


def test_an_empty_map_before_or_after():
    nothing = world.classify(
        items=world.ITEMS.iloc[:0], asks=world.ASKS.iloc[:0], deals=world.DEALS.iloc[:0]
    )
    assert set(changes(nothing, world.classify())["change"]) == {"entered"}
    assert set(changes(world.classify(), nothing)["change"]) == {"left"}
    assert overlap_changes.compare(nothing, nothing).empty


def test_order_of_rows_changes_nothing():
    after = world.classify(deals=world.DEALS.assign(amount=[70.0, 60.0, 45.0, 999.0]))
    turned = world.classify(items=world.ITEMS.iloc[::-1], deals=world.DEALS.iloc[::-1])
    pd.testing.assert_frame_equal(
        overlap_changes.compare(world.classify(), after), overlap_changes.compare(turned, after)
    )
