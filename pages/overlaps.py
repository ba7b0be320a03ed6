"""Overlaps: where do we already want the same thing?"""

import streamlit as st

from common_ground import kpis, meeting
from common_ground.analysis import assumptions
from common_ground.analysis.class_segments import class_segments, things_by_segment
from common_ground.analysis.wanted_sets import wanted_sets
from common_ground.charts import overlap_map
from common_ground.ui import (
    cache,
    downloads,
    filters,
    frame,
    html,
    item_card,
    ledger_forms,
    messages,
    overlap_cards,
    overlap_changes,
    overlap_filters,
    overlap_list,
    overlap_rankings,
    overlap_sets,
)

page = frame.page(
    "Where do we already want the same thing?", "overlaps", controls=3, control_width=1.6
)
published = frame.published(page)
ledger_forms.tell_what_was_stored()
currency = published.currency
known = cache.cached_with_data(meeting.evidence, cache.decided())
if known.items.empty and known.asks.empty:
    page.answer("Nothing is asked for or planned yet.")
    html.show(
        messages.not_loaded(
            "Overlap map",
            "backlog or request",
            "The map needs at least one of them; with deals and usage beside it, it says more.",
        )
    )
    st.stop()

with page.controls[0]:
    window = overlap_filters.asked_in()
with page.controls[1]:
    segment = filters.segment(cache.cached_with_data(kpis.segments))
with page.controls[2]:
    level = overlap_filters.link_level(cache.settings().link_level)
tiles, first_screen, switch = st.container(), st.container(), st.container()
with switch, st.container(key="below_map", horizontal=True, vertical_alignment="center"):
    view = overlap_filters.view()
    limits = overlap_filters.thresholds()
asked_in = kpis.parse_window(window, published.as_of, published.fiscal_year_start_month)
span = (asked_in.start, asked_in.end)
with first_screen, st.spinner("Comparing asks with items, features and one another"):
    found = cache.overlaps(level, span, segment, limits)
chosen = overlap_filters.in_words(window, segment, level, limits)
footer = overlap_cards.footer(published, chosen)
if found.items.empty:
    page.answer("Nothing matches these filters.")
    loaded = overlap_cards.loaded(known.items, known.asks)
    with first_screen:
        html.show(messages.empty("Overlap map", "item or ask", loaded))
    st.stop()

told = assumptions.told(cache.backlog(), cache.decided().assumptions)
page.answer(*overlap_cards.answer(found, currency))
with tiles:
    html.show(overlap_cards.tiles(found, currency))
    for missing in overlap_cards.missing(known.asks, known.use):
        html.show(missing)
with first_screen:
    map_column, card_column = st.columns([8, 4])
with card_column:
    item_id = overlap_cards.choose(found.items)
    card = item_card.View(level, span, segment, limits)
    values = item_card.show(item_id, card, currency, overlap_cards.assumed(told, item_id))
with map_column:
    drawn = overlap_map.draw(
        found.items,
        frame.theme(),
        currency,
        selected=item_id,
        median_reach=found.median_reach,
    )
    downloads.chart(
        drawn.figure,
        "overlap_map",
        "Where sales and product pull",
        found.items,
        footer,
        alt=overlap_cards.map_in_words(drawn, found),
        on_select=overlap_cards.follow_click,
    )
    html.show(
        html.note(overlap_cards.key_to_map(drawn)),
        overlap_cards.on_suggestions(found, currency),
    )

sets = wanted_sets(found)
by_segment = things_by_segment(found, known.asks, known.deals)
if view == "rankings":
    overlap_rankings.show(found, told, currency, footer)
elif view == "changes":
    overlap_changes.show(published, found, span, segment, limits)
else:
    if view == "sets":
        overlap_sets.show_sets(found, sets, currency, footer)
    elif view == "segments":
        cells = class_segments(found, known.asks, known.deals)
        overlap_sets.show_segments(found, cells, currency, footer)
    overlap_list.show(found, sets, by_segment, currency)
html.show(html.note(item_card.overlap_in_words(values, currency)))
turns_on = overlap_filters.limits_in_words(found.thresholds, found.median_reach)
html.show(html.note(f"{turns_on} {overlap_filters.measures_in_words()}"))
frame.foot(
    published.as_of,
    published.data_version,
    published.built_at,
    chosen,
    overlap_cards.rows_behind(found, told),
    found.unconfirmed_share,
    terms=(
        *("touched", "allocated", "blocked", "unlocked", "weighted", "lost", "at_risk"),
        *("reached", "effort", "classes", "unconfirmed"),
    ),
)
