"""The agenda of a joint meeting and the time left, on Brief only while somebody runs it."""

import time
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from common_ground.ui import html

# Title and minutes, in the order of the pages; 60 in all.
AGENDA: Final = (
    ("where we stand", 10),
    ("shared KPIs", 10),
    ("overlaps", 15),
    ("compromise", 15),
    ("agreements", 10),
)
_STARTED: Final = "agenda_started"


@dataclass(frozen=True)
class Place:
    """Where a meeting is on its agenda.

    Attributes:
        number: of the item, from 1.
        title: of the item.
        minutes: planned for it.
        seconds_left: of it; 0 when the whole agenda is over.
    """

    number: int
    title: str
    minutes: int
    seconds_left: int


def place(elapsed_seconds: float) -> Place:
    """The agenda item that should be on after so many seconds, and what is left of it."""
    until = 0.0
    for number, (title, minutes) in enumerate(AGENDA, start=1):
        until += 60 * minutes
        if elapsed_seconds < until:
            return Place(number, title, minutes, int(until - elapsed_seconds))
    return Place(len(AGENDA), *AGENDA[-1], 0)


def show(button: DeltaGenerator, clock: DeltaGenerator) -> None:
    """The agenda with its clock, and a button that starts and stops it.

    Args:
        button: column of the button.
        clock: column of the clock.
    """
    is_on = _STARTED in st.session_state
    with clock:
        st.fragment(_clock, run_every=1.0 if is_on else None)()
    with button, st.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Stop the clock" if is_on else "Start the meeting", type="tertiary", on_click=_turn
        )


def _turn() -> None:
    """Start the clock, or stop it when it runs."""
    if _STARTED in st.session_state:
        del st.session_state[_STARTED]
    else:
        st.session_state[_STARTED] = time.time()


def _clock() -> None:
    started = st.session_state.get(_STARTED)
    now = place(0.0 if started is None else time.time() - started)
    minutes, seconds = divmod(now.seconds_left, 60)
    html.show(
        html.timer(
            f"{now.number} of {len(AGENDA)}, {now.title}",
            f"{minutes:02d}:{seconds:02d}",
            "planned" if started is None else f"left of {now.minutes} min",
        )
    )
