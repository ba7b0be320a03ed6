"""Which class a thing is in, and what its figures are made of."""

import dataclasses

import pandas as pd
import pytest

from common_ground.analysis import overlap, values
from common_ground.analysis.thresholds import Thresholds
from tests.analysis import overlap_frames as frames

ITEMS = frames.items(
    ("P-1", "Single sign-on", "Admin", "planned", 100.0, 1.0, 1.0),
    ("P-2", "Kiosk screens", "Field", "idea", 10.0, 1.0, 1.0),
    ("P-3", "Faster sync", "Sync", "in_progress", 40.0, 1.0, 1.0),
    ("P-4", "Dark corner", "Field", "idea", None, None, None),
)
ASKS = frames.asks(
    ("a1", "single sign-on please", "acc1", "D1", "P-1", True),
    ("a2", "kiosk screens", "acc1", "D1", "P-2", True),
    ("a3", "kiosk screens", "acc2", "D2", "P-2", False),
    ("a4", "saved views for dispatchers", "acc3", "D3", "f1", False),
)
DEALS = frames.deals(
    ("D1", "acc1", 100.0, "open"),
    ("D2", "acc2", 60.0, "qualified"),
    ("D3", "acc3", 40.0, "open"),
    ("D4", "acc1", 999.0, "won"),
)
FEATURES = frames.features(("f1", "Saved views", "Views"))
NO_USE = frames.use()
NO_REACH = frames.area_reach()


def classify(items=ITEMS, asks=ASKS, deals=DEALS, use=NO_USE, reach=NO_REACH, **more):
    decided = more.pop("verdicts", None)
    links = frames.links_of(asks, items, FEATURES, decided)
    same = frames.same_asks_of(asks, decided)
    level = more.pop("level", 0.35)
    return overlap.classify(
        items, asks, deals, FEATURES, use, reach, links, level, same_asks=same, **more
    )


TWO_USERS_SPEAK = Thresholds(min_asking_customers=2)


def class_of(found, item_id):
    return found.items.set_index("item_id").loc[item_id, "class"]


def test_each_rule_puts_its_item_in_its_class():
    found = classify()
    classes = dict(zip(found.items["item_id"], found.items["class"], strict=True))
    assert classes == {
        "P-1": "both",
        "P-2": "only_sales",
        "P-3": "only_product",
        "f1": "exists",
    }
    assert found.left_out["item_id"].tolist() == ["P-4"]
    assert found.classes["class"].tolist() == list(overlap.LABELS)
    assert found.classes["count"].tolist() == [1, 1, 1, 1, 0]


def test_money_adds_up_to_each_open_deal_once():
    found = classify()
    assert found.union == 200.0
    assert found.items["allocated"].sum() == 200.0
    assert found.classes["allocated"].sum() == 200.0
    assert found.items.set_index("item_id")["touched"].to_dict() == {
        "P-1": 100.0,
        "P-2": 160.0,
        "P-3": 0.0,
        "f1": 40.0,
    }


def test_explicit_keys_leave_no_money_unconfirmed():
    assert classify().unconfirmed_share == 0.0


def test_money_on_a_suggestion_is_unconfirmed_until_a_person_decides():
    asks = frames.asks(
        ("a1", "kiosk screens", "acc1", "D1", None, True),
        ("a2", "single sign-on", "acc2", "D2", "P-1", True),
    )
    found = classify(asks=asks)
    assert class_of(found, "P-2") == "only_sales"
    assert found.unconfirmed_share == pytest.approx(100 / 160)
    decided = frames.verdicts(("ask_item", "a1", "P-2", "same", "M. Okafor"))
    assert classify(asks=asks, verdicts=decided).unconfirmed_share == 0.0


def test_a_suggestion_below_the_level_does_not_count():
    asks = frames.asks(("a1", "kiosk screens for the lobby", "acc1", "D1", None, True))
    found = classify(asks=asks, level=1.0)
    assert "P-2" not in found.items.loc[found.items["deals"] > 0, "item_id"].tolist()
    assert found.union == 100.0, "the deal's money stays, on a wish that nobody planned"


