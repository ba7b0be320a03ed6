"""Classes by segment: a cell says how many things and how much money, its shade how much."""

from html import escape
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts import format
from common_ground.charts.overlap_map import class_colour
from common_ground.charts.template import (
    FONT,
    FONT_SIZE,
    Palette,
    Theme,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.visible import visible

MARKS: Final = {
    "both": "◆",
    "only_sales": "■",
    "only_product": "●",
    "exists": "▲",
    "usage_disagrees": "✕",
}
ALL: Final = "All"
_LIGHTEST, _DARKEST = 0.06, 0.42  # opacity of a cell without money and of the largest
_NAME: Final = 18  # characters of a segment's name


def draw(
    cells: pd.DataFrame,
    classes: pd.DataFrame,
    theme: Theme,
    currency: str,
    *,
    selected: tuple[str, str] | None = None,
) -> go.Figure:
    """Classes as rows, segments as columns, the whole class at the right.

    Every cell is a bar that fills it, so that all of it can be clicked; it carries class and
    segment as `customdata`.

    Args:
        cells: as `class_segments.class_segments`.
        classes: `Overlap.classes`, for the last column.
        theme: light or dark.
        currency: ISO code.
        selected: class and segment whose cell is ringed.
    """
    colours = palette(theme)
    segments = list(cells["segment"].drop_duplicates())
    columns = {name: place for place, name in enumerate([*segments, ALL])}
    whole = classes.assign(segment=ALL, deals=0)
    shown = pd.concat([cells, whole[[*cells.columns]]], ignore_index=True)
    rows = {name: place for place, name in enumerate(classes["class"])}
    figure = go.Figure(
        layout=base_layout(
            theme,
            58 * len(rows) + 50,
            margin={"l": 8, "r": 8, "t": 34, "b": 8},
            barmode="overlay",
            clickmode="event+select",
            xaxis=axis(
                theme,
                range=[0, len(columns)],
                side="top",
                showgrid=False,
                tickvals=[place + 0.5 for place in columns.values()],
                ticktext=[_short(name) for name in columns],
            ),
            yaxis=axis(
                theme,
                range=[len(rows) - 0.5, -0.5],
                showgrid=False,
                tickvals=list(rows.values()),
                ticktext=[
                    f"{MARKS[name]} {label}  "
                    for name, label in zip(classes["class"], classes["label"], strict=True)
                ],
                tickfont={"size": FONT_SIZE, "color": colours.ink, "family": FONT},
            ),
        )
    )
    largest = float(cells["allocated"].max()) if len(cells) else 0.0
    for name, own in shown.groupby("class", sort=False):
        _add_row(figure, own, str(name), rows, columns, largest, currency, colours)
    if selected and selected[0] in rows and selected[1] in columns:
        _ring(figure, rows[selected[0]], columns[selected[1]], colours)
    return figure


def _short(name: str) -> str:
    text = name if len(name) <= _NAME else f"{name[: _NAME - 1].rstrip()}…"
    return escape(visible(text))


def _add_row(
    figure: go.Figure,
    own: pd.DataFrame,
    name: str,
    rows: dict[str, int],
    columns: dict[str, int],
    largest: float,
    currency: str,
    colours: Palette,
) -> None:
    colour = class_colour(name, colours)
    strength = [
        0.0
        if cell["segment"] == ALL
        else _LIGHTEST + (_DARKEST - _LIGHTEST) * cell["allocated"] / max(largest, 1e-9)
        for cell in own.to_dict("records")
    ]
    figure.add_bar(
        x=[0.97] * len(own),
        y=[rows[name]] * len(own),
        base=[columns[segment] + 0.015 for segment in own["segment"]],
        orientation="h",
        width=0.92,
        customdata=[f"{name}|{segment}" for segment in own["segment"]],
        text=[_words(cell, currency) for cell in own.to_dict("records")],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"family": FONT, "size": FONT_SIZE, "color": colours.ink},
        hovertext=[_card(cell, currency) for cell in own.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": [with_opacity(colour, part) for part in strength], "opacity": 1},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _words(cell: dict[Any, Any], currency: str) -> str:
    if not cell["count"]:
        return format.NONE
    money = f"<br>{format.money_short(cell['allocated'], currency)}" if cell["allocated"] else ""
    return f"<b>{format.count(cell['count'])}</b>{money}"


def _card(cell: dict[Any, Any], currency: str) -> str:
    where = "" if cell["segment"] == ALL else f", {escape(visible(str(cell['segment'])))}"
    return (
        f"<b>{cell['label']}{where}</b><br>{format.plural(cell['count'], 'thing')}, "
        f"{format.money_short(cell['allocated'], currency)} of the money<br>"
        f"{format.share(cell['unconfirmed_share'])} of it on unconfirmed links"
    )


def _ring(figure: go.Figure, row: int, column: int, colours: Palette) -> None:
    figure.add_shape(
        type="rect",
        x0=column + 0.015,
        x1=column + 0.985,
        y0=row - 0.46,
        y1=row + 0.46,
        line={"color": colours.ink, "width": 2},
    )
