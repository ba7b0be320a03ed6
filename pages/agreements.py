"""Agreements: what did we promise, and did we keep it?"""

import streamlit as st

from common_ground.errors import LedgerError
from common_ground.ledger import standing
from common_ground.ui import agreement_forms as forms
from common_ground.ui import (
    agreements,
    cache,
    downloads,
    filters,
    frame,
    html,
    ledger_forms,
    messages,
)

EVERYONE = "Everyone"
SHOWN = {
    "Open and drafts": ("open", "draft"),
    "All": ("open", "draft", "kept", "missed", "renegotiated", "withdrawn"),
    "Kept": ("kept",),
    "Missed": ("missed",),
    "Renegotiated, withdrawn": ("renegotiated", "withdrawn"),
}

page = frame.page(
    "What did we promise, and did we keep it?", "agreements", controls=3, control_width=1.75
)
published = frame.published(page)
try:
    ledger = cache.ledger()
    recorded, held = ledger.agreements(), ledger.meetings()
except LedgerError as error:
    page.answer("The agreements cannot be read.")
    html.show(messages.failed("Agreements", "The ledger cannot be opened", str(error)))
    st.stop()

ledger_forms.tell_what_was_stored()
background = agreements.background(published)
stands = standing(recorded, published.as_of)
page.answer(*agreements.answer(stands))

shown, owner = next(iter(SHOWN)), EVERYONE
if not recorded.empty:
    with page.controls[0]:
        shown = filters.choice("Show", list(SHOWN), "show")
    with page.controls[1]:
        owner = filters.choice("Owner", [EVERYONE, *agreements.owners(recorded)], "owner")
with page.controls[2]:
    if st.button("Record an agreement", type="primary", width="stretch"):
        forms.write_terms(forms.Terms(), background)

rows = agreements.filtered(stands.rows, SHOWN[shown], None if owner == EVERYONE else owner)
cards = [html.panel("Meetings", "latest first", agreements.meetings(held))]
if recorded.empty:
    html.show(agreements.none_yet())
elif rows.empty:
    html.show(agreements.none_match(len(recorded)))
else:
    about = agreements.so_far(stands)
    html.show(html.panel("Agreements, late first", about, agreements.table(rows, background)))
with st.container(horizontal=True, vertical_alignment="bottom"):
    if not rows.empty:
        chosen = forms.choose(rows)
        forms.offer_changes(chosen, background)
        events = agreements.history(ledger.history(chosen["agreement_id"]))
        title = f"History of {chosen['agreement_id']}"
        cards.insert(0, html.panel(title, "latest first", events))
    if st.button("Record a meeting"):
        forms.write_meeting(background)
    if not rows.empty:
        downloads.csv_button(rows, "agreements")
html.show(html.grid(cards, "2"))

frame.foot(
    published.as_of,
    published.data_version,
    published.built_at,
    agreements.filters_shown(recorded, shown, None if owner == EVERYONE else owner),
    agreements.behind(len(rows), len(recorded), len(held)),
    terms=("standing", "commitments_kept"),
)
