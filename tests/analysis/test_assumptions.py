"""What people assume stands in for the export's value, and nothing else moves."""

from decimal import Decimal

import pandas as pd
import pytest

from common_ground.analysis import assumptions, overlap, rankings
from tests.analysis import overlap_frames as frames
from tests.analysis import test_overlap as world

ITEMS = world.ITEMS.assign(effort_low=1.0, effort_likely=3.0, effort_high=5.0)


def register(*rows):
    """Each row: item_id, field, value."""
    frame = pd.DataFrame(rows, columns=["item_id", "field", "value"]).astype({"value": object})
    frame["value"] = [Decimal(str(value)) for value in frame["value"]]
    return frame.assign(
        set_by="Kim", set_at=pd.Timestamp("2026-09-03 09:00"), note="asked the team"
    )


def test_an_assumed_value_stands_in_for_the_exports_and_no_other_moves():
    found = assumptions.apply(ITEMS, register(("P-2", "reach", 80), ("P-2", "impact", 3)))
    row = found.set_index("item_id").loc["P-2"]
    assert (row["reach_own"], row["impact"]) == (80.0, 3.0)
    others = found["item_id"] != "P-2"
    pd.testing.assert_frame_equal(found[others], ITEMS[others])


def test_effort_follows_from_its_three_parts():
    found = assumptions.apply(
        ITEMS, register(("P-1", "effort_likely", 4), ("P-1", "effort_high", 9))
    )
    assert found.set_index("item_id").loc["P-1", "effort"] == pytest.approx(
        (1 + 16 + 9) / 6, abs=1e-4
    )


def test_an_end_beyond_the_assumed_likely_value_moves_to_it():
    row = (
        assumptions.apply(ITEMS, register(("P-1", "effort_likely", 8)))
        .set_index("item_id")
        .loc["P-1"]
    )
    assert (row["effort_low"], row["effort_high"]) == (1.0, 8.0)
    assert row["effort"] == pytest.approx((1 + 32 + 8) / 6, abs=1e-4)


def test_an_estimate_can_be_assumed_where_the_export_has_none():
    bare = ITEMS.assign(effort_low=None, effort_likely=None, effort_high=None, effort=None)
    found = assumptions.apply(bare, register(("P-1", "effort_likely", 2))).set_index("item_id")
    assert found.loc["P-1", "effort"] == 2.0
    assert found["effort"].isna().sum() == len(ITEMS) - 1
    only_low = assumptions.apply(bare, register(("P-1", "effort_low", 2)))
    assert only_low["effort"].isna().all(), "without a likely value there is no estimate"


def test_nothing_assumed_and_unknown_items_change_nothing():
    for nothing in (register(), register(("P-9", "reach", 5)), register(("", "weight_sales", 2))):
        pd.testing.assert_frame_equal(assumptions.apply(ITEMS, nothing), ITEMS)


def test_inputs_stay_untouched():
    before = ITEMS.copy()
    assumptions.apply(ITEMS, register(("P-1", "effort_likely", 8), ("P-1", "reach", 1)))
    pd.testing.assert_frame_equal(ITEMS, before)


def test_a_rating_that_is_assumed_counts_as_products_rating():
    items = assumptions.apply(ITEMS, register(("P-4", "reach", 500)))
    found = world.classify(items=items)
    row = found.items.set_index("item_id").loc["P-4"]
    assert (row["class"], row["reach"]) == ("only_product", 250.0), "confidence .5 stands in"
    assert "P-4" in world.classify().left_out["item_id"].tolist()


def test_weights_are_as_assumed_and_else_alike_for_both_sides():
    assert assumptions.weights(register()) == rankings.Weights()
    found = assumptions.weights(register(("", "weight_product", 2), ("P-1", "reach", 7)))
    assert found == rankings.Weights(sales=1.0, product=2.0, effort=0.5)


def test_what_is_assumed_is_told_beside_what_the_export_says():
    told = assumptions.told(
        ITEMS,
        register(
            ("P-4", "reach", 5), ("P-1", "impact", 2), ("gone", "reach", 1), ("", "weight_sales", 3)
        ),
    ).set_index(["item_id", "field"])
    assert told.loc[("P-1", "impact"), ["title", "value", "exported"]].tolist() == [
        "Single sign-on",
        2.0,
        1.0,
    ]
    assert pd.isna(told.loc[("P-4", "reach"), "exported"])
    assert not told.loc[("gone", "reach"), "is_known"]
    assert told.loc[("", "weight_sales"), "exported"] == 1.0
    assert set(told["set_by"]) == {"Kim"}


def test_every_field_has_a_label():
    from common_ground.ledger.assumption_records import FIELDS

    assert set(assumptions.LABELS) == set(FIELDS)
    assert set(assumptions.COLUMNS.values()) <= set(ITEMS.columns)
    assert set(overlap.LABELS) == set(world.classify().classes["class"])
    assert set(assumptions.COLUMNS.values()) <= set(frames.items().columns)
