"""What a person exported wrongly gets a sentence that helps."""

from datetime import date

import pandas as pd
import pytest

from common_ground.errors import UnreadableExportError
from common_ground.warehouse import mishaps
from common_ground.warehouse.decisions import Decisions
from common_ground.warehouse.earlier_exports import compared_with_published
from common_ground.warehouse.receipts import Receipt
from tests.warehouse.stage_files import stage_file

DEALS = "deal_id,stage,amount,created_date\n"


def deals(rows, start=0):
    return DEALS + "".join(
        f"D{n},open,{n + 1},2026-01-{1 + n % 28:02d}\n" for n in range(start, start + rows)
    )


def warnings(tmp_path, text, name="deals.csv", decisions=None):
    return stage_file(tmp_path / name, text, decisions).warnings


def test_a_file_without_mishaps_has_no_warning(tmp_path):
    assert warnings(tmp_path, deals(40)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Stage,Sum of Amount,Record Count\nProspecting,100,5\nWon,50,2\nTotal,150,7\n",
        "Stage,Q1,Q2\nProspecting,100,5\nSubtotal,50,2\nWon,50,2\n",
    ],
)
def test_a_summary_is_an_error_that_asks_for_the_details(tmp_path, text):
    with pytest.raises(UnreadableExportError, match="looks like a summary.*Details Only"):
        stage_file(tmp_path / "report.csv", text)


def test_a_list_that_lacks_a_column_is_not_called_a_summary(tmp_path):
    with pytest.raises(Exception, match="deal_id") as caught:
        stage_file(tmp_path / "deals.csv", "stage,amount,created_date\nopen,1,2026-01-01\n")
    assert "summary" not in str(caught.value)


def test_sums_between_the_records_are_told(tmp_path):
    text = "account_name,account_id\nAcme,1\nSubtotal,\nBeta,2\n"
    assert "1 rows are called a total (line 3)" in warnings(tmp_path, text, "accounts.csv")


@pytest.mark.parametrize(("rows", "is_told"), [(499, False), (500, True), (501, False)])
def test_a_round_number_of_rows_is_told(tmp_path, rows, is_told):
    told = warnings(tmp_path, deals(rows))
    assert ("Exactly 500 rows: some tools stop an export there" in told) == is_told


def test_the_limit_of_a_known_tool_is_named(tmp_path):
    rows = "".join(f"Title,PT-{n},Task,Idea\n" for n in range(1000))
    told = warnings(tmp_path, "Summary,Issue key,Issue Type,Status\n" + rows, "jira.csv")
    assert "Exactly 1,000 rows: Jira exports 1,000 issues at once" in told


@pytest.mark.parametrize("end", ["D99,op", "D99,open,5,2026-0", "D99,open,5,"])
def test_a_file_that_stops_in_a_line_may_be_cut_off(tmp_path, end):
    assert "may be cut off" in warnings(tmp_path, deals(30) + end)


@pytest.mark.parametrize("end", ["", "D99,open,5,2026-01-01", "D99,open,5,2026-01-01\n"])
def test_a_file_that_ends_with_a_whole_line_is_not_called_cut_off(tmp_path, end):
    assert "cut off" not in warnings(tmp_path, deals(30) + end)


def test_json_lines_that_stop_in_an_object_may_be_cut_off(tmp_path):
    text = '{"occurred_at": "2026-01-01", "event": "View"}\n' * 30 + '{"occurred_at": "2026-0'
    assert "stops in the middle" in warnings(tmp_path, text, "usage.jsonl")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1.00E+17", "short form"),
        ("123456789012345000", "zeros after the 15th digit"),
        ("3-Jan", "turned into dates"),
        ("Jan-05", "turned into dates"),
        ("8001.0", "end in .0"),
    ],
)
def test_ids_that_a_spreadsheet_spoiled_are_told_with_their_line(tmp_path, cell, says):
    told = warnings(tmp_path, f"account_id,account_name\n7,Beta\n{cell},Acme\n", "accounts.csv")
    assert says in told
    assert f"line 3 '{cell}'" in told


@pytest.mark.parametrize("cell", ["1E5", "00123", "123456789012345678", "ENG-12", "100000", "5-1"])
def test_ids_that_are_only_unusual_are_not_called_spoiled(tmp_path, cell):
    text = f"account_id,account_name\n{cell},Acme\n"
    assert "spreadsheet" not in warnings(tmp_path, text, "accounts.csv")


def test_dates_after_the_as_of_date_are_told(tmp_path):
    decisions = Decisions(as_of=date(2026, 1, 20))
    told = warnings(tmp_path, deals(28), decisions=decisions)
    assert "8 dates of 'created_date' lie after the as-of date 2026-01-20" in told
    assert "line 22 2026-01-21" in told


