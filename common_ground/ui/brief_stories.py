"""Customers' words on the Brief: what stands beside the numbers, and taking it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from common_ground.analysis.overlap import Overlap
from common_ground.analysis.stories import Story
from common_ground.charts import format
from common_ground.ui import cache, html, ledger_forms, story_card

_SHOWN: Final = 2  # newest first; the rest is counted


@dataclass(frozen=True)
class Placed:
    """A story on the Brief with what the data say of it now.

    Attributes:
        stands: its row of `Ledger.stories`.
        thing: its row of `Overlap.items`; None where it is not on the map any more.
        story: None where the ask does not count for the thing any more.
    """

    stands: dict[str, Any]
    thing: dict[str, Any] | None
    story: Story | None


def placed(known: Overlap, level: float) -> list[Placed]:
    """The stories on the Brief, newest first.

    Args:
        known: the overlap the Brief shows.
        level: of its links.
    """
    found = []
    for row in cache.stories().iloc[::-1].to_dict("records"):
        stands = {str(name): value for name, value in row.items()}
        things = known.items.loc[known.items["item_id"] == stands["item_id"]].to_dict("records")
        thing = {str(name): value for name, value in things[0].items()} if things else None
        story = cache.behind(stands["item_id"], stands["ask_id"], level).story if thing else None
        found.append(Placed(stands, thing, story))
    return found


def panel(stories: Sequence[Placed], currency: str) -> html.Html:
    """The words with the number they stand beside.

    Args:
        stories: at least one, newest first.
        currency: of the workspace.
    """
    shown = [_told(one, currency) for one in stories[:_SHOWN]]
    more = len(stories) - len(shown)
    return html.panel(
        "In customers’ words",
        f"and {more} more" if more else "the words as they were written down",
        html.join(shown),
    )


def _told(one: Placed, currency: str) -> html.Html:
    title = one.stands["title"]
    if one.thing is None or one.story is None:
        gone = (
            "not on the map of this data any more"
            if one.thing is None
            else "this ask does not count for it any more"
        )
        return html.group(
            html.build("<div><b>{}</b> {}</div>", title, html.soft(gone)),
            html.build('<blockquote class="cg-quote">“{}”</blockquote>', one.stands["text"][:200]),
        )
    money = format.money_short(one.thing["touched"], currency)
    deals = format.plural(one.thing["deals"], "open deal")
    return html.group(
        html.build(
            "<div><b>{} {}</b> {}</div>",
            money,
            one.thing["title"],
            html.soft(f"touched, {deals}"),
        ),
        story_card.quote(one.story, currency),
    )


def take_off_form(stories: Sequence[Placed]) -> None:
    """A small button behind which any of these stories can be taken off."""
    refusal = st.empty()
    with st.popover("Stories on this page", type="tertiary"):
        labels = {
            f"{one.stands['title']}: {story_card.put_there(one.stands)}": one for one in stories
        }
        chosen = labels[st.radio("Story", list(labels), key="story_taken_off")]
        by = ledger_forms.name("story")
        if st.button("Take it off", key="take_story_off"):
            ledger_forms.store(
                refusal,
                by,
                lambda: story_card.take_off(chosen.stands["story_id"], chosen.stands["title"], by),
            )
