"""KPIs and the marts under them on one fixed world, as files small enough to read in review."""

import io
from pathlib import Path

import pandas as pd
import pytest

from common_ground import kpis
from tests.kpis.worlds import AS_OF, busy

GOLDEN = Path(__file__).parent.parent / "golden"
YEAR = kpis.parse_window("trailing_12_months", AS_OF)
PARAMETERS = {
    "as_of": AS_OF,
    "window_start": YEAR.start,
    "window_end": YEAR.end,
    "goal_segments": ["", "Small"],
    "goal_amounts": [1000, 400],
    **{name: policy.default for name, policy in kpis.choices().items()},
}
MARTS = (
    "mart_account_names",
    "mart_account_weights",
    "mart_account_segments",
    "mart_deal_outcomes",
    "mart_fx_years",
    "mart_account_features",
    "mart_account_starts",
    "mart_activation",
    "mart_answers",
    "mart_contracts",
    "mart_contracts_live",
    "mart_fx_rates",
    "mart_people_active",
    "mart_pipeline_quarter",
    "mart_pqls",
    "mart_renewals",
    "mart_requests",
    "mart_retention",
    "mart_segments",
    "mart_targets",
)


@pytest.fixture(scope="module")
def data():
    return busy()


def compare(found: pd.DataFrame, name: str, update: bool) -> None:
    """Compare with a golden file, or write it when asked to."""
    path = GOLDEN / f"{name}.csv"
    text = found.to_csv(index=False, float_format="%.10g", date_format="%Y-%m-%d")
    if update:
        path.write_text(text)
    expected = pd.read_csv(path, dtype="str", keep_default_na=False)
    pd.testing.assert_frame_equal(
        pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False), expected
    )


@pytest.mark.parametrize("name", MARTS)
def test_marts_are_as_reviewed(data, name, update_golden):
    rows = data.mart(name, **PARAMETERS)
    compare(rows.sort_values(list(rows.columns), ignore_index=True), name, update_golden)


def test_kpis_are_as_reviewed(data, update_golden):
    found = pd.DataFrame(
        {
            "kpi": value.kpi,
            "window": f"{value.window.start}..{value.window.end}",
            "state": value.state,
            "computed": value.computed,
            "n": value.n,
            "low": value.low,
            "high": value.high,
            "dropped": "; ".join(f"{part.reason}: {part.rows}" for part in value.dropped),
        }
        for value in kpis.compute_all(data, YEAR)
    )
    compare(found, "kpis", update_golden)
