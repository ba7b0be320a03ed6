"""The main KPIs a second time, in plain pandas, on random small worlds: both must agree."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common_ground import kpis
from common_ground.kpis import Window
from tests.kpis.worlds import AS_OF, world

WINDOW = Window(date(2026, 4, 1), date(2026, 7, 1))
DAY = timedelta(days=1)
RATES = {"USD": 1.0, "EUR": 1.1}
SEGMENTS = {"a": "Small", "b": "Large", "c": None, "x": "Small"}  # x is excluded

days = st.dates(date(2026, 1, 1), date(2026, 7, 20))
maybe_day = st.one_of(st.none(), days)
slow = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])

accounts = [
    {"account_id": name, "segment": segment, "is_excluded": name == "x"}
    for name, segment in SEGMENTS.items()
]
deals = st.lists(
    st.fixed_dictionaries(
        {
            "account_id": st.sampled_from([*SEGMENTS, None]),
            "stage": st.sampled_from(
                ["open", "qualified", "won", "won", "lost", "no_decision", "disqualified"]
            ),
            "deal_type": st.sampled_from([None, "new", "expansion", "renewal"]),
            "amount": st.one_of(st.none(), st.integers(0, 1000)),
            "currency": st.sampled_from(["USD", "EUR", "GBP"]),
            "created_date": maybe_day,
            "closed_date": maybe_day,
            "qualified_date": maybe_day,
        }
    ),
    max_size=25,
)
contracts = st.lists(
    st.fixed_dictionaries(
        {
            "account_id": st.sampled_from([*SEGMENTS]),
            "start_date": days,
            "end_date": maybe_day,
            "annual_amount": st.sampled_from([0, 120, 240, 1200]),
            "currency": st.sampled_from(["USD", "EUR", "GBP"]),
            "is_trial": st.sampled_from([False, False, True]),
        }
    ),
    max_size=15,
)
uses = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.dates(date(2026, 5, 1), date(2026, 7, 10)),
            "user_id": st.sampled_from(["u1", "u2", "u3", "u4", "u5", ""]),
            "feature_id": st.sampled_from(["f1", "f2"]),
        }
    ),
    max_size=40,
)
OF_USER = {"u1": "a", "u2": "a", "u3": "b", "u4": "c", "u5": "x", "": "b"}
GOLD = {"fx_rates": [{"currency": "EUR", "fiscal_year": 2026, "rate": 1.1}]}


def numbered(rows, key):
    return [{key: f"{key}{place}"} | row for place, row in enumerate(rows)]


def deals_world(rows):
    return world(accounts=accounts, deals=numbered(rows, "deal_id"), **GOLD)


def pandas_deals(rows):
    """Closed deals of the window that count, with amounts in dollars."""
    frame = pd.DataFrame(rows, columns=["account_id", "stage", "deal_type", "amount", "currency"])
    for column in ("created_date", "closed_date", "qualified_date"):
        frame[column] = pd.to_datetime(pd.Series([row[column] for row in rows], dtype="object"))
    frame["segment"] = [
        "(no account)" if name is None else SEGMENTS[name] or "(no segment)"
        for name in (row["account_id"] for row in rows)
    ]
    is_disqualified = frame["stage"] == "disqualified"
    frame["won"] = frame["stage"] == "won"
    frame["lost"] = frame["stage"].isin(["lost", "no_decision"]) | (
        is_disqualified & frame["qualified_date"].notna()
    )
    end = pd.Timestamp(WINDOW.end)
    keep = (
        (frame["account_id"] != "x")
        & (frame["deal_type"] != "renewal")
        & (frame["won"] | frame["lost"])
        & (frame["closed_date"] >= pd.Timestamp(WINDOW.start))
        & (frame["closed_date"] < end)
        & ~(frame["created_date"] >= end)
    )
    frame["usd"] = frame["amount"].astype("float64") * frame["currency"].map(RATES)
    return frame[keep]


@slow
@given(deals)
def test_deal_figures_agree(rows):
    data = deals_world(rows)
    kept = pandas_deals(rows)
    won = kept[kept["won"]]
    rate = kpis.compute(data, "win_rate", WINDOW)
    assert rate.n == len(kept)
    assert rate.computed == (len(won) / len(kept) if len(kept) else None)
    amount = kpis.compute(data, "won_amount", WINDOW)
    assert amount.n == won["usd"].notna().sum()
    assert amount.computed == pytest.approx(won["usd"].sum())
    cycle = (won["closed_date"] - won["created_date"]).dt.days
    cycle = cycle[cycle >= 0]
    found = kpis.compute(data, "sales_cycle_days", WINDOW)
    assert found.n == len(cycle)
    assert found.computed == (cycle.median() if len(cycle) else None)


@slow
@given(deals)
def test_segments_add_up_to_the_total(rows):
    data = deals_world(rows)
    for kpi in ("won_amount", "win_rate"):
        total = kpis.compute(data, kpi, WINDOW)
        parts = kpis.by_segment(data, kpi, WINDOW)
        assert parts["n"].sum() == total.n
        singles = [kpis.compute(data, kpi, WINDOW, name) for name in parts["segment"]]
        assert [single.n for single in singles] == list(parts["n"])
        if kpi == "won_amount":
            assert parts["value"].sum() == pytest.approx(total.computed)
        elif total.n:
            hits = sum(single.computed * single.n for single in singles)
            assert hits / total.n == pytest.approx(total.computed)


@slow
@given(deals, st.randoms())
def test_order_of_rows_changes_nothing(rows, random):
    named = numbered(rows, "deal_id")
    mixed = random.sample(named, len(named))
    one = world(accounts=accounts, deals=named, **GOLD)
    other = world(accounts=accounts[::-1], deals=mixed, **GOLD)
    assert kpis.compute_all(one, WINDOW) == kpis.compute_all(other, WINDOW)
    behind = [kpis.rows_behind(data, "win_rate", WINDOW) for data in (one, other)]
    pd.testing.assert_frame_equal(*behind)


@slow
@given(deals)
def test_rows_behind_are_those_counted_and_those_dropped(rows):
    data = deals_world(rows)
    for kpi in ("win_rate", "won_amount", "sales_cycle_days", "pipeline_open"):
        found = kpis.compute(data, kpi, WINDOW)
        behind = kpis.rows_behind(data, kpi, WINDOW)
        assert behind["left_out"].isna().sum() == found.n
        reasons = behind["left_out"].value_counts().to_dict()
        assert reasons == {part.reason: part.rows for part in found.dropped}


def active_arr(rows, account, day):
    """What an account pays on a day, a year, in dollars."""
    return sum(
        row["annual_amount"] * RATES.get(row["currency"], 0)
        for row in rows
        if row["account_id"] == account
        and not row["is_trial"]
        and row["start_date"] <= day
        and (row["end_date"] is None or row["end_date"] > day)
        and (row["end_date"] is None or row["end_date"] > row["start_date"])
    )


@slow
@given(contracts)
def test_revenue_figures_agree(rows):
    data = world(accounts=accounts, contracts=numbered(rows, "contract_id"), **GOLD)
    names = [name for name in SEGMENTS if name != "x"]
    start = {name: active_arr(rows, name, WINDOW.start - DAY) for name in names}
    end = {name: active_arr(rows, name, AS_OF) for name in names}
    cohort = [name for name in names if start[name] > 0]
    total = sum(start[name] for name in cohort)
    kept = sum(min(start[name], end[name]) for name in cohort)
    expected = {
        "nrr": sum(end[name] for name in cohort) / total if total else None,
        "grr": kept / total if total else None,
        "logo_churn": sum(end[name] == 0 for name in cohort) / len(cohort) if cohort else None,
    }
    for kpi, value in expected.items():
        found = kpis.compute(data, kpi, WINDOW)
        assert found.n == len(cohort)
        assert found.computed == (pytest.approx(value) if value is not None else None)
    if rows:
        assert kpis.compute(data, "arr", WINDOW).value == pytest.approx(sum(end.values()))
        assert kpis.compute(data, "mrr", WINDOW).value == pytest.approx(sum(end.values()) / 12)


@slow
@given(contracts)
def test_movements_bridge_opening_to_close(rows):
    data = world(accounts=accounts, contracts=numbered(rows, "contract_id"), **GOLD)
    bridge = data.mart("mart_retention", window_start=WINDOW.start, window_end=WINDOW.end)
    counted = bridge[bridge["left_out"].isna()]
    opening = kpis.compute(data, "arr", Window(None, WINDOW.start)).computed or 0
    close = kpis.compute(data, "arr", WINDOW).computed or 0
    assert counted["start_arr"].sum() == pytest.approx(opening)
    assert counted["end_arr"].sum() == pytest.approx(close)
    movement = counted["end_arr"] - counted["start_arr"]
    assert opening + movement.sum() == pytest.approx(close)
    assert (movement[counted["movement"].isin(["new", "reactivation", "expansion"])] > 0).all()
    assert (movement[counted["movement"].isin(["contraction", "churn"])] < 0).all()


@slow
@given(uses, st.integers(0, 40))
def test_active_people_are_exact_on_any_day(rows, back):
    rows = [row | {"account_id": OF_USER[row["user_id"]]} for row in rows]
    data = world(
        accounts=accounts,
        features=[{"feature_id": "f1"}, {"feature_id": "f2", "is_value_event": False}],
        users=[{"user_id": u, "account_id": a} for u, a in OF_USER.items() if u],
        usage_daily=rows,
    )
    day = AS_OF - timedelta(days=back)
    for kpi, length in (("wau", 7), ("mau", 28)):
        people = {
            row["user_id"]
            for row in rows
            if row["feature_id"] == "f1"
            and row["user_id"] not in ("", "u5")
            and day - timedelta(days=length) < row["day"] <= day
        }
        found = kpis.compute(data, kpi, Window(None, day + DAY))
        assert found.computed == len(people)
        behind = kpis.rows_behind(data, kpi, Window(None, day + DAY))
        assert set(behind.loc[behind["left_out"].isna(), "user_id"]) == people
