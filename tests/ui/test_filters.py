import pytest
from streamlit.testing.v1 import AppTest

from common_ground.ui import filters, overlap_filters


def window_script():
    import streamlit as st

    from common_ground.ui import filters

    st.text(filters.window())
    st.text(str(filters.segment(["Enterprise", "Small"])))


def values(app):
    assert not app.exception
    return [text.value for text in app.text]


def test_a_first_visit_shows_the_last_12_months_of_all_segments():
    assert values(AppTest.from_function(window_script).run()) == ["trailing_12_months", "None"]


def test_a_choice_changes_the_value():
    app = AppTest.from_function(window_script).run()
    app.selectbox("window").select("This quarter so far").run()
    assert values(app)[0] == "quarter"


def test_a_link_opens_the_same_view():
    other = AppTest.from_function(window_script)
    other.query_params["window"] = "This quarter so far"
    other.query_params["segment"] = "Small"
    assert values(other.run()) == ["quarter", "Small"]


def test_a_link_may_carry_days_of_its_own():
    app = AppTest.from_function(window_script)
    app.query_params["window"] = "2017-10-01..2018-01-01"
    assert values(app.run())[0] == "2017-10-01..2018-01-01"


@pytest.mark.parametrize("asked", ["Last <b>decade</b>", "2018-01-01..2017-10-01", "2017-13-01..x"])
def test_an_unknown_value_shows_the_default_and_says_so(asked):
    app = AppTest.from_function(window_script)
    app.query_params["window"] = asked
    app.run()
    assert values(app)[0] == "trailing_12_months"
    [note] = app.get("html")
    assert "is no window of this data" in note.proto.body
    assert "<b>" not in note.proto.body


def test_labels_for_the_foot_read_as_words():
    assert filters.window_label("quarter") == "this quarter so far"
    assert filters.window_label("2017-10-01..2018-01-01") == "2017-10-01..2018-01-01"
    assert filters.segment_label(None) == "all segments"
    assert filters.segment_label("Small") == "segment Small"


def test_the_overlaps_page_says_whether_an_encoder_suggests_links(monkeypatch):
    monkeypatch.delenv("COMMON_GROUND_ENCODER", raising=False)
    assert "without a sentence encoder" in overlap_filters.measures_in_words()
    monkeypatch.setenv("COMMON_GROUND_ENCODER", "/models/all-MiniLM-L6-v2")
    assert "the sentence encoder all-MiniLM-L6-v2." in overlap_filters.measures_in_words()
