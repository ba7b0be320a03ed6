"""Rules of a dialect on the rows of a file, and columns made of others under them."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common_ground.exports.made_columns import with_made_columns
from common_ground.exports.mappings import TableMapping
from common_ground.exports.rules import rule_of
from common_ground.exports.tables import TextTable

CELLS = ["Won", " won ", "LOST", "open", None]


def holds(text, cells=CELLS):
    return rule_of(text).holds(pa.chunked_array([pa.array(cells, pa.string())])).to_pylist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Status", [True, True, True, True, False]),
        ("Status is won", [True, True, False, False, False]),
        ("Status is Won or Lost", [True, True, True, False, False]),
        ("Status is not won", [False, False, True, True, True]),
        ("Status is not won or lost", [False, False, False, True, True]),
    ],
)
def test_a_rule_holds_in_any_case_and_a_blank_says_nothing(text, expected):
    assert holds(text) == expected


def test_a_value_that_holds_an_or_is_one_value_too():
    assert holds("Status is Won or lost", ["won or lost", "won", "open"]) == [True, True, False]


cells = st.lists(st.sampled_from(["won", "lost", "Won", "", "x", None]), max_size=8)


@given(cells, st.lists(st.sampled_from(["won", "lost", "x"]), min_size=1))
def test_each_row_is_on_one_side_of_a_rule(column, says):
    text = " or ".join(says)
    pairs = zip(holds(f"A is {text}", column), holds(f"A is not {text}", column), strict=True)
    assert all(one is not other for one, other in pairs)


def table(**columns):
    rows = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return TextTable(
        "f.csv", "", "csv", "utf-8", ",", '"', tuple(columns), rows, None, 2, rows.num_rows + 1,
        {"header": 1}, (), (),
    )  # fmt: skip


def made(header, **columns):
    mapping = TableMapping("d", "D", "deals", ("A",), {"amount": (header,)})
    read, mapping = with_made_columns(table(**columns), mapping)
    return read.rows[mapping.columns["amount"][0]].to_pylist(), read.warnings


def test_the_first_filled_cell_is_taken():
    assert made("A else B", A=["1", None, None], B=["2", "3", None]) == (["1", "3", None], ())


def test_a_cell_counts_only_where_its_rule_holds_and_the_next_one_stands_in():
    found, told = made("A where C is x else B", A=["1", "0"], B=["2", "3"], C=["x", "y"])
    assert (found, told) == (["1", "3"], ())


def test_a_cell_that_no_rule_lets_in_is_told_with_line_and_reason():
    found, (told,) = made("A where C is x", A=["1", "5", None], C=["x", "y", "z"])
    assert found == ["1", None, None]
    assert told == "1 cells of 'A' were left out, because of what 'C' says there: line 3 'y'"


def test_a_header_whose_rule_is_about_a_column_the_file_lacks_is_not_read():
    assert made("A where C is x else B", A=["1"], B=["2"]) == (["2"], ())