def test_asks_that_match_nothing_are_grouped_under_who_asked_first():
    asks = frames.asks(
        ("a1", "pictures stamped with date", "acc1", "D1", None, True),
        ("a2", "pictures stamped with the date", "acc2", "D2", None, False),
    ).assign(asked_date=pd.to_datetime(["2026-02-01", "2026-01-01"]))
    found = classify(asks=asks)
    group = found.items.loc[found.items["kind"] == "asks"]
    assert group["item_id"].tolist() == ["ask:a2"]
    assert group["touched"].tolist() == [160.0]
    assert group["class"].tolist() == ["only_sales"]
    assert found.unconfirmed_share == pytest.approx(100 / 160), "a1 joined by likeness only"


def test_a_wish_of_one_account_in_no_deal_is_left_out_and_says_why():
    asks = frames.asks(("a1", "pictures stamped with date", "acc1", None, None, False))
    found = classify(asks=asks)
    assert "ask:a1" not in found.items["item_id"].tolist()
    reason = found.left_out.set_index("item_id").loc["ask:a1", "reason"]
    assert reason == "Asked for once by 1 account, in no open deal; no item answers it."


def test_rated_above_the_median_counts_as_wanted_without_a_plan():
    items = ITEMS.assign(is_planned=False, status="idea")
    found = classify(items=items)
    assert found.median_reach == 40.0
    assert class_of(found, "P-1") == "both"
    assert class_of(found, "P-2") == "only_sales"


def test_a_released_item_that_is_asked_for_already_exists():
    items = ITEMS.assign(
        status=["released", "idea", "in_progress", "idea"], is_planned=[False, False, True, False]
    )
    assert class_of(classify(items=items), "P-1") == "exists"


LOUD_BUT_UNUSED = frames.use(
    ("acc1", "f9", "Field", 0, 0, 0),
    ("acc2", "f9", "Other", 12, 50, 50),
)


def test_usage_disagrees_when_the_accounts_asking_hardly_use_the_area():
    reach = frames.area_reach(("Field", 9, 9))
    found = classify(use=LOUD_BUT_UNUSED, reach=reach, thresholds=TWO_USERS_SPEAK)
    assert class_of(found, "P-2") == "usage_disagrees"
    assert class_of(classify(use=LOUD_BUT_UNUSED, reach=reach), "P-2") == "only_sales", "too few"
    item = found.items.set_index("item_id").loc["P-2"]
    assert (item["users_asking"], item["users_asking_active"]) == (2, 0)
    assert item["reason"] == (
        "Asked for in 2 open deals, but 0 of 2 asking accounts used Field in 28 days."
    )


def test_usage_disagrees_when_use_by_the_accounts_asking_falls():
    use = frames.use(("acc1", "f9", "Field", 4, 10, 60), ("acc2", "f9", "Field", 4, 10, 60))
    reach = frames.area_reach(("Field", 9, 9))
    found = classify(use=use, reach=reach, thresholds=TWO_USERS_SPEAK)
    assert class_of(found, "P-2") == "usage_disagrees"


def test_prospects_who_cannot_use_the_product_say_nothing_about_usage():
    use = frames.use(("acc1", "f9", "Other", 4, 10, 10))
    reach = frames.area_reach(("Field", 9, 9))
    found = classify(use=use, reach=reach, thresholds=TWO_USERS_SPEAK)
    assert class_of(found, "P-2") == "only_sales"


def test_usage_disagrees_when_use_is_heavy_and_growing_and_nobody_asks():
    items = ITEMS.assign(
        status=["planned", "idea", "idea", "idea"], is_planned=[True] + 3 * [False]
    )
    use = frames.use(("acc8", "f9", "Sync", 12, 50, 10), ("acc9", "f9", "Sync", 12, 50, 10))
    found = classify(items=items, use=use, reach=frames.area_reach(("Sync", 2, 1)))
    assert class_of(found, "P-3") == "usage_disagrees"
    steady = classify(items=items, use=use, reach=frames.area_reach(("Sync", 2, 2)))
    assert class_of(steady, "P-3") == "only_product"


