"""Who wants what: a row per combination of the three sets, its things and its money as bars."""

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from common_ground.analysis.wanted_sets import NONE, SETS
from common_ground.charts import format
from common_ground.charts.template import (
    EXISTS,
    FONT,
    FONT_SIZE,
    PRODUCT,
    SALES,
    UNCONFIRMED_PATTERN,
    Palette,
    Theme,
    axis,
    base_layout,
    palette,
)

SYMBOLS: Final = {"sales": SALES, "product": PRODUCT, "usage": EXISTS}
WORDS: Final = {
    "sales+product+usage": "All three",
    "sales+product": "Sales and product",
    "sales+usage": "Sales and usage",
    "product+usage": "Product and usage",
    "sales": "Sales alone",
    "product": "Product alone",
    "usage": "Usage alone",
    NONE: "None of them",
}
_ROW: Final = 40  # px
_HEAD: Final = 34  # px over the rows, for what the bars measure
_SYMBOLS, _COUNT, _MONEY = (0.0, 0.11), (0.15, 0.46), (0.54, 0.88)  # shares of the plot's width


def draw(
    combinations: pd.DataFrame, theme: Theme, currency: str, *, selected: str | None = None
) -> go.Figure:
    """Combinations as rows: which sets want it, how many things, how much money.

    Bars of money are hatched where it rests on links no person has confirmed. The points carry the
    combination as `customdata`, for a click.

    Args:
        combinations: as `WantedSets.combinations`.
        theme: light or dark.
        currency: ISO code.
        selected: combination whose row is marked.
    """
    colours = palette(theme)
    rows = combinations.assign(
        place=range(len(combinations)),
        colour=[_colour(row, colours) for row in combinations.to_dict("records")],
    )

    def hidden(domain: tuple[float, float], span: list[float]) -> dict[str, Any]:
        return axis(theme, domain=list(domain), range=span, showgrid=False, showticklabels=False)

    figure = go.Figure(
        layout=base_layout(
            theme,
            _ROW * len(rows) + _HEAD + 16,
            margin={"l": 8, "r": 8, "t": _HEAD, "b": 8},
            barmode="stack",
            clickmode="event+select",
            xaxis=hidden(_SYMBOLS, [-0.5, len(SETS) - 0.5]),
            xaxis2=hidden(_COUNT, _range(rows["count"])),
            xaxis3=hidden(_MONEY, _range(rows["allocated"])),
            yaxis=axis(
                theme,
                range=[len(rows) - 0.5, -0.5],
                showgrid=False,
                tickvals=list(rows["place"]),
                ticktext=[f"{WORDS[name]}  " for name in rows["combination"]],
                tickfont={"size": FONT_SIZE, "color": colours.ink, "family": FONT},
            ),
        )
    )
    for row in rows.to_dict("records"):
        if row["combination"] == selected:
            _mark(figure, row["place"], colours)
    _add_symbols(figure, rows, colours)
    _add_counts(figure, rows, currency)
    _add_money(figure, rows, currency)
    for (start, _), text in (
        (_COUNT, "Things"),
        (_MONEY, "Money, each deal split over its asks"),
    ):
        figure.add_annotation(
            xref="paper",
            yref="paper",
            x=start,
            y=1,
            xanchor="left",
            yanchor="bottom",
            yshift=8,
            text=text,
            showarrow=False,
            font={"family": FONT, "size": FONT_SIZE, "color": colours.soft},
        )
    return figure


def _colour(row: dict[Any, Any], colours: Palette) -> str:
    if row["in_sales"] and row["in_product"]:
        return colours.shared
    if row["in_sales"]:
        return colours.sales
    if row["in_product"]:
        return colours.product
    return colours.usage if row["in_usage"] else colours.mute


def _range(values: pd.Series) -> list[float]:
    largest = float(values.max()) if len(values) else 0.0
    return [0, largest if largest > 0 else 1.0]


def _mark(figure: go.Figure, place: int, colours: Palette) -> None:
    figure.add_shape(
        type="rect",
        xref="paper",
        x0=0,
        x1=1,
        y0=place - 0.46,
        y1=place + 0.46,
        layer="below",
        line_width=0,
        fillcolor=colours.card,
    )


def _add_symbols(figure: go.Figure, rows: pd.DataFrame, colours: Palette) -> None:
    """The symbol of each set that wants it; a small dot where one does not."""
    for at, name in enumerate(SETS):
        is_in = rows[f"in_{name}"]
        figure.add_scatter(
            x=[at] * len(rows),
            y=rows["place"],
            mode="markers",
            customdata=rows["combination"].tolist(),
            hoverinfo="skip",
            marker={
                "symbol": [SYMBOLS[name] if wanted else "circle" for wanted in is_in],
                "size": [15 if wanted else 5 for wanted in is_in],
                "color": [getattr(colours, name) if wanted else colours.line for wanted in is_in],
                "opacity": 1,
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            cliponaxis=False,
        )


def _add_counts(figure: go.Figure, rows: pd.DataFrame, currency: str) -> None:
    figure.add_bar(
        x=rows["count"],
        y=rows["place"],
        xaxis="x2",
        orientation="h",
        width=0.5,
        customdata=rows["combination"].tolist(),
        text=[f"<b>{format.count(count)}</b>" for count in rows["count"]],
        textposition="outside",
        textfont={"family": FONT, "size": FONT_SIZE},
        hovertext=[_card(row, currency) for row in rows.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": rows["colour"], "opacity": 1},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
    )


def _add_money(figure: go.Figure, rows: pd.DataFrame, currency: str) -> None:
    """Solid on confirmed links, hatched on the rest; the sum stands at the end."""
    unsure = rows["allocated"] * rows["unconfirmed_share"]
    words = [f"<b>{format.money_short(money, currency)}</b>" for money in rows["allocated"]]
    for length, pattern, text in (
        (rows["allocated"] - unsure, "", [""] * len(rows)),
        (unsure, UNCONFIRMED_PATTERN, words),
    ):
        figure.add_bar(
            x=length,
            y=rows["place"],
            xaxis="x3",
            orientation="h",
            width=0.5,
            customdata=rows["combination"].tolist(),
            text=text,
            textposition="outside",
            textfont={"family": FONT, "size": FONT_SIZE},
            hovertext=[_card(row, currency) for row in rows.to_dict("records")],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={
                "color": rows["colour"],
                "opacity": 1,
                "pattern": {"shape": pattern, "fillmode": "replace", "size": 6},
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            cliponaxis=False,
        )


def _card(row: dict[Any, Any], currency: str) -> str:
    return (
        f"<b>{WORDS[row['combination']]}</b><br>"
        f"{format.plural(row['count'], 'thing')}, "
        f"{format.money_short(row['allocated'], currency)} of the money<br>"
        f"{format.share(row['unconfirmed_share'])} of it on unconfirmed links"
    )
