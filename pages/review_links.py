"""Review links: do these two mean the same?"""

import time

import streamlit as st

from common_ground.analysis.review_card import joined_by
from common_ground.charts import format
from common_ground.ui import (
    cache,
    frame,
    html,
    review_cards,
    review_forms,
    review_history,
    review_otherwise,
    review_place,
    review_says,
)

page = frame.page("Do these two mean the same?", "review_links", controls=1, control_width=2.4)
published = frame.published(page)
review = cache.review()
known, prepared, queue, so_far = review.of.known, review.of.prepared, review.queue, review.so_far
if queue.empty and known.asks.empty:
    page.answer("Nothing was asked for yet.")
    html.show(review_says.none_loaded())
    st.stop()

page.answer(*review_says.answer(so_far, published.currency))
if queue.empty:
    html.show(review_says.none_suggested(len(known.asks), len(known.items)))
    st.stop()

with page.controls[0]:
    by = review_forms.name()
bar, filter_column = st.columns([3, 9], vertical_alignment="bottom")
with filter_column:
    chosen = review_place.choose_filters(queue)
with bar:
    html.show(review_says.progress_bar(so_far))

rows = chosen.of(queue)
row = review_place.current(queue, rows)
if said := review_place.last_act():
    html.show(html.build('<div class="cg-said" role="status">{}</div>', said))
if row is None:
    is_done = chosen.is_all_undecided and not so_far.open
    html.show(review_says.all_decided(so_far) if is_done else review_says.none_match(so_far))
else:
    parts = prepared.parts.get(row["from_id"], ())
    part = review_place.part_meant(row, parts)
    behind = review_cards.Behind(
        known,
        published.currency,
        review.of.own_items,
        prepared.roots,
        review.of.companies,
    )
    html.show(review_cards.card(row, part, behind))
    place = review_place.place(rows, row["key"])
    in_words = review_says.place_in_words(place, len(rows), chosen.shown.lower())
    via = joined_by(review.chains, row["from_id"], row["to_id"])
    via_texts = [prepared.read("ask_ask", ask) for ask in via]
    html.show(review_says.about(row, in_words, published.currency, via_texts))
    shown = review_place.Shown(row, part, chosen, time.monotonic())
    if mine := review_place.refused(row["key"]):
        review_forms.settle_meanwhile(shown, mine)
    else:
        review_forms.verdicts(shown, parts, queue, by)
    review_otherwise.ways(shown, review, by)
    if row["kind"] == "account":
        html.show(html.note(review_says.NEXT_BUILD))
    html.show(html.note(review_says.KEYS if by else review_says.NEEDS_NAME))
review_history.show(queue, review.waiting)

frame.foot(
    published.as_of,
    published.data_version,
    published.built_at,
    chosen.in_words(),
    f"{format.plural(len(queue), 'pair')} of {format.plural(len(known.asks), 'ask')}",
)
