"""Kinds of money behind a thing: split exactly, each with its rows, never merged."""

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.analysis import overlap
from common_ground.analysis.item_values import KINDS, ValueRules, item_values
from common_ground.analysis.money_rows import OPEN
from tests.analysis import overlap_frames as frames

ITEMS = frames.items(
    ("P-1", "Custom roles", "Admin", "planned", 100.0, 1.0, 1.0),
    ("P-2", "Single sign-on", "Admin", "idea", 10.0, 1.0, 1.0),
    ("P-3", "Directory", "Admin", "idea", 10.0, 1.0, 1.0),
)
ASKS = frames.asks(
    ("a1", "custom roles", "acc1", "D1", "P-1", True),
    ("a2", "sign on", "acc1", "D1", "P-2", False),
    ("a3", "roles", "acc2", "D2", "P-1", False),
    ("a4", "roles", "acc3", "D3", "P-1", True),
    ("a5", "roles", "acc4", "D4", "P-1", True),
    ("a6", "roles", "acc5", "D5", "P-1", False),
    ("a7", "roles", "acc6", None, "P-1", False),
    ("a8", "roles", "acc7", "D6", "P-1", True),
)
DEALS = frames.deals(
    ("D1", "acc1", 710.10, "open"),
    ("D2", "acc2", 200.0, "open"),
    ("D3", "acc3", 90.0, "qualified"),
    ("D4", "acc4", 400.0, "lost"),
    ("D5", "acc5", None, "open"),
    ("D6", "acc7", 55.0, "lost"),
).assign(
    deal_type=["new", "expansion", "renewal", "new", None, "renewal"],
    probability=[0.333333, 0.5, None, 0.0, 0.2, 0.0],
)
RENEWALS = pd.DataFrame(
    [
        ("acc1", 1000.0, 250.0, None),
        ("acc2", 300.0, 300.0, None),
        ("acc6", None, 0.0, "no exchange rate for its currency"),
        ("acc3", 77.0, 0.0, "trial, carries no revenue"),
        ("acc99", 5000.0, 0.0, None),
    ],
    columns=["account_id", "up_arr", "renewed_arr", "left_out"],
)


def found_in(asks, deals):
    return overlap.classify(
        ITEMS,
        asks,
        deals,
        frames.features(),
        frames.use(),
        frames.area_reach(),
        frames.links_of(asks, ITEMS),
        0.35,
        same_asks=frames.same_asks_of(asks),
    )


def values_of(asks=ASKS, deals=DEALS, renewals=RENEWALS, rules=None):
    return item_values(found_in(asks, deals), deals, asks, renewals, rules)


def row(found, item_id):
    return found.items.set_index("item_id").loc[item_id]


def test_open_money_is_new_business_expansion_and_renewal_and_nothing_else():
    roles = row(values_of(), "P-1")
    assert (roles["new"], roles["expansion"], roles["renewal"]) == (710.10, 200.0, 90.0)
    assert roles["touched"] == 1000.10
    assert roles["blocked"] == 800.10


def test_lost_money_is_apart_and_the_part_taken_to_come_back_is_an_assumption():
    none, some = values_of(), values_of(rules=ValueRules(recovery_share=0.25))
    assert (row(none, "P-1")["lost"], row(none, "P-1")["lost_renewal"]) == (400.0, 55.0)
    assert row(none, "P-1")["recoverable"] == 0.0
    assert row(some, "P-1")["recoverable"] == 100.0
    columns = ["touched", "touched_weighted", "allocated", "lost", "at_risk"]
    pd.testing.assert_frame_equal(none.items[columns], some.items[columns])


def test_a_deal_whose_chance_nobody_knows_is_in_the_sum_and_said_but_not_weighted():
    touched = values_of().of("P-1")["touched"]
    assert touched["weighted"] == pytest.approx(710.10 * 0.333333 + 100.0, abs=1e-9)
    assert touched["without_probability"] == 1
    assert touched["without_amount"] == 1
    assert touched["deals"] == 4


def test_renewals_at_risk_are_what_ends_less_what_follows_of_accounts_that_ask():
    found = values_of()
    assert row(found, "P-1")["at_risk"] == 750.0
    at_risk = found.of("P-1")["at_risk"]
    assert (at_risk["accounts"], at_risk["without_amount"]) == (2, 1)
    assert set(found.rows_of("P-1", "at_risk")["account_id"]) == {"acc1", "acc6"}
    assert found.contracts_up == 3


def test_without_contracts_nothing_is_said_to_be_at_risk_and_nothing_to_be_up():
    found = values_of(renewals=None)
    assert found.contracts_up is None
    assert "at_risk" not in found.of("P-1")


