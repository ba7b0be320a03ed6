"""The default rules, one small world each."""

from datetime import date

import pandas as pd
import pytest

from common_ground import kpis
from common_ground.kpis import Window
from tests.kpis.worlds import AS_OF, accounts, world

QUARTER = Window(date(2026, 4, 1), date(2026, 7, 1))
YEAR = kpis.parse_window("trailing_12_months", AS_OF)


def closed(deal, stage="won", **columns):
    return {
        "deal_id": deal,
        "account_id": "a",
        "stage": stage,
        "amount": 100,
        "created_date": "2026-04-01",
        "closed_date": "2026-05-01",
    } | columns


def dropped(value):
    return {part.reason: part.rows for part in value.dropped}


def test_no_decision_and_qualified_then_disqualified_count_as_lost():
    data = world(
        accounts=accounts("a"),
        deals=[
            closed("won"),
            closed("none", "no_decision"),
            closed("chance", "disqualified", qualified_date="2026-04-10"),
            closed("never", "disqualified"),
        ],
    )
    found = kpis.compute(data, "win_rate", QUARTER)
    assert found.computed == pytest.approx(1 / 3)
    assert dropped(found) == {"disqualified before it was qualified": 1}


def test_every_row_left_out_is_reported_once_with_its_reason():
    data = world(
        accounts=[*accounts("a"), *accounts("test", is_excluded=True)],
        deals=[
            closed("fine"),
            closed("renewed", deal_type="renewal"),
            closed("inside", account_id="test"),
            closed("future", closed_date="2026-07-05"),
            closed("foreign", currency="CHF"),
            closed("unsaid", amount=None),
            closed("undated", closed_date=None),
            closed("earlier", closed_date="2026-02-01"),
        ],
    )
    found = kpis.compute(data, "won_amount", QUARTER)
    assert (found.value, found.n) == (100, 1)
    assert dropped(found) == {
        "renewal, counted apart": 1,
        "internal, test or partner account": 1,
        "dated after the as-of date": 1,
        "no exchange rate for its currency": 1,
        "no amount": 1,
        "no close date": 1,
    }


def test_deals_without_account_are_in_the_total_under_their_own_segment():
    data = world(
        accounts=accounts("a", segment="Small"),
        deals=[closed("one"), closed("two", account_id=None)],
    )
    assert kpis.compute(data, "won_amount", QUARTER).value == 200
    assert kpis.compute(data, "won_amount", QUARTER, "(no account)").value == 100
    assert kpis.segments(data) == ["Small", "(no account)"]


def test_closed_before_created_is_no_cycle():
    data = world(
        accounts=accounts("a"),
        deals=[closed("odd", created_date="2026-05-02"), closed("fine", created_date="2026-04-21")],
    )
    found = kpis.compute(data, "sales_cycle_days", QUARTER)
    assert (found.computed, found.n) == (10, 1)
    assert dropped(found) == {"closed before it started": 1}


def test_past_due_deals_are_not_in_the_pipeline():
    data = world(
        accounts=accounts("a"),
        deals=[
            closed("late", "open", closed_date="2026-06-29"),
            closed("today", "open", closed_date="2026-06-30"),
            closed("open", "qualified", closed_date=None),
        ],
    )
    found = kpis.compute(data, "pipeline_open", YEAR)
    assert (found.value, found.n) == (200, 2)
    assert dropped(found) == {"expected close has passed": 1}


def test_coverage_is_against_what_remains_of_the_quarters_goal():
    deals = [
        closed("won", amount=400),
        closed("open", "open", amount=900, closed_date="2026-06-30"),
        closed("next", "open", amount=900, closed_date="2026-07-01"),
    ]
    goals = [{"kpi": "won_amount", "period": "2026-Q2", "target": 1000}]
    data = world(accounts=accounts("a", segment="Small"), deals=deals, targets=goals)
    assert kpis.compute(data, "pipeline_coverage", YEAR).value == 900 / 600
    alone = kpis.compute(data, "pipeline_coverage", YEAR, "Small")
    assert (alone.state, alone.value) == ("missing", None)
    split = [*goals, {"kpi": "won_amount", "period": "2026-Q2", "segment": "Small", "target": 500}]
    data = world(accounts=accounts("a", segment="Small"), deals=deals, targets=split)
    assert kpis.compute(data, "pipeline_coverage", YEAR).value == 900 / 600
    assert kpis.compute(data, "pipeline_coverage", YEAR, "Small").value == 900 / 100
    met = [{"kpi": "won_amount", "period": "2026-Q2", "target": 400}]
    data = world(accounts=accounts("a"), deals=deals, targets=met)
    assert kpis.compute(data, "pipeline_coverage", YEAR).value is None


