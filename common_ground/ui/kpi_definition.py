"""What a KPI is, on demand: definition, rules, formula, SQL, freshness, and how it came to be."""

from typing import Final

import pandas as pd
import streamlit as st

from common_ground import kpi_lines, kpis
from common_ground.charts import format
from common_ground.pack.kpi_slides import KpiLine
from common_ground.pack.slides import day
from common_ground.pack.words import Writer
from common_ground.ui import cache, html
from common_ground.warehouse.published import Published

# Which canonical tables an export fills, by the words the registry names exports with.
_TABLES: Final = {
    "CRM deals": ("deals",),
    "billing": ("contracts",),
    "contracts": ("contracts",),
    "usage": ("usage_events",),
    "features": ("features",),
    "requests": ("asks",),
    "backlog": ("items",),
    "survey": ("surveys",),
    "targets": ("targets",),
}


def show(data: Published, line: KpiLine) -> None:
    """Everything about the definition of a KPI, in the popover."""
    about = kpis.definition(line.definition.kpi)
    html.show(html.build("<h3>{}</h3>", about.label), html.pairs(_meaning(line)))
    st.code(kpis.shown(about), language="sql")
    html.show(html.pairs([*_freshness(data, about), *_history(about)]))


def _meaning(line: KpiLine) -> list[tuple[object, object]]:
    about, now = kpis.definition(line.definition.kpi), kpi_lines.value_of(line)
    start = f"{now.window.start:%-d %b %Y}" if now.window.start else "the beginning"
    dropped = [f"{part.reason}: {format.count(part.rows)}" for part in now.dropped] or ["none"]
    told: list[tuple[object, object]] = [
        ("What", about.definition),
        ("Formula", about.formula),
        ("Rules", _lines([f"{rule}." for rule in now.policy.values()])),
        ("Mind", about.caveat),
        ("Days", f"{start} to {now.window.last_day:%-d %b %Y}, both counted"),
        ("Rests on", f"{format.count(now.n)} {about.counted}, at least {about.min_rows} needed"),
        ("Left out", _lines(dropped)),
    ]
    told.append(("Owners", f"Sales: {about.sales_owner}. Product: {about.product_owner}."))
    beside = [
        f"{part.label}: {Writer(part.unit, cache.published().currency, now.n).full(part.value)}"
        for part in now.beside
        if part.value is not None
    ]
    if beside:
        told.append(("Beside it", _lines(beside)))
    goal = kpis.goal(cache.published(), about.kpi, now.window, now.segment, cache.terms(), now.by)
    if goal is not None:
        who = f", set by {goal.set_by}" if goal.set_by else ", nobody is named for it"
        told.append(("Target", f"for {goal.period}{who}"))
    return told


def _freshness(data: Published, about: kpis.Definition) -> list[tuple[object, object]]:
    """The files the KPI comes from and the last day each holds."""
    wanted = {table for word, tables in _TABLES.items() if word in about.source for table in tables}
    loads = data.loads()
    mine = loads[loads["canonical_table"].isin(wanted)].sort_values("file")
    files = [
        f"{file}: {'no dates' if pd.isna(last) else f'up to {day(last)}'}"
        for file, last in zip(mine["file"], pd.to_datetime(mine["last_date"]), strict=True)
    ]
    return [("From", _lines([about.source, *files]))]


def _history(about: kpis.Definition) -> list[tuple[object, object]]:
    """What changed in the definition, and who signed which version when."""
    changed = [f"Version {version}, {what}" for version, what in about.changes]
    signed = cache.ledger().signature_history(about.kpi)
    told = [
        f"{side.capitalize()} signed version {version}: {who}, {day(at)}"
        + ("" if is_standing else ", no longer standing")
        for side, version, who, at, is_standing in zip(
            signed["side"],
            signed["version"],
            signed["signed_by"],
            signed["signed_at"],
            signed["is_standing"],
            strict=True,
        )
    ]
    return [("History", _lines([*changed, f"Now version {about.version}", *told]))]


def _lines(texts: list[str]) -> html.Html:
    return html.join([html.build("<div>{}</div>", text) for text in texts])
