"""Compromise: which trade leaves both sides better off?"""

import streamlit as st

from common_ground.charts import frontier, swaps
from common_ground.errors import PlanError
from common_ground.ui import (
    beside,
    cache,
    compromise_choices,
    compromise_later,
    compromise_plan,
    compromise_states,
    compromise_views,
    frame,
    html,
    ledger_forms,
    role_swap,
)

page = frame.page("Which trade leaves both sides better off?", "compromise")
published = frame.published(page)
currency, settings = published.currency, cache.settings()
ledger_forms.tell_what_was_stored()
places = st.columns([2, 2, 2.4, 3, 2.2], vertical_alignment="bottom")
choices = compromise_choices.choose(places, cache.items(), settings)
chosen = compromise_choices.in_words(choices)
try:
    of = cache.bargain(choices, settings.link_level)
except PlanError as error:
    page.answer("No plan can keep all of these rules.")
    html.show(compromise_states.failed(str(error)))
    st.stop()
if not of.has_items:
    page.answer("There is nothing to plan yet.")
    html.show(compromise_states.nothing_to_plan(of.prepared))
    st.stop()

picture, switch = st.container(), st.container()
with switch:
    left, right = st.columns([7, 5], vertical_alignment="center")
with left:
    view = compromise_choices.view()
work, later = compromise_later.look(of)
has_line = later is not None and later.has_line
found = of.found if later is None else later.found
if view == "role_swap":
    # What the other side values must not be on the screen before it is guessed
    guesses = role_swap.guesses(published.data_version)
    page.answer(*role_swap.answer(guesses), question=role_swap.QUESTION)
    role_swap.show(of, guesses, published)
else:
    with places[3]:
        plans = frontier.plans_by_name(found, currency, has_line)
        name = compromise_choices.plan_shown(plans)
    shown = compromise_plan.show(name, plans[name], of)
    page.answer(*compromise_plan.answer(shown, currency))
    with picture:
        footer = f"As of {frame.day(published.as_of)}, data v{published.data_version}, {chosen}"
        compromise_plan.picture(shown, found, later, currency, footer)
    with right:
        beside.watch(compromise_later.key(of), work, later, "Being worked out")
    if stopped := swaps.out_of_time(found, has_line):
        html.show(html.note(stopped))
    below = compromise_views.Below(shown, of, later, choices, settings.link_level, published)
    compromise_views.show(view, below)
    with st.expander("How this plan is found"):
        html.show(compromise_states.definitions(of))
frame.foot(
    published.as_of,
    published.data_version,
    published.built_at,
    chosen,
    compromise_states.behind(of, found.frontier if has_line else None),
    of.prepared.unconfirmed_share,
    terms=("expected", "reached", "effort", "no_deal", "compromise", "draws", "unconfirmed"),
)
