"""Data: can I trust the data, and can I add mine?"""

import streamlit as st

from common_ground.ui import cache, data_trust, filters, frame, publishing, uploads

PUBLISHED, UPLOAD = "Published data", "An upload"

page = frame.page(
    "Can I trust the data, and can I add mine?", "data", controls=1, control_width=2.5
)
settings = cache.settings()
version = publishing.just_published()
if version is not None:
    uploads.discard()
    st.toast(publishing.told(version))
if cache.is_unpublished():
    shown = UPLOAD
else:
    with page.controls[0]:
        shown = filters.choice("Show", [PUBLISHED, UPLOAD], "show")

if shown == UPLOAD:
    uploads.show(page, settings, version)
    st.stop()

published = frame.published(page)
page.answer(data_trust.answer(published, settings.stale_after_days))
if not publishing.answer_published(page, uploads.intake(), published, settings.workspace):
    st.stop()
data_trust.show(published, settings.stale_after_days)
