"""Dates, amounts and shares are read by their column, or asked for."""

import zipfile

import pytest

from common_ground.warehouse.build import inspect
from common_ground.warehouse.decisions import Decisions, FileDecision
from tests.warehouse.stage_files import stage_file


@pytest.fixture
def deals(tmp_path):
    """Stages deals whose further columns are given: name -> cells."""

    def staged(decision=None, time_zone="UTC", **columns):
        header = ",".join(["deal_id", "stage", *columns])
        lines = [
            ",".join([f"D{place}", "open", *(f'"{cell}"' for cell in cells)])
            for place, cells in enumerate(zip(*columns.values(), strict=True))
        ]
        files = {"deals.csv": decision} if decision else {}
        decisions = Decisions(files=files, time_zone=time_zone)
        return stage_file(tmp_path / "deals.csv", "\n".join([header, *lines, ""]), decisions)

    return staged


def days(staged, column="created_date"):
    return [day and f"{day:%Y-%m-%d}" for day in staged.column(column)]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("$1,234", 1234),
        ("1.234,56", 1234.56),
        ("(1,000)", -1000),
        ("($1,234.50)", -1234.5),
        ("45k", 45_000),
        ("1.2M", 1_200_000),
        ("$45,000", 45_000),
        ("USD 1,200.50", 1200.5),
        ("1,200.50 USD", 1200.5),
        ("1 234,56 €", 1234.56),
        ("1\u202f234,56\u00a0€", 1234.56),
        ("1'234.50", 1234.5),
        ("CHF 1’234.50", 1234.5),
        ("12%", 0.12),
        ("-5", -5),
        ("5-", -5),
        ("−5", -5),
        ("$-5", -5),
        ("-$5", -5),
        ("- 5", -5),
        ("3,522.00", 3522),
        ('""3,522.00""', 3522),
        ("12,34,567.00", 1_234_567),
        ("1 234 567", 1_234_567),
        ("1E5", 100_000),
        (".5", 0.5),
    ],
)
def test_money_is_read_as_it_is_written(deals, cell, amount):
    staged = deals(amount=[cell])
    assert [float(found) for found in staged.column("amount")] == [amount]
    assert staged.receipt.questions == ()


@pytest.mark.parametrize("cell", ["TBD", "n/a", "-", "Next quarter", "12 34", "1.2.3", "Q3 2026"])
def test_what_is_no_number_is_empty_and_told_with_its_line(deals, cell):
    staged = deals(amount=["7", cell])
    assert staged.column("amount")[1] is None
    assert f"line 3 '{cell}'" in staged.warnings
    assert staged.receipt.loaded == 2


def test_points_before_three_digits_are_asked_with_both_totals_and_left_empty(deals):
    staged = deals(amount=["12.000", "950", "1.500"])
    assert staged.column("amount") == [None, 950, None]
    (question,) = staged.receipt.questions
    assert question.key == "decimal_mark"
    assert {choice.value: choice.outcome for choice in question.choices} == {
        "point": "a total of 963.50",
        "comma": "a total of 14,450.00",
    }
    assert "line 2 '12.000'" in question.asks
    assert "not a number" not in staged.warnings


@pytest.mark.parametrize(("mark", "amount"), [("point", 12), ("comma", 12_000)])
def test_the_answer_on_the_decimal_mark_is_used(deals, mark, amount):
    staged = deals(FileDecision(decimal_mark=mark), amount=["12.000"])
    assert staged.column("amount") == [amount]
    assert staged.receipt.questions == ()


@pytest.mark.parametrize(
    ("other", "amount"),
    [("950.50", 12), ("1.234,50", 12_000), ("1.234.567", 12_000), ("0,5", 12_000)],
)
def test_one_clear_amount_tells_the_decimal_mark_of_its_column(deals, other, amount):
    staged = deals(amount=["12.000", other])
    assert staged.column("amount")[0] == amount
    assert staged.receipt.questions == ()


def test_a_column_that_shows_its_decimal_mark_is_not_read_by_another_answer_and_it_is_told(deals):
    staged = deals(FileDecision(decimal_mark="comma"), amount=["12.000", "950.50"])
    assert staged.column("amount") == [12, 950.5]
    assert "decimal_mark = comma was not used" in staged.warnings


