"""A sum at two days and what moved it between them, as a waterfall: opening, moves, close."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.format import signed
from common_ground.charts.labels import LINE, Box, shortened, text_width
from common_ground.charts.template import (
    FONT_SIZE,
    Palette,
    Theme,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.charts.trend import ticks_over
from common_ground.visible import visible

HEIGHT: Final = 260
OPENING: Final = "opening"
CLOSE: Final = "close"
NARROWEST: Final = 600  # px of the chart; names that do not touch there do not on a wider one
GAIN_OPACITY: Final = 0.45  # of the fill of a gain
_EDGE: Final = 8  # px round the chart
_BAR: Final = 0.62  # of the room of a bar
_OUTLINE: Final = 1.5  # px
_NEAR: Final = 3  # px between a bar and its amount
_BOLD: Final = 1.1  # bold characters are wider
_ROUNDING: Final = 1e-3  # px; a row above another does not touch it
_STEPS: Final = 6  # places tried above and below a bar for its amount
_SMALL: Final = 0.25  # of the highest total; moves that span less are drawn on a cut axis
_LEAST: Final = 60  # px of the plot, however low the chart


@dataclass(frozen=True)
class _Bar:
    """One bar: from where to where it runs, and its amount in words."""

    label: str
    start: float
    end: float
    words: str
    is_total: bool

    @property
    def low(self) -> float:
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        return max(self.start, self.end)

    @property
    def is_loss(self) -> bool:
        return self.end < self.start


@dataclass(frozen=True)
class _Scale:
    """The value axis: its lower end, and how much one px is."""

    low: float
    unit: float

    def px(self, value: float) -> float:
        """Height of a value above the lower end."""
        return (value - self.low) / self.unit


@dataclass(frozen=True)
class _Name:
    """A name under a bar: its lines, its row, and how far it is moved to stay on the chart."""

    lines: tuple[str, ...]
    row: int
    shift: float


def draw(
    bars: pd.DataFrame, theme: Theme, write: Callable[[float], str], height: int = HEIGHT
) -> go.Figure:
    """A bridge from one sum to another.

    Totals are filled, gains are pale, losses are an outline; each bar says its amount with its
    sign. Where the moves are small beside the totals, the value axis does not begin at 0, and the
    totals say from where they are drawn.

    Args:
        bars: key, label, amount, in the order drawn; the first key is "opening", the last "close",
            and both are totals; amounts of losses are negative.
        theme: light or dark.
        write: an amount as words; the sign of a gain is put before it here.
        height: px.

    Raises:
        ValueError: no opening or no close, an amount that is not known, or opening and moves that
            differ from the close by a cent or more.
    """
    _check(bars)
    colours = palette(theme)
    drawn = _bars(bars, write)
    floor, top = _span(drawn)
    names = _names(drawn, floor, write)
    bottom = LINE * max(name.row + len(name.lines) for name in names) + _EDGE
    plot = max(height - _EDGE - bottom, _LEAST)
    scale = _scale(drawn, floor, top, plot)
    amounts = zip(drawn, _amounts(drawn, scale, plot), strict=True)
    return go.Figure(
        data=[_columns(drawn, scale.low, colours)],
        layout=base_layout(
            theme,
            height,
            margin={"l": _EDGE, "r": _EDGE, "t": _EDGE, "b": round(bottom)},
            xaxis=axis(theme, range=[-0.5, len(drawn) - 0.5], showgrid=False, showticklabels=False),
            yaxis=axis(
                theme,
                range=[scale.low, scale.low + plot * scale.unit],
                showgrid=False,
                showticklabels=False,
            ),
            shapes=_connectors(drawn, colours),
            annotations=[
                *(_under_bar(place, name, colours) for place, name in enumerate(names)),
                *(
                    _at_end(place, bar, shift, colours)
                    for place, (bar, shift) in enumerate(amounts)
                ),
            ],
        ),
    )


# ---- the bars


def _check(bars: pd.DataFrame) -> None:
    """A bridge that does not add up is a mistake of the caller, never drawn."""
    keys = list(bars["key"])
    if len(keys) < 2 or (keys[0], keys[-1]) != (OPENING, CLOSE):
        raise ValueError("A bridge begins with its opening and ends with its close.")
    if bars["amount"].isna().any():
        raise ValueError("A bridge needs every amount.")
    cents = [round(float(amount) * 100) for amount in bars["amount"]]
    gap = round(sum(float(amount) for amount in bars["amount"][:-1]) * 100) - cents[-1]
    if gap:
        raise ValueError(f"Opening and moves differ from the close by {gap / 100:.2f}.")


def _bars(bars: pd.DataFrame, write: Callable[[float], str]) -> list[_Bar]:
    """Each bar from where the one before ended; totals from 0."""
    found: list[_Bar] = []
    level = 0.0
    for key, label, amount in zip(bars["key"], bars["label"], bars["amount"], strict=True):
        is_total, size = key in (OPENING, CLOSE), float(amount)
        start = 0.0 if is_total else level
        level = start + size
        words = write(size) if is_total else signed(write(size))
        found.append(_Bar(str(label), start, level, words, is_total))
    return found


def _span(drawn: Sequence[_Bar]) -> tuple[float, float]:
    """Where the totals are drawn from, and the highest end.

    Moves that are small beside the totals could not be seen on an axis from 0; then it begins at
    a round value below all of them.
    """
    ends = [bar.end for bar in drawn]
    low, high = min(ends), max(ends)
    if low <= 0 or high == low or high - low > _SMALL * high:
        return 0.0, max(high, 0.0)
    return ticks_over(low - (high - low) / 2, high)[0], high


def _scale(drawn: Sequence[_Bar], floor: float, top: float, plot: float) -> _Scale:
    """The value axis, with room for amounts above the bars, and below where they go below 0."""
    lowest = min(floor, *(bar.end for bar in drawn))
    widest = max(text_width(bar.words) for bar in drawn) * _BOLD
    # Amounts wider than their bars have a second row to step aside to.
    room = _NEAR + LINE * (1 if widest < _slot(drawn) - _EDGE else 2)
    rooms = 2 if lowest < 0 else 1
    unit = ((top - lowest) or 1.0) / max(plot - rooms * room, LINE)
    return _Scale(lowest - (rooms - 1) * room * unit, unit)


def _columns(drawn: Sequence[_Bar], low: float, colours: Palette) -> go.Bar:
    """All bars; the foot of a total is the lowest value of the axis where that is above 0."""
    feet = [max(bar.low, low) for bar in drawn]
    return go.Bar(
        x=list(range(len(drawn))),
        base=feet,
        y=[bar.high - foot for bar, foot in zip(drawn, feet, strict=True)],
        width=_BAR,
        marker={
            "color": [_fill(bar, colours) for bar in drawn],
            # An edge round nothing would look like a little something.
            "line": {
                "color": colours.shared,
                "width": [_OUTLINE if bar.start != bar.end else 0 for bar in drawn],
            },
        },
        customdata=[f"{escape(visible(bar.label))}: {escape(bar.words)}" for bar in drawn],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _fill(bar: _Bar, colours: Palette) -> str:
    if bar.is_total:
        return colours.shared
    is_gain = bar.end > bar.start
    return with_opacity(colours.shared, GAIN_OPACITY) if is_gain else colours.page


def _connectors(drawn: Sequence[_Bar], colours: Palette) -> list[dict[str, Any]]:
    """Thin lines from the end of each bar to the next; a bar of nothing is one such line."""
    ends = [bar.end for bar in drawn]
    lines = [(n + _BAR / 2, n + 1 - _BAR / 2, end) for n, end in enumerate(ends[:-1])]
    lines += [
        (n - _BAR / 2, n + _BAR / 2, bar.end) for n, bar in enumerate(drawn) if bar.start == bar.end
    ]
    line = {"color": colours.mute, "width": 1}
    return [
        {"type": "line", "x0": left, "x1": right, "y0": level, "y1": level, "line": line}
        for left, right, level in lines
    ]


# ---- words


def _slot(drawn: Sequence[_Bar]) -> float:
    """Room of a bar on the narrowest chart, px."""
    return (NARROWEST - 2 * _EDGE) / len(drawn)


def _names(drawn: Sequence[_Bar], floor: float, write: Callable[[float], str]) -> list[_Name]:
    """Names in lines under the bars, each in the first row that is free there."""
    slot = _slot(drawn)
    taken: list[Box] = []
    names: list[_Name] = []
    for place, bar in enumerate(drawn):
        lines = _lines(bar.label, int(slot / text_width("x")))
        if bar.is_total and floor:
            lines.append(f"from {write(floor)}")
        wide = max(map(text_width, lines))
        left = (place + 0.5) * slot - wide / 2
        shift = _inward(left, left + wide)
        row = 0
        while any(_under(left + shift, wide, row, lines).touches(other) for other in taken):
            row += 1
        taken.append(_under(left + shift, wide, row, lines))
        names.append(_Name(tuple(lines), row, shift))
    return names


def _inward(left: float, right: float) -> float:
    """How far words must move to stay on the narrowest chart, px."""
    return max(-_EDGE - left, 0.0) - max(right - NARROWEST + _EDGE, 0.0)


def _lines(label: str, most: int) -> list[str]:
    """A name in lines of at most so many characters; a longer word has its own line."""
    return wrap(shortened(visible(label)), most, break_long_words=False) or [""]


def _under(left: float, wide: float, row: int, lines: Sequence[str]) -> Box:
    return Box(left - 2, -LINE * (row + len(lines)), left + wide + 2, -LINE * row)


def _amounts(drawn: Sequence[_Bar], scale: _Scale, plot: float) -> list[tuple[float, float]]:
    """How far the middle of each amount is right of and above the end of its bar, px.

    Above the bar, a loss below it; further away where another amount or bar is in the way.
    """
    slot = _slot(drawn)
    columns = [
        Box(
            (n + 0.5 - _BAR / 2) * slot,
            scale.px(max(bar.low, scale.low)),
            (n + 0.5 + _BAR / 2) * slot,
            scale.px(bar.high),
        )
        for n, bar in enumerate(drawn)
    ]
    taken: list[Box] = []
    shifts = []
    for n, bar in enumerate(drawn):
        middle = (n + 0.5) * slot
        boxes = [_around(middle, height, bar) for height in _heights(columns[n], bar)]
        inside = [box for box in boxes if box.bottom > 0 and box.top < plot]
        clear = [box for box in inside if not any(map(box.touches, taken))]
        others = [column for column in columns if column is not columns[n]]
        free = [box for box in clear if not any(map(box.touches, others))]
        box = (free or clear or inside or boxes)[0]
        taken.append(box)
        across = (box.left + box.right) / 2 - middle
        shifts.append((across, (box.bottom + box.top) / 2 - scale.px(bar.end)))
    return shifts


def _heights(column: Box, bar: _Bar) -> Iterator[float]:
    """Places for an amount, best first, px."""
    away = _NEAR + LINE / 2
    for step in range(_STEPS):
        above, below = column.top + away + step * LINE, column.bottom - away - step * LINE
        yield from (below, above) if bar.is_loss else (above, below)


def _around(middle: float, height: float, bar: _Bar) -> Box:
    half = text_width(bar.words) / 2 * (_BOLD if bar.is_total else 1.0)
    at = middle + _inward(middle - half, middle + half)
    tall = LINE / 2 - _ROUNDING
    return Box(at - half, height - tall, at + half, height + tall)


def _under_bar(place: int, name: _Name, colours: Palette) -> dict[str, Any]:
    return {
        "x": place,
        "yref": "paper",
        "y": 0,
        "yanchor": "top",
        "xshift": name.shift,
        "yshift": -LINE * name.row,
        "text": "<br>".join(map(escape, name.lines)),
        "showarrow": False,
        "font": {"size": FONT_SIZE, "color": colours.soft},
    }


def _at_end(place: int, bar: _Bar, shift: tuple[float, float], colours: Palette) -> dict[str, Any]:
    words = escape(bar.words)
    return {
        "x": place,
        "y": bar.end,
        "xshift": shift[0],
        "yshift": shift[1],
        "yanchor": "middle",
        "text": f"<b>{words}</b>" if bar.is_total else words,
        "showarrow": False,
        "font": {"size": FONT_SIZE, "color": colours.ink},
    }
