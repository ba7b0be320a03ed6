"""CRM and billing exports in each tool's own shape: deals, accounts and bills."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from common_ground.errors import UnknownDialectError
from common_ground.exports import dialects
from common_ground.exports.mappings import TableMapping
from common_ground.warehouse.build import build, inspect

SAMPLES = Path(__file__).parents[1] / "exports"


@pytest.fixture
def loaded(tmp_path):
    def load(dialect):
        shutil.copytree(SAMPLES / dialect, tmp_path / dialect)
        return build(tmp_path / dialect, tmp_path / "workspace", as_of=date(2026, 2, 28)).data

    return load


def days(frame, *columns):
    return [[None if pd.isna(day) else str(day)[:10] for day in frame[name]] for name in columns]


def test_salesforce_report_without_ids_keeps_every_deal_and_its_currency(loaded):
    data = loaded("salesforce_report")
    deals = data.table("deals").set_index("name").sort_index()
    assert list(deals["deal_id"]) == [
        "Møller – field app / Café Møller A/S",
        "Ostermann renewal 2026 / Ostermann GmbH",
        "Ostermann scanner / Ostermann GmbH",
    ]
    assert list(deals["stage"]) == ["qualified", "won", "lost"]
    assert list(deals["amount"]) == [8_000, 12_500, 4_200]
    assert list(deals["currency"]) == ["EUR", "EUR", "USD"]
    assert list(deals["probability"]) == [0.75, 1, 0]
    assert list(deals["deal_type"]) == ["new", "renewal", "expansion"]
    assert days(deals, "created_date", "closed_date") == [
        ["2026-01-14", "2025-11-30", "2025-10-02"],
        ["2026-03-25", "2026-02-13", "2026-01-31"],
    ]
    (load,) = data.loads().to_dict("records")
    assert load["other_kinds"] == "1 header, 3 footer, 1 blank"
    assert any(
        "ids are made of 'Opportunity Name' and 'Account Name'" in w for w in load["warnings"]
    )


def test_two_deals_of_one_made_id_are_told_apart_as_a_rejected_line(tmp_path):
    report = tmp_path / "report.csv"
    row = "Acme,Pilot,Closed Won,5,2026-01-02\n"
    report.write_text("Account Name,Opportunity Name,Stage,Amount,Close Date\n" + row + row)
    (receipt,) = inspect(report)
    assert receipt.loaded == 1
    assert receipt.rejected[0].line == 3
    assert "'Pilot / Acme' stands on line 2 already" in receipt.rejected[0].reason


def test_salesforce_objects_leave_deleted_rows_and_other_fields_out_and_counted(loaded):
    data = loaded("salesforce_objects")
    deals = data.table("deals").set_index("deal_id").sort_index()
    assert list(deals.index) == ["0065g00000ABCDEAA1", "0065g00000ABCDFAA1"]
    assert list(deals["stage"]) == ["qualified", "lost"]
    assert list(deals["account_id"]) == ["0015g00000XYZAAA3"] * 2
    assert deals.loc["0065g00000ABCDFAA1", "lost_reason"] == "No single sign-on"
    stages = data.table("deal_stages").sort_values("entered_at")
    assert list(stages["stage_label"]) == ["Qualification", "Proposal/Price Quote"]
    assert data.table("accounts")["name"].tolist() == ["Harbour Logistics"]
    kinds = data.loads().set_index("file")["other_kinds"]
    assert kinds["Opportunity.csv"] == "1 header, 1 deleted opportunities"
    assert kinds["OpportunityFieldHistory.csv"] == "1 header, 2 changes of other fields"


def test_pipedrive_status_decides_and_each_deal_has_the_day_that_fits_it(loaded):
    data = loaded("pipedrive")
    deals = data.table("deals").set_index("deal_id")
    assert deals["stage"].to_dict() == {"101": "qualified", "102": "won", "103": "lost"}
    assert days(deals, "closed_date") == [["2026-06-30", "2025-12-20", "2025-11-02"]]
    assert set(deals["currency"]) == {"CZK"}
    assert deals.loc["103", "lost_reason"] == "Chose Excel"
    assert data.table("accounts")["account_id"].tolist() == ["77"]
    assert list(deals["account_id"].dropna().unique()) == ["77"]
    assert "1 deleted deals" in " ".join(data.loads()["other_kinds"])


def test_zoho_ids_stay_text_and_link_deals_to_accounts(loaded):
    data = loaded("zoho")
    deals = data.table("deals").set_index("deal_id")
    assert list(deals.index) == ["zcrm_4876876000000333013", "zcrm_4876876000000333014"]
    assert list(deals["stage"]) == ["qualified", "lost"]
    assert set(deals["account_id"]) == {"zcrm_4876876000000333005"}
    assert list(deals["amount"]) == [18_000, 3_500]
    account = data.table("accounts").iloc[0]
    assert (account["name"], account["domain"]) == ("Northgate Clinics", "northgate.example")


def test_dynamics_workbook_and_csv_say_the_same_and_errors_are_no_losses(loaded):
    deals = loaded("dynamics").table("deals").set_index("name")
    assert deals["stage"].to_dict() == {
        "Fleet tracking": "open",
        "Fleet tracking add-on": "won",
        "Entered twice": "disqualified",
        "Route planning": "no_decision",
    }
    assert deals["amount"].to_dict() == {
        "Fleet tracking": 3522, "Fleet tracking add-on": 880.5, "Entered twice": 900,
        "Route planning": 3522,
    }  # fmt: skip
    assert deals.loc["Fleet tracking", "probability"] == 0.5
    assert deals.loc["Fleet tracking", "deal_id"] == "{6D1E2F30-0001-4A5B-8C9D-000000000001}"
    assert str(deals.loc["Fleet tracking", "closed_date"])[:10] == "2026-05-29"
    assert str(deals.loc["Route planning", "closed_date"])[:10] == "2026-01-30"


def test_stripe_months_and_years_become_the_same_kind_of_amount(loaded):
    contracts = loaded("stripe").table("contracts").set_index("contract_id")
    assert contracts["annual_amount"].to_dict() == {
        "sub_1Pz00000000001": 2988, "sub_1Pz00000000002": 6000, "sub_1Pz00000000003": 2988,
    }  # fmt: skip
    assert list(contracts["currency"]) == ["EUR", "USD", "USD"]
    assert list(contracts["is_trial"]) == [False, False, True]
    assert days(contracts, "end_date") == [[None, "2026-01-10", None]]


def test_a_utf_16_list_of_hubspot_reads_internal_stage_names(tmp_path):
    shutil.copy(SAMPLES / "hubspot" / "hubspot-crm-exports-list.csv", tmp_path)
    data = build(tmp_path, tmp_path / "workspace", as_of=date(2026, 2, 28)).data
    deals = data.table("deals").set_index("deal_id")
    assert deals["stage"].to_dict() == {"9101": "qualified", "9102": "lost"}
    assert deals["amount"].to_dict() == {"9101": 125_000, "9102": 900}
    assert set(deals["account_id"]) == {"8101"}


def test_a_receipt_says_which_tool_and_why():
    (receipt,) = inspect(SAMPLES / "pipedrive" / "deals.csv")
    assert receipt.detected_by == (
        "Pipedrive, because it has the headers 'Deal - Title*', 'Deal - Status'"
    )


def test_a_tie_between_tools_asks_which_it_is():
    own = tuple(
        TableMapping(name, name.title(), "deals", ("deal", "phase"),
                     {"deal_id": ("deal",), "stage": ("phase",)})
        for name in ("north", "south")
    )  # fmt: skip
    with pytest.raises(UnknownDialectError, match="fit north and south equally well") as error:
        dialects.detect("x.csv", ("deal", "phase", "size"), own=own)
    question = error.value.question
    assert question.key == "dialect"
    assert [choice.value for choice in question.choices] == ["north.deals", "south.deals"]
    assert question.choices[0].outcome == "2 of 3 headers used"
    found = dialects.detect("x.csv", ("deal", "phase", "size"), "south.deals", own=own)
    assert (found[0].dialect, found[0].because) == ("south", "")
