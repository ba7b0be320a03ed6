"""Values that looked right and were read wrong, or stopped a build without saying where."""

from datetime import date

import pytest

from common_ground.errors import DecisionError, ExportError
from common_ground.warehouse.build import build

CONTRACTS = "contract_id,account_id,start_date,end_date,annual_amount\n"
AS_OF = date(2026, 6, 30)


@pytest.fixture
def make(tmp_path):
    def made(decisions="", **files):
        folder = tmp_path / "exports"
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        path = tmp_path / "decisions.toml"
        path.write_text(decisions)
        return build(folder, tmp_path / "w", path, AS_OF)

    return made


def starts(made):
    found = made.data.table("contracts").sort_values("contract_id")["start_date"]
    return [day.date() for day in found]


def test_a_two_digit_year_is_of_this_century(make):
    rows = "A,1,1/2/24,,1\nB,1,3/15/24,,1\nC,1,12/31/24,,1\n"
    assert starts(make(contracts=CONTRACTS + rows)) == [
        date(2024, 1, 2),
        date(2024, 3, 15),
        date(2024, 12, 31),
    ]


def test_a_two_digit_year_that_cannot_be_told_is_asked(make):
    made = make(contracts=CONTRACTS + "A,1,01-02-24,,1\nB,1,03-04-25,,1\n")
    assert made.receipts[0].loaded == 0
    assert len(made.receipts[0].rejected) == 2
    assert "Is the day or the month first" in made.receipts[0].questions[0].asks


def test_two_columns_of_a_file_may_write_dates_in_two_orders(make):
    made = make(contracts=CONTRACTS + "A,1,13/01/2025,12/31/2026,1\n")
    row = made.data.table("contracts").iloc[0]
    assert (row["start_date"].date(), row["end_date"].date()) == (
        date(2025, 1, 13),
        date(2026, 12, 31),
    )


def test_a_column_with_a_decimal_comma_groups_by_points(make):
    text = CONTRACTS.replace(",", ";") + "A;1;2025-01-01;;1.234,56\nB;1;2025-01-01;;12.000\n"
    amounts = make(contracts=text).data.table("contracts").set_index("contract_id")
    assert amounts["annual_amount"].to_dict() == {"A": 1234.56, "B": 12_000}


def shares(make, cells):
    rows = "".join(f"{place},open,{cell}\n" for place, cell in enumerate(cells))
    made = make(deals="deal_id,stage,probability\n" + rows)
    found = made.data.table("deals").sort_values("deal_id")["probability"].tolist()
    return made.receipts[0].warnings, [None if share != share else share for share in found]


def test_a_column_of_shares_that_goes_above_1_is_percent_throughout(make):
    warnings, found = shares(make, ["60", "0.25", "12 %", "1", "250"])
    assert found == [0.6, 0.0025, 0.12, 0.01, None]
    assert any("1 below 1 are less than one percent: line 3 '0.25'" in w for w in warnings)
    assert any("not a number" in w and "line 6 '250'" in w for w in warnings)


def test_a_column_of_shares_up_to_1_is_shares(make):
    warnings, found = shares(make, ["0.6", "1", "0", "60 %", "250"])
    assert found == [0.6, 1, 0, 0.6, None]
    assert not any("percent" in w for w in warnings)


def test_shares_of_nothing_but_0_and_1_are_all_or_nothing_and_it_is_told(make):
    warnings, found = shares(make, ["1", "0", "1"])
    assert found == [1, 0, 1]
    assert any("1 was read as 100 %" in w for w in warnings)


def test_one_id_in_two_tools_is_two_companies_when_the_domains_differ(make):
    made = make(
        accounts="account_id,account_name,account_domain\n3,Gamma,gamma.com\n",
        billing="account_id,account_name,account_domain\n3,Delta,delta.org\n",
    )
    assert sorted(made.data.table("accounts")["name"]) == ["Delta", "Gamma"]


def test_a_page_on_a_social_network_is_no_corporate_domain(make):
    rows = "1,Acme,https://www.linkedin.com/company/acme\n2,Beta,linkedin.com/company/beta\n"
    made = make(accounts="account_id,account_name,account_domain\n" + rows)
    assert made.data.count("accounts") == 2


def test_a_merge_is_found_though_another_file_numbers_alike(make):
    made = make(
        a="ask_id,text,merged_into\n1,one,\n2,two,1\n",
        b="ask_id,text,merged_into\n1,uno,\n3,tres,\n",
    )
    asks = made.data.table("asks").set_index("ask_id")
    assert asks.loc["2", "merged_into"] == "a.csv:1"


def test_of_several_accounts_in_a_cell_the_first_is_taken_and_it_is_said(make):
    made = make(
        accounts="account_id,account_name,account_domain\n8001,Acme,\n8002,Beta,\n",
        deals="deal_id,stage,account_id\nD1,open,8001;8002\n",
    )
    assert made.data.table("deals")["account_id"].tolist() == ["8001"]
    assert any("name several accounts" in w for r in made.receipts for w in r.warnings)


@pytest.mark.parametrize(
    "files",
    [
        {"items": "item_id,title,effort_likely,confidence\nI1,A,-3,80\n"},
        {"rules": "item_id,other_item_id,rule\nI1,I2,Requires\n"},
        {"usage": "occurred_at,event,event_count,account_id\n2026-01-01,View,-2,A\n"},
        {"features": "feature_id,name,released_date\nF1,A,2026-01-01\nF1,B,2026-01-01\n"},
        {"rates": "currency,fiscal_year,rate\neur,2026,1.1\nEUR,2026,1.2\n"},
        {"deals": "deal_id,stage,account_name,amount,term_months\nD,won,B,5,0\n"},
    ],
    ids=lambda files: next(iter(files)),
)
def test_a_value_out_of_range_stops_no_build(make, files):
    assert make(**files).is_new


def test_a_value_that_fits_nowhere_is_an_error_that_says_so(make):
    text = "contract_id,account_id,start_date,monthly_amount\nA,1,2025-01-01,5000000000000000\n"
    with pytest.raises(ExportError, match="contracts of these exports cannot be stored"):
        make(contracts=text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('time_zone = "Europe/Berln"', "there is no time_zone"),
        ('service_users = "api@x.com"', "must be a list"),
        ('excluded_accounts = ["a"]', "must be a table"),
        ('[files."a.csv".columns]\nstatus = "sttus"', "names sttus, which no table has"),
        ("[activation]\nafter = 3", "Known: event, count, within_days"),
    ],
)
def test_a_decision_of_the_wrong_kind_is_named(make, text, said):
    with pytest.raises(DecisionError, match=said):
        make(text, contracts=CONTRACTS + "A,1,2025-01-01,,1\n")


def test_a_decision_about_nothing_is_noted(make):
    text = '[excluded_accounts]\n"Nobody" = "test"\n[files."other.csv"]\ncurrency = "EUR"\n'
    made = make(text, contracts=CONTRACTS + "A,1,2025-01-01,,1\n")
    assert any("'Nobody'" in note for note in made.notes)
    assert any("other.csv" in note for note in made.notes)
