"""Shared KPIs: are we winning, together?"""

import streamlit as st

from common_ground import kpi_lines, kpis
from common_ground.charts import segments, trend
from common_ground.ui import (
    cache,
    downloads,
    filters,
    frame,
    html,
    kpi_board,
    kpi_definition,
    kpi_detail,
    kpi_filters,
    kpi_more,
    kpi_rules,
    kpi_targets,
    ledger_forms,
)

page = frame.page("Are we winning, together?", "shared_kpis", controls=2, control_width=2.2)
data = frame.published(page)
ledger_forms.tell_what_was_stored()

with page.controls[0]:
    asked = filters.window(is_labelled=False)
    compare = kpi_filters.compare()
with page.controls[1]:
    as_of = kpi_filters.as_of(data)
    by, segment = kpi_filters.segment()
view = kpis.view(asked, as_of, data.fiscal_year_start_month, by, segment, compare)
known = cache.with_terms(kpi_board.board, view)
labels = {line.definition.label: line.definition.kpi for line in known.lines}
first = kpis.definition(known.first).label

page.answer(*kpi_board.answer(known, segment))
kpi_board.cards(known, labels[kpi_filters.chosen_before(labels, first)])

trend_column, segment_column = st.columns([8, 4])
with (
    trend_column,
    st.container(key="kpi_head", horizontal=True, wrap=False, vertical_alignment="center"),
):
    kpi = labels[kpi_filters.kpi(list(labels), first)]
    told = known.told[kpi]
    line = told.line
    write = kpi_detail.writer(line, data.currency)
    footer = kpi_detail.footer(data, line, view)
    title = kpi_detail.trend_title(line, told.past, data.currency)
    html.show(html.heading(title))
    with st.popover("Definition", width="content"):
        kpi_definition.show(data, line)
    if st.button("Rows behind it", key="rows"):
        kpi_detail.show_rows(kpi, view)
side = kpi_detail.SIDES[line.definition.side]
with trend_column:
    if told.past["value"].notna().sum() < 2:
        html.show(kpi_detail.no_trend(line))
    else:
        figure = trend.draw(
            told.past,
            side,
            frame.theme(),
            write.full,
            kpi_detail.line_name(line),
            line.target,
            kpi_detail.second(line, told.past),
            kpi_detail.agreements_of(kpi, cache.agreements()),
            kpi_detail.likely(line),
            loads=kpi_detail.loads_of(data),
            before=kpi_detail.a_year_before(kpi, view),
            before_label="a year before",
        )
        file = kpi_detail.for_file(told.past, line)
        downloads.chart(figure, "kpi_trend", title, file, footer, on_select=kpi_detail.follow_trend)
with segment_column:
    with st.container(key="split_head", horizontal=True, wrap=False, vertical_alignment="center"):
        split = kpi_filters.by()
        parts = cache.with_terms(kpi_lines.by_segment, kpi, view, split)
        title = kpi_detail.segments_title(line, parts, data.currency)
        html.show(html.heading(title))
    if parts["value"].notna().any():
        figure = segments.draw(
            parts,
            side,
            frame.theme(),
            kpi_detail.write_with_n(line, data.currency),
            line.target,
            from_zero=line.now.unit in kpi_detail.FROM_ZERO,
        )
        file = kpi_detail.for_file(parts, line)
        downloads.chart(
            figure, "kpi_segments", title, file, footer, on_select=kpi_detail.follow_segments
        )
        if left_away := kpi_detail.segments_shown(parts):
            html.show(html.note(left_away))
    else:
        html.show(kpi_detail.no_segments(line))
kpi_detail.show_clicked(kpi, view, split, parts)

with st.container(key="kpi_forms", horizontal=True, vertical_alignment="center"):
    more = kpi_filters.more()
    if kpis.definition(kpi).choices and st.button("Choose the rules", key="choose_rules"):
        kpi_rules.choose_rules(kpi)
    if st.button("Sign this definition", key="sign"):
        kpi_rules.sign(kpi)
    if st.button("Targets", key="targets"):
        kpi_targets.edit(kpi)
if more == "rules":
    other_rules = kpi_rules.others(kpi, view, data.currency)
    html.show(html.grid([other_rules, kpi_rules.signatures(kpi, view, data.currency)], "2"))
elif more == "bridge":
    kpi_more.bridge_of_revenue(known, footer)
else:
    kpi_more.tree(known, kpi, footer)

frame.foot(
    view.window.last_day,
    data.data_version,
    data.built_at,
    kpi_filters.in_words(view),
    kpi_board.rows_behind(known),
    terms=tuple(kpis.definitions()),
)
