"""The benchmark whose values were derived by hand, under the default policies."""

import json
from datetime import date

import duckdb
import pandas as pd
import pytest

from common_ground import kpis
from common_ground.kpis import Window
from common_ground.warehouse import schema
from common_ground.warehouse.published import Data
from tests.kpis.worlds import DEFAULTS, insert

QUARTER = Window(date(2026, 4, 1), date(2026, 7, 1))
CLOSED = {"won": "won", "lost": "lost", "reopened": "open", "open": "open"}


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "benchmarks" / "kpis"


@pytest.fixture(scope="module")
def expected(folder):
    return json.loads((folder / "expected.json").read_text())


@pytest.fixture(scope="module")
def data(folder):
    connection = duckdb.connect()
    schema.create_canonical(connection)
    insert(connection, "workspace", DEFAULTS["workspace"])
    connection.execute("insert into fx_rates values ('EUR', 2026, 1.10), ('EUR', 2025, 1.05)")
    connection.execute(
        """
        insert into contracts
        select contract_id, account_id, start_date, end_date, annual_amount, annual_amount / 12,
            currency, null, false, null
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
        last = changes.iloc[-1]
        stage = CLOSED[last["outcome"]]
        row = DEFAULTS["deals"] | {
            "deal_id": deal,
            "stage": stage,
            "created_date": "2026-01-01",
            "closed_date": last["changed_date"] if stage != "open" else None,
        }
        insert(connection, "deals", row)
    schema.create_marts(connection)
    return Data(connection)


def value(data, kpi):
    return kpis.compute(data, kpi, QUARTER).value


def test_arr_at_the_opening_and_the_close(data, expected):
    opening = kpis.compute(data, "arr", Window(None, date(2026, 4, 1)))
    assert opening.value == expected["start_arr"]
    assert value(data, "arr") == expected["end_arr_constant_fx"]


def test_retention_is_endpoint_at_a_constant_rate_clipped_per_account(data, expected):
    assert value(data, "nrr") == expected["nrr_endpoint_constant_fx"]
    assert value(data, "grr") == expected["grr_endpoint_account_clip"]
    assert value(data, "logo_churn") == expected["logo_churn_endpoint"]


def test_bridge_adds_up_from_opening_to_close(data, expected):
    rows = data.mart("mart_retention", window_start=QUARTER.start, window_end=QUARTER.end)
    moved = (rows["end_arr"] - rows["start_arr"]).abs().groupby(rows["movement"]).sum().to_dict()
    bridge = expected["bridge"]
    assert rows["start_arr"].sum() == bridge["start"]
    assert rows["end_arr"].sum() == bridge["end"]
    named = ("new", "reactivation", "expansion", "contraction", "churn")
    assert {name: moved[name] for name in named} == {name: bridge[name] for name in named}


def test_win_rate_takes_the_last_outcome_of_each_deal(data, expected):
    found = kpis.compute(data, "win_rate", QUARTER)
    assert found.computed == expected["win_rate_last_outcome"]
    assert found.n == 4
    assert found.state == "too_few"
    assert found.value is None
    assert found.reason == "4 closed, a rate needs 10."
