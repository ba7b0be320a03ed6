"""Data: can I trust the data, and can I add mine?"""

import streamlit as st

from common_ground.errors import DecisionError
from common_ground.ui import cache, data_trust, filters, frame, html, messages, uploads
from common_ground.warehouse import upload
from common_ground.warehouse.decisions import Decisions

PUBLISHED, UPLOAD = "Published data", "An upload, unpublished"

page = frame.page(
    "Can I trust the data, and can I add mine?", "data", controls=1, control_width=2.5
)
settings = cache.settings()
if cache.is_unpublished():
    shown = UPLOAD
else:
    with page.controls[0]:
        shown = filters.choice("Show", [PUBLISHED, UPLOAD], "show")

if shown == PUBLISHED:
    published = frame.published(page)
    page.answer(data_trust.answer(published, settings.stale_after_days))
    data_trust.show(published, settings.stale_after_days)
    st.stop()

try:
    decisions = upload.workspace_decisions(settings.workspace)
except DecisionError as error:
    html.show(messages.failed("Decisions", "decisions.toml cannot be read", str(error)))
    decisions = Decisions()
files = uploads.dropped_files()
if not files:
    page.answer(uploads.NOTHING_DROPPED)
    html.show(uploads.invitation())
    st.stop()

unknown, results, recognised = st.container(), st.container(), st.container()
readings = uploads.read_all(files)
decisions = uploads.decide_all(readings, decisions, unknown, recognised)
found = uploads.analyse(readings, decisions)
page.answer(uploads.answer(len(files), found))
with results:
    uploads.show(found, settings)
st.button("Discard these files", on_click=uploads.discard)
