"""One KPI over twelve months: line, target, an earlier time, what was agreed and loaded when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape, unescape
from math import ceil, floor, log10
from typing import Any, Final, Literal

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.labels import LINE, text_width
from common_ground.charts.template import (
    MAIN_LINE,
    PRODUCT,
    SALES,
    SECOND_LINE,
    SHARED,
    TARGET_LINE,
    Palette,
    Theme,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.charts.trend_marks import (
    END_GAP,
    NARROWEST,
    End,
    View,
    loads_on,
    mark_agreements,
    mark_loads,
    month_names,
    name_ends,
    place_agreements,
    rows_of,
)
from common_ground.visible import visible

Side = Literal["sales", "product", "shared"]
Write = Callable[[float], str]

HEIGHT: Final = 154
RANGE_OPACITY: Final = 0.28  # of a likely range
NO_VALUE: Final = "no value"  # of a month with too few rows or none
_MARKERS: Final[dict[Side, str]] = {"sales": SALES, "product": PRODUCT, "shared": SHARED}
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_GRID_LINES: Final = 4  # at most so many steps on the value axis
_EDGE: Final = 8  # px round the chart
_BOTTOM: Final = 30  # px for the months
_AFTER: Final = 0.025  # of the time shown, right of the last marker
_FOOT: Final = LINE + 4  # px of the row of loads
_LEAST: Final = 120  # px of a plot, however long the names beside it
_NO_LOADS: Final = pd.DataFrame({"day": pd.to_datetime([]), "label": pd.Series([], dtype=str)})


@dataclass(frozen=True)
class _Series:
    """One line: what it is called, how its values are written, how it looks."""

    days: pd.Series
    values: pd.Series
    name: str
    write: Write
    colour: str
    ink: str


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
    loads: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
    before_label: str = "before",
    height: int = HEIGHT,
) -> go.Figure:
    """A KPI at month ends. A month without a value is a gap in its line.

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
        loads: day (datetime), label (such as "v14") of each load of data: hollow triangles at the
            foot, named where there is room.
        before: month_end, already moved onto this axis, and value of the time compared with: a
            thin dotted line without a side's colour.
        before_label: what stands at its end before the value, such as "a year before".
        height: px.
    """
    colours = palette(theme)
    colour = getattr(colours, side)
    main = _Series(history["month_end"], history["value"], f"<b>{label}</b>", write, colour, colour)
    thin = list(_thin_lines(history, colours, main, second, before, before_label))
    lines = [*thin, main]
    ends = [_end(line, main.days) for line in lines]
    scale = [*(likely or ()), *(value for line in lines for value in line.values.dropna())]
    if target is not None:
        ends.append(End(target, f"target: {write(target)}", colours.soft))
        scale.append(target)
    ticks = ticks_over(min(scale), max(scale))
    view = _view(main.days, [write(tick) for tick in ticks], ends)
    agreed = place_agreements(agreements, view) if agreements is not None else []
    loaded = loads_on(loads if loads is not None else _NO_LOADS, view)
    top = _EDGE + LINE * rows_of(agreed)
    view = _with_values(view, ticks, 0 if loaded.empty else _FOOT, height - top - _BOTTOM)
    figure = go.Figure(
        data=[*map(_dotted, thin), _marked(main, history["n"], side)],
        layout=base_layout(
            theme,
            height,
            margin={"l": _EDGE, "r": round(view.right), "t": round(top), "b": _EDGE},
            **_axes(theme, view, main.days, _legible(ticks, view), write),
        ),
    )
    _mark_target(figure, target, likely, main, colours)
    name_ends(figure, ends, main.days.iloc[-1], view)
    mark_agreements(figure, agreed, colours)
    mark_loads(figure, loaded, agreed, main.days.iloc[-1], view, colours)
    return figure


# ---- lines


def _thin_lines(
    history: pd.DataFrame,
    colours: Palette,
    main: _Series,
    second: tuple[str, Write] | None,
    before: pd.DataFrame | None,
    before_label: str,
) -> Iterator[_Series]:
    """The earlier time and the second number, where either has a value on this axis."""
    if before is not None:
        days = before["month_end"]
        on_axis = before[days.between(main.days.iloc[0], main.days.iloc[-1])]
        if on_axis["value"].notna().any():
            name = escape(visible(before_label))
            yield _Series(
                on_axis["month_end"],
                on_axis["value"],
                name,
                main.write,
                colours.mute,
                colours.soft,
            )
    if second is not None and history[second[0]].notna().any():
        name, write = second
        yield _Series(main.days, history[name], name, write, main.colour, main.ink)


def _dotted(line: _Series) -> go.Scatter:
    return go.Scatter(
        x=line.days,
        y=line.values,
        mode="lines",
        connectgaps=False,
        line={"color": line.colour, "width": SECOND_LINE, "dash": "dot"},
        customdata=[f"{line.name}: {_written(value, line.write)}" for value in line.values],
        hovertemplate="%{x|%-d %b %Y}<br>%{customdata}<extra></extra>",
    )


def _marked(line: _Series, counts: pd.Series, side: Side) -> go.Scatter:
    shown = [
        f"{_written(value, line.write)}<br>n = {count:,}"
        for value, count in zip(line.values, counts, strict=True)
    ]
    return go.Scatter(
        x=line.days,
        y=line.values,
        mode="lines+markers",
        connectgaps=False,
        line={"color": line.colour, "width": MAIN_LINE},
        marker={"symbol": _MARKERS[side], "size": 9, "color": line.colour},
        customdata=shown,
        hovertemplate="%{x|%-d %b %Y}<br>%{customdata}<extra></extra>",
    )


def _written(value: float, write: Write) -> str:
    return NO_VALUE if pd.isna(value) else write(float(value))


def _end(line: _Series, days: pd.Series) -> End:
    """The end of a line with the value of the last month; an older one is never written there."""
    last, end = line.days.iloc[-1], days.iloc[-1]
    is_there = (last.year, last.month) == (end.year, end.month)
    value = line.values.iloc[-1] if is_there else float("nan")
    return End(
        float(line.values.dropna().iloc[-1]),
        f"{line.name}: {_written(value, line.write)}",
        line.ink,
    )


# ---- axes


def _view(days: pd.Series, ticks: list[str], ends: Sequence[End]) -> View:
    """The time axis on the narrowest chart; names at the ends stand right of the plot."""
    left = _EDGE + max(text_width(tick) for tick in ticks)
    right = 2 * END_GAP + max(text_width(_plain(end.text)) for end in ends)
    return View(
        first=days.iloc[0] - timedelta(days=12),
        last=days.iloc[-1] + max((days.iloc[-1] - days.iloc[0]) * _AFTER, timedelta(days=3)),
        left=left,
        width=max(NARROWEST - left - right, _LEAST),
        right=right,
    )


def _plain(text: str) -> str:
    return unescape(text.replace("<b>", "").replace("</b>", ""))


def _with_values(view: View, ticks: Sequence[float], foot: float, plot: float) -> View:
    """The view with its value axis.

    Args:
        view: with its time axis.
        ticks: values on the axis.
        foot: px kept free below the lowest tick.
        plot: height of the plot, px.
    """
    high = ticks[-1] + 0.04 * (ticks[-1] - ticks[0])
    unit = (high - ticks[0]) / max(plot - foot, LINE)
    return replace(view, low=ticks[0] - foot * unit, high=high, unit=unit)


def _legible(ticks: Sequence[float], view: View) -> Sequence[float]:
    """As many of the ticks as can be written above each other, from the lowest up."""
    between = (ticks[1] - ticks[0]) / view.unit
    return ticks[:: ceil(LINE / between)]


def _axes(
    theme: Theme, view: View, days: pd.Series, ticks: Sequence[float], write: Write
) -> dict[str, Any]:
    return {
        "xaxis": axis(
            theme,
            range=[view.first, view.last],
            showgrid=False,
            tickangle=0,
            tickvals=list(days),
            ticktext=month_names(days, view),
        ),
        "yaxis": axis(
            theme,
            range=[view.low, view.high],
            tickvals=ticks,
            ticktext=[write(tick) for tick in ticks],
        ),
    }


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
    nearest = round(low / step)
    # A value that is a step but for the last digits of a float is that step
    first = nearest if abs(nearest * step - low) <= 1e-9 * abs(low) else floor(low / step)
    ticks = [round(first * step, 12)]
    while ticks[-1] < high - 1e-9 * step:
        first += 1
        ticks.append(round(first * step, 12))
    return ticks


def _mark_target(
    figure: go.Figure,
    target: float | None,
    likely: tuple[float, float] | None,
    main: _Series,
    colours: Palette,
) -> None:
    """The likely range of the last value as a pale bar, the target dashed."""
    start, end = main.days.iloc[0], main.days.iloc[-1]
    if likely is not None:
        pale = {"color": with_opacity(main.colour, RANGE_OPACITY), "width": 8}
        figure.add_shape(
            type="line", x0=end, x1=end, y0=likely[0], y1=likely[1], layer="below", line=pale
        )
    if target is not None:
        dashed = {"color": colours.soft, "width": TARGET_LINE, "dash": "dash"}
        figure.add_shape(type="line", x0=start, x1=end, y0=target, y1=target, line=dashed)