def test_existing_feature_says_how_the_accounts_asking_use_it():
    use = frames.use(("acc3", "f9", "Other", 12, 5, 5))
    found = classify(use=use)
    item = found.items.set_index("item_id").loc["f1"]
    assert (item["never_used"], item["sometimes_used"], item["weekly_used"]) == (1, 0, 0)
    weekly = classify(use=frames.use(("acc3", "f1", "Views", 8, 5, 5)))
    assert weekly.items.set_index("item_id").loc["f1", "weekly_used"] == 1


def test_order_of_rows_and_names_of_ids_change_no_number():
    found = classify()
    names = {"P-1": "Z-9", "P-2": "A-7", "P-3": "M-1", "P-4": "B-1"}
    renamed = classify(
        items=ITEMS.iloc[::-1].assign(item_id=ITEMS["item_id"].map(names)[::-1]),
        asks=ASKS.iloc[::-1].assign(
            item_key=[names.get(key, key) for key in ASKS["item_key"][::-1]],
            ask_id=["z" + ask for ask in ASKS["ask_id"][::-1]],
        ),
        deals=DEALS.iloc[[2, 0, 3, 1]],
    )
    columns = ["title", "class", "touched", "allocated", "reach", "asks", "accounts", "reason"]
    pd.testing.assert_frame_equal(found.items[columns], renamed.items[columns])
    pd.testing.assert_frame_equal(found.classes, renamed.classes)


