"""What every form that writes into the ledger shares: a name, storing or saying why not."""

from collections.abc import Callable
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from common_ground.errors import LedgerError
from common_ground.ui import html

SIGNER: Final = "signer"
_STORED: Final = "ledger_stored"


def name(form: str) -> str:
    """The name of the person who decides; the one given last stands there already."""
    known: str = st.session_state.get(SIGNER, "")
    return st.text_input("Your name", known, max_chars=200, key=f"signed_{form}")


def given(form: str) -> str:
    """The name that stands in a form, kept for the next ones; empty until there is one."""
    by = str(st.session_state.get(f"signed_{form}") or "").strip()
    if by:
        st.session_state[SIGNER] = by
    return by


def store(refusal: DeltaGenerator, by: str, write: Callable[[], str]) -> None:
    """Write, and run the page again; or say above the form why not and leave it as it is.

    Args:
        refusal: an empty place above the form.
        by: who decides; kept for the next form.
        write: writes, and returns what to say of it.
    """
    try:
        stored = write()
    except LedgerError as error:
        refusal.html(html.build('<div class="cg">{} {}</div>', html.strong("Not stored."), error))
        return
    st.session_state[_STORED] = stored
    st.session_state[SIGNER] = by
    st.rerun()


def tell_what_was_stored() -> None:
    """Say once what the last form stored."""
    if stored := st.session_state.pop(_STORED, None):
        st.toast(stored)
