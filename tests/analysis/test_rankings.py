"""Five rankings whose every score can be recomputed by hand."""

import pandas as pd
import pytest

from common_ground.analysis import rankings
from tests.analysis import test_overlap as world

ITEMS = pd.DataFrame(
    [
        ("A", "Sign-on", 300.0, 300.0, 20.0, 40.0, 1.0, 0.5, 2.0),
        ("B", "Sync", 0.0, 0.0, 80.0, 80.0, 2.0, 0.5, 4.0),
        ("C", "Kiosk", 100.0, 0.0, 10.0, 20.0, 0.5, 1.0, 1.0),
        ("D", "No estimate", 900.0, 900.0, 99.0, 99.0, 1.0, 1.0, None),
    ],
    columns=[
        "item_id",
        "title",
        "touched",
        "blocked",
        "reach",
        "active_accounts",
        "impact",
        "confidence",
        "effort",
    ],
)


def scores(name, items=ITEMS, **more):
    return rankings.rank(items, **more).set_index("item_id")[name].to_dict()


def test_rice_is_reach_impact_confidence_per_week():
    assert scores("rice") == {"A": 10.0, "B": 20.0, "C": 10.0}


def test_wsjf_is_cost_of_delay_over_job_size():
    found = scores("wsjf")
    assert found["A"] == pytest.approx((1 + 0.25 + 1) / 0.5)
    assert found["B"] == pytest.approx((0 + 1 + 0) / 1.0)
    assert found["C"] == pytest.approx((1 / 3 + 0.125 + 0) / 0.25)


def test_weighted_score_takes_effort_off():
    assert scores("weighted")["A"] == pytest.approx(1 + 0.25 - 0.5 * 0.5)


def test_value_effort_is_money_per_week():
    assert scores("value_effort") == {"A": 150.0, "B": 0.0, "C": 100.0}


def test_money_touched_is_a_ranking_of_its_own():
    assert scores("touched_rank") == {"A": 1, "B": 3, "C": 2}


def test_items_without_estimate_are_named_apart_and_never_ranked_last():
    found = rankings.without_estimate(ITEMS)
    assert found["item_id"].tolist() == ["D"]
    assert len(rankings.rank(ITEMS)) + len(found) == len(ITEMS)
    assert rankings.without_estimate(ITEMS.assign(effort=0.0))["item_id"].tolist() == list("ABCD")


def test_candidates_are_open_items_with_the_money_that_waits_for_them():
    found = world.classify()
    items = rankings.candidates(found).set_index("item_id")
    assert items["blocked"].to_dict() == {"P-1": 100.0, "P-2": 100.0, "P-3": 0.0}
    assert "f1" not in items.index, "a feature is built already"
    released = world.ITEMS.assign(status="released", is_planned=False)
    assert rankings.candidates(world.classify(items=released)).empty


def test_items_without_estimate_cannot_be_ranked():
    assert "D" not in rankings.rank(ITEMS)["item_id"].tolist()


def test_equal_scores_share_the_better_place():
    places = scores("rice_rank")
    assert places == {"A": 2, "B": 1, "C": 2}


def test_largest_disagreement_comes_first():
    ranked = rankings.rank(ITEMS)
    assert ranked["spread"].is_monotonic_decreasing
    assert ranked.loc[ranked["item_id"] == "B", "spread"].item() == 2


def test_scaling_every_effort_leaves_the_order():
    doubled = ITEMS.assign(effort=ITEMS["effort"] * 7)
    for name in rankings.SCORES:
        assert scores(f"{name}_rank", doubled) == scores(f"{name}_rank")


def test_order_of_rows_changes_nothing():
    pd.testing.assert_frame_equal(rankings.rank(ITEMS), rankings.rank(ITEMS.iloc[::-1]))


def test_agreement_counts_the_items_in_both_tops():
    found = rankings.agreement(rankings.rank(ITEMS), top=1).set_index(["first", "second"])
    assert found.loc[("wsjf", "value_effort"), "shared"] == 1
    assert found.loc[("rice", "value_effort"), "shared"] == 0
    assert len(found) == 10


def test_no_items_is_an_empty_table():
    assert rankings.rank(ITEMS.iloc[:0]).empty


def test_every_ranking_has_a_label_and_a_formula():
    assert set(rankings.FORMULAS) == set(rankings.LABELS) == set(rankings.SCORES)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="weight of sales must be at least 0"):
        rankings.Weights(sales=-1)