def test_two_decimal_marks_in_a_column_are_told_and_what_could_be_either_is_asked(deals):
    staged = deals(amount=["1.234,50", "9.50", "12.000"])
    assert staged.column("amount") == [1234.5, 9.5, None]
    assert "decimal comma in 1 cells (line 2 '1.234,50')" in staged.warnings
    assert [question.key for question in staged.receipt.questions] == ["decimal_mark"]


def test_another_column_of_money_tells_the_mark_and_it_is_said_with_the_total(tmp_path):
    text = "contract_id;account_id;start_date;annual_amount;monthly_amount\n"
    text += "A;1;2026-01-01;12.000;1.000,50\n"
    staged = stage_file(tmp_path / "contracts.csv", text)
    assert staged.column("annual_amount") == [12_000]
    assert "as 'monthly_amount' is. Its total is 12,000.00" in staged.warnings


def test_shares_and_weeks_are_never_asked_for_a_decimal_mark(tmp_path, deals):
    assert deals(probability=["0.125", "0.250"]).receipt.questions == ()
    text = "item_id,title,effort_likely,confidence\nI1,A,1.250,0.875\n"
    staged = stage_file(tmp_path / "items.csv", text)
    assert staged.column("effort_likely") == [1.25]
    assert staged.receipt.questions == ()


def test_a_count_of_half_a_thing_is_no_count(deals):
    staged = deals(term_months=["12.5", "12.0", "24"])
    assert staged.column("term_months") == [None, 12, 24]
    assert "line 2 '12.5'" in staged.warnings


def test_a_currency_sign_that_contradicts_the_currency_column_is_told(deals):
    staged = deals(amount=["€5", "$5", "5 GBP", "5"], currency=["USD", "CAD", "gbp", "EUR"])
    assert staged.column("currency") == ["USD", "CAD", "gbp", "EUR"]
    assert "1 cells of 'amount' carry another currency" in staged.warnings
    assert "line 2 '€5'" in staged.warnings


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-05T09:30:00.123Z", "2026-01-05"),
        ("2026-01-05 23:30 -02:00", "2026-01-06"),
        ("2026-01-05 00:30:00+02", "2026-01-04"),
        ("2025-07-21 03:37:03 UTC", "2025-07-21"),
        ("Wed May 13 2026 11:21:41 GMT+0000 (GMT+00:00)", "2026-05-13"),
        ("Wed May 13 2026 23:21:41 GMT-0500 (EST)", "2026-05-14"),
        ("Mon, 05 Jan 2026 10:00:00 +0000", "2026-01-05"),
        ("3/15/2026 2:15:33 PM", "2026-03-15"),
        ("3/15/2026, 2:15:33\u202fPM", "2026-03-15"),
        ("6/21/2025 16:14", "2025-06-21"),
        ("05-MAR-2026", "2026-03-05"),
        ("30/sep/21 17:20", "2021-09-30"),
        ("09/Jan/24 3:54 PM", "2024-01-09"),
        ("Sept 5, 2026", "2026-09-05"),
        ("January 5, 2026", "2026-01-05"),
        ("5 January 2026", "2026-01-05"),
        ("Jan 5, 2026, 3:54 PM", "2026-01-05"),
        ("20260131", "2026-01-31"),
        ("1602611311", "2020-10-13"),
        ("1602611311.5", "2020-10-13"),
        ("1602611311000", "2020-10-13"),
        ("1602611311000000", "2020-10-13"),
        ("31.12.26", "2026-12-31"),
        ("46022", "2025-12-31"),
        ("46022.75", "2025-12-31"),
    ],
)
def test_a_date_is_read_in_every_style(deals, cell, day):
    staged = deals(created_date=[cell])
    assert days(staged) == [day]
    assert staged.receipt.questions == ()


@pytest.mark.parametrize(
    "cell",
    ["Q3 2026", "FY27", "TBD", "Next quarter", "n/a", "-", "2026-01", "epoch", "infinity",
     "1/2/0025", "2026-01-05 09:30 PM", "2026-01-05 09:30 EST", "2026-02-30"],
)  # fmt: skip
def test_what_is_no_date_is_empty_and_told_with_its_line(deals, cell):
    staged = deals(created_date=["2026-01-05", cell])
    assert days(staged) == ["2026-01-05", None]
    assert f"line 3 '{cell}'" in staged.warnings


