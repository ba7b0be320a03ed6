"""Overlaps: where do we already want the same thing?"""

import streamlit as st

from common_ground import kpis, meeting
from common_ground.analysis.evidence import evidence
from common_ground.charts import overlap_map
from common_ground.ui import (
    cache,
    downloads,
    evidence_card,
    filters,
    frame,
    html,
    messages,
    overlap_cards,
    tables,
)

page = frame.page(
    "Where do we already want the same thing?", "overlaps", controls=3, control_width=1.6
)
published = frame.published(page)
currency = published.currency
known = cache.cached_with_data(meeting.evidence)
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
    window = overlap_cards.asked_in()
with page.controls[1]:
    segment = filters.segment(cache.cached_with_data(kpis.segments))
with page.controls[2]:
    level = overlap_cards.link_level(cache.settings().link_level)
span = kpis.parse_window(window, published.as_of, published.fiscal_year_start_month)
found = cache.overlaps(level, (span.start, span.end), segment)
chosen_filters = overlap_cards.filters_in_words(window, segment, level)
if found.items.empty:
    page.answer("Nothing matches these filters.")
    loaded = overlap_cards.loaded(known.items, known.asks)
    html.show(messages.empty("Overlap map", "item or ask", loaded))
    st.stop()

page.answer(*overlap_cards.answer(found, currency))
html.show(overlap_cards.tiles(found, currency))
for missing in overlap_cards.missing(known.asks, known.use):
    html.show(missing)

map_column, card_column = st.columns([8, 4])
with card_column:
    item_id = overlap_cards.choose(found.items)
    behind = evidence(
        found,
        item_id,
        known.items,
        known.asks,
        known.deals,
        known.use,
        known.area_reach,
        cache.mart("mart_item_rules"),
    )
    html.show(evidence_card.card(behind, currency))
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
        overlap_cards.footer(published, chosen_filters),
        alt=overlap_cards.map_in_words(drawn, found),
        on_select=overlap_cards.follow_click,
    )
    html.show(html.note(overlap_cards.key_to_map(drawn)))

title_column, class_column = st.columns([10, 2], vertical_alignment="bottom")
with class_column:
    wanted = overlap_cards.choose_class()
rows = overlap_cards.listed(found, wanted)
with title_column:
    html.show(html.heading(overlap_cards.list_title(rows, wanted), overlap_cards.LIST_CAVEAT))
tables.with_download(
    overlap_cards.rounded(rows),
    "overlap",
    overlap_cards.list_columns(currency),
    shown=overlap_cards.LIST,
    height=420,
    file=rows.drop(columns="label"),
)
html.show(html.note(overlap_cards.thresholds(found)))
frame.foot(
    published.as_of,
    published.data_version,
    published.built_at,
    chosen_filters,
    overlap_cards.rows_behind(found),
    found.unconfirmed_share,
    terms=("touched", "allocated", "unlocked", "reached", "effort", "classes", "unconfirmed"),
)