def test_without_an_as_of_date_a_few_dates_far_after_all_others_are_told(tmp_path):
    told = warnings(tmp_path, deals(40) + "D99,open,5,2028-03-01\n")
    assert "1 dates of 'created_date' lie more than a year after all others: line 42" in told


def test_a_file_that_spans_years_has_no_dates_apart(tmp_path):
    days = pd.date_range("2020-01-01", "2026-01-01", freq="40D")
    rows = "".join(f"D{n},open,{n + 1},{day:%Y-%m-%d}\n" for n, day in enumerate(days))
    assert warnings(tmp_path, DEALS + rows) == ""


@pytest.mark.parametrize("day", ["1900-01-01", "2206-05-01"])
def test_years_nobody_meant_are_told(tmp_path, day):
    told = warnings(tmp_path, deals(3) + f"D9,open,5,{day}\n")
    assert f"lie before 1970 or after 2100: line 5 {day}" in told


def test_a_contract_that_ends_in_the_year_9999_is_one_without_an_end(tmp_path):
    text = "contract_id,account_id,start_date,end_date,annual_amount\n"
    text += "A,1,2026-01-01,9999-12-31,5\n"
    assert warnings(tmp_path, text, "contracts.csv") == ""


@pytest.mark.parametrize("cell", ["", "0"])
def test_amounts_that_are_all_blank_or_0_are_told(tmp_path, cell):
    told = warnings(tmp_path, DEALS + f"A,open,{cell},2026-01-01\nB,open,0,2026-01-01\n")
    assert "No row of 2 has an amount other than 0 in 'amount'" in told


def test_amounts_that_wait_for_an_answer_are_not_called_blank(tmp_path):
    assert "amount other than 0" not in warnings(tmp_path, DEALS + "A,open,12.000,2026-01-01\n")


def receipt(file, sha256="a", table="deals", loaded=30):
    return Receipt(file, sha256, "hubspot", "HubSpot", table, "utf-8", loaded, loaded, (), {})


def loads(**changed):
    row = {
        "file": "june.csv", "sha256": "j", "dialect": "hubspot", "canonical_table": "deals",
        "last_date": pd.Timestamp("2026-06-30"),
    }  # fmt: skip
    return pd.DataFrame([row | changed])


NOTHING = pd.DataFrame()
JUNE = (date(2026, 1, 1), date(2026, 6, 30))


def test_the_same_bytes_under_two_names_are_told():
    told = compared_with_published([receipt("a.csv"), receipt("b.csv")], NOTHING, {})
    assert list(told) == ["b.csv"]
    assert "byte for byte" in told["b.csv"][0]


def test_two_members_of_one_archive_are_two_files():
    members = [receipt("a.zip/x.csv"), receipt("a.zip/y.csv", table="asks")]
    assert compared_with_published(members, NOTHING, {}) == {}


def test_as_many_rows_of_the_same_days_are_asked_about():
    receipts = [receipt("a.csv", "a"), receipt("b.csv", "b")]
    told = compared_with_published(receipts, NOTHING, {"a.csv": JUNE, "b.csv": JUNE})
    assert "same export under another name" in told["b.csv"][0]
    other = (JUNE[0], date(2026, 6, 29))
    assert compared_with_published(receipts, NOTHING, {"a.csv": JUNE, "b.csv": other}) == {}


def test_a_file_published_already_is_told():
    told = compared_with_published([receipt("again.csv", "j")], loads(), {})
    assert "Published already as 'june.csv'" in told["again.csv"][0]


def test_an_export_older_than_the_published_one_is_told_with_both_days():
    spans = {"may.csv": (date(2026, 1, 1), date(2026, 5, 31))}
    told = compared_with_published([receipt("may.csv", "m")], loads(), spans)
    assert "Its last day is 2026-05-31" in told["may.csv"][0]
    assert "'june.csv' is 2026-06-30" in told["may.csv"][0]


@pytest.mark.parametrize(
    "changed", [{"dialect": "zoho"}, {"canonical_table": "accounts"}, {"last_date": pd.NaT}]
)
def test_an_export_is_only_older_than_one_of_its_own_kind(changed):
    spans = {"may.csv": (date(2026, 1, 1), date(2026, 5, 31))}
    assert compared_with_published([receipt("may.csv", "m")], loads(**changed), spans) == {}


def test_every_limit_of_a_tool_is_a_number_of_rows_that_is_looked_at():
    assert {limit for _, limit in mishaps.TOOL_LIMITS} <= set(mishaps.ROUND)