def test_years_of_two_and_of_four_digits_may_stand_in_one_column(deals):
    cells = ["1/13/2026", "1/14/26", "1/15/99", "5 Jan 2026", "6 Jan 26", "7-Jan-70"]
    assert days(deals(created_date=cells)) == [
        "2026-01-13", "2026-01-14", "1999-01-15", "2026-01-05", "2026-01-06", "1970-01-07",
    ]  # fmt: skip


def test_a_style_that_only_a_late_row_has_is_read_too(deals):
    cells = ["2026-01-05T09:30:00Z"] * 1200 + ["Mon Jan 05 2026 23:30:00 GMT-0500", "13.1.26 9:30"]
    assert days(deals(created_date=cells))[-2:] == ["2026-01-06", "2026-01-13"]


def test_excel_day_numbers_are_read_only_where_the_column_holds_nothing_else(deals):
    staged = deals(created_date=["46022", "2026-01-01"])
    assert days(staged) == [None, "2026-01-01"]
    assert "line 2 '46022'" in staged.warnings
    alone = deals(created_date=["46022", "46023.5"])
    assert days(alone) == ["2025-12-31", "2026-01-01"]
    assert "day numbers of Excel" in alone.warnings


def test_an_instant_keeps_its_time_whatever_its_style(tmp_path):
    cells = [
        "2026-01-05T09:30:00+02:00",
        "2026-01-05 07:30:00 UTC",
        "Mon Jan 05 2026 02:30:00 GMT-0500 (EST)",
        "1767598200",
    ]
    rows = "".join(f"{cell},View\n" for cell in cells)
    staged = stage_file(tmp_path / "usage.csv", "occurred_at,event\n" + rows)
    assert {f"{at:%Y-%m-%d %H:%M}" for at in staged.column("occurred_at")} == {"2026-01-05 07:30"}


def test_excel_fractions_of_a_day_are_times(tmp_path):
    staged = stage_file(tmp_path / "usage.csv", "occurred_at,event\n46022.75,View\n")
    assert f"{staged.column('occurred_at')[0]:%Y-%m-%d %H:%M}" == "2025-12-31 18:00"


NEW_YORK = "America/New_York"


def test_a_close_date_with_an_offset_is_the_day_it_was_in_the_workspace(deals):
    cells = ["2026-03-31T23:30:00-04:00", "2026-04-01T03:30:00Z", "1775014200"]
    assert days(deals(closed_date=cells), "closed_date") == ["2026-04-01"] * 3
    here = deals(time_zone=NEW_YORK, closed_date=cells)
    assert days(here, "closed_date") == ["2026-03-31"] * 3


@pytest.mark.parametrize(
    "cell", ["2026-04-01", "2026-04-01 01:00", "2026-04-01T00:00:00Z", "2026-04-01T00:00:00-04:00"]
)
def test_a_plain_day_never_moves(deals, cell):
    staged = deals(time_zone=NEW_YORK, closed_date=[cell])
    assert days(staged, "closed_date") == ["2026-04-01"]


def test_a_midnight_among_other_instants_is_an_instant(deals):
    cells = ["2026-04-01T00:00:00Z", "2026-04-01T12:00:00Z"]
    staged = deals(time_zone=NEW_YORK, closed_date=cells)
    assert days(staged, "closed_date") == ["2026-03-31", "2026-04-01"]


def test_a_column_learns_the_order_of_day_and_month_from_another_and_it_is_told(deals):
    staged = deals(created_date=["01/02/2025"], closed_date=["13/02/2025"])
    assert days(staged) == ["2025-02-01"]
    assert staged.receipt.questions == ()
    assert "read day first, as 'closed_date' is" in staged.warnings


def test_two_columns_that_disagree_teach_nothing(deals):
    staged = deals(
        created_date=["01/02/2025"], closed_date=["13/02/2025"], last_activity_date=["02/13/2025"]
    )
    assert days(staged) == [None]
    assert [question.key for question in staged.receipt.questions] == ["date_order"]


