"""Where the reviewer is in the queue, and what a click or a key does: callbacks of the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

import pandas as pd
import streamlit as st

from common_ground.analysis import verdict_texts
from common_ground.errors import LedgerError
from common_ground.ledger import LinkKind, NewItem, NewVerdict, Verdict
from common_ground.ui import cache, filters, ledger_forms

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
_REFUSED: Final = "review_refused"  # a verdict that came second: pair, verdict, part
_HURRIES: Final = "review_hurries"  # the last click stored something; the next may come soon
_WAITS: Final = "review_waits"
_PAUSE_SECONDS: Final = 1.5
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


def choose_filters(queue: pd.DataFrame) -> Chosen:
    """The filters, kept in the URL; kinds and exports that the queue has."""
    present = set(queue["kind"])
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
    keys = rows["key"].tolist()
    return keys.index(key) + 1 if key in keys else None


def last_act() -> str | None:
    """What the last click did, said once."""
    said: str | None = st.session_state.pop(_SAYS, None)
    return said


def is_in_a_hurry() -> bool:
    """Whether a verdict was stored just now: the page then adds up money when there is a pause."""
    return bool(st.session_state.pop(_HURRIES, False))


def run_again_in_a_pause() -> None:
    """Run the whole page again unless the reviewer does something before."""
    st.session_state[_WAITS] = True
    st.fragment(_run_again, run_every=_PAUSE_SECONDS)()


def _run_again() -> None:
    # The first call belongs to the run that asked for it; the next comes after the pause.
    if not st.session_state.pop(_WAITS, False):
        st.rerun()


def refused(key: str) -> dict[str, Any] | None:
    """The verdict on this pair that came second and waits for its person, if any."""
    waiting = st.session_state.get(_REFUSED)
    return waiting if waiting and waiting["pair"] == key else None


def skip(chosen: Chosen) -> None:
    """Go to the pair after this one; after the last, to the first."""
    _go(_following(chosen.of(cache.review()), st.session_state.get(_PAIR)))


def back() -> None:
    """Go to the pair that was on the screen before."""
    trail = st.session_state.get(_TRAIL, [])
    if trail:
        st.session_state[_PAIR] = trail.pop()
        st.session_state.pop(_REFUSED, None)


def open_pair(key: str | None) -> None:
    """Go to a pair by its key."""
    if key:
        _go(key)


def decide(row: dict[str, Any], verdict: str, part: str | None, chosen: Chosen, seen: int) -> None:
    """Store a verdict on the pair that was shown and go on; or say who decided meanwhile.

    Args:
        row: of the queue, as shown.
        verdict: same, related, different or unsure.
        part: the part of the note that is meant; None for all of it.
        chosen: the filters, for what comes next.
        seen: verdict_id that was shown with the pair, 0 for none.
    """
    made = _verdict(row, verdict, row["to_id"], row["kind"], row["to_text"], part)
    after = _following(chosen.of(cache.review()), row["key"])
    try:
        cache.ledger().decide(made, now=datetime.now(UTC), seen=seen)
    except LedgerError as error:
        st.session_state[_SAYS] = str(error)
        if _standing(row["key"]) > seen:
            st.session_state[_REFUSED] = {"pair": row["key"], "verdict": verdict, "part": part}
        return
    _stored(f"Stored: {verdict}, by {made.decided_by}.")
    if part is None or verdict != "same":
        _go_on(after, chosen)


def put_in_its_place(row: dict[str, Any], chosen: Chosen) -> None:
    """Store the verdict that came second over the one that was given meanwhile."""
    waiting = st.session_state[_REFUSED]
    decide(row, waiting["verdict"], waiting["part"], chosen, int(row["verdict_id"]))


def leave(chosen: Chosen) -> None:
    """Let the other person's verdict stand and go on."""
    skip(chosen)
    st.session_state[_SAYS] = "The verdict given meanwhile stands."


def undo(verdict_id: int, key: str) -> None:
    """Take a verdict back and show its pair again."""
    try:
        cache.ledger().undo(verdict_id, by=reviewer(), now=datetime.now(UTC))
    except LedgerError as error:
        st.session_state[_SAYS] = str(error)
        return
    _go(key)
    _stored("Taken back. The pair is as it was before.")