def test_inputs_stay_untouched():
    copies = [ITEMS.copy(), ASKS.copy(), DEALS.copy()]
    classify()
    for frame, copy in zip((ITEMS, ASKS, DEALS), copies, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_no_asks_leaves_products_side_alone():
    found = classify(asks=ASKS.iloc[:0])
    assert found.union == 0.0
    assert set(found.items["class"]) == {"only_product"}


def test_nothing_loaded_is_five_empty_classes():
    found = classify(items=ITEMS.iloc[:0], asks=ASKS.iloc[:0], deals=DEALS.iloc[:0])
    assert found.items.empty
    assert found.classes["count"].tolist() == [0] * 5
    assert found.median_reach is None


def test_a_deal_asked_for_twice_in_one_class_is_touched_once_there():
    asks = frames.asks(
        ("a1", "single sign-on", "acc1", "D1", "P-1", True),
        ("a2", "faster sync", "acc1", "D1", "P-3", True),
    )
    both = classify(asks=asks).classes.set_index("class").loc["both"]
    assert (both["count"], both["touched"], both["allocated"]) == (2, 100.0, 100.0)


FALLING = frames.use(("acc1", "f9", "Field", 4, 10, 60), ("acc2", "f9", "Field", 4, 10, 60))
RISEN = frames.use(("acc8", "f9", "Sync", 12, 50, 10), ("acc9", "f9", "Other", 12, 50, 10))
UNPLANNED = ITEMS.assign(status="idea", is_planned=False)


@pytest.mark.parametrize(
    ("world", "item", "before", "after", "moved"),
    [
        # Field: acc1 of two asking accounts uses it
        (
            {"use": frames.use(("acc1", "f9", "Field", 4, 9, 9), ("acc2", "f8", "Other", 4, 9, 9))},
            "P-2",
            {"min_asking_customers": 2, "low_use_share": 0.49},
            {"min_asking_customers": 2, "low_use_share": 0.5},
            ("only_sales", "usage_disagrees"),
        ),
        (
            {"use": LOUD_BUT_UNUSED},
            "P-2",
            {"min_asking_customers": 3},
            {"min_asking_customers": 2},
            ("only_sales", "usage_disagrees"),
        ),
        (
            {"use": FALLING},
            "P-2",
            {"min_asking_customers": 2, "falling_use_share": 0.16},
            {"min_asking_customers": 2, "falling_use_share": 0.17},
            ("only_sales", "usage_disagrees"),
        ),
        (
            {"use": FALLING},
            "P-2",
            {"min_asking_customers": 2, "min_prior_events": 121},
            {"min_asking_customers": 2, "min_prior_events": 120},
            ("only_sales", "usage_disagrees"),
        ),
        (
            {"use": RISEN, "items": UNPLANNED},
            "P-3",
            {"heavy_use_share": 0.51},
            {"heavy_use_share": 0.5},
            ("only_product", "usage_disagrees"),
        ),
        (
            {"use": RISEN, "items": UNPLANNED},
            "P-3",
            {"growing_use_share": 2.1},
            {"growing_use_share": 2.0},
            ("only_product", "usage_disagrees"),
        ),
    ],
)
def test_a_class_turns_exactly_where_its_threshold_is(world, item, before, after, moved):
    reach = frames.area_reach(("Field", 2, 2), ("Sync", 1, 0.5))
    for limits, name in ((before, moved[0]), (after, moved[1])):
        found = classify(reach=reach, thresholds=Thresholds(**limits), **world)
        assert class_of(found, item) == name


def test_what_stands_in_for_a_rating_moves_the_reach():
    items = ITEMS.assign(impact=None, confidence=None)
    ratings = values.Ratings(impact_if_missing=2.0, confidence_if_missing=0.25)
    found = classify(items=items, thresholds=Thresholds(ratings=ratings))
    assert found.items.set_index("item_id").loc["P-1", "reach"] == 50.0


def test_weekly_use_begins_at_its_threshold():
    use = frames.use(("acc3", "f1", "Views", 8, 5, 5))
    found = classify(use=use, thresholds=Thresholds(weekly_from_weeks=9))
    item = found.items.set_index("item_id").loc["f1"]
    assert (item["sometimes_used"], item["weekly_used"]) == (1, 0)


def test_likeness_of_asks_decides_how_many_wishes_there_are():
    asks = frames.asks(
        ("a1", "pictures stamped with date", "acc1", "D1", None, True),
        ("a2", "pictures stamped with the date", "acc2", "D2", None, False),
    )
    kinds = classify(asks=asks).items["kind"].tolist()
    apart = classify(asks=asks, thresholds=Thresholds(same_ask_level=1.0)).items["kind"].tolist()
    assert kinds.count("asks") == 1
    assert apart.count("asks") == 2


def test_thresholds_are_arguments():
    asks = frames.asks(("a1", "pictures stamped with date", "acc1", None, None, False))
    found = classify(asks=asks, thresholds=Thresholds(min_asking_accounts=1))
    assert class_of(found, "ask:a1") == "only_sales"
    assert dataclasses.is_dataclass(found.thresholds)


def test_scope_keeps_the_window_half_open_and_asks_without_a_date():
    asks = ASKS.assign(asked_date=pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", None]))
    kept = overlap.in_scope(
        asks, None, pd.Timestamp("2026-01-01").date(), pd.Timestamp("2026-03-01").date()
    )
    assert kept["ask_id"].tolist() == ["a1", "a2", "a4"]
    assert overlap.in_scope(asks, "Small").empty


def test_unlocked_of_the_map_needs_every_blocker():
    found = classify()
    assert values.unlocked(["P-1"], found.deal_things) == 0
    assert values.unlocked(["P-1", "P-2"], found.deal_things) == 100


def test_an_ask_that_a_later_release_answered_is_no_gap_in_training():
    built = frames.items(("I1", "Dark mode", "App", "released", None, None, None)).assign(
        released_date=pd.Timestamp("2026-03-01")
    )
    said = frames.asks(
        ("A1", "we need dark mode", "C1", None, "I1", False),
        ("A2", "is there a dark mode", "C2", None, "I1", False),
    ).assign(asked_date=pd.to_datetime(["2026-01-01", "2026-06-01"]))
    found = classify(items=built, asks=said)
    assert found.items.set_index("item_id").loc["I1", ["class", "asks"]].tolist() == ["exists", 1]
    before = classify(items=built, asks=said.head(1))
    assert before.items.empty
    assert before.left_out["reason"].tolist() == ["Released, and nobody has asked for it since."]
