"""Below the map: five rankings side by side, their inputs, and what people assume of them."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis import assumptions, rankings
from common_ground.analysis.overlap import Overlap
from common_ground.charts import format
from common_ground.charts import rankings as places
from common_ground.ui import (
    cache,
    downloads,
    frame,
    html,
    messages,
    overlap_assumptions,
    overlap_cards,
    tables,
)

NEEDS_ESTIMATE: Final = "needs an estimate"
_PLACE: Final = "Rankings"
_TOP: Final = 10  # places of a ranking that count as its first
_INPUTS: Final = ["touched", "blocked", "active_accounts", "impact", "confidence", "effort"]
_RANKS: Final = [f"{name}_rank" for name in rankings.SCORES]
_SHOWN: Final = ["title", *_RANKS, "spread", *_INPUTS, "said"]


def show(found: Overlap, told: pd.DataFrame, currency: str, footer: str) -> None:
    """Places of every item, the inputs on the row, formulas, and the assumption register.

    Args:
        found: the map.
        told: as `assumptions.told`.
        currency: ISO code.
        footer: for the picture.
    """
    items = rankings.candidates(found)
    if items.empty:
        html.show(
            messages.too_few(
                _PLACE,
                "No open item is on the map",
                "a ranking needs one",
                "Released and declined items, features and wishes without an item are not ranked.",
            )
        )
        return
    weights = assumptions.weights(cache.decided().assumptions)
    ranked = rankings.rank(items, weights)
    bare = rankings.without_estimate(items)
    if len(ranked):
        picture, formulas = st.columns([8, 4])
        with picture:
            title = answer(ranked)
            html.show(html.heading(title))
            figure = places.draw(ranked, frame.theme())
            downloads.chart(figure, "rankings", title, ranked, footer, alt=title)
        with formulas:
            html.show(_formulas(weights, ranked))
    else:
        html.show(
            messages.too_few(
                _PLACE,
                f"{format.plural(len(bare), 'item')} without an estimate",
                "every ranking but one divides by effort",
                "Product can assume an effort below; it counts at once on every page.",
            )
        )
    html.show(html.heading(_list_title(ranked, bare), "largest disagreement first"))
    with st.container(key="assume", horizontal=True, vertical_alignment="center"):
        if st.button("Change the inputs", key="assume_inputs"):
            overlap_assumptions.edit()
        if len(told) and st.button("Take an assumption back", key="assume_back"):
            overlap_assumptions.take_back()
    rows = _with_words(pd.concat([ranked, bare], ignore_index=True), told)
    tables.with_download(rows, "rankings_table", _columns(currency), shown=_SHOWN, height=420)
    overlap_assumptions.register(told)


def answer(ranked: pd.DataFrame) -> str:
    """On which item the rankings disagree most, and between which places."""
    first = ranked.iloc[0]
    if not first["spread"]:
        return "The five rankings put every item in the same place"
    own = {name: int(first[f"{name}_rank"]) for name in rankings.SCORES}
    best = min(own, key=lambda name: own[name])
    worst = max(own, key=lambda name: own[name])
    also = [str(title) for title in ranked["title"].iloc[1:3]]
    more = f"; next: {', '.join(also)}" if also else ""
    return (
        f"The rankings disagree most on {first['title']}: place {own[best]} by "
        f"{rankings.LABELS[best]}, {own[worst]} by {rankings.LABELS[worst]}{more}"
    )


def _formulas(weights: rankings.Weights, ranked: pd.DataFrame) -> html.Html:
    """Every score in words, and how far the first places of two rankings differ."""
    shared = rankings.agreement(ranked, _TOP).sort_values("shared", kind="stable").iloc[0]
    fewest = (
        f"Of their first {shared['of']}, {rankings.LABELS[shared['first']]} and "
        f"{rankings.LABELS[shared['second']]} share fewest: {shared['shared']}."
    )
    now = (
        f"Weights: sales {weights.sales:g}, product {weights.product:g}, effort "
        f"{weights.effort:g}. Reach: product's own figure, else accounts active in the area."
    )
    return html.box(
        html.heading("What each score counts"),
        html.pairs([(rankings.LABELS[name], rankings.FORMULAS[name]) for name in rankings.SCORES]),
        html.note(now),
        html.note(fewest),
    )


def _list_title(ranked: pd.DataFrame, bare: pd.DataFrame) -> str:
    needs = f", {len(bare)} {NEEDS_ESTIMATE if len(bare) == 1 else 'need an estimate'}"
    return f"{format.plural(len(ranked), 'item')} ranked{needs if len(bare) else ''}"


def _with_words(rows: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """What is to be said of each row: no estimate, or what is assumed of it."""
    said: dict[str, list[str]] = {}
    for row in rows.loc[~(rows["effort"].fillna(0) > 0)].to_dict("records"):
        said.setdefault(row["item_id"], []).append(NEEDS_ESTIMATE)
    for row in told.to_dict("records"):
        said.setdefault(row["item_id"], []).append(overlap_cards.assumed_in_words(row))
    return rows.assign(
        said=[
            "; ".join(said.get(item, [])) or ("" if is_rated else "impact, confidence not rated")
            for item, is_rated in zip(rows["item_id"], rows["is_rated"], strict=True)
        ]
    )


def _columns(currency: str) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    ranks = {
        f"{name}_rank": number(label, format="%d", width=75 if len(label) < 5 else 130)
        for name, label in rankings.LABELS.items()
    }
    return {
        "title": text("Item", width=240),
        **ranks,
        "spread": number("Places apart", format="%d", width=100),
        "touched": number(f"Touched, {currency}", format="localized", width=120),
        "blocked": number(f"Blocked, {currency}", format="localized", width=120),
        "active_accounts": number("Reach, accounts", format="%.0f", width=125),
        "impact": number("Impact", format="%.2f", width=75),
        "confidence": number("Confidence", format="percent", width=95),
        "effort": number("Weeks", format="%.1f", width=70),
        "said": text("Assumed, or missing", width="large"),
    }