def test_the_largest_deal_is_named_with_its_share_of_touched():
    roles = row(values_of(), "P-1")
    assert roles["largest_deal"] == "D1"
    assert roles["largest_deal_share"] == pytest.approx(710.10 / 1000.10)
    assert pd.isna(row(values_of(), "P-3")["largest_deal_share"])


def test_the_total_says_by_how_much_things_overlap():
    totals = values_of().totals.set_index("kind")
    assert totals.loc["touched", "amount"] == 1000.10
    assert totals.loc["touched", "overlap"] == 710.10
    assert totals.loc["at_risk", "amount"] == 750.0
    assert totals.loc["at_risk", "overlap"] == 750.0
    assert totals.loc["lost", "overlap"] == 0.0


def test_every_sum_has_its_rows():
    found = values_of()
    for item_id, kind, amount in found.money[["item_id", "kind", "amount"]].itertuples(index=False):
        assert found.rows_of(item_id, kind)["amount"].sum() == pytest.approx(amount)


def test_accounts_and_segments_are_those_that_ask():
    asks = ASKS.assign(segment=["Large"] * 6 + ["Small", "(no segment)"])
    roles = row(values_of(asks), "P-1")
    assert roles["asking_accounts"] == 7
    assert roles["segments"] == ("Large", "Small")


@pytest.mark.parametrize(
    "wrong", [{"recovery_share": 1.5}, {"renewal_within_days": 0}, {"large_deal_share": -0.1}]
)
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ValueRules(**wrong)


worlds = st.lists(
    st.tuples(
        st.integers(0, 7),  # deal
        st.sampled_from(["P-1", "P-2", "P-3"]),
        st.booleans(),  # blocker
    ),
    min_size=1,
    max_size=20,
)
terms = st.tuples(
    st.integers(0, 10**9).map(lambda cents: cents / 100) | st.none(),
    st.sampled_from(["open", "qualified", "lost", "won"]),
    st.sampled_from(["new", "expansion", "renewal", None]),
    st.integers(0, 10**6).map(lambda micro: micro / 10**6) | st.none(),
)


@st.composite
def random_worlds(draw):
    terms_of = [draw(terms) for _ in range(8)]
    deals = frames.deals(*[(f"D{n}", f"acc{n % 5}", t[0], t[1]) for n, t in enumerate(terms_of)])
    deals = deals.assign(
        amount=deals["amount"].astype(float),
        deal_type=pd.Series([t[2] for t in terms_of], dtype=object),
        probability=pd.Series([t[3] for t in terms_of], dtype=float),
    )
    asks = frames.asks(
        *[
            (f"a{n}", "words", f"acc{deal % 5}", f"D{deal}", item, blocks)
            for n, (deal, item, blocks) in enumerate(draw(worlds))
        ]
    )
    return asks, deals


@settings(max_examples=25, deadline=None)
@given(random_worlds())
def test_brute_force_over_deals_finds_the_same_money(world):
    asks, deals = world
    found = values_of(asks, deals)
    expected: dict[tuple[str, str], Fraction] = {}
    for item in ("P-1", "P-2", "P-3"):
        for deal in deals.itertuples():
            said = asks.loc[(asks["deal_id"] == deal.deal_id) & (asks["item_key"] == item)]
            if said.empty or pd.isna(deal.amount) or deal.stage == "won":
                continue
            cents = Fraction(round(deal.amount * 100), 100)
            is_renewal = deal.deal_type == "renewal"
            if deal.stage == "lost":
                kinds = ["lost_renewal" if is_renewal else "lost"]
            else:
                kinds = ["touched", deal.deal_type if deal.deal_type in OPEN else "new"]
                kinds += ["blocked"] if said["is_blocker"].any() else []
            for kind in kinds:
                expected[item, kind] = expected.get((item, kind), Fraction(0)) + cents
    got = {
        (item, kind): amount
        for item, kind, amount in found.money[["item_id", "kind", "amount"]].itertuples(index=False)
        if kind != "at_risk" and amount
    }
    assert got == {key: float(amount) for key, amount in expected.items() if amount}


@settings(max_examples=15, deadline=None)
@given(random_worlds(), st.randoms())
def test_order_of_rows_changes_no_number(world, random):
    asks, deals = world
    order = list(range(len(asks)))
    random.shuffle(order)
    shuffled = values_of(asks.iloc[order], deals.iloc[::-1])
    pd.testing.assert_frame_equal(values_of(asks, deals).money, shuffled.money)


def test_every_kind_of_money_is_counted():
    assert set(values_of().totals["kind"]) == set(KINDS)
