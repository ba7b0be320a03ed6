"""A note with several wishes is split where they begin; a note with one stays whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common_ground.analysis.note_parts import parts


@pytest.mark.parametrize(
    ("note", "wishes"),
    [
        (
            "They need SAML single sign-on. Also want an offline mode for the technicians.",
            ["They need SAML single sign-on.", "Also want an offline mode for the technicians."],
        ),
        (
            "Good call. They want photo timestamps, and they need PO numbers. Call back Tuesday.",
            ["They want photo timestamps", "and they need PO numbers."],
        ),
        (
            "Must haves:\n- need export to Excel\n- need a kiosk mode",
            ["need export to Excel", "need a kiosk mode"],
        ),
    ],
)
def test_several_wishes_are_several_parts(note, wishes):
    assert [part.text for part in parts(note)] == wishes


@pytest.mark.parametrize(
    "note",
    [
        "",
        "They need SAML.",
        "They want dark mode. Call back Tuesday.",
        "Long story about their depot. The manager was nice. They need offline maps.",
        "needs to know the second a crew is done",
        "Kunde braucht die Bestellnummer. Auch auf der Rechnung.",
    ],
)
def test_one_wish_or_none_stays_whole(note):
    assert parts(note) == []


@given(st.text(alphabet="aA need want also. ,;\n-and they it", max_size=120))
def test_parts_are_cut_out_of_the_note_in_order(note):
    found = parts(note)
    assert all(note[part.start : part.end] == part.text for part in found)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))
