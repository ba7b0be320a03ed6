"""The card of a thing with its controls: assumptions about money, all its rows, its story."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from common_ground import meeting
from common_ground.analysis.item_values import ItemValues, ValueRules
from common_ground.analysis.thresholds import Thresholds
from common_ground.charts import format
from common_ground.settings import Settings
from common_ground.ui import (
    cache,
    evidence_card,
    frame,
    html,
    item_details,
    ledger_forms,
    story_card,
)


@dataclass(frozen=True)
class View:
    """The filters of the page the card stands on.

    Attributes:
        level: suggestions count from this score (0..1) up.
        window: first day and first day outside of the asks; None for open ends.
        segment: None for all.
        thresholds: what the classes turn on; None for the settings.
    """

    level: float
    window: tuple[date | None, date | None] = (None, None)
    segment: str | None = None
    thresholds: Thresholds | None = None

    def values(self, rules: ValueRules) -> ItemValues:
        """Money behind everything on the map."""
        return cache.item_values(rules, *self._filters)

    def behind(self, item_id: str) -> meeting.Behind:
        """What stands behind a thing; its story is the one on the Brief, while it counts."""
        stands = story_card.stands_for(item_id)
        best = cache.behind(item_id, None, *self._filters)
        if stands is None or best.story is None or best.story.ask_id == stands["ask_id"]:
            return best
        chosen = cache.behind(item_id, stands["ask_id"], *self._filters)
        return best if chosen.story is None else chosen

    @property
    def _filters(
        self,
    ) -> tuple[float, tuple[date | None, date | None], str | None, Thresholds | None]:
        return self.level, self.window, self.segment, self.thresholds


def show(item_id: str, view: View, currency: str, assumed: html.Html) -> ItemValues:
    """Put the card on the page, what is assumed of the thing and its controls under it.

    Returns:
        The money behind everything on the map, under the assumptions chosen here.
    """
    ledger_forms.tell_what_was_stored()
    place = st.container()
    controls = st.container(horizontal=True, key="item_controls", vertical_alignment="center")
    with controls:
        is_wanted = st.button("All behind it", key="item_details")
        rules = _rules(cache.settings())
    behind, values = view.behind(item_id), view.values(rules)
    place.html(
        html.build(
            '<div class="cg">{}{}</div>',
            evidence_card.card(behind, values, currency, frame.theme()),
            assumed,
        )
    )
    story_card.place_on_brief(controls, behind.story, item_id, behind.card.thing["title"])
    if is_wanted:
        item_details.show(behind, values, currency)
    return values


def _rules(settings: Settings) -> ValueRules:
    """What the money turns on, kept in the URL."""
    start = meeting.value_rules(settings)
    with st.popover("Assumptions"):
        percent = st.slider(
            "Lost money taken to come back, %",
            0,
            100,
            round(100 * start.recovery_share),
            step=5,
            key="recovery",
            bind="query-params",
        )
        days = st.slider(
            "A renewal is at risk when its contract ends within, days",
            30,
            720,
            start.renewal_within_days,
            step=30,
            key="renewal_days",
            bind="query-params",
        )
        html.show(
            html.note(
                "Lost money is never added to open money, whatever is taken to come back. One deal "
                f"is named from {format.share(start.large_deal_share)} of the money touched."
            )
        )
    return ValueRules(percent / 100, days, start.large_deal_share)


def overlap_in_words(values: ItemValues, currency: str) -> str:
    """By how much the touched money of all things exceeds the money of their deals."""
    touched = values.total("touched")
    if not touched["overlap"]:
        return "No deal asks for two things, so touched adds up to the money of the deals."
    summed, once, twice = (
        format.money_short(touched[name], currency) for name in ("summed", "amount", "overlap")
    )
    return (
        f"Touched adds up to {summed} over all things, and the "
        f"{format.plural(touched['deals'], 'deal')} behind it hold {once}: {twice} is counted more "
        "than once. Allocated is not."
    )
