"""Three sets over the map: each combination is reached, and the money adds up."""

import pandas as pd
import pytest

from common_ground.analysis import wanted_sets
from common_ground.analysis.overlap import classify
from common_ground.analysis.thresholds import Thresholds
from tests.analysis import overlap_frames as frames

ONE_SPEAKS = Thresholds(min_asking_customers=1)
ITEMS = frames.items(
    ("all", "All three", "Used", "planned", 50.0, 1.0, 1.0),
    ("sp", "Sales and product", "Idle", "planned", 50.0, 1.0, 1.0),
    ("su", "Sales and usage", "Used", "idea", None, None, None),
    ("pu", "Product and usage", "Heavy", "planned", 90.0, 1.0, 1.0),
    ("s", "Sales alone", "Idle", "idea", None, None, None),
    ("p", "Product alone", "Idle", "planned", 50.0, 1.0, 1.0),
    ("u", "Usage alone", "Heavy", "idea", 5.0, 1.0, 1.0),
    ("none", "Nobody", "Idle", "idea", 1.0, 1.0, 1.0),
)
ASKS = frames.asks(
    ("a1", "one", "acc1", "D1", "all", True),
    ("a2", "two", "acc1", "D1", "sp", False),
    ("a3", "three", "acc1", "D2", "su", False),
    ("a4", "four", "acc1", None, "s", False),
)
DEALS = frames.deals(("D1", "acc1", 100.0, "open"), ("D2", "acc1", 60.01, "open"))
USE = frames.use(
    ("acc1", "f1", "Used", 4, 10, 10),
    ("acc2", "f2", "Heavy", 4, 10, 2),
    ("acc3", "f2", "Heavy", 4, 9, 2),
)
REACH = frames.area_reach(("Used", 1, 1), ("Idle", 0, 0), ("Heavy", 2, 1))


def world(items=ITEMS, asks=ASKS, deals=DEALS, use=USE, thresholds=ONE_SPEAKS):
    links = frames.links_of(asks, items)
    return classify(
        items,
        asks,
        deals,
        frames.features(),
        use,
        REACH,
        links,
        0.9,
        same_asks=frames.same_asks_of(asks),
        thresholds=thresholds,
    )


def test_every_combination_is_reached():
    found = wanted_sets.wanted_sets(world())
    assert dict(zip(found.items["item_id"], found.items["combination"], strict=True)) == {
        "all": "sales+product+usage",
        "sp": "sales+product",
        "su": "sales+usage",
        "pu": "product+usage",
        "s": "sales",
        "p": "product",
        "u": "usage",
        "none": "none",
    }
    assert found.combinations["combination"].tolist() == list(wanted_sets.COMBINATIONS)
    assert found.combinations["count"].tolist() == [1] * 8


def test_counts_add_up_to_the_map_and_money_to_the_union():
    known = world()
    parts = wanted_sets.wanted_sets(known).combinations
    assert parts["count"].sum() == len(known.items)
    assert parts["allocated"].sum() == pytest.approx(known.union, abs=1e-9) == 160.01
    money = parts.set_index("combination")["allocated"]
    assert money["sales+product+usage"] == money["sales+product"] == 50.0


def test_use_that_is_too_small_low_or_falling_shows_nothing():
    assert world().thresholds.min_asking_customers == 1
    few = wanted_sets.wanted_sets(world(thresholds=Thresholds(min_asking_customers=2)))
    assert few.items.set_index("item_id").loc["su", "combination"] == "sales"
    falling = frames.use(("acc1", "f1", "Used", 4, 10, 100))
    known = world(use=falling)
    assert known.items.set_index("item_id").loc["su", "class"] == "usage_disagrees"
    assert wanted_sets.wanted_sets(known).combinations["count"].tolist() == [0, 2, 0, 1, 2, 1, 1, 1]


def test_what_is_released_or_declined_is_not_wanted_by_product():
    items = ITEMS.assign(status="declined")
    assert not wanted_sets.wanted_sets(world(items=items)).items["in_product"].any()


def test_an_empty_map_has_eight_empty_combinations():
    found = wanted_sets.wanted_sets(world(ITEMS.iloc[:0], ASKS.iloc[:0], DEALS.iloc[:0]))
    assert found.items.empty
    assert found.combinations["count"].tolist() == [0] * 8
    assert found.combinations["unconfirmed_share"].tolist() == [0.0] * 8


def test_order_of_rows_changes_nothing():
    one = wanted_sets.wanted_sets(world()).combinations
    other = wanted_sets.wanted_sets(
        world(ITEMS.iloc[::-1], ASKS.iloc[::-1], DEALS.iloc[::-1])
    ).combinations
    pd.testing.assert_frame_equal(one, other)
