"""What a click or a key on Review links writes into the ledger: callbacks of the page."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, cast

import streamlit as st

from common_ground.analysis import verdict_texts
from common_ground.errors import LedgerError
from common_ground.ledger import LinkKind, NewItem, NewVerdict, Verdict
from common_ground.ui import cache, ledger_forms, review_place
from common_ground.ui.review_place import Chosen, Shown

# A key held down repeats some 30 times a second; nobody reads two texts within this time.
HELD_KEY_SECONDS: Final = 0.25


def decide(shown: Shown, verdict: str) -> None:
    """Store a verdict on the pair that was shown and go on; or say who decided meanwhile.

    Args:
        shown: the pair.
        verdict: same, related, different or unsure.
    """
    if time.monotonic() - shown.at < HELD_KEY_SECONDS:
        review_place.say("Not stored: that key came before this pair could be read.")
        return
    row = shown.row
    made = _verdict(shown, verdict, row["kind"], row["to_id"], row["to_text"])
    after = review_place.following(shown.chosen)
    try:
        cache.ledger().decide(made, now=datetime.now(UTC), seen=shown.seen)
    except LedgerError as error:
        now = _standing(row["key"])
        if now == (verdict, made.decided_by):
            return  # a second click on a pair that is decided and gone already
        if now is None:
            review_place.say(f"Not stored. {error}")
        else:
            review_place.refuse(row["key"], verdict)
        return
    _stored(f"Stored: {verdict}, by {made.decided_by}.", after, shown.chosen)


def leave(chosen: Chosen) -> None:
    """Let the other person's verdict stand and go on."""
    review_place.skip(chosen)
    review_place.say("The verdict given meanwhile stands.")


def undo(verdict_id: int, key: str) -> None:
    """Take a verdict back and show its pair again."""

    def write() -> None:
        cache.ledger().undo(verdict_id, by=reviewer(), now=datetime.now(UTC))

    if _write(write):
        review_place.go(key)
        review_place.say("Taken back. The pair is as it was before.")


def link_to(shown: Shown, kind: str, to_id: str, text: str, seen: int) -> None:
    """Store that the ask, or a part of it, means a thing the reviewer searched for.

    Args:
        shown: the pair on the screen, whose ask is meant.
        kind: ask_item or ask_feature.
        to_id: of the thing.
        text: of the thing.
        seen: verdict_id of ask and thing as the reviewer could see it, 0 for none.
    """
    made = _verdict(shown, "same", kind, to_id, text)
    after = review_place.following(shown.chosen)
    if _write(lambda: cache.ledger().decide(made, now=datetime.now(UTC), seen=seen)):
        _stored(f"Stored: same as {to_id}, by {made.decided_by}.", after, shown.chosen)


def create_item(shown: Shown, title: str, description: str, area: str) -> None:
    """Make an item of the ask, or of a part of it, linked to it as the same."""
    row, after = shown.row, review_place.following(shown.chosen)

    def write() -> None:
        item = NewItem(
            title,
            reviewer(),
            row["from_id"],
            ask_text=verdict_texts.with_part(row["from_text"], shown.part),
            description=description,
            area=area,
        )
        cache.ledger().create_item(item, now=datetime.now(UTC))

    if _write(write):
        _stored(f"“{title}” is an item now, and linked to this ask.", after, shown.chosen)


def withdraw_item(item_id: str) -> None:
    """Take an item back that was made from an ask."""

    def write() -> None:
        cache.ledger().withdraw_item(item_id, by=reviewer(), now=datetime.now(UTC))

    if _write(write):
        review_place.say(f"{item_id} is withdrawn; what was linked to it can be decided again.")


def reviewer() -> str:
    """The name given on the page or on one before; empty until there is one."""
    return ledger_forms.given("review") or str(st.session_state.get(ledger_forms.SIGNER, ""))


def forget_name() -> None:
    """Ask for a name again: another person sits down."""
    st.session_state[ledger_forms.SIGNER] = ""


def _standing(key: str) -> tuple[str, str] | None:
    """The pair's verdict as it is now, and who gave it."""
    queue = cache.review().queue
    found = queue.loc[(queue["key"] == key) & queue["verdict"].notna()]
    return (found["verdict"].iloc[0], found["decided_by"].iloc[0]) if len(found) else None


def _verdict(shown: Shown, verdict: str, kind: str, to_id: str, text: str) -> NewVerdict:
    return NewVerdict(
        cast("LinkKind", kind),
        shown.row["from_id"],
        to_id,
        cast("Verdict", verdict),
        reviewer(),
        from_text=verdict_texts.with_part(shown.row["from_text"], shown.part),
        to_text=text,
    )


def _write(write: Callable[[], object]) -> bool:
    """Whether it was written; where it was refused, the page says why."""
    try:
        write()
    except LedgerError as error:
        review_place.say(f"Not stored. {error}")
        return False
    return True


def _stored(says: str, after: list[str], chosen: Chosen) -> None:
    review_place.go_on(after, chosen)
    review_place.say(says)
