"""Review links: do these two mean the same?"""

import streamlit as st

from common_ground import meeting
from common_ground.analysis.review_queue import progress
from common_ground.charts import format
from common_ground.ui import cache, frame, html, review_forms, review_state
from common_ground.ui import review_cards as cards

page = frame.page("Do these two mean the same?", "review_links")
published = frame.published(page)
known = cache.cached_with_data(meeting.evidence, cache.decided())
if known.asks.empty:
    page.answer("Nothing was asked for yet.")
    html.show(cards.none_loaded())
    st.stop()

queue = cache.review()
so_far = progress(queue)
if queue.empty:
    page.answer(*cards.answer(so_far, None, ""))
    html.show(cards.none_suggested(len(known.asks), len(known.items)))
    st.stop()

bar, name_column, filter_column = st.columns([2.4, 1.6, 8], vertical_alignment="bottom")
with filter_column:
    chosen = review_state.choose_filters(queue)
with name_column:
    by = review_forms.name()
with bar:
    html.show(cards.progress_bar(so_far))

rows = chosen.of(queue)
row = review_state.current(queue, rows)
if said := review_state.last_act():
    html.show(html.build('<div class="cg-said" role="status">{}</div>', said))
if row is None:
    is_done = chosen.is_all_undecided and not so_far.open
    html.show(cards.all_decided(so_far) if is_done else cards.none_match(so_far))
else:
    behind = cards.Behind(known, published.currency, cache.decided().own_items)
    html.show(cards.card(row, behind))
    place = review_state.place(rows, row["key"])
    in_words = cards.place_in_words(place, len(rows), chosen.shown.lower())
    html.show(cards.about(row, in_words, published.currency))
    if waiting := review_state.refused(row["key"]):
        review_forms.settle_meanwhile(row, waiting["verdict"], chosen)
    part = review_forms.part_meant(row)
    review_forms.verdicts(row, part, chosen, by)
    review_forms.otherwise(row, known, part, chosen, by)
    html.show(html.note(review_forms.KEYS if by else review_forms.NEEDS_NAME))
review_forms.history(queue, cache.verdicts_waiting())

unconfirmed = None
if review_state.is_in_a_hurry():
    page.answer(*cards.answer_in_a_hurry(so_far))
    review_state.run_again_in_a_pause()
else:
    overlap = cache.overlaps(cache.settings().link_level)
    unconfirmed = overlap.unconfirmed_share
    money = format.money_short(overlap.union, published.currency)
    page.answer(*cards.answer(so_far, 1 - unconfirmed if overlap.union else None, money))
frame.foot(
    published.as_of,
    published.data_version,
    published.built_at,
    chosen.in_words(),
    f"{format.plural(len(queue), 'pair')} of {format.plural(len(known.asks), 'ask')}",
    unconfirmed,
    terms=("unconfirmed",),
)
