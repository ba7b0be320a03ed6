"""Classes by segment: money adds up to the class exactly, counts say where they overlap."""

import pandas as pd
import pytest

from common_ground.analysis import class_segments
from tests.analysis import test_overlap as world

ASKS = world.ASKS.assign(segment=["Large", "Large", "Small", "Small"])
DEALS = world.DEALS.assign(segment=["Large", "Small", "(no segment)", "Large"])


def cells(asks=ASKS, deals=DEALS):
    found = world.classify(asks=asks, deals=deals)
    return found, class_segments.class_segments(found, asks, deals)


def test_money_of_a_row_adds_up_to_its_class():
    found, by_segment = cells()
    sums = by_segment.groupby("class", sort=False)["allocated"].sum()
    for row in found.classes.to_dict("records"):
        assert sums[row["class"]] == pytest.approx(row["allocated"], abs=1e-9)
    assert by_segment["allocated"].sum() == pytest.approx(found.union, abs=1e-9)


def test_a_thing_counts_in_every_segment_that_wants_it():
    _, by_segment = cells()
    found = by_segment.set_index(["class", "segment"])
    assert found.loc[("only_sales", "Large"), ["count", "allocated"]].tolist() == [1, 50.0]
    assert found.loc[("only_sales", "Small"), ["count", "allocated"]].tolist() == [1, 60.0]
    assert found.loc[("exists", "(no segment)"), "allocated"] == 40.0, "money goes with the deal"
    assert found.loc[("exists", "Small"), ["count", "allocated"]].tolist() == [1, 0.0]


def test_what_nobody_asks_for_has_a_column_of_its_own_at_the_end():
    _, by_segment = cells()
    assert by_segment["segment"].drop_duplicates().tolist() == [
        "Large",
        "Small",
        "(no segment)",
        class_segments.NOBODY,
    ]
    nobody = by_segment.loc[by_segment["segment"] == class_segments.NOBODY].set_index("class")
    assert nobody.loc["only_product", ["count", "allocated"]].tolist() == [1, 0.0]
    assert nobody["count"].sum() == 1


def test_an_empty_map_has_no_column():
    found = world.classify(items=world.ITEMS.iloc[:0], asks=ASKS.iloc[:0], deals=DEALS.iloc[:0])
    assert class_segments.class_segments(found, ASKS.iloc[:0], DEALS.iloc[:0]).empty


def test_order_of_rows_changes_nothing():
    _, one = cells()
    _, other = cells(ASKS.iloc[::-1], DEALS.iloc[::-1])
    pd.testing.assert_frame_equal(one, other)


def test_where_there_are_many_segments_those_with_least_money_are_one_column():
    count = class_segments.MOST + 3
    asks = world.frames.asks(
        *[(f"a{n}", "kiosk screens", f"acc{n}", f"D{n}", "P-2", False) for n in range(count)]
    ).assign(segment=[f"S{n}" for n in range(count)])
    deals = world.frames.deals(*[(f"D{n}", f"acc{n}", 100.0 - n, "open") for n in range(count)])
    found, by_segment = cells(asks, deals.assign(segment=[f"S{n}" for n in range(count)]))
    names = by_segment["segment"].drop_duplicates().tolist()
    assert names[: class_segments.MOST] == [f"S{n}" for n in range(class_segments.MOST)]
    assert names[class_segments.MOST :] == [class_segments.OTHERS, class_segments.NOBODY]
    others = by_segment.set_index(["class", "segment"]).loc[("only_sales", class_segments.OTHERS)]
    assert (others["count"], others["deals"]) == (1, 3), "one thing, three deals"
    assert by_segment["allocated"].sum() == pytest.approx(found.union)
