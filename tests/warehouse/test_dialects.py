"""Each tool's sample in tests/exports loads with no unexplained column, value or row."""

from datetime import date
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest

from common_ground.errors import MissingColumnsError, UnknownDialectError
from common_ground.exports import dialects
from common_ground.exports.mappings import staged_tables
from common_ground.warehouse.build import build, inspect

SAMPLES = Path(__file__).parents[1] / "exports"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file())
# What the shape of a tool's own export makes a receipt say
EXPLAINED = (
    "left out", "60 is 60 %", "so ids are made of", "letters are encoded; read as cp1252",
    "the first is taken", "Amounts are taken as Stripe's file has them",
    "only where company_id was joined", "by an id of its own",
)  # fmt: skip
# Samples that speak of the same companies
TOGETHER = (
    "billing_report", "fider", "generic", "hubspot", "jira", "product_events", "request_log",
    "survey_answers",
)  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_is_known_and_loads_whole(path):
    receipts = inspect(path)
    assert {r.dialect for r in receipts} == {path.parent.name}
    for receipt in receipts:
        assert receipt.loaded > 0
        assert receipt.rejected == ()
        assert receipt.questions == ()
        assert [w for w in receipt.warnings if not any(e in w for e in EXPLAINED)] == []


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    for path in FILES:
        if path.parent.name in TOGETHER:
            (folder / path.name).write_bytes(path.read_bytes())
    events = pa_csv.read_csv(SAMPLES / "product_events" / "events.csv")
    changed = events.set_column(0, "event_id", [["e5", "e6"]])
    pa_parquet.write_table(changed, folder / "events.parquet")
    return build(folder, tmp_path_factory.mktemp("w"), as_of=date(2026, 10, 31)).data


def test_usage_comes_as_csv_json_lines_and_parquet_alike(data):
    used = data.table("usage_daily").groupby("feature_id")["event_count"].sum()
    assert used.to_dict() == {"F1": 5, "Job Closed": 1}


def test_companies_people_bills_and_requests_meet_in_one_account(data):
    assert data.table("contracts").set_index("contract_id")["account_id"].to_dict() == {
        "S-1": "8001", "S-2": "ostermann.example",
    }  # fmt: skip
    assert set(data.table("usage_daily")["account_id"]) == {"8001"}
    asks = data.table("asks").set_index("ask_id")
    assert asks.loc["R-1", "account_id"] == "8001"
    assert bool(asks.loc["R-1", "is_blocker"])
    assert asks.loc["11", "merged_into"] == "10"


def test_a_hubspot_deal_keeps_what_the_export_does_not_say_empty(data):
    deals = data.table("deals").set_index("deal_id")
    assert deals.loc["9001", ["stage", "deal_type"]].tolist() == ["won", "new"]
    assert deals.loc["9001", "amount"] == 125_000
    assert deals.loc["9002", "stage"] == "qualified"
    assert str(deals.loc["9002", "amount"]) == "nan"
    assert deals.loc["9002", "account_id"] is None or str(deals.loc["9002", "account_id"]) == "nan"


def test_jira_links_of_repeated_columns_are_all_prerequisites(data):
    rules = data.table("item_rules")
    pairs = set(zip(rules["item_id"], rules["other_item_id"], strict=True))
    assert pairs == {("FSM-2", "FSM-1"), ("FSM-2", "FSM-3")}
    items = data.table("items").set_index("item_id")
    assert items["status"].to_dict() == {"FSM-1": "released", "FSM-2": "planned", "FSM-3": "idea"}
    assert str(items.loc["FSM-1", "released_date"])[:10] == "2024-03-30"


def test_a_bill_in_another_currency_keeps_it(data):
    contracts = data.table("contracts").set_index("contract_id")
    assert contracts["currency"].to_dict() == {"S-1": "USD", "S-2": "EUR"}
    assert contracts["annual_amount"].to_dict() == {"S-1": 24_000, "S-2": 18_500}


def test_every_tool_has_a_sample_and_every_sample_its_tool():
    without = {"ravenstack"}  # tried on the real exports beside the project
    tools = {mapping.dialect for mapping in dialects.known()}
    assert {path.parent.name for path in FILES} == tools - without


def test_one_common_header_makes_no_generic_table():
    with pytest.raises(UnknownDialectError, match="no dialect knows the headers"):
        dialects.detect("a.csv", ("ticket_id", "colour", "size", "weight"))


def test_a_missing_column_is_named_with_what_looks_like_it():
    headers = ("deal_id", "stages", "amount")
    with pytest.raises(MissingColumnsError, match=r"'stage' \(did you mean 'stages'\?\)"):
        dialects.detect("deals.csv", headers)


def test_a_person_may_say_which_header_stands_for_a_column():
    mapping = dialects.detect("d.csv", ("deal_id", "Phase", "amount"), None, {"Phase": "stage"})[0]
    assert dialects.header_of(mapping, "stage", ("deal_id", "Phase", "amount")) == "Phase"


def test_every_dialect_maps_to_columns_that_exist():
    for mapping in dialects.known():
        columns = {column.name for column in staged_tables()[mapping.table]}
        assert set(mapping.columns) | set(mapping.constants) | set(mapping.values) <= columns


def test_headers_are_guessed_and_none_serves_twice():
    found = dialects.guess("deals", ["Deal ID", "Phase", "Deal Amount", "Close Date"])
    assert found["deal_id"] == "Deal ID"
    assert found["closed_date"] == "Close Date"
    used = [header for header in found.values() if header]
    assert len(used) == len(set(used))
