import pytest

from common_ground.ui import html, messages

STATES = [
    messages.empty("Overlap map", "item", "34 items are loaded."),
    messages.too_few("Trial to paid", "7 trials ended", "a rate needs 10", "Next look 1 Dec."),
    messages.no_trade("Compromise", "44 person-weeks", "No plan beats it.", "Opens at 49"),
    messages.not_loaded("Usage", "usage", "Reach needs one."),
    messages.out_of_time("Plan", "Best plan found in 10 s", "Both figures are reached."),
    messages.failed("Data v14", "Could not read data v14", "It does not match its checksum."),
]


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_a_dashed_frame_with_what_and_why(state):
    assert isinstance(state, html.Html)
    assert state.startswith('<section class="cg-state"')
    assert "<h3>" in state
    assert "<p>" in state


def test_the_states_differ_in_words():
    assert len(set(STATES)) == len(STATES)
    titles = [state.split("<h3>")[1].split("</h3>")[0].rsplit(", ", 1)[1] for state in STATES]
    assert titles == ["empty", "too few", "no trade", "not loaded", "out of time", "failed"]


def test_a_missing_export_leads_to_the_data_page():
    assert 'href="/data"' in STATES[3]


def test_a_reason_from_a_file_is_escaped():
    shown = messages.failed("File", "Could not read", "<img src=x>")
    assert "<img" not in shown
