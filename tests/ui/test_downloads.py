import csv
import io

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from common_ground.errors import PackError
from common_ground.pack import chromium
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


def chart_script():
    import pandas as pd
    import plotly.graph_objects as go

    from common_ground.ui import downloads

    figure = go.Figure(go.Bar(x=[1], y=[2]))
    downloads.chart(figure, "bars", "One bar", pd.DataFrame({"a": [1]}), "As of today")


def test_a_chart_offers_its_picture_and_its_rows():
    app = AppTest.from_function(chart_script, default_timeout=30).run()
    assert not app.exception
    assert [button.label for button in app.get("download_button")] == ["PNG", "CSV"]


def test_without_a_browser_the_picture_says_what_to_install(monkeypatch):
    def find():
        raise PackError("None was found on this machine. Install one <of> them.")

    monkeypatch.setattr(chromium, "find", find)
    app = AppTest.from_function(chart_script, default_timeout=30).run()
    assert not app.get("html")
    app.button("png_bars").click().run()
    assert "Install one &lt;of&gt; them." in app.get("html")[0].proto.body
