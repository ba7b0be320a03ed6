"""Touched overlaps, allocated adds up, unlocked needs every blocker."""

import json
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.analysis import values
from tests.analysis import overlap_frames as frames


def deal_things(*rows):
    return pd.DataFrame(rows, columns=["deal_id", "item_id", "amount", "is_blocker"])


FOUR = deal_things(
    ("D1", "R1", 100.0, True),
    ("D1", "R2", 100.0, True),
    ("D2", "R1", 60.0, True),
    ("D3", "R2", 40.0, False),
)


def test_published_fixture_comes_out_exactly(shared):
    found = pd.read_csv(shared / "benchmarks" / "kpis" / "blockers.csv")
    expected = json.loads((shared / "benchmarks" / "kpis" / "expected.json").read_text())
    assert values.touched(found) == expected["touched"]
    assert values.allocated(found) == expected["even_split"]
    assert [
        sum(values.touched(found).values()),
        values.union(found),
    ] == expected["touched_sum_vs_union"]
    assert {
        plan: values.unlocked(plan.split("+"), found) for plan in expected["unlocked"]
    } == expected["unlocked"]


def test_touched_counts_a_deal_under_each_thing_it_asks_for():
    assert values.touched(FOUR) == {"R1": 160, "R2": 140}


def test_a_repeated_row_counts_once():
    twice = pd.concat([FOUR, FOUR])
    assert values.touched(twice) == values.touched(FOUR)
    assert values.allocated(twice) == values.allocated(FOUR)
    assert values.union(twice) == 200


def test_a_deal_that_says_no_amount_is_worth_nothing():
    unknown = deal_things(("D1", "R1", None, True), ("D2", "R1", 10.0, True))
    assert values.touched(unknown) == {"R1": 10}
    assert values.unlocked(["R1"], unknown) == 10


def test_a_deal_without_blocker_does_not_depend_on_the_plan():
    assert values.unlocked(["R2"], FOUR) == 0


def test_a_blocker_outside_the_plan_keeps_the_deal_blocked():
    assert values.unlocked(["R1"], FOUR) == 60
    assert values.unlocked(["R1", "R2"], FOUR) == 160


def test_no_deals_is_no_money():
    none = FOUR.iloc[:0]
    assert values.touched(none) == {}
    assert values.union(none) == 0
    assert values.unlocked(["R1"], none) == 0


amounts = st.integers(0, 10**9).map(lambda cents: cents / 100)
rows = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 6), st.booleans()), min_size=1, max_size=40
)


@st.composite
def random_deal_things(draw):
    worth = [draw(amounts) for _ in range(9)]
    return deal_things(
        *[(f"D{deal}", f"R{item}", worth[deal], block) for deal, item, block in draw(rows)]
    )


@settings(max_examples=50, deadline=None)
@given(random_deal_things())
def test_allocated_adds_up_to_the_union_to_the_cent(found):
    assert sum(values.allocated(found).values(), Fraction(0)) == values.union(found)


@settings(max_examples=50, deadline=None)
@given(random_deal_things(), st.randoms())
def test_order_of_rows_and_names_of_things_change_nothing(found, random):
    order = list(found.index)
    random.shuffle(order)
    renamed = found.loc[order].assign(
        item_id=[f"x{9 - int(i[1])}" for i in found["item_id"][order]]
    )
    back = {f"R{n}": f"x{9 - n}" for n in range(7)}
    expected = {back[item]: money for item, money in values.allocated(found).items()}
    assert values.allocated(renamed) == expected


@settings(max_examples=50, deadline=None)
@given(random_deal_things())
def test_a_larger_plan_never_unlocks_less(found):
    plans = [["R0"], ["R0", "R1"], ["R0", "R1", "R2"], [f"R{n}" for n in range(7)]]
    money = [values.unlocked(plan, found) for plan in plans]
    assert money == sorted(money)


@settings(max_examples=100, deadline=None)
@given(random_deal_things(), st.sets(st.integers(0, 6)))
def test_unlocked_of_a_plan_is_what_brute_force_over_deals_finds(found, chosen):
    plan = {f"R{item}" for item in chosen}
    expected = Fraction(0)
    for _deal, rows in found.groupby("deal_id"):
        blockers = {row.item_id for row in rows.itertuples() if row.is_blocker}
        if blockers and blockers <= plan:
            expected += Fraction(round(rows["amount"].iloc[0] * 100), 100)
    assert values.unlocked(plan, found) == expected


def test_reach_is_products_own_figure_before_usage_before_nothing():
    found = values.product_pull(
        frames.items(
            ("A", "a", "Admin", "idea", 80.0, 2.0, 0.5),
            ("B", "b", " admin ", "idea", None, None, None),
            ("C", "c", "Nowhere", "idea", None, 1.0, None),
        ),
        frames.area_reach(("Admin", 30, 20)),
        values.Ratings(impact_if_missing=1.0, confidence_if_missing=0.5),
    )
    assert found["reach"].tolist() == [80.0, 30.0, 0.0]
    assert found["reach_from"].tolist() == ["own", "usage", "none"]
    assert found["pull"].tolist() == pytest.approx([80.0, 15.0, 0.0])
    assert found["is_rated"].tolist() == [True, False, True]
