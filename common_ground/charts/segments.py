"""One KPI by segment: points with their likely ranges, or bars from 0; value and n in words."""

from collections.abc import Callable
from html import escape
from typing import Final, Literal

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.labels import text_width
from common_ground.charts.template import (
    FONT_SIZE,
    PRODUCT,
    SALES,
    SHARED,
    TARGET_LINE,
    Palette,
    Theme,
    annotate,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.charts.trend import HEIGHT, RANGE_OPACITY, ticks_over
from common_ground.visible import visible

Side = Literal["sales", "product", "shared"]
Write = Callable[[float, int], str]

MOST: Final = 5  # segments that fit the height
_MARKERS: Final[dict[Side, str]] = {"sales": SALES, "product": PRODUCT, "shared": SHARED}
_PLOT: Final = 0.6  # of the width; the words stand right of it
_VALUE_AT: Final = 0.8
_NAME_LENGTH: Final = 16
_BAR: Final = 0.5  # of the room of a segment
_MOST_TICKS: Final = 4
_AXIS_ROOM: Final = 200  # px of the plot where it is narrowest


def draw(
    found: pd.DataFrame,
    side: Side,
    theme: Theme,
    write: Write,
    target: float | None = None,
    height: int = HEIGHT,
    from_zero: bool = False,
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
        from_zero: an amount or a count, compared by its length: bars from 0, to the left where
            negative. Where any range is known, points with their ranges are drawn all the same.
    """
    shown = found.head(MOST)
    colours = palette(theme)
    has_range = bool(shown["low"].notna().any())
    is_bars = from_zero and not has_range
    ticks = ticks_over(*_span(_scale(shown, target, is_bars), has_range))
    kept = _kept(ticks, write)
    room = 0.03 * (ticks[-1] - ticks[0])
    make = _bars if is_bars else _points
    figure = go.Figure(
        data=[make(shown, side, colours, write)],
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
                tickvals=list(range(len(shown))),
                ticktext=[f"{escape(visible(_short(name)))}  " for name in shown["segment"]],
                tickfont={"size": FONT_SIZE, "color": colours.ink},
            ),
        ),
    )
    _mark_ranges(figure, shown, getattr(colours, side))
    if is_bars:
        _mark_vertical(figure, 0.0, {"color": colours.mute, "width": 1})
    _write_words(figure, shown, colours, write)
    if target is not None:
        dashed = {"color": colours.soft, "width": TARGET_LINE, "dash": "dash"}
        _mark_vertical(figure, target, dashed)
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


def _points(shown: pd.DataFrame, side: Side, colours: Palette, write: Write) -> go.Scatter:
    return go.Scatter(
        x=shown["value"],
        y=list(range(len(shown))),
        mode="markers",
        marker={"symbol": _MARKERS[side], "size": 13, "color": getattr(colours, side)},
        customdata=_cards(shown, write),
        hovertemplate="%{customdata}<extra></extra>",
    )


def _bars(shown: pd.DataFrame, side: Side, colours: Palette, write: Write) -> go.Bar:
    return go.Bar(
        x=shown["value"],
        y=list(range(len(shown))),
        orientation="h",
        width=_BAR,
        marker={"color": getattr(colours, side)},
        customdata=_cards(shown, write),
        hovertemplate="%{customdata}<extra></extra>",
    )


def _cards(shown: pd.DataFrame, write: Write) -> list[str]:
    """What is said of a segment under the pointer, its name in full."""
    return [
        f"{escape(visible(str(name)))}: {_written(value, n, write)}, n = {n:,}"
        for name, value, n in zip(shown["segment"], shown["value"], shown["n"], strict=True)
    ]


def _mark_ranges(figure: go.Figure, shown: pd.DataFrame, colour: str) -> None:
    """A pale bar from low to high where both are known."""
    for place, low_end, high_end in zip(
        range(len(shown)), shown["low"], shown["high"], strict=True
    ):
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


def _mark_vertical(figure: go.Figure, at: float, line: dict[str, object]) -> None:
    figure.add_shape(type="line", x0=at, x1=at, yref="paper", y0=0, y1=1, layer="below", line=line)


def _write_words(figure: go.Figure, shown: pd.DataFrame, colours: Palette, write: Write) -> None:
    """Value and n of each segment, right of the plot."""
    notes = []
    for place, value, n in zip(range(len(shown)), shown["value"], shown["n"], strict=True):
        words = _written(value, n, write)
        for at, text, tint in (
            (_VALUE_AT, words if pd.isna(value) else f"<b>{words}</b>", colours.ink),
            (1.0, f"n = {n:,}", colours.soft),
        ):
            notes.append(
                {
                    "x": at,
                    "xref": "paper",
                    "xanchor": "right",
                    "y": place,
                    "text": text,
                    "showarrow": False,
                    "font": {"size": FONT_SIZE, "color": tint},
                }
            )
    annotate(figure, notes)


def _scale(shown: pd.DataFrame, target: float | None, is_bars: bool) -> list[float]:
    """Everything the axis must hold; 0 too where bars begin there."""
    known = [*shown["value"].dropna(), *shown["low"].dropna(), *shown["high"].dropna()]
    return [*known, *([target] if target is not None else []), *([0.0] if is_bars else [])]


def _kept(ticks: list[float], write: Write) -> list[float]:
    """Ticks whose texts fit beside each other, 0 among them where it is on the axis."""
    widest = max(text_width(write(tick, 0)) for tick in ticks) + 12
    most = min(max(int(_AXIS_ROOM // widest), 2), _MOST_TICKS)
    step = -(-len(ticks) // most)
    start = ticks.index(0) % step if 0 in ticks else 0
    return ticks[start::step]


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


def _written(value: float, n: int, write: Write) -> str:
    return "too few" if pd.isna(value) else write(value, n)
