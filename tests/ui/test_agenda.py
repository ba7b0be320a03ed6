import pytest
from streamlit.testing.v1 import AppTest

from common_ground.ui import agenda


@pytest.mark.parametrize(
    ("minutes", "number", "left"),
    [(0, 1, 600), (9.5, 1, 30), (10, 2, 600), (20, 3, 900), (59, 5, 60), (60, 5, 0), (500, 5, 0)],
)
def test_the_clock_shows_the_item_that_should_be_on(minutes, number, left):
    found = agenda.place(60 * minutes)
    assert (found.number, found.seconds_left) == (number, left)


def test_the_agenda_is_an_hour():
    assert sum(minutes for _, minutes in agenda.AGENDA) == 60


def agenda_script():
    import streamlit as st

    from common_ground.ui import agenda

    agenda.show(*st.columns(2))


def test_a_button_starts_and_stops_the_clock():
    app = AppTest.from_function(agenda_script).run()
    assert "planned" in app.get("html")[0].proto.body
    app.button[0].click().run()
    assert "left" in app.get("html")[0].proto.body
    assert app.button[0].label == "Stop the clock"
    app.button[0].click().run()
    assert "planned" in app.get("html")[0].proto.body
