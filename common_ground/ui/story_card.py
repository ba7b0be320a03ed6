"""The story of a thing: the quote with deal, account and use, and its place on the Brief."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from common_ground.analysis.stories import Story
from common_ground.charts import format
from common_ground.ledger import NewStory
from common_ground.ledger.records import MAX_NAME, MAX_TEXT
from common_ground.ui import cache, frame, html, ledger_forms

_CHARACTERS: Final = 160
_SIDES: Final[Mapping[str, html.Side]] = {"sales": "sales", "product": "product"}


def quote(story: Story, currency: str) -> html.Html:
    """The words, and under them whose they are, the deal, and how the account uses it."""
    return html.quote(_SIDES[story.side], _cut(story.text, _CHARACTERS), _behind(story, currency))


def _behind(story: Story, currency: str) -> str:
    parts = [story.account_name or "no account named"]
    if story.stage is not None:
        money = "" if story.amount is None else f"{format.money_short(story.amount, currency)} "
        parts.append(f"{money}deal {story.stage}{', blocker' if story.is_blocker else ''}")
    if story.use:
        parts.append(story.use)
    when = "" if story.asked_date is None else frame.day(story.asked_date)
    parts.append(
        " ".join(part for part in ("written down by", story.asked_by, when) if part)
        if story.asked_by
        else when
    )
    parts.append(story.source + ("" if story.is_confirmed else ", suggested link"))
    return "; ".join(part for part in parts if part)


def _cut(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + "…"


def stands_for(item_id: str) -> dict[str, Any] | None:
    """The story of an item that is on the Brief, as a row of `Ledger.stories`; None for none."""
    found = cache.stories()
    own = found.loc[found["item_id"] == item_id]
    return None if own.empty else {str(name): value for name, value in own.iloc[0].items()}


def place_on_brief(controls: DeltaGenerator, story: Story | None, item_id: str, title: str) -> None:
    """One click puts the story on the Brief; where one stands, who put it there, and Take off.

    A person who has not signed anything in this session is asked for a name first.

    Args:
        controls: where the button stands.
        story: as the card shows it; None where nobody asks.
        item_id: thing the story is told of.
        title: what the thing is called.
    """
    stands, refusal = stands_for(item_id), st.empty()
    with controls:
        if stands is not None:
            _signed("Take off Brief", refusal, lambda by: take_off(stands["story_id"], title, by))
            html.show(html.note(put_there(stands)))
        elif story is not None:
            _signed("Story to Brief", refusal, lambda by: _put_on(story, title, by))


def _signed(label: str, refusal: DeltaGenerator, write: Callable[[str], str]) -> None:
    known = st.session_state.get(ledger_forms.SIGNER, "")
    if known:
        if st.button(label, key="story_place"):
            ledger_forms.store(refusal, known, lambda: write(known))
        return
    with st.popover(label):
        by = ledger_forms.name("story")
        if st.button(label, key="story_place", type="primary"):
            ledger_forms.store(refusal, by, lambda: write(by))


def put_there(stands: Mapping[str, Any]) -> str:
    """Who put a story on the Brief, and when."""
    since = frame.day(stands["decided_at"])
    return f"On the Brief since {since}, put there by {stands['decided_by']}."


def _put_on(story: Story, title: str, by: str) -> str:
    kept = NewStory(
        item_id=story.item_id,
        ask_id=story.ask_id,
        title=_cut(title, MAX_NAME - 1),
        text=_cut(story.text, MAX_TEXT - 1),
        decided_by=by,
    )
    cache.ledger().put_story(kept, now=datetime.now(UTC))
    return f"The story of {title} is on the Brief."


def take_off(story_id: int, title: str, by: str) -> str:
    """Take a story off the Brief; what to say of it."""
    cache.ledger().take_story_off(story_id, by=by, now=datetime.now(UTC))
    return f"The story of {title} is off the Brief."
