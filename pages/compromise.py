"""Compromise: which trade leaves both sides better off?"""

import streamlit as st

from common_ground.analysis.trades import find_openers
from common_ground.charts import frontier, swaps
from common_ground.errors import PlanError
from common_ground.ui import (
    agreement_forms,
    agreements,
    cache,
    compromise_cards,
    downloads,
    frame,
    html,
    ledger_forms,
    tables,
)

page = frame.page(
    "Which trade leaves both sides better off?", "compromise", controls=3, control_width=1.6
)
published = frame.published(page)
currency, settings = published.currency, cache.settings()
ledger_forms.tell_what_was_stored()

with page.controls[0]:
    weeks = compromise_cards.capacity(settings)
with page.controls[1]:
    no_deal = compromise_cards.without_a_deal()
with page.controls[2]:
    items = cache.items()
    choices = compromise_cards.assumptions(weeks, no_deal, settings, items)

try:
    with st.spinner("Comparing plans"):
        of = cache.bargain(choices, settings.link_level, frontier=True)
except PlanError as error:
    page.answer("No plan can keep all of these rules.")
    html.show(compromise_cards.failed(str(error)))
    st.stop()
found, problem = of.found, of.prepared.problem
if not problem.candidates:
    page.answer("There is nothing to plan yet.")
    html.show(compromise_cards.nothing_to_plan(of.prepared))
    st.stop()

page.answer(*compromise_cards.answer(of, currency))
sales, middle, product = st.columns([3, 6, 3])
with sales:
    html.show(compromise_cards.side_card(of, "sales", currency))
with product:
    html.show(compromise_cards.side_card(of, "product", currency))
chosen = compromise_cards.filters_in_words(choices)
with middle:
    title = "No plan inside capacity lies above the line"
    html.show(html.heading(title, "each point is a whole plan"))
    figure = frontier.draw(
        found,
        {item_id: problem.title(item_id) for item_id in problem.by_id},
        currency,
        frame.theme(),
        compromise_cards.cloud(choices, settings.link_level),
    )
    downloads.chart(
        figure,
        "frontier",
        title,
        compromise_cards.frontier_frame(found),
        f"As of {frame.day(published.as_of)}, data v{published.data_version}, {chosen}",
        alt=frontier.describe(found, currency),
    )
if stopped := swaps.out_of_time(found):
    html.show(html.note(stopped))

declined = compromise_cards.left_out(of)
if found.trade:
    with st.spinner("Drawing the inputs anew"):
        sure = compromise_cards.robustness(choices, settings.link_level)
        flips = compromise_cards.flips(choices, settings.link_level)
    html.show(
        compromise_cards.facts(of, sure, flips, len(declined), currency),
        compromise_cards.swap_tables(of, sure, currency),
    )
    if st.button("Make this an agreement", type="primary"):
        agreement_forms.write_terms(
            compromise_cards.draft_terms(of), agreements.background(published)
        )
    html.show(html.heading("The compromise, item by item", "what stays, comes in and goes out"))
    tables.with_download(
        compromise_cards.plan_table(of, sure), "compromise", compromise_cards.plan_columns()
    )
else:
    html.show(compromise_cards.no_trade(of, find_openers(problem, found)))

html.show(html.heading("Declined", "why, and what would bring it back"))
tables.with_download(
    compromise_cards.declined_table(declined),
    "declined",
    compromise_cards.declined_columns(currency),
    height=420,
)
html.show(compromise_cards.definitions(of))
frame.foot(
    published.as_of,
    published.data_version,
    published.built_at,
    chosen,
    compromise_cards.behind(of),
    of.prepared.unconfirmed_share,
    terms=("expected", "reached", "effort", "no_deal", "compromise", "draws", "unconfirmed"),
)