def test_required_coverage_is_one_over_the_win_rate():
    deals = [closed(f"d{n}", "won" if n < 4 else "lost") for n in range(10)]
    data = world(accounts=accounts("a"), deals=deals)
    assert kpis.target(data, "pipeline_coverage", YEAR) == pytest.approx(10 / 4)


def test_one_rate_for_every_date_that_of_the_fiscal_year_of_the_as_of_day():
    contract = {"account_id": "a", "start_date": "2024-01-01", "annual_amount": 100}
    data = world(
        workspace={"fiscal_year_start_month": 7},
        accounts=accounts("a"),
        contracts=[contract | {"contract_id": "c", "currency": "EUR"}],
        fx_rates=[
            {"currency": "EUR", "fiscal_year": 2025, "rate": 1.2},
            {"currency": "EUR", "fiscal_year": 2026, "rate": 1.5},
        ],
    )
    past = kpis.history(data, "arr", YEAR)
    assert set(past["value"]) == {120.0}


def test_zero_amounts_and_trials_make_no_customer():
    contract = {"start_date": "2025-01-01", "annual_amount": 0}
    data = world(
        accounts=accounts("a", "b"),
        contracts=[
            contract | {"contract_id": "free", "account_id": "a"},
            contract
            | {"contract_id": "t", "account_id": "b", "annual_amount": 9, "is_trial": True},
        ],
    )
    found = kpis.compute(data, "arr", YEAR)
    assert (found.value, found.n) == (0, 0)
    assert dropped(found) == {"trial, carries no revenue": 1}
    assert kpis.compute(data, "logo_churn", YEAR).n == 0


def test_activation_needs_one_person_in_time_and_leaves_out_the_young_and_the_unseen():
    contracts = [
        {"contract_id": f"c{n}", "account_id": n, "start_date": start, "annual_amount": 100}
        for n, start in {
            "a": "2026-05-01",
            "b": "2026-05-01",
            "c": "2026-06-20",
            "d": "2026-05-01",
        }.items()
    ]
    use = [
        *({"account_id": "a", "user_id": "u1", "day": f"2026-05-{n}"} for n in (2, 3, 15)),
        # Three uses, by two people: nobody met the criterion alone
        *({"account_id": "b", "user_id": u, "day": "2026-05-02"} for u in ("u2", "u3")),
        {"account_id": "b", "user_id": "u2", "day": "2026-05-03"},
        {"account_id": "c", "user_id": "u4", "day": "2026-06-20", "event_count": 3},
    ]
    data = world(
        accounts=accounts("a", "b", "c", "d"),
        contracts=contracts,
        features=[{"feature_id": "f"}],
        users=[
            {"user_id": u, "account_id": a}
            for u, a in {"u1": "a", "u2": "b", "u3": "b", "u4": "c"}.items()
        ],
        usage_daily=[row | {"feature_id": "f"} for row in use],
    )
    found = kpis.compute(data, "activation_rate", YEAR)
    assert (found.computed, found.n) == (0.5, 2)
    assert dropped(found) == {"no use at all": 1, "too young, its days are not over": 1}
    reached = kpis.compute(data, "time_to_value_days", YEAR)
    assert (reached.computed, reached.n) == (1, 3)


