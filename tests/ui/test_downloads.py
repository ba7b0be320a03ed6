import csv
import io

import pandas as pd
import pytest

from common_ground.ui.downloads import csv_bytes


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    attack = f'{start}HYPERLINK("x")'
    rows = read(csv_bytes(pd.DataFrame({attack: [attack]})))
    assert rows == [[f"'{attack}"], [f"'{attack}"]]


def test_numbers_stay_numbers_negative_ones_too():
    rows = read(csv_bytes(pd.DataFrame({"money": [-580.5, float("nan")], "n": [-3, 4]})))
    assert rows == [["money", "n"], ["-580.5", "-3"], ["", "4"]]


def test_days_are_iso_and_lists_are_one_cell():
    frame = pd.DataFrame({"day": [pd.Timestamp("2026-11-16"), pd.NaT], "items": [["a", "b"], []]})
    assert read(csv_bytes(frame)) == [["day", "items"], ["2026-11-16", "a, b"], ["", ""]]


def test_an_empty_frame_keeps_its_columns():
    assert read(csv_bytes(pd.DataFrame({"a": [], "b": []}))) == [["a", "b"]]


def test_the_bytes_say_that_they_are_utf8():
    assert csv_bytes(pd.DataFrame({"a": ["é"]})).startswith(b"\xef\xbb\xbf")
