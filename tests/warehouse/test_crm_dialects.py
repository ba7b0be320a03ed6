"""CRM and billing exports in each tool's own shape: deals, accounts and bills."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from common_ground.errors import MissingColumnsError, UnknownDialectError
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
        "Møller – field app / Café Møller A/S / 1/14/2026",
        "Ostermann renewal 2026 / Ostermann GmbH / 11/30/2025",
        "Ostermann scanner / Ostermann GmbH / 10/2/2025",
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
    named = "ids are made of 'Opportunity Name' and 'Account Name' and 'Created Date'"
    assert any(named in w for w in load["warnings"])


def test_two_renewals_of_one_name_are_two_deals_where_they_were_created_on_two_days(read):
    receipt, data = read(
        "Opportunity Name,Account Name,Stage,Close Date,Created Date",
        "Renewal,Acme,Closed Won,2025-12-31,2025-10-01",
        "Renewal,Acme,Prospecting,2026-12-31,2025-12-01",
    )
    assert (receipt.loaded, receipt.rejected) == (2, ())
    assert sorted(data.table("deals")["stage"]) == ["open", "won"]


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


def test_salesforce_ids_of_people_become_their_names(loaded):
    data = loaded("salesforce_objects")
    assert set(data.table("deals")["owner"]) == {"Rosa Whitfield"}
    assert set(data.table("accounts")["owner"]) == {"Rosa Whitfield"}


def test_hubspot_tables_of_a_warehouse_meet_and_deleted_rows_are_counted(loaded):
    data = loaded("hubspot_warehouse")
    deals = data.table("deals").set_index("deal_id").sort_index(ascending=False)
    assert list(deals.index) == ["1244495215", "1075671446"]
    assert list(deals["stage"]) == ["won", "qualified"]
    assert list(deals["amount"]) == [36_000, 5_400.5]
    assert list(deals["owner"]) == ["ilze@ourcompany.example", "marek@ourcompany.example"]
    assert set(deals["account_id"]) == set(data.table("tickets")["account_id"]) == {"2182162682"}
    assert days(deals, "created_date", "closed_date") == [
        ["2025-12-04", "2026-01-07"], ["2026-01-30", "2026-05-31"],
    ]  # fmt: skip
    stages = data.table("deal_stages").sort_values("entered_at")
    assert list(stages["stage_label"]) == ["appointmentscheduled", "closedwon"]
    kinds = data.loads().set_index("file")["other_kinds"]
    assert kinds["deal.csv"] == "1 header, 1 deleted deals"
    assert kinds["deal_property_history.csv"] == "1 header, 1 changes of other properties"


LEFT = {
    "deal_pipeline_stage_data": "deals hold stage ids. Say under [stages] what each id means",
    "deal_pipeline_data": "no number depends on them",
    "deal_company_data": "Join company_id into the export of deals as account_id",
    "deal_property_history_data": "None of the 100 rows was loaded: all are changes of other",
}


@pytest.mark.parametrize("name", LEFT)
def test_a_table_of_the_connector_that_is_not_read_says_why(shared, name):
    (receipt,) = inspect(shared / "exports" / "hubspot_fivetran" / f"{name}.csv")
    assert receipt.dialect == "hubspot_warehouse"
    assert receipt.loaded == 0
    assert any(LEFT[name] in warning for warning in receipt.warnings)


@pytest.mark.parametrize(("name", "rows"), {"owner_data": 100, "ticket_data": 25}.items())
def test_people_and_tickets_of_the_connector_are_all_loaded(shared, name, rows):
    (receipt,) = inspect(shared / "exports" / "hubspot_fivetran" / f"{name}.csv")
    assert (receipt.loaded, receipt.rejected) == (rows, ())


def test_pipedrive_status_decides_and_each_deal_has_the_day_that_fits_it(loaded):
    data = loaded("pipedrive")
    deals = data.table("deals").set_index("deal_id").sort_index()
    czech, deals = deals.loc["201":], deals.loc[:"103"]
    assert czech["stage"].to_dict() == {"201": "won", "202": "lost", "203": "qualified"}
    assert days(czech, "closed_date") == [["2026-01-20", "2026-02-03", "2026-05-31"]]
    assert list(czech["amount"]) == [150_000, 20_000, 90_000]
    assert list(czech["owner"]) == ["Jana Nová", "Jana Nová", "Petr Malý"]
    assert list(czech["lost_reason"].dropna()) == ["Bez rozpočtu"]
    assert list(czech["account_id"]) == ["77", "77", "77"]
    assert deals["stage"].to_dict() == {"101": "qualified", "102": "won", "103": "lost"}
    assert days(deals, "closed_date") == [["2026-06-30", "2025-12-20", "2025-11-02"]]
    assert set(deals["currency"]) == {"CZK"}
    assert deals.loc["103", "lost_reason"] == "Chose Excel"
    assert data.table("accounts")["account_id"].tolist() == ["77"]
    assert list(deals["account_id"].dropna().unique()) == ["77"]
    assert "1 deleted deals" in " ".join(data.loads()["other_kinds"])


def test_pipedrive_deals_without_their_status_are_no_organisations():
    headers = ("Deal - ID", "Deal - Title", "Deal - Value", "Organization - Name")
    with pytest.raises((MissingColumnsError, UnknownDialectError), match="Deal - "):
        dialects.detect("deals.csv", headers)


def test_a_czech_list_of_pipedrive_deals_without_ids_keeps_two_of_one_name(read):
    receipt, data = read(
        "Obchod - Název*,Obchod - Hodnota,Obchod - Stav,Organizace - Název*,Obchod - Vytvořeno,"
        "Obchod - Očekávané datum uzavření",
        "Obnova,90000,Otevřeno,Sklad Brno,2026-01-05 09:00:00,2026-05-31",
        "Obnova,80000,Vyhráno,Sklad Brno,2025-01-05 09:00:00,2025-05-31",
    )
    deals = data.table("deals").set_index("amount").sort_index()
    assert (receipt.table, list(deals["stage"])) == ("deals", ["won", "open"])
    assert days(deals, "created_date", "closed_date") == [
        ["2025-01-05", "2026-01-05"], ["2025-05-31", "2026-05-31"],
    ]  # fmt: skip


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


@pytest.fixture
def read(tmp_path):
    """A function from the text of a CSV to its receipt and the data of a build of it alone."""

    def reading(*lines, said=None):
        (tmp_path / "exports").mkdir()
        (tmp_path / "exports" / "file.csv").write_text("\n".join(lines) + "\n")
        if said:
            (tmp_path / "workspace").mkdir()
            (tmp_path / "workspace" / "decisions.toml").write_text(said)
        made = build(tmp_path / "exports", tmp_path / "workspace", as_of=date(2026, 2, 28))
        return made.receipts[0], made.data

    return reading


REPORT = "Opportunity Name,Account Name,Stage,Close Date"


def test_the_currency_of_a_report_is_that_of_the_amount_which_was_taken(read):
    receipt, data = read(f"{REPORT},ARR Currency,ARR", 'A,X,Closed Won,1/31/2026,EUR,"1,000.00"')
    assert data.table("deals")[["amount", "currency"]].values.tolist() == [[1000, "EUR"]]
    assert receipt.mapped_columns["currency"] == "ARR Currency"


def test_the_currency_of_another_amount_is_not_taken(read):
    receipt, data = read(
        f"{REPORT},Amount Currency,Amount,Amount (converted) Currency,Amount (converted)",
        'A,X,Closed Won,1/31/2026,GBP,"1,000.00",USD,"1,300.00"',
    )
    assert data.table("deals")[["amount", "currency"]].values.tolist() == [[1000, "GBP"]]
    assert receipt.unused_columns == ("Amount (converted) Currency", "Amount (converted)")


def test_an_amount_that_a_person_chose_brings_its_own_currency(read):
    said = '[files."file.csv"]\ncolumns = {"ARR to Renew" = "amount"}\n'
    _, data = read(
        f"{REPORT},Amount Currency,Amount,ARR to Renew Currency,ARR to Renew",
        'A,X,Closed Won,1/31/2026,GBP,"1,000.00",EUR,"1,300.00"',
        said=said,
    )
    assert data.table("deals")[["amount", "currency"]].values.tolist() == [[1300, "EUR"]]


DYNAMICS = (
    "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Topic,"
    "Account,Status,Status Reason,Pipeline Phase,Est. Revenue,Actual Revenue,Est. Close Date,"
    "Actual Close Date"
)


def test_dynamics_counts_actual_revenue_of_won_deals_only_as_it_is_0_before(read):
    _, data = read(
        DYNAMICS,
        "6d1e,c,1/30/2026,A,X,Open,In Progress,2-Develop,100,0,5/30/2026,",
        "6d1f,c,1/30/2026,B,X,Lost,Out-Sold,2-Develop,200,0,5/30/2026,1/15/2026",
        "6d20,c,1/30/2026,C,X,Won,Won,4-Close,300,280,5/30/2026,1/16/2026",
    )
    deals = data.table("deals").set_index("name").sort_index()
    assert list(deals["amount"]) == [100, 200, 280]
    assert list(deals["stage"]) == ["qualified", "lost", "won"]
    assert days(deals, "closed_date") == [["2026-05-30", "2026-01-15", "2026-01-16"]]


def test_an_actual_revenue_of_0_on_a_lost_dynamics_deal_is_no_amount(read):
    _, data = read(
        DYNAMICS.replace("Est. Revenue,", ""),
        "6d1f,c,1/30/2026,B,X,Lost,Out-Sold,2-Develop,0,5/30/2026,1/15/2026",
        "6d20,c,1/30/2026,C,X,Won,Won,4-Close,280,5/30/2026,1/16/2026",
    )
    amounts = data.table("deals").set_index("name")["amount"]
    assert pd.isna(amounts["B"])
    assert amounts["C"] == 280


def test_dynamics_names_of_currencies_become_their_codes(read):
    _, data = read(
        f"{DYNAMICS},Currency",
        "6d1e,c,1/30/2026,A,X,Open,In Progress,2-Develop,100,0,5/30/2026,,US Dollar",
        "6d1f,c,1/30/2026,B,X,Open,In Progress,2-Develop,100,0,5/30/2026,,Euro",
        "6d20,c,1/30/2026,C,X,Open,In Progress,2-Develop,100,0,5/30/2026,,GBP",
    )
    deals = data.table("deals").set_index("name").sort_index()
    assert list(deals["currency"]) == ["USD", "EUR", "GBP"]


def test_a_header_that_a_person_chose_goes_before_what_the_dialect_makes_of_others(read):
    said = '[files."file.csv"]\ncolumns = {"TCV" = "amount"}\n'
    _, data = read(
        f"{DYNAMICS},TCV",
        "6d20,c,1/30/2026,C,X,Won,Won,4-Close,300,280,5/30/2026,1/16/2026,840",
        said=said,
    )
    assert list(data.table("deals")["amount"]) == [840]


STRIPE = "id,Customer ID,Currency,Interval,Amount,Status,Start Date (UTC)"


def test_a_stripe_interval_nobody_knows_gives_no_amount_and_is_told_with_its_line(read):
    receipt, data = read(
        STRIPE,
        "sub_1,cus_1,usd,month,10.00,active,2025-01-01 00:00",
        "sub_2,cus_2,usd,3 months,30.00,active,2025-01-01 00:00",
        "sub_3,cus_3,usd,week,5.00,active,2025-01-01 00:00",
    )
    contracts = data.table("contracts").set_index("contract_id")
    assert contracts["annual_amount"].to_dict() == {"sub_1": 120, "sub_2": 0, "sub_3": 0}
    told = "2 cells of 'Amount' were left out, because of what 'Interval' says there: line 3"
    assert any(warning.startswith(told) for warning in receipt.warnings)
    assert data.checks().set_index("check").loc["contracts__without_amount", "violations"] == 2


def test_stripe_subscriptions_that_never_began_are_counted_and_earn_nothing(read):
    receipt, data = read(
        STRIPE,
        "sub_1,cus_1,usd,month,10.00,incomplete,2025-01-01 00:00",
        "sub_2,cus_2,usd,month,10.00,Incomplete_Expired,2025-01-01 00:00",
        "sub_3,cus_3,usd,month,10.00,past_due,2025-01-01 00:00",
    )
    assert receipt.other_lines == {"header": 1, "subscriptions that never began": 2}
    assert list(data.table("contracts")["contract_id"]) == ["sub_3"]


def test_a_header_that_holds_words_of_the_dialects_is_a_header_like_any_other(read):
    header = "<name> where it is or else"
    said = f'[files."file.csv"]\ndialect = "generic.deals"\ncolumns = {{"{header}" = "name"}}'
    _, data = read(f"deal_id,stage,{header},closed_date", "1,won,A,2026-01-01", said=said)
    assert list(data.table("deals")["name"]) == ["A"]


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


OURS = TableMapping(
    "ours", "Our CRM", "deals", ("Record ID", "Deal Stage"),
    {"deal_id": ("Record ID",), "stage": ("Deal Stage",)},
)  # fmt: skip


def test_one_tool_whose_tables_fit_equally_well_asks_which_table_it_is():
    items = replace(
        OURS, table="items", columns={"item_id": ("Record ID",), "status": ("Deal Stage",)}
    )
    with pytest.raises(UnknownDialectError, match=r"fit ours\.deals and ours\.items equally"):
        dialects.detect("x.csv", ("Record ID", "Deal Stage"), own=(OURS, items))


def test_a_mapping_of_the_workspace_goes_before_a_tool_that_uses_more_headers():
    headers = ("Record ID", "Deal Name", "Deal Stage", "Close Date", "Amount")
    assert dialects.detect("x.csv", headers)[0].dialect == "hubspot"
    assert dialects.detect("x.csv", headers, own=(OURS,))[0].dialect == "ours"


def test_a_mark_that_holds_the_word_or_is_one_header_too():
    own = replace(OURS, detect=("Won or lost",), columns={"stage": ("Won or lost",)})
    assert dialects.detect("x.csv", ("Won or lost", "No"), own=(own,))[0].dialect == "ours"


def own_dialect(folder, text):
    (folder / "workspace" / "dialects").mkdir(parents=True)
    (folder / "workspace" / "dialects" / "ours.toml").write_text(text)


WITH_NEEDS = """label = "Ours"
[deals]
detect = ["No", "Phase"]
needs = ["owner"]
[deals.columns]
deal_id = ["No"]
stage = ["Phase"]
owner = ["Who"]
"""


@pytest.mark.parametrize(("header", "loaded"), [("No,Phase,Who", 1), ("No,Phase,Size", 0)])
def test_rows_that_lack_what_a_dialect_needs_are_counted(read, tmp_path, header, loaded):
    own_dialect(tmp_path, WITH_NEEDS)
    receipt, _ = read(header, "1,won,Ann", "2,won,")
    assert receipt.loaded == loaded
    assert receipt.other_lines == {"header": 1, "rows without owner": 2 - loaded}


def test_headers_behind_a_made_column_are_guessed():
    headers = ("(Do Not Modify) Opportunity", "Topic", "Status", "Actual Revenue", "Size")
    assert dialects.guess("deals", headers)["amount"] == "Actual Revenue"


def test_a_made_column_counts_as_used_where_tools_are_compared():
    plain = replace(OURS, dialect="one", columns={**OURS.columns, "amount": ("Size",)})
    made = replace(plain, dialect="two", columns={**OURS.columns, "amount": ("Sum else Size",)})
    with pytest.raises(UnknownDialectError, match="fit one and two equally well"):
        dialects.detect("x.csv", ("Record ID", "Deal Stage", "Sum", "Size"), own=(plain, made))
