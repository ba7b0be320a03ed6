"""Where the reviewer is in the queue: filters, the pair on the screen, and the ways to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from common_ground.ui import cache, filters

KINDS: Final = {
    "Asks and items": "ask_item",
    "Asks and features": "ask_feature",
    "Two asks": "ask_ask",
    "Two accounts": "account",
}
ALL_KINDS: Final = "All links"
ALL_EXPORTS: Final = "All exports"
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "Undecided": ("undecided",),
    "Unsure": ("unsure",),
    "Decided": ("decided", "key"),
    "Answered otherwise": ("answered",),
    "Everything": ("undecided", "unsure", "decided", "key", "answered"),
}

_PAIR: Final = "review_pair"  # key of the pair on the screen
_TRAIL: Final = "review_trail"  # keys of the pairs before it
_SAYS: Final = "review_says"  # what the last click did
_REFUSED: Final = "review_refused"  # a verdict that came second: pair, verdict
_PART: Final = "review_part_meant"  # the part of the note that is meant: pair, place
_LOOKED_AHEAD: Final = 100  # pairs; more than one verdict can take out of the queue
_MOST_BACK: Final = 200


@dataclass(frozen=True)
class Chosen:
    """The filters: a kind of link, states, a segment and an export; None for all."""

    kind: str | None
    shown: str
    segment: str | None
    source: str | None

    def of(self, queue: pd.DataFrame) -> pd.DataFrame:
        """The pairs they leave, in the order of the queue."""
        kept = queue["state"].isin(SHOWN[self.shown])
        for column in ("kind", "segment", "source"):
            value = getattr(self, column)
            if value is not None:
                kept &= queue[column].eq(value).fillna(False).astype(bool)
        return queue.loc[kept]

    @property
    def is_all_undecided(self) -> bool:
        """Whether nothing but what is decided is filtered out."""
        return self.shown == "Undecided" and self.kind is self.segment is self.source is None

    def in_words(self) -> str:
        """The filters as the foot names them."""
        kinds = {code: label.lower() for label, code in KINDS.items()}
        parts = [
            self.shown.lower(),
            kinds[self.kind] if self.kind else "all links",
            filters.segment_label(self.segment),
            self.source or "all exports",
        ]
        return ", ".join(parts)


@dataclass(frozen=True)
class Shown:
    """The pair on the screen and how it is decided.

    Attributes:
        row: of the queue.
        part: of the note, that is meant; None for all of it.
        chosen: the filters, for what comes next.
        at: instant it was drawn, of the clock `time.monotonic`.
    """

    row: dict[str, Any]
    part: str | None
    chosen: Chosen
    at: float

    @property
    def seen(self) -> int:
        """verdict_id that was shown with the pair, 0 for none."""
        return int(self.row["verdict_id"] or 0)


def choose_filters(queue: pd.DataFrame) -> Chosen:
    """The filters, kept in the URL; kinds, segments and exports that the queue has."""
    present = set(queue["kind"].unique())
    kinds = {label: code for label, code in KINDS.items() if code in present}
    segments = sorted(queue["segment"].dropna().unique())
    sources = sorted(queue["source"].dropna().unique())
    columns = st.columns(4)
    with columns[0]:
        shown = filters.choice("Show", list(SHOWN), "show")
    with columns[1]:
        kind = filters.choice("Links", [ALL_KINDS, *kinds], "kind")
    with columns[2]:
        segment = filters.segment(segments)
    with columns[3]:
        source = filters.choice("Export", [ALL_EXPORTS, *sources], "export")
    return Chosen(kinds.get(kind), shown, segment, None if source == ALL_EXPORTS else source)


def current(queue: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Any] | None:
    """The pair on the screen: where the reviewer or the link was, else the first of the rows."""
    asked = st.session_state.get(_PAIR) or st.query_params.get("pair")
    found = queue.loc[queue["key"] == asked] if asked else rows.iloc[:0]
    found = found if len(found) else rows.iloc[:1]
    if found.empty:
        st.session_state.pop(_PAIR, None)
        st.query_params.pop("pair", None)
        return None
    row = {str(name): value for name, value in found.iloc[0].items()}
    st.session_state[_PAIR] = st.query_params["pair"] = row["key"]
    return row


def place(rows: pd.DataFrame, key: str) -> int | None:
    """Position of a pair among the rows, from 1; None where the filters leave it out."""
    found = np.flatnonzero(rows["key"] == key)
    return int(found[0]) + 1 if len(found) else None


def say(what: str) -> None:
    """Keep what a click did for the next run."""
    st.session_state[_SAYS] = what


def last_act() -> str | None:
    """What the last click did, said once."""
    said: str | None = st.session_state.pop(_SAYS, None)
    return said


def refuse(key: str, verdict: str) -> None:
    """Keep a verdict that came second, until its person has looked at the other one."""
    st.session_state[_REFUSED] = (key, verdict)


def refused(key: str) -> str | None:
    """The verdict on this pair that came second and waits for its person, if any."""
    pair, verdict = st.session_state.get(_REFUSED, ("", None))
    return verdict if pair == key else None


def part_meant(row: dict[str, Any], parts: Sequence[str]) -> str | None:
    """The part of the note that a verdict is about; None for all of it.

    First the part that was decided or matched, then as the reviewer turned it.
    """
    place = _part_place(row, parts)
    return parts[place - 1] if place else None


def turn_part(row: dict[str, Any], parts: Sequence[str]) -> None:
    """Mean the next part of the note; after the last, all of it."""
    place = (_part_place(row, parts) + 1) % (len(parts) + 1)
    st.session_state[_PART] = (row["key"], place)


def _part_place(row: dict[str, Any], parts: Sequence[str]) -> int:
    """Place of the part that is meant, from 1; 0 for the whole note."""
    pair, place = st.session_state.get(_PART, ("", 0))
    if pair == row["key"]:
        return int(place)
    part = row["part"] if row["verdict"] is None else row["decided_part"]
    return parts.index(part) + 1 if part in parts else 0


def skip(chosen: Chosen) -> None:
    """Go to the pair after this one; after the last, to the first."""
    go_on(following(chosen), chosen)


def back() -> None:
    """Go to the pair that was on the screen before."""
    trail = st.session_state.get(_TRAIL, [])
    if trail:
        before = trail.pop()
        go(before)
        trail.pop()


def following(chosen: Chosen) -> list[str]:
    """Keys of the pairs after the one on the screen, as far as anyone looks ahead."""
    rows = chosen.of(cache.review().queue)
    here = place(rows, st.session_state.get(_PAIR, "")) or 0
    keys: list[str] = rows["key"].iloc[here : here + _LOOKED_AHEAD].tolist()
    return keys


def go_on(after: list[str], chosen: Chosen) -> None:
    """Go to the first of the pairs that is still among those shown, else to the first shown."""
    rows = chosen.of(cache.review().queue)
    left = set(rows.loc[rows["key"].isin(after), "key"])
    go(next((key for key in after if key in left), rows["key"].iloc[0] if len(rows) else None))


def go(key: str | None) -> None:
    """Put a pair on the screen; None for the first there is."""
    trail = st.session_state.setdefault(_TRAIL, [])
    if here := st.session_state.get(_PAIR):
        trail.append(here)
        del trail[:-_MOST_BACK]
    for settled in (_REFUSED, _PART):
        st.session_state.pop(settled, None)
    st.session_state[_PAIR] = key
    if key is None:
        st.query_params.pop("pair", None)
