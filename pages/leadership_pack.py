"""Leadership pack: what do I send upstairs?"""

import streamlit as st

from common_ground import leadership
from common_ground.charts import format
from common_ground.pack import contents
from common_ground.ui import cache, frame, html, messages, pack_files

page = frame.page("What do I send upstairs?", "leadership_pack")
data = frame.published(page)
sources = pack_files.sources(data)
offered = contents.available(sources)
if not offered:
    page.answer("There is nothing to tell of yet.")
    html.show(
        messages.not_loaded("Leadership pack", "deals, usage or backlog", "A pack needs one.")
    )
    st.stop()

pages_column, names_column = st.columns([7, 5], vertical_alignment="bottom")
with pages_column:
    chosen = pack_files.choose_pages(offered)
with names_column:
    masked = pack_files.choose_masking()
if not chosen:
    page.answer("No page is chosen.")
    st.stop()
masks = cache.cached_with_data(leadership.masks_of, cache.agreements()) if masked else None
deck = contents.build(sources, chosen, masks)
page.answer(*pack_files.answer(deck))

files_column, slide_column = st.columns([4, 8])
with slide_column:
    key = pack_files.preview(deck)
with files_column:
    pack_files.downloads(deck, key)
    html.show(pack_files.titles(deck))

rows = cache.counts()
frame.foot(
    data.as_of,
    data.data_version,
    data.built_at,
    "none, KPIs over the last 12 months",
    ", ".join(format.plural(count, name) for name, count in rows.items()),
    None if sources.overlap is None else sources.overlap.unconfirmed_share,
    terms=(*leadership.told_kpis(), "allocated", "expected", "reached", "unconfirmed"),
)
