"""Below the fold: what changed recurring revenue, and which KPI moves which."""

from typing import Any

import pandas as pd
import streamlit as st

from common_ground import kpi_lines, kpis
from common_ground.charts import bridge, format, kpi_tree
from common_ground.pack import kpi_slides
from common_ground.ui import downloads, frame, html, kpi_detail, messages
from common_ground.ui.kpi_board import Board

# Bars of the bridge, by the labels the registry gives its second numbers.
_BARS = {
    "at the start": "opening",
    "new": "new",
    "returned": "reactivation",
    "expansion": "expansion",
    "contraction": "contraction",
    "lost": "churn",
    "exchange rates": "fx",
    "at the end": "close",
}


def bridge_of_revenue(known: Board, footer: str) -> None:
    """Recurring revenue at the start, what was won and lost, and at the end; it adds up."""
    line = known.told["arr_bridge"].line
    value = kpi_lines.value_of(line)
    if not value.beside:
        reason = value.reason or ""
        html.show(messages.not_loaded("What changed recurring revenue", "contracts", reason))
        return
    bars = pd.DataFrame(
        [(_BARS[label], label.capitalize(), amount) for label, amount in kpis.bars(value).items()],
        columns=["key", "label", "amount"],
    )

    def write(amount: float) -> str:
        return format.money_short(amount, known.currency)

    title = _bridge_title(bars, known.currency)
    gap = kpis.unexplained(value)
    adds_up = "adds up to the cent" if not gap else f"{gap:,.2f} unexplained"
    html.show(html.heading(title, f"a year's amounts, n = {kpi_slides.rows(line)}, {adds_up}"))
    if gap:
        return
    file = kpi_detail.for_file(bars, line)
    downloads.chart(bridge.draw(bars, frame.theme(), write), "kpi_bridge", title, file, footer)


def _bridge_title(bars: pd.DataFrame, currency: str) -> str:
    amounts = dict(zip(bars["key"], bars["amount"], strict=True))
    change = amounts["close"] - amounts["opening"]
    moved = {key: amount for key, amount in amounts.items() if key not in ("opening", "close")}
    names = dict(zip(bars["key"], bars["label"], strict=True))
    largest = max(moved, key=lambda key: abs(moved[key]))
    changed = format.signed(format.money_short(change, currency))
    if not moved[largest]:
        return f"Recurring revenue did not change: {changed}"
    most = format.signed(format.money_short(moved[largest], currency))
    return f"Recurring revenue {changed}; most of it {names[largest].lower()}, {most}"


def tree(known: Board, chosen: str, footer: str) -> None:
    """Every KPI, the side that moves it, and the KPIs it moves."""
    nodes, edges = _nodes(known, chosen), _edges()
    about = kpis.definition(chosen)
    moves = [kpis.definition(kpi).label for kpi in about.moves]
    moved_by = [entry.label for entry in kpis.definitions().values() if chosen in entry.moves]
    title = _moves_in_words(about.label, moves, moved_by)
    html.show(html.heading(title, "causes below, results above"))
    figure = kpi_tree.draw(nodes, edges, frame.theme())
    downloads.chart(figure, "kpi_tree", title, edges, footer, on_select=_follow)


def _moves_in_words(label: str, moves: list[str], moved_by: list[str]) -> str:
    by = f", moved by {', '.join(name.lower() for name in moved_by)}" if moved_by else ""
    if not moves:
        return f"{label} moves no other KPI{by}"
    return f"{label} moves {', '.join(name.lower() for name in moves)}{by}"


def _nodes(known: Board, chosen: str) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "kpi": kpi,
            "label": each.line.definition.label,
            "side": each.line.definition.side,
            "value": kpi_slides.shown(each.line, known.currency),
            "is_selected": kpi == chosen,
        }
        for kpi, each in known.told.items()
    ]
    return pd.DataFrame(rows)


def _edges() -> pd.DataFrame:
    pairs = [(kpi, moved) for kpi in kpis.known_kpis() for moved in kpis.definition(kpi).moves]
    return pd.DataFrame(pairs, columns=["from_kpi", "to_kpi"])


def _follow() -> None:
    """Open the KPI that was clicked."""
    points = st.session_state["kpi_tree"]["selection"]["points"]
    if points and points[0].get("customdata"):
        picked = points[0]["customdata"]
        kpi = picked[0] if isinstance(picked, list) else picked
        if kpi in kpis.definitions():
            st.session_state["kpi"] = kpis.definition(kpi).label
