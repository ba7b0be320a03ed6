"""Cells become values, and what does not fit is counted with its line."""

from datetime import date

import pytest

from common_ground.errors import DecisionError
from common_ground.warehouse.build import build, inspect
from common_ground.warehouse.decisions import Decisions, FileDecision, read_decisions

HEADER = "deal_id,account_name,stage,amount,created_date\n"


def write(folder, text, name="deals.csv"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def amounts(tmp_path, cells):
    rows = "".join(f'D{i},Acme,won,"{cell}",2026-01-01\n' for i, cell in enumerate(cells))
    write(tmp_path / "exports", HEADER + rows)
    made = build(tmp_path / "exports", tmp_path / "w", as_of=date(2026, 2, 1))
    return made, made.data.table("deals").sort_values("deal_id")["amount"].tolist()


def test_money_is_read_in_the_ways_tools_write_it(tmp_path):
    cells = ["$1,234", "1.234,56", "(1,000)", "45k", "1.2M", "1 234,50", "12", "€9.50"]
    # A negative amount is no amount of a deal that anybody signs, but it is read as written
    _, found = amounts(tmp_path, cells)
    assert found == [1234, 1234.56, -1000, 45000, 1_200_000, 1234.5, 12, 9.5]


def test_a_cell_that_is_no_number_is_empty_and_counted_with_its_line(tmp_path):
    made, found = amounts(tmp_path, ["10", "TBD", "next quarter"])
    assert str(found) == "[10.0, nan, nan]"
    assert any(
        "2 cells of 'amount' are not a number" in w and "line 3 'TBD'" in w
        for w in made.receipts[0].warnings
    )


def dates(tmp_path, cells, decision=None):
    rows = "".join(f"D{i},Acme,won,1,{cell}\n" for i, cell in enumerate(cells))
    path = write(tmp_path / "exports", HEADER + rows)
    decisions = Decisions(files={"deals.csv": decision} if decision else {}, as_of=date(2026, 1, 1))
    receipt = inspect(path, decisions)[0]
    toml = f'[files."deals.csv"]\ndate_order = "{decision.date_order}"\n' if decision else ""
    (tmp_path / "d.toml").write_text(toml)
    data = build(tmp_path / "exports", tmp_path / "w", tmp_path / "d.toml", date(2026, 1, 1)).data
    found = data.table("deals").sort_values("deal_id")["created_date"]
    return receipt, [None if str(d) == "NaT" else d.date() for d in found]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-02-01 09:30", date(2024, 2, 1)),
        ("30/Sep/21 17:20", date(2021, 9, 30)),
        ("09/Jan/24 3:54 PM", date(2024, 1, 9)),
        ("Wed May 13 2026 11:21:41 GMT+0000 (GMT+00:00)", date(2026, 5, 13)),
        ("1602611311", date(2020, 10, 13)),
        ("1602611311000", date(2020, 10, 13)),
        ("05-Mar-2026", date(2026, 3, 5)),
        ("31/12/2026", date(2026, 12, 31)),
        ("12/31/26", date(2026, 12, 31)),
        ("2026-05-13T23:30:00-02:00", date(2026, 5, 14)),
    ],
)
def test_dates_are_read_in_the_ways_tools_write_them(tmp_path, cell, day):
    receipt, found = dates(tmp_path, [cell])
    assert found == [day]
    assert receipt.questions == ()


def test_one_clear_date_tells_the_order_of_the_whole_column(tmp_path):
    _, found = dates(tmp_path, ["01/02/2025", "13/02/2025"])
    assert found == [date(2025, 2, 1), date(2025, 2, 13)]


def test_an_unclear_order_is_a_question_with_both_outcomes_and_no_guess(tmp_path):
    receipt, found = dates(tmp_path, ["01/02/2025", "03/04/2025"])
    assert found == [None, None]
    assert "2025-02-01 to 2025-04-03" in receipt.questions[0].sentence
    assert "2025-01-02 to 2025-03-04" in receipt.questions[0].sentence


def test_the_answer_to_the_question_is_used(tmp_path):
    decision = FileDecision(date_order="day_first")
    receipt, found = dates(tmp_path, ["01/02/2025", "03/04/2025"], decision)
    assert found == [date(2025, 2, 1), date(2025, 4, 3)]
    assert receipt.questions == ()


def test_a_row_without_its_key_is_rejected_with_line_and_reason(tmp_path):
    path = write(tmp_path / "e", HEADER + "D1,Acme,won,1,2026-01-01\n,Acme,won,2,2026-01-01\n")
    receipt = inspect(path)[0]
    assert receipt.loaded == 1
    assert [(r.line, r.reason) for r in receipt.rejected] == [(3, "'deal_id' is empty")]
    assert "Acme" in receipt.rejected[0].text


def test_a_repeated_key_is_rejected_with_the_line_it_repeats(tmp_path):
    path = write(tmp_path / "e", HEADER + "D1,A,won,1,2026-01-01\nD1,A,lost,2,2026-01-01\n")
    receipt = inspect(path)[0]
    assert [(r.line, r.reason) for r in receipt.rejected] == [
        (3, "deal_id 'D1' stands on line 2 already")
    ]


def test_a_stage_label_nobody_mapped_stays_open_and_is_said(tmp_path):
    write(tmp_path / "exports", HEADER + "D1,Acme,Legal review,1,2026-01-01\n")
    made = build(tmp_path / "exports", tmp_path / "w", as_of=date(2026, 2, 1))
    assert made.data.table("deals")["stage"].item() == "open"
    assert "'Legal review', which nobody mapped" in made.receipts[0].warnings[0]
    assert made.data.checks().set_index("check").loc["deals__stage_not_mapped", "violations"] == 1


def test_a_decided_stage_label_is_used(tmp_path):
    write(tmp_path / "exports", HEADER + "D1,Acme,Legal review,1,2026-01-01\n")
    (tmp_path / "d.toml").write_text('[stages]\n"legal review" = "qualified"\n')
    data = build(tmp_path / "exports", tmp_path / "w", tmp_path / "d.toml", date(2026, 2, 1)).data
    assert data.table("deals")["stage"].item() == "qualified"


def test_ids_stay_text(tmp_path):
    rows = "00123,Acme,won,1,2026-01-01\n1E5,Acme,won,1,2026-01-01\n123456789012345678,A,won,1,\n"
    write(tmp_path / "exports", HEADER + rows)
    data = build(tmp_path / "exports", tmp_path / "w", as_of=date(2026, 2, 1)).data
    assert sorted(data.table("deals")["deal_id"]) == ["00123", "123456789012345678", "1E5"]


def test_an_amount_that_carries_its_currency_keeps_it(tmp_path):
    write(tmp_path / "exports", HEADER + "D1,Acme,won,€10,2026-01-01\nD2,Acme,won,10,2026-01-01\n")
    data = build(tmp_path / "exports", tmp_path / "w", as_of=date(2026, 2, 1)).data
    assert sorted(data.table("deals")["currency"]) == ["EUR", "USD"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("as_of = 'soon'", "as_of must be a date"),
        ("asof = 2026-01-01", "nobody reads asof"),
        ('[stages]\n"X" = "maybe"', "must be one of open, qualified"),
        ('[files."a.csv"]\ndate_order = "year"', "must be one of day_first, month_first"),
        ("as_of = ", "not a TOML file"),
        ("fiscal_year_starts = 13", "must be a month"),
    ],
)
def test_a_decision_that_cannot_be_is_named(tmp_path, text, said):
    (tmp_path / "decisions.toml").write_text(text)
    with pytest.raises(DecisionError, match=said):
        read_decisions(tmp_path / "decisions.toml")
