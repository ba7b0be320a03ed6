"""The benchmark whose values were derived by hand, under the default policies and the others."""

import json
from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd
import pytest

from common_ground import kpis
from common_ground.kpis import Terms, Window
from common_ground.warehouse import schema
from common_ground.warehouse.published import Data
from tests.kpis.worlds import DEFAULTS, insert

QUARTER = Window(date(2026, 4, 1), date(2026, 7, 1))
OPENING = Window(None, date(2026, 4, 1))
STAGES = {"won": "won", "lost": "lost", "reopened": "open", "open": "open"}


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "benchmarks" / "kpis"


@pytest.fixture(scope="module")
def expected(folder):
    return json.loads((folder / "expected.json").read_text())


def load(folder, **workspace):
    """The fixture's files as canonical tables; `workspace` beside the defaults."""
    connection = duckdb.connect()
    schema.create_canonical(connection)
    insert(connection, "workspace", [DEFAULTS["workspace"] | workspace])
    connection.execute(
        """
        insert into contracts (
            contract_id, account_id, start_date, end_date, annual_amount, monthly_amount, currency,
            is_trial
        )
        select contract_id, account_id, start_date, end_date, annual_amount, annual_amount / 12,
            currency, false
        from read_csv($file)
        """,
        {"file": str(folder / "contracts.csv")},
    )
    connection.execute(
        """
        insert into accounts (account_id, name, is_in_crm, is_excluded)
        select distinct account_id, account_id, true, false from contracts
        """
    )
    history = pd.read_csv(folder / "deal_history.csv").sort_values("changed_date", kind="stable")
    for deal, changes in history.groupby("deal_id"):
        insert_deal(connection, deal, changes)
    return connection


def insert_deal(connection, deal, changes):
    """A deal as its last change leaves it, and every change in the stage history."""
    last = changes.iloc[-1]
    stage = STAGES[last["outcome"]]
    row = DEFAULTS["deals"] | {
        "deal_id": deal,
        "stage": stage,
        "created_date": "2026-01-01",
        "closed_date": last["changed_date"] if stage != "open" else None,
    }
    insert(connection, "deals", [row])
    for change in changes.itertuples():
        row = {
            "deal_id": deal,
            "stage_label": change.outcome,
            "entered_at": change.changed_date,
            "stage": STAGES[change.outcome],
        }
        insert(connection, "deal_stages", [row])


@pytest.fixture(scope="module")
def data(folder):
    """One rate for every date: that of the fiscal year of the as-of date."""
    connection = load(folder)
    connection.execute("insert into fx_rates values ('EUR', 2026, 1.10), ('EUR', 2025, 1.05)")
    schema.create_marts(connection)
    return Data(connection)


@pytest.fixture(scope="module")
def moving_rates(folder):
    """A fiscal year that starts in June, so that the rate is 1.10 at the opening, 1.20 at the end.

    In this workspace the year of the as-of date has the rate of the end.
    """
    connection = load(folder, fiscal_year_start_month=6)
    connection.execute("insert into fx_rates values ('EUR', 2025, 1.10), ('EUR', 2026, 1.20)")
    schema.create_marts(connection)
    return Data(connection)


def value(data, kpi, window=QUARTER, **options):
    return kpis.compute(data, kpi, window, terms=Terms(policies=options)).computed


def bridge(data, **options):
    found = kpis.compute(data, "arr_bridge", QUARTER, terms=Terms(policies=options))
    assert kpis.unexplained(found) == 0
    return kpis.bars(found)


def test_arr_at_the_opening_and_the_close(data, expected):
    assert value(data, "arr", OPENING) == expected["start_arr"]
    assert value(data, "arr") == expected["end_arr_constant_fx"]
    assert value(data, "mrr") == expected["end_arr_constant_fx"] / 12


def test_arr_at_the_rate_of_each_day(moving_rates, expected):
    floating = {"currency": "floating"}
    assert value(moving_rates, "arr", OPENING, **floating) == expected["start_arr"]
    assert value(moving_rates, "arr", **floating) == expected["end_arr_floating_fx"]


