"""The card shows what the figures are made of, and nothing else."""

import pandas as pd
import pytest

from common_ground.analysis import overlap
from common_ground.analysis.evidence import evidence
from tests.analysis import overlap_frames as frames

ITEMS = frames.items(
    ("P-1", "Custom roles", "Admin", "planned", 100.0, 1.0, 1.0),
    ("P-2", "Single sign-on", "Admin", "idea", 10.0, 1.0, 1.0),
    ("P-3", "Directory", "Admin", "idea", 10.0, 1.0, 1.0),
)
ASKS = frames.asks(
    ("a1", "custom roles", "acc1", "D1", "P-1", True),
    ("a2", "sign on", "acc1", "D1", "P-2", True),
    ("a3", "roles", "acc2", "D2", "P-1", False),
)
DEALS = frames.deals(("D1", "acc1", 100.0, "open"), ("D2", "acc2", 250.0, "open"))
USE = frames.use(
    ("acc1", "f1", "Admin", 9, 5, 5),
    ("acc2", "f2", "Other", 9, 5, 5),
    ("acc3", "f2", "Other", 1, 0, 9),
)
REACH = frames.area_reach(("Admin", 1, 1))
RULES = pd.DataFrame(
    [("P-1", "P-2", "requires"), ("P-2", "P-3", "requires"), ("P-3", "P-1", "excludes")],
    columns=["item_id", "other_item_id", "rule"],
)
FOUND = overlap.classify(
    ITEMS,
    ASKS,
    DEALS,
    frames.features(),
    USE,
    REACH,
    frames.links_of(ASKS, ITEMS),
    0.35,
    same_asks=frames.same_asks_of(ASKS),
)


def of(item_id, rules=RULES):
    return evidence(FOUND, item_id, ITEMS, ASKS, DEALS, rules)


def test_deals_are_the_open_ones_that_ask_largest_first():
    assert of("P-1").deals["deal_id"].tolist() == ["D2", "D1"]
    assert of("P-1").deals["amount"].sum() == of("P-1").thing["touched"]
    assert of("P-1").deals["is_blocker"].tolist() == [False, True]


def test_links_carry_the_words_and_who_said_them():
    assert sorted(of("P-1").links["text"]) == ["custom roles", "roles"]
    assert set(of("P-1").links["how"]) == {"key"}


def test_unlocked_counts_what_the_item_needs():
    assert of("P-1").unlocked == 100.0
    assert of("P-1", RULES.iloc[:0]).unlocked == 0.0


def test_needs_are_followed_to_the_end():
    assert of("P-1").needs["title"].tolist() == ["Directory", "Single sign-on"]
    assert of("P-1").weeks_together == 9.0
    assert of("P-3").needs.empty


def test_needs_in_a_circle_end():
    circle = pd.DataFrame(
        [("P-1", "P-2", "requires"), ("P-2", "P-1", "requires")], columns=RULES.columns
    )
    assert of("P-1", circle).needs["item_id"].tolist() == ["P-2"]


def test_exclusions_hold_in_both_directions():
    assert of("P-1").excludes == ("Directory",)
    assert of("P-3").excludes == ("Custom roles",)


def test_a_thing_that_is_not_on_the_map_is_refused():
    with pytest.raises(KeyError, match="P-99"):
        of("P-99")


def test_a_link_says_which_part_of_a_note_and_which_words_it_rests_on():
    links = frames.links_of(ASKS, ITEMS)
    links = links.assign(part="only this part", warning="instead of")
    found = overlap.classify(
        ITEMS,
        ASKS,
        DEALS,
        frames.features(),
        USE,
        REACH,
        links,
        0.35,
        same_asks=frames.same_asks_of(ASKS),
    )
    own = evidence(found, "P-1", ITEMS, ASKS, DEALS, RULES).links
    assert set(own["part"]) == {"only this part"}
    assert set(own["warning"]) == {"instead of"}
