"""Exports that tell in their headers when a deal entered a stage."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from common_ground.exports.dialects import first_present
from common_ground.exports.mappings import TableMapping
from common_ground.exports.reader import read
from common_ground.exports.spread import LONGEST, spread_over, with_spread
from common_ground.warehouse.build import build, inspect

SAMPLES = Path(__file__).parents[1] / "exports"
SHAPES = ('Date entered "* (*)"', 'Date entered "*"')


@pytest.fixture
def loaded(tmp_path):
    def load(*names):
        (tmp_path / "exports").mkdir()
        for name in names:
            shutil.copy(SAMPLES / name, tmp_path / "exports")
        return build(tmp_path / "exports", tmp_path / "w", as_of=date(2026, 10, 31)).data

    return load


def entered(data):
    found = data.table("deal_stages")[["deal_id", "stage_label", "entered_at"]].to_numpy()
    return {(deal, stage, str(at)[:16]) for deal, stage, at in found}


def test_a_hubspot_list_tells_in_its_headers_when_each_stage_was_entered(loaded):
    assert entered(loaded("hubspot/hubspot-crm-exports-stages.csv")) == {
        ("9201", "Demo", "2026-09-01 10:00"),
        ("9202", "Demo", "2026-04-20 09:00"),
        ("9202", "Closed won", "2026-06-30 16:45"),
    }


def test_the_deals_beside_their_stages_are_counted_as_lines_once():
    [receipt] = inspect(SAMPLES / "hubspot" / "hubspot-crm-exports-stages.csv")
    assert (receipt.loaded, receipt.lines) == (2, 3)
    assert receipt.unused_columns == ("Pipeline",)


def test_a_date_of_a_stage_that_cannot_be_read_is_told_with_its_line(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(
        "Record ID,Deal Name,Deal Stage,Close Date,Date entered 'Demo'\n"
        "1,A,Closed won,2026-01-02,2026-01-01\n2,B,Closed won,2026-01-02,soon\n"
    )
    [receipt] = inspect(path)
    assert receipt.loaded == 2
    assert [w for w in receipt.warnings if "deal_stages were left out" in w] == [
        """1 deal_stages were left out: line 3 'soon' in 'Date entered "*" (cell)' is not a date"""
    ]


def test_a_header_that_is_the_shape_without_its_star_is_not_taken_for_the_cells(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("No,Entered,Entered A,Entered B\n1,x,,2026-01-02\n2,y,2026-01-03,2026-01-04\n")
    mapping = TableMapping(
        "ours", "Ours", "deal_stages", columns={"deal_id": ("No",)}, companion_of="deals",
        spread=("Entered *",), star="stage_label", cell="entered_at",
    )  # fmt: skip
    table, reading = with_spread(read(path)[0], mapping)
    taken = [first_present(names, table.header) for names in reading.columns.values()]
    assert list(zip(*(table.rows[name].to_pylist() for name in taken), strict=True)) == [
        ("2", "A", "2026-01-03"), ("1", "B", "2026-01-02"), ("2", "B", "2026-01-04"),
    ]  # fmt: skip
    assert [table.line_of(row) for row in range(3)] == [3, 2, 3]


def test_a_list_whose_stage_dates_are_all_blank_loads_its_deals(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text(
        "Record ID,Deal Name,Deal Stage,Close Date,Date entered 'Demo'\n"
        "1,A,Closed won,2026-01-02,\n"
    )
    [receipt] = inspect(path)
    assert (receipt.loaded, receipt.warnings) == (1, ())


@pytest.mark.parametrize("quotes", ['""', "''", "“”", "‘’"])
def test_the_stage_in_a_header_is_found_in_any_quotes_without_its_pipeline(quotes):
    first, last = quotes
    header = f"date entered {first}Demo (2nd) (Sales's Pipeline){last}"
    assert spread_over(SHAPES, ["Deal Name", header]) == {header: "Demo (2nd)"}
    assert spread_over(SHAPES, [f"Date entered {first}Demo{last} "]) == {
        f"Date entered {first}Demo{last} ": "Demo"
    }


def test_a_header_too_long_for_the_name_of_a_stage_is_not_matched():
    name = "x" * (LONGEST - len('Date entered ""'))
    assert spread_over(SHAPES, [f'Date entered "{name}"', f'Date entered "{name}x"']) == {
        f'Date entered "{name}"': name
    }