def test_an_answer_that_a_column_contradicts_is_told_and_not_used_for_it(deals):
    decision = FileDecision(date_order="month_first")
    staged = deals(decision, created_date=["01/02/2025"], closed_date=["13/02/2025"])
    assert (days(staged), days(staged, "closed_date")) == (["2025-01-02"], ["2025-02-13"])
    assert "'closed_date' shows by itself that the day is first" in staged.warnings


def test_a_column_with_both_orders_reads_what_is_sure_and_asks_for_the_rest(deals):
    cells = ["13/01/2025", "01/13/2025", "02/03/2025", "05/05/2025"]
    staged = deals(created_date=cells)
    assert days(staged) == ["2025-01-13", "2025-01-13", None, "2025-05-05"]
    assert "day first in 1 cells (line 2 '13/01/2025')" in staged.warnings
    outcomes = [choice.outcome for choice in staged.receipt.questions[0].choices]
    assert outcomes == ["2025-03-02 to 2025-03-02", "2025-02-03 to 2025-02-03"]
    answered = deals(FileDecision(date_order="day_first"), created_date=cells)
    assert days(answered)[2] == "2025-03-02"
    assert answered.receipt.questions == ()


def test_a_row_that_needs_a_date_still_asked_for_is_rejected_with_that_reason(tmp_path):
    text = "contract_id,account_id,start_date\nA,1,01/02/2025\n"
    receipt = stage_file(tmp_path / "contracts.csv", text).receipt
    assert [(r.line, r.reason) for r in receipt.rejected] == [
        (2, "'01/02/2025' in 'start_date' waits for the answer to a question")
    ]


def test_guards_against_formulas_are_taken_off_and_told_once(tmp_path):
    text = "deal_id,stage,name,lost_reason\n"
    text += '"=""00123""",open,\'=1+1,\'quoted\'\nD2,open,\'@home,\'-5\n'
    staged = stage_file(tmp_path / "deals.csv", text)
    assert staged.column("deal_id") == ["00123", "D2"]
    assert staged.column("name") == ["=1+1", "@home"]
    assert staged.column("lost_reason") == ["'quoted'", "-5"]
    told = [w for w in staged.receipt.warnings if "formula" in w]
    assert len(told) == 1
    assert told[0].startswith("4 cells")


@pytest.mark.parametrize("cell", ["00123", "123456789012345678", "1E5", "00123.0", "+49", "007e"])
def test_an_id_stays_the_text_it_is(tmp_path, cell):
    text = f"account_id,account_name\n{cell},Acme\n"
    assert stage_file(tmp_path / "accounts.csv", text).column("account_id") == [cell]


@pytest.mark.parametrize("cell", ["8001;8002", '"[""8001"", ""8002""]"', "[8001;8002]"])
def test_of_several_accounts_the_first_is_taken_and_it_is_told(tmp_path, cell):
    staged = stage_file(tmp_path / "deals.csv", f"deal_id,stage,account_id\nD1,open,{cell}\n")
    assert staged.column("account_id")[0].strip("[") == "8001"
    assert "1 cells of 'account_id' name several accounts" in staged.warnings


def test_a_list_of_one_account_is_that_account(tmp_path):
    text = 'deal_id,stage,account_id\nD1,open,"[""8001""]"\n'
    staged = stage_file(tmp_path / "deals.csv", text)
    assert staged.column("account_id") == ["8001"]
    assert "several" not in staged.warnings


@pytest.mark.parametrize("name", ["export.zip/deals.csv", "deals.csv", "export.zip"])
def test_the_encoding_decided_for_an_archive_or_a_member_is_used(tmp_path, name):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("deals.csv", "deal_id,stage,owner\nD1,open,Björn\n".encode("mac_roman"))
    (asked,) = inspect(path)
    (said,) = inspect(path, Decisions(files={name: FileDecision(encoding="mac_roman")}))
    assert [(q.file, q.key) for q in asked.questions] == [("export.zip/deals.csv", "encoding")]
    assert (said.questions, said.encoding) == ((), "mac_roman")
