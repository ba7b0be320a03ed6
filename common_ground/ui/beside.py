"""Work beside the clicks, in threads of the server: its progress, its latest result, Cancel.

A generator does the work and yields what it has so far; between two yields it can be stopped. One
piece of work runs at a time, and a reader who asks for something else stops what nobody waits for
any more.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Final, Generic, Literal, Protocol, TypeVar
from uuid import uuid4

import streamlit as st

from common_ground.ui import html

# A reader who is still moving a control wants none of the steps in between.
PATIENCE_SECONDS = 0.7
_OTHERWISE: Final = "Working out the rest"
_LOOK_EVERY_SECONDS: Final = 0.5
_KEPT: Final = 24  # pieces of work whose results are kept


class Step(Protocol):
    """What a piece of work has so far."""

    @property
    def what(self) -> str:
        """What is being done."""

    @property
    def share(self) -> float:
        """How much of it is, 0..1."""

    @property
    def part(self) -> int:
        """Rises when the page can show more than before."""


S = TypeVar("S", bound=Step)


State = Literal["running", "done", "left", "cancelled", "failed"]


class Work(Generic[S]):
    """One piece of work.

    Attributes:
        steps: makes the generator that does it.
        latest: what it has so far; None before its first step.
        state: running; done; left (nobody waits any more); cancelled by a person; failed.
    """

    def __init__(self, steps: Callable[[], Iterator[S]]) -> None:
        self.steps = steps
        self.latest: S | None = None
        self.state: State = "running"
        self._stop = threading.Event()
        self._ended = threading.Event()

    def end(self, state: State) -> None:
        """End it after the step it is at."""
        if self.state == "running":
            self.state = state
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most so long; whether it has ended."""
        return self._ended.wait(seconds)

    def run(self, turn: threading.Lock) -> None:
        """Do the work when it is its turn; called in its own thread."""
        try:
            if self._stop.wait(PATIENCE_SECONDS):
                return
            with turn:
                for step in self.steps():
                    # A solver that is cut off in the middle would end the program with an error
                    if self._stop.is_set() or not threading.main_thread().is_alive():
                        return
                    self.latest = step
                self.end("done")
        finally:
            self.end("failed")
            self._ended.set()


class Desk:
    """All work of this server, by what it is about, and who waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._works: OrderedDict[Hashable, Work[Any]] = OrderedDict()
        self._waiting: dict[str, Hashable] = {}

    def work(self, key: Hashable, reader: str, steps: Callable[[], Iterator[S]]) -> Work[S]:
        """The work of this key, begun unless it is there; what only this reader left is ended.

        Args:
            key: what the work is about; the same key, the same results.
            reader: who asks.
            steps: makes the generator that does it.
        """
        with self._lock:
            before = self._waiting.get(reader)
            self._waiting[reader] = key
            if before != key and before in self._works and before not in self._waiting.values():
                self._works[before].end("left")
            known = self._works.get(key)
            if known is not None and known.state != "left":
                self._works.move_to_end(key)
                return known
            return self._begin(key, steps)

    def again(self, key: Hashable) -> None:
        """Begin work anew that was cancelled."""
        with self._lock:
            self._begin(key, self._works[key].steps)

    def _begin(self, key: Hashable, steps: Callable[[], Iterator[S]]) -> Work[S]:
        work = Work(steps)
        self._works[key] = work
        self._works.move_to_end(key)
        while len(self._works) > _KEPT:
            _, oldest = self._works.popitem(last=False)
            oldest.end("left")
        threading.Thread(target=work.run, args=(self._turn,)).start()
        return work

    def is_busy(self) -> bool:
        """Whether any work has not come to its end."""
        with self._lock:
            return any(work.state == "running" for work in self._works.values())

    def end(self) -> None:
        """End everything, with the server."""
        with self._lock:
            for work in self._works.values():
                work.end("left")


@st.cache_resource(max_entries=1, show_spinner=False)
def desk() -> Desk:
    """The desk of this server."""
    return Desk()


def reader() -> str:
    """Who is reading: one for each browser tab."""
    known: str = st.session_state.setdefault("reader", uuid4().hex)
    return known


def watch(key: Hashable, work: Work[S], shown: S | None, subject: str) -> None:
    """Show how far work is, with Cancel; the page runs again when it can show more.

    Args:
        key: of the work.
        work: as `Desk.work` returned it.
        shown: what of it the page shows already.
        subject: what the progress is about.
    """
    if _has_more(work, shown):
        st.rerun()
    if work.state == "running":
        _watch(work, shown, subject)
    elif work.state in ("cancelled", "failed"):
        said = (
            "was cancelled" if work.state == "cancelled" else "ended by a mistake in this program"
        )
        with st.container(horizontal=True, vertical_alignment="center", key="beside"):
            html.show(html.note(f"{_OTHERWISE} {said}. What was found before that is shown."))
            st.button("Go on", on_click=desk().again, args=(key,), type="tertiary")


def _has_more(work: Work[S], shown: S | None) -> bool:
    part = 0 if shown is None else shown.part
    return work.latest is not None and work.latest.part > part


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _watch(work: Work[S], shown: S | None, subject: str) -> None:
    if work.state != "running" or _has_more(work, shown):
        st.rerun()
    latest = work.latest
    what, share = ("starting", 0.0) if latest is None else (latest.what, latest.share)
    with st.container(horizontal=True, vertical_alignment="center", key="beside"):
        st.progress(min(share, 1.0), text=f"{subject}: {what}")
        st.button("Cancel", key="cancel_beside", on_click=work.end, args=("cancelled",))
