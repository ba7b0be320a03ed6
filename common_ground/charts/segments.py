"""One KPI by segment: a point for each, its likely range as a pale bar, value and n in words."""

from collections.abc import Callable
from html import escape
from typing import Final, Literal

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.template import (
    FONT_SIZE,
    PRODUCT,
    SALES,
    SHARED,
    TARGET_LINE,
    Theme,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.charts.trend import HEIGHT, RANGE_OPACITY, ticks_over
from common_ground.visible import visible

Side = Literal["sales", "product", "shared"]

MOST: Final = 5  # segments that fit the height
_MARKERS: Final[dict[Side, str]] = {"sales": SALES, "product": PRODUCT, "shared": SHARED}
_PLOT: Final = 0.6  # of the width; the words stand right of it
_VALUE_AT: Final = 0.8
_NAME_LENGTH: Final = 16


def draw(
    found: pd.DataFrame,
    side: Side,
    theme: Theme,
    write: Callable[[float, int], str],
    target: float | None = None,
    height: int = HEIGHT,
) -> go.Figure:
    """A KPI for each segment.

    Args:
        found: segment, value (NaN where too few), n, low, high (NaN where there is no range), in
            the order shown, first on top; at least one value. The first MOST are drawn.
        side: whose colour and marker.
        theme: light or dark.
        write: a value and its n as words.
        target: dashed vertical; None for none.
        height: px.
    """
    shown = found.head(MOST)
    colours = palette(theme)
    colour = getattr(colours, side)
    places = list(range(len(shown)))
    known = [*shown["value"].dropna(), *shown["low"].dropna(), *shown["high"].dropna()]
    scale = [*known, *([target] if target is not None else [])]
    ticks = ticks_over(*_span(scale, is_rate=bool(shown["low"].notna().any())))
    kept = ticks if len(ticks) <= 4 else ticks[:: -(-len(ticks) // 4)]
    room = 0.03 * (ticks[-1] - ticks[0])
    figure = go.Figure(
        data=[
            go.Scatter(
                x=shown["value"],
                y=places,
                mode="markers",
                marker={"symbol": _MARKERS[side], "size": 13, "color": colour},
                customdata=[
                    f"{name}: {_written(value, n, write)}, n = {n:,}"
                    for name, value, n in zip(
                        shown["segment"], shown["value"], shown["n"], strict=True
                    )
                ],
                hovertemplate="%{customdata}<extra></extra>",
            )
        ],
        layout=base_layout(
            theme,
            height,
            margin={"l": 8, "r": 8, "t": 28, "b": 8},
            xaxis=axis(
                theme,
                domain=[0, _PLOT],
                range=[ticks[0] - room, ticks[-1] + room],
                showgrid=False,
                tickvals=kept,
                ticktext=[write(tick, 0) for tick in kept],
            ),
            yaxis=axis(
                theme,
                range=[max(len(shown) - 0.4, 1.6), -0.6],
                showgrid=False,
                tickvals=places,
                ticktext=[f"{escape(visible(_short(name)))}  " for name in shown["segment"]],
                tickfont={"size": FONT_SIZE, "color": colours.ink},
            ),
        ),
    )
    for place, low_end, high_end in zip(places, shown["low"], shown["high"], strict=True):
        if pd.notna(low_end):
            figure.add_shape(
                type="line",
                x0=low_end,
                x1=high_end,
                y0=place,
                y1=place,
                layer="below",
                line={"color": with_opacity(colour, RANGE_OPACITY), "width": 8},
            )
    for place, value, n in zip(places, shown["value"], shown["n"], strict=True):
        words = _written(value, n, write)
        for at, text, tint in (
            (_VALUE_AT, words if pd.isna(value) else f"<b>{words}</b>", colours.ink),
            (1.0, f"n = {n:,}", colours.soft),
        ):
            figure.add_annotation(
                x=at,
                xref="paper",
                xanchor="right",
                y=place,
                text=text,
                showarrow=False,
                font={"size": FONT_SIZE, "color": tint},
            )
    if target is not None:
        figure.add_shape(
            type="line",
            x0=target,
            x1=target,
            yref="paper",
            y0=0,
            y1=1,
            layer="below",
            line={"color": colours.soft, "width": TARGET_LINE, "dash": "dash"},
        )
        figure.add_annotation(
            x=target,
            yref="paper",
            y=1,
            yanchor="bottom",
            text=f"target {write(target, 0)}",
            showarrow=False,
            font={"size": FONT_SIZE, "color": colours.soft},
        )
    return figure


def _span(scale: list[float], is_rate: bool) -> tuple[float, float]:
    """Lowest and highest of the axis: no less than a fifth of the values, so that neighbours stay.

    Args:
        scale: everything drawn.
        is_rate: a share of counts, which ends at 0 and 1.
    """
    low, high = min(scale), max(scale)
    room = max(0.2 * max(abs(low), abs(high)) - (high - low), 0.1 * (high - low)) / 2
    start = max(low - room, 0.0) if low >= 0 else low - room
    return start, min(high + room, 1.0) if is_rate else high + room


def _short(name: object) -> str:
    text = str(name)
    return text if len(text) <= _NAME_LENGTH else f"{text[: _NAME_LENGTH - 1].rstrip()}…"


def _written(value: float, n: int, write: Callable[[float, int], str]) -> str:
    return "too few" if pd.isna(value) else write(value, n)
