"""Shared KPIs: are we winning, together?"""

import streamlit as st

from common_ground import kpis
from common_ground.charts import segments, trend
from common_ground.ui import cache, downloads, filters, frame, html, kpi_board

page = frame.page("Are we winning, together?", "shared_kpis", controls=3, control_width=1.7)
data = frame.published(page)

with page.controls[0]:
    asked = filters.window()
with page.controls[1]:
    segment = filters.segment(cache.cached_with_data(kpis.segments))
fiscal_month = int(cache.mart("mart_workspace")["fiscal_year_start_month"].iloc[0])
window = kpis.parse_window(asked, data.as_of, fiscal_month)
known = cache.cached_with_data(kpi_board.board, window, segment, cache.agreements())
with page.controls[2]:
    kpi = kpi_board.choose(known)

page.answer(*kpi_board.answer(known, segment))
html.show(kpi_board.cards(known, window, segment))

line = known.line(kpi)
about = kpis.definition(kpi)
write = kpi_board.writer(line, data.currency)
chosen = kpi_board.filters_in_words(asked, segment)
footer = kpi_board.footer(data, chosen)
past = cache.kpi_history(kpi, window, segment)
parts = cache.cached_with_data(kpis.by_segment, kpi, window)

trend_column, segment_column = st.columns([8, 4])
with trend_column:
    title = kpi_board.trend_title(line, past, data.currency)
    with st.container(key="kpi_actions", horizontal=True, vertical_alignment="top"):
        html.show(html.heading(title))
        with st.popover("Definition", width="content"):
            html.show(kpi_board.definition(line, kpi_board.set_by(kpi, cache.mart("mart_targets"))))
        if st.button("Rows behind it", key="rows"):
            kpi_board.show_rows(kpi, window, segment)
    if past["value"].notna().sum() < 2:
        html.show(kpi_board.no_trend(line))
    else:
        figure = trend.draw(
            past,
            kpi_board.SIDES[about.side],
            frame.theme(),
            write.full,
            kpi_board.line_name(line),
            line.target,
            kpi_board.second(line),
            kpi_board.agreements_of(kpi, cache.agreements()),
            kpi_board.likely(line),
        )
        downloads.chart(figure, f"trend_{kpi}", title, past, footer)
with segment_column:
    title = kpi_board.segments_title(line, parts, data.currency)
    html.show(html.heading(title, kpi_board.segments_shown(parts)))
    if parts["value"].notna().any():
        figure = segments.draw(
            parts,
            kpi_board.SIDES[about.side],
            frame.theme(),
            kpi_board.write_with_n(line, data.currency),
            line.target,
        )
        downloads.chart(figure, f"segments_{kpi}", title, parts, footer)
    else:
        html.show(kpi_board.no_segments(line))
frame.foot(
    data.as_of,
    data.data_version,
    data.built_at,
    chosen,
    kpi_board.rows_behind(known),
    terms=tuple(kpis.definitions()),
)