def test_the_last_answer_of_a_person_counts():
    answers = [("p", 1, "2026-05-01"), ("p", 5, "2026-05-02"), ("", 4, "2026-05-03"), ("", 2, None)]
    data = world(
        accounts=accounts("a"),
        surveys=[
            {
                "account_id": "a",
                "respondent": person,
                "kind": "csat",
                "score": score,
                "answered_date": day or "2026-05-03",
            }
            for person, score, day in answers
        ],
    )
    found = kpis.compute(data, "csat", QUARTER)
    assert (found.computed, found.n) == (pytest.approx(2 / 3), 3)
    assert dropped(found) == {"answered again later": 1}


def test_merged_asks_are_one_request_from_the_earliest():
    def ask(ask_id, day, **columns):
        return {"ask_id": ask_id, "asked_date": day, "account_id": "a", **columns}

    data = world(
        accounts=accounts("a"),
        items=[{"item_id": "I", "status": "released", "released_date": "2026-05-11"}],
        asks=[
            ask("kept", "2026-05-01", item_key="I"),
            ask("same", "2026-04-01", merged_into="kept"),
            ask("again", "2026-03-12", merged_into="same"),
            ask("late", "2026-06-01", item_key="I"),
            ask("round", "2026-04-01", merged_into="circle"),
            ask("circle", "2026-05-10", merged_into="round", item_key="I"),
        ],
    )
    rows = kpis.rows_behind(data, "request_to_ship_days", QUARTER)
    counted = rows[rows["left_out"].isna()].set_index("request_id")
    assert counted["lead_days"].to_dict() == {"kept": 60, "circle": 40}
    found = kpis.compute(data, "request_to_ship_days", QUARTER)
    assert (found.computed, found.n) == (50, 2)
    assert dropped(found) == {"asked after the release": 1}


def agreement(number, status, due, closed_at=None, created="2026-04-01"):
    return {
        "agreement_id": number,
        "status": status,
        "due_date": due,
        "created_at": created,
        "closed_at": closed_at,
    }


def test_commitments_kept_are_those_done_by_their_due_date():
    ledger = pd.DataFrame(
        [
            agreement("A1", "kept", "2026-05-01", "2026-05-01T18:00:00"),
            agreement("A2", "kept", "2026-05-01", "2026-05-02T09:00:00"),
            agreement("A3", "missed", "2026-05-10"),
            agreement("A4", "open", "2026-06-01"),
            agreement("A5", "open", "2026-06-30"),
            agreement("A6", "renegotiated", "2026-06-01"),
            agreement("A7", "kept", "2026-08-01", "2026-06-01T10:00:00"),
        ]
    )
    data = world()
    found = kpis.compute(data, "commitments_kept", QUARTER, terms=kpis.Terms(agreements=ledger))
    assert (found.value, found.n) == (0.25, 4)
    assert dropped(found) == {"open, its due day is not over": 1, "renegotiated": 1}
    assert found.low < 0.25 < found.high
    done = kpis.compute(data, "agreed_to_ship_days", QUARTER, terms=kpis.Terms(agreements=ledger))
    assert (done.value, done.n) == (31, 3)
    split = kpis.compute(data, "commitments_kept", QUARTER, "Small", kpis.Terms(agreements=ledger))
    assert (split.state, split.segment) == ("missing", "Small")
    assert "no segment" in split.reason


def test_targets_are_those_of_the_period_most_like_the_window():
    goals = [("2026", 0.3), ("2026-Q2", 0.4), ("2026-06", 0.5), ("2025", 0.1), ("soon", 0.9)]
    data = world(
        targets=[{"kpi": "win_rate", "period": p, "target": goal} for p, goal in goals]
        + [{"kpi": "won_amount", "period": "2026-Q2", "target": 70}]
    )
    assert kpis.target(data, "win_rate", YEAR) == 0.3
    assert kpis.target(data, "win_rate", QUARTER) == 0.4
    assert kpis.target(data, "win_rate", Window(date(2026, 6, 1), date(2026, 7, 1))) == 0.5
    assert kpis.target(data, "win_rate", QUARTER, "Small") is None
    assert kpis.target(data, "won_amount", QUARTER) == 70
    assert kpis.target(data, "won_amount", YEAR) is None


def test_likely_range_is_that_of_wilson():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 0 of 20
    assert kpis.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert kpis.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert kpis.wilson(0, 0) == (None, None)
