"""Every entry of kpis.toml is valid against the marts as DuckDB makes them."""

from datetime import date

import pytest

from common_ground import kpis
from common_ground.kpis import Window
from common_ground.kpis.registry import AGREEMENTS, definitions
from common_ground.warehouse import models
from tests.kpis.worlds import AS_OF, world

KPIS = sorted(definitions())
OVER_MARTS = [kpi for kpi in KPIS if definitions()[kpi].mart != AGREEMENTS]
WINDOW = kpis.parse_window("trailing_12_months", AS_OF)

# data.md section 6
NAMED = {
    "mrr",
    "arr",
    "arr_bridge",
    "average_won_deal",
    "carr",
    "nrr",
    "grr",
    "renewal_rate",
    "logo_churn",
    "win_rate",
    "win_rate_amount",
    "won_amount",
    "sales_cycle_days",
    "pipeline_open",
    "pipeline_coverage",
    "sales_velocity",
    "activation_rate",
    "time_to_value_days",
    "wau",
    "mau",
    "stickiness",
    "adoption_breadth",
    "adoption_depth",
    "feature_coverage",
    "pql_to_win",
    "csat",
    "nps",
    "request_to_ship_days",
    "agreed_to_ship_days",
    "commitments_kept",
    "blocked_win_rate",
}


@pytest.fixture(scope="module")
def nothing():
    return world()


def test_every_kpi_of_the_design_is_defined():
    assert set(KPIS) == NAMED


@pytest.mark.parametrize("kpi", KPIS)
def test_words_are_sentences(kpi):
    found = definitions()[kpi]
    for text in (found.definition, found.caveat, found.null_reason):
        assert text.endswith("."), text
    assert found.question.endswith("?")
    assert all(say.endswith(".") for _, say in found.needs)
    assert found.policies


@pytest.mark.parametrize("kpi", OVER_MARTS)
def test_marts_hold_what_the_entry_names(kpi):
    found = definitions()[kpi]
    for mart in (found.mart, found.rows_mart):
        columns = {column.name for column in models.marts()[mart].columns}
        assert {"segment", "left_out"} <= columns
    if found.time:
        assert found.time in {column.name for column in models.marts()[found.mart].columns}


@pytest.mark.parametrize("kpi", KPIS)
def test_nothing_loaded_is_missing_and_says_which_export(nothing, kpi):
    found = kpis.compute(nothing, kpi, WINDOW)
    assert (found.state, found.value, found.n) == ("missing", None, 0)
    assert "Add" in found.reason or "Record" in found.reason
    assert kpis.history(nothing, kpi, WINDOW)["value"].notna().sum() == 0
    assert kpis.by_segment(nothing, kpi, WINDOW).empty
    assert kpis.rows_behind(nothing, kpi, WINDOW).empty


@pytest.mark.parametrize("kpi", KPIS)
def test_json_holds_plain_values(nothing, kpi):
    found = kpis.as_json(kpis.compute(nothing, kpi, Window(None, date(2026, 7, 1))))
    shape = {"kpi", "segment", "window", "value", "n", "unit", "policy", "version", "dropped"}
    assert shape <= found.keys()
    assert found["window"]["end"]


@pytest.mark.parametrize("kpi", OVER_MARTS)
def test_every_choice_of_a_kpi_reaches_its_mart_or_its_expressions(kpi):
    found = definitions()[kpi]
    expressions = " ".join([found.value, found.n, found.rows, found.hits, found.dropped])
    for policy in found.choices:
        in_mart = policy.policy in models.marts()[found.mart].params
        assert in_mart or f"policy_{policy.policy}" in expressions or found.covers == "use_month"


@pytest.mark.parametrize("kpi", KPIS)
def test_a_kpi_moves_kpis_there_are(kpi):
    assert set(definitions()[kpi].moves) <= set(KPIS) - {kpi}


def test_reasons_can_stand_in_a_statement_as_they_are():
    for found in definitions().values():
        assert not any("'" in reason for reason, _ in found.leave_out)


def test_an_unknown_kpi_is_a_mistake_of_the_caller(nothing):
    with pytest.raises(KeyError):
        kpis.compute(nothing, "magic", WINDOW)