def link_to(
    row: dict[str, Any], thing: tuple[str, str, str], part: str | None, chosen: Chosen
) -> None:
    """Store that the ask, or a part of it, means a thing the reviewer searched for.

    Args:
        row: of the queue, as shown.
        thing: kind of the link, id and text.
        part: the part of the note that is meant; None for all of it.
        chosen: the filters, for what comes next.
    """
    kind, to_id, text = thing
    made = _verdict(row, "same", to_id, kind, text, part)
    after = _following(chosen.of(cache.review()), row["key"])
    if _write(lambda: str(cache.ledger().decide(made, now=datetime.now(UTC)))):
        _stored(f"Stored: same as {to_id}, by {made.decided_by}.")
        if part is None:
            _go_on(after, chosen)


def create_item(
    row: dict[str, Any], title: str, about: tuple[str, str], part: str | None, chosen: Chosen
) -> None:
    """Make an item of the ask, linked to it as the same.

    Args:
        row: of the queue, as shown.
        title: of the item.
        about: its description and area; empty for none.
        part: the part of the note that is meant; None for all of it.
        chosen: the filters, for what comes next.
    """
    after = _following(chosen.of(cache.review()), row["key"])

    def write() -> str:
        item = NewItem(
            title,
            reviewer(),
            row["from_id"],
            ask_text=verdict_texts.with_part(row["from_text"], part),
            description=about[0],
            area=about[1],
        )
        return cache.ledger().create_item(item, now=datetime.now(UTC))

    if made := _write(write):
        _stored(f"{made} is made, and linked to this ask.")
        if part is None:
            _go_on(after, chosen)


def withdraw_item(item_id: str) -> None:
    """Take an item back that was made from an ask."""

    def write() -> str:
        cache.ledger().withdraw_item(item_id, by=reviewer(), now=datetime.now(UTC))
        return item_id

    if _write(write):
        _stored(f"{item_id} is withdrawn; what was linked to it can be decided again.")


def reviewer() -> str:
    """The name given on the page; empty until there is one."""
    return ledger_forms.given("review")


def _standing(key: str) -> int:
    """verdict_id of the pair's verdict as it is now, 0 for none."""
    queue = cache.review()
    found = queue.loc[queue["key"] == key, "verdict_id"].dropna()
    return int(found.iloc[0]) if len(found) else 0


def _verdict(
    row: dict[str, Any], verdict: str, to_id: str, kind: str, text: str, part: str | None
) -> NewVerdict:
    return NewVerdict(
        cast("LinkKind", kind),
        row["from_id"],
        to_id,
        cast("Verdict", verdict),
        reviewer(),
        from_text=verdict_texts.with_part(row["from_text"], part),
        to_text=text,
    )


def _write(write: Callable[[], str]) -> str:
    """What was written; empty where it was refused, and the page says why."""
    try:
        return write()
    except LedgerError as error:
        st.session_state[_SAYS] = f"Not stored. {error}"
        return ""


def _stored(says: str) -> None:
    st.session_state[_SAYS] = says
    st.session_state[_HURRIES] = True
    st.session_state.pop(_REFUSED, None)


def _following(rows: pd.DataFrame, key: str | None) -> list[str]:
    """Keys after this one, then those before it."""
    keys: list[str] = rows["key"].tolist()
    if key not in keys:
        return keys
    position = keys.index(key)
    return keys[position + 1 :] + keys[:position]


def _go_on(after: list[str], chosen: Chosen) -> None:
    """Go to the first of the pairs that is still among those shown."""
    left = set(chosen.of(cache.review())["key"])
    _go([key for key in after if key in left])


def _go(keys: list[str] | str) -> None:
    trail = st.session_state.setdefault(_TRAIL, [])
    if here := st.session_state.get(_PAIR):
        trail.append(here)
        del trail[:-_MOST_BACK]
    st.session_state.pop(_REFUSED, None)
    following = keys if isinstance(keys, str) else next(iter(keys), None)
    st.session_state[_PAIR] = following
    if following is None:
        st.query_params.pop("pair", None)
