"""Work in child processes, as a person sees it: what is being done, how far it is, and Cancel."""

import time
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from common_ground.child import Child
from common_ground.visible import visible

# Work that ends within this never shows a bar.
_PATIENCE_SECONDS: Final = 0.8
_LOOK_EVERY_SECONDS: Final = 0.3


def is_done(running: Callable[[], Sequence[Child]], key: str) -> bool:
    """Whether the work is done; where it is not, its progress is on the page, with Cancel.

    The page runs again by itself once it is done.

    Args:
        running: the children still at work.
        key: of the button.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    for child in running():
        child.wait(max(0.0, until - time.monotonic()))
    if not running():
        return True
    _watch(running, key)
    return False


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _watch(running: Callable[[], Sequence[Child]], key: str) -> None:
    children = running()
    if not children:
        st.rerun()
    for child in children:
        progress = child.progress()
        st.progress(min(progress.share, 1.0), text=plain_label(f"{child.subject}: {progress.what}"))
    st.button("Cancel", key=f"cancel_{key}", on_click=_stop, args=(children,))


def _stop(children: Sequence[Child]) -> None:
    for child in children:
        child.stop()


def plain_label(text: str) -> str:
    """Text as a widget's label shows it, whatever Markdown it looks like."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|~:$" else c for c in visible(text))