def test_retention_is_endpoint_at_a_constant_rate_clipped_per_account(data, expected):
    assert value(data, "nrr") == expected["nrr_endpoint_constant_fx"]
    assert value(data, "grr") == expected["grr_endpoint_account_clip"]
    assert value(data, "logo_churn") == expected["logo_churn_endpoint"]


def test_retention_at_the_rate_of_each_day(moving_rates, expected):
    found = value(moving_rates, "nrr", currency="floating")
    assert found == expected["nrr_endpoint_floating_fx"]


def test_retention_by_every_change_inside_the_window(data, expected):
    assert value(data, "grr", moves="each_change") == expected["grr_movement"]
    assert value(data, "nrr") == expected["nrr_movement_with_reactivation"]


def test_retention_where_an_account_that_came_back_counts_as_lost(data, expected):
    assert value(data, "nrr", reactivation="lost") == expected["nrr_movement_without_reactivation"]
    assert value(data, "logo_churn", reactivation="lost") == expected["logo_churn_movement"]


def test_bridge_adds_up_from_opening_to_close(data, expected):
    told, known = bridge(data), expected["bridge"]
    assert told == {
        "at the start": known["start"],
        "new": known["new"],
        "returned": known["reactivation"],
        "expansion": known["expansion"],
        "contraction": -known["contraction"],
        "lost": -known["churn"],
        "exchange rates": 0,
        "at the end": known["end"],
    }
    assert value(data, "arr_bridge") == known["end"] - known["start"]


def test_bridge_by_every_change_holds_the_movements(data, expected):
    told, moved = bridge(data, moves="each_change"), expected["movements"]
    assert told["expansion"] == moved["expansion"]
    assert told["contraction"] == -moved["contraction"]
    assert told["lost"] == -moved["churn"]
    returned = expected["bridge"]["reactivation"] + moved["reactivation_in_cohort"]
    assert told["returned"] == returned


@pytest.mark.parametrize("moves", ["endpoint", "each_change"])
@pytest.mark.parametrize("currency", ["constant", "floating"])
def test_every_bridge_adds_up_to_the_cent(moving_rates, moves, currency):
    told = bridge(moving_rates, moves=moves, currency=currency)
    end = told.pop("at the end")
    assert round(sum(told.values()), 2) == round(end, 2)


def test_a_bridge_that_does_not_add_up_says_by_how_much(data):
    found = kpis.compute(data, "arr_bridge", QUARTER)
    start, *others = found.beside
    wrong = replace(found, beside=(replace(start, value=start.value - 0.5), *others))
    assert kpis.unexplained(wrong) == 0.5


def test_rates_that_change_are_a_bar_of_their_own(moving_rates, expected):
    told = bridge(moving_rates, currency="floating")
    assert told["exchange rates"] == pytest.approx(36_000 * (1.2 - 1.1))
    assert told["at the start"] == expected["start_arr"]
    assert told["at the end"] == expected["end_arr_floating_fx"]


def test_win_rate_takes_the_last_outcome_of_each_deal(data, expected):
    found = kpis.compute(data, "win_rate", QUARTER)
    assert found.computed == expected["win_rate_last_outcome"]
    assert found.n == 4
    assert found.state == "too_few"
    assert found.value is None
    assert found.reason == "4 deals, a rate needs 10."


def test_win_rate_by_the_first_outcome(data, expected):
    assert value(data, "win_rate", reopened="first") == expected["win_rate_first_outcome"]


def test_win_rate_of_all_opportunities(data, expected):
    assert value(data, "win_rate", denominator="all") == expected["win_rate_all_opps_denominator"]


def test_the_page_is_told_every_alternative_at_once(data, expected):
    view = kpis.View(QUARTER)
    found = {
        (other.policy.policy, other.option): other.value.computed
        for other in kpis.alternatives(data, "win_rate", view)
    }
    assert found == {
        ("reopened", "last"): expected["win_rate_last_outcome"],
        ("reopened", "first"): expected["win_rate_first_outcome"],
        ("denominator", "closed"): expected["win_rate_last_outcome"],
        ("denominator", "all"): expected["win_rate_all_opps_denominator"],
    }
