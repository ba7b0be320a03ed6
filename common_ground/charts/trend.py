"""One KPI over twelve months: line, target, second number, and what was agreed when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import floor, log10
from typing import Any, Final, Literal

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.template import (
    FONT_SIZE,
    MAIN_LINE,
    PRODUCT,
    SALES,
    SECOND_LINE,
    SHARED,
    TARGET_LINE,
    Theme,
    axis,
    base_layout,
    palette,
    with_opacity,
)

Side = Literal["sales", "product", "shared"]
Write = Callable[[float], str]

HEIGHT: Final = 154
RANGE_OPACITY: Final = 0.28  # of a likely range
_MARKERS: Final[dict[Side, str]] = {"sales": SALES, "product": PRODUCT, "shared": SHARED}
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_GRID_LINES: Final = 4  # at most so many steps on the value axis
# Labels are placed for the narrower of the two plots they are read on (1280 and 1920 px pages).
_PLOT_WIDTH: Final = 620
_LETTER_WIDTH: Final = 0.5  # em a character
_LABEL_ROWS: Final = 2
_ROW_HEIGHT: Final = 19  # px of a label
_LABEL_LENGTH: Final = 28  # characters; the rest is in the list of agreements
_END_ROOM: Final = 0.22  # of the axis, for the names at the ends of the lines
_BOTTOM: Final = 30  # px for the months


def draw(
    history: pd.DataFrame,
    side: Side,
    theme: Theme,
    write: Write,
    label: str,
    target: float | None = None,
    second: tuple[str, Write] | None = None,
    agreements: pd.DataFrame | None = None,
    likely: tuple[float, float] | None = None,
    height: int = HEIGHT,
) -> go.Figure:
    """A KPI at month ends.

    Args:
        history: month_end (datetime), value (NaN where none), n, and a column named like `second`;
            oldest first, at least one value.
        side: whose colour and marker.
        theme: light or dark.
        write: a value as words, with its unit.
        label: what stands at the end of the line before the value, such as "median".
        target: dashed line; None for none.
        second: column of a second number and how to write it, drawn thin and dotted.
        agreements: agreement_id, title, day (datetime): drawn as labelled verticals.
        likely: range of the last value, a pale bar; the axis holds it, so that a change inside the
            range never looks large.
        height: px.
    """
    colours = palette(theme)
    colour = getattr(colours, side)
    days = history["month_end"]
    end = days.iloc[-1]
    room = (end - days.iloc[0]) * _END_ROOM or timedelta(days=10)
    scale = [*history["value"].dropna(), *([target] if target is not None else [])]
    scale += list(likely or ())
    ends = [(float(history["value"].dropna().iloc[-1]), f"<b>{label}</b>", write, colour)]
    traces: list[go.Scatter] = []
    if second is not None and history[second[0]].notna().any():
        name, write_second = second
        scale += list(history[name].dropna())
        ends.append((float(history[name].dropna().iloc[-1]), name, write_second, colour))
        traces.append(_line(history, name, colour, SECOND_LINE, write_second, "dot"))
    if target is not None:
        ends.append((target, "target", write, colours.soft))
    ticks = ticks_over(min(scale), max(scale))
    marks = _markers(history, side, colour, write)
    span = (days.iloc[0] - timedelta(days=12), end + room)
    labels = _placed(agreements, span) if agreements is not None else []
    top = 8 + _ROW_HEIGHT * (1 + max((label.row for label in labels), default=-1))
    figure = go.Figure(
        data=[*traces, marks],
        layout=base_layout(
            theme,
            height,
            margin={"l": 8, "r": 8, "t": top, "b": 8},
            xaxis=axis(
                theme,
                range=list(span),
                showgrid=False,
                tickvals=list(days),
                ticktext=_month_names(days),
            ),
            yaxis=axis(
                theme,
                range=[ticks[0], ticks[-1] + 0.04 * (ticks[-1] - ticks[0])],
                tickvals=ticks,
                ticktext=[write(tick) for tick in ticks],
            ),
        ),
    )
    if likely is not None:
        figure.add_shape(
            type="line",
            x0=end,
            x1=end,
            y0=likely[0],
            y1=likely[1],
            layer="below",
            line={"color": with_opacity(colour, RANGE_OPACITY), "width": 8},
        )
    if target is not None:
        figure.add_shape(
            type="line",
            x0=days.iloc[0],
            x1=end,
            y0=target,
            y1=target,
            line={"color": colours.soft, "width": TARGET_LINE, "dash": "dash"},
        )
    gap = _ROW_HEIGHT / (height - top - _BOTTOM) * (ticks[-1] - ticks[0])
    _name_ends(figure, ends, end, gap)
    _mark_agreements(figure, labels, theme)
    return figure


def _line(
    history: pd.DataFrame, column: str, colour: str, width: float, write: Write, dash: str
) -> go.Scatter:
    return go.Scatter(
        x=history["month_end"],
        y=history[column],
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        customdata=[_written(value, write) for value in history[column]],
        hovertemplate="%{x|%-d %b %Y}<br>" + column + ": %{customdata}<extra></extra>",
    )


def _markers(history: pd.DataFrame, side: Side, colour: str, write: Write) -> go.Scatter:
    shown = [
        f"{_written(value, write)}<br>n = {count:,}"
        for value, count in zip(history["value"], history["n"], strict=True)
    ]
    return go.Scatter(
        x=history["month_end"],
        y=history["value"],
        mode="lines+markers",
        line={"color": colour, "width": MAIN_LINE},
        marker={"symbol": _MARKERS[side], "size": 9, "color": colour},
        customdata=shown,
        hovertemplate="%{x|%-d %b %Y}<br>%{customdata}<extra></extra>",
    )


def _written(value: float, write: Write) -> str:
    return "none" if pd.isna(value) else write(float(value))


def _month_names(days: pd.Series) -> list[str]:
    """Short month names, with the year where it begins."""
    return [f"{day:%b} ’{day:%y}" if day.month == 1 else f"{day:%b}" for day in days]


def ticks_over(low: float, high: float) -> list[float]:
    """Round values over a span, zero included where the span comes near it.

    Args:
        low: smallest value drawn.
        high: largest.

    Returns:
        At least two values; the first at or below low, the last at or above high.
    """
    if low >= 0 and low <= 0.6 * high:
        low = 0.0
    if high <= low:
        low, high = low - (abs(low) * 0.1 or 1.0), high + (abs(high) * 0.1 or 1.0)
    raw = (high - low) / _GRID_LINES
    size = 10.0 ** floor(log10(raw))
    step = next(size * part for part in _STEPS if size * part >= raw * 0.999)
    first = floor(low / step + 1e-9)
    ticks = [round(first * step, 12)]
    while ticks[-1] < high - 1e-9 * step:
        first += 1
        ticks.append(round(first * step, 12))
    return ticks


def _name_ends(
    figure: go.Figure,
    ends: Sequence[tuple[float, str, Write, str]],
    day: Any,  # noqa: ANN401
    gap: float,
) -> None:
    """Names at the ends of the lines, pushed apart so that none covers another."""
    placed: list[float] = []
    for value, name, write, colour in sorted(ends, key=lambda end: end[0]):
        height = max(value, placed[-1] + gap) if placed else value
        placed.append(height)
        figure.add_annotation(
            x=day,
            y=height,
            text=f"{name}: {write(value)}",
            xanchor="left",
            xshift=12,
            showarrow=False,
            align="left",
            font={"color": colour, "size": FONT_SIZE},
        )


@dataclass(frozen=True)
class _Label:
    """An agreement on the chart; text "" where no row is free for its name."""

    day: Any
    text: str
    row: int


def _placed(agreements: pd.DataFrame, span: tuple[Any, Any]) -> list[_Label]:
    """Agreements inside the axis, each name in the first row that is free at its day.

    Where no row is free the line stays without a name; the page lists every agreement.
    """
    first, last = span
    free_from = [0.0] * _LABEL_ROWS
    placed: list[_Label] = []
    ordered = agreements.sort_values(["day", "agreement_id"])
    for day, number, title in zip(
        ordered["day"], ordered["agreement_id"], ordered["title"], strict=True
    ):
        if not first <= day <= last:
            continue
        at = _PLOT_WIDTH * ((day - first) / (last - first))
        name = f"{number} {title}"
        if len(name) > _LABEL_LENGTH:
            name = f"{name[: _LABEL_LENGTH - 1].rstrip()}…"
        row = next((place for place, free in enumerate(free_from) if free <= at), None)
        if row is None:
            placed.append(_Label(day, "", 0))
            continue
        free_from[row] = at + len(name) * _LETTER_WIDTH * FONT_SIZE + 10
        placed.append(_Label(day, name, row))
    return placed


def _mark_agreements(figure: go.Figure, labels: Sequence[_Label], theme: Theme) -> None:
    """A vertical for each agreement, its name above."""
    colours = palette(theme)
    for label in labels:
        figure.add_shape(
            type="line",
            x0=label.day,
            x1=label.day,
            yref="paper",
            y0=0,
            y1=1,
            line={"color": colours.mute, "width": 1.5},
            layer="below",
        )
        figure.add_annotation(
            x=label.day,
            yref="paper",
            y=1,
            yshift=_ROW_HEIGHT * label.row,
            yanchor="bottom",
            xanchor="left",
            xshift=-4,
            text=label.text,
            showarrow=False,
            font={"color": colours.soft, "size": FONT_SIZE},
        )
