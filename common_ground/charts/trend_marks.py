"""What stands round a trend: months, names at the ends, agreements and loads of data.

Names are placed on the narrowest chart. All that keeps its distance there does so on a wider one,
where only the room between two days grows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.labels import LINE, Box, XAnchor, shortened, text_width
from common_ground.charts.template import FONT_SIZE, TARGET_LINE, Palette
from common_ground.visible import visible

NARROWEST: Final = 640  # px of the whole chart
END_GAP: Final = 12  # px between the end of a line and its name
_ROWS: Final = 2  # of names of agreements
_LONGEST: Final = 28  # characters of an agreement; the rest is in the list of agreements
_NAME_GAP: Final = 4  # px between the names of two months
_BESIDE: Final = 8  # px between the mark of a load and its name
_TRIANGLE: Final = 9  # px


@dataclass(frozen=True)
class View:
    """The axes on the narrowest chart.

    Attributes:
        first, last: days at the ends of the time axis.
        left, width, right: px left of the plot, of the plot, and right of it.
        low, high: ends of the value axis.
        unit: of the value axis in one px.
    """

    first: Any
    last: Any
    left: float
    width: float
    right: float
    low: float = 0.0
    high: float = 1.0
    unit: float = 1.0

    def x(self, day: Any) -> float:  # noqa: ANN401 - a day as pandas holds it
        """Where a day is, px from the left end of the plot."""
        return float(self.width * ((day - self.first) / (self.last - self.first)))

    def holds(self, days: pd.Series) -> pd.Series:
        """Which days are on the axis."""
        return days.between(self.first, self.last)


@dataclass(frozen=True)
class End:
    """The end of a line: its height, what is written there and in which colour."""

    value: float
    text: str
    colour: str


@dataclass(frozen=True)
class Agreed:
    """An agreement on the chart; text "" where no row is free for its name."""

    day: Any
    text: str = ""
    row: int = 0
    xanchor: XAnchor = "left"


def month_names(days: pd.Series, view: View) -> list[str]:
    """Short names of the months that fit, with the year where it begins.

    Returns:
        A name for each day, "" where there is no room. January is written as its year alone
        where "Jan ’26" would touch its neighbours.
    """
    between = view.width * ((days.iloc[-1] - days.iloc[0]) / (view.last - view.first))
    room = between / max(len(days) - 1, 1)
    is_wide = room > (text_width("Jan ’26") + text_width("Feb")) / 2 + _NAME_GAP
    taken: list[Box] = []
    names = [""] * len(days)
    # Years first, then from the last month backwards.
    for place in sorted(range(len(days)), key=lambda place: (days.iloc[place].month != 1, -place)):
        name = _month_name(days.iloc[place], is_wide)
        half = (text_width(name) + _NAME_GAP) / 2
        box = Box(view.x(days.iloc[place]) - half, 0, view.x(days.iloc[place]) + half, LINE)
        if not any(box.touches(other) for other in taken):
            taken.append(box)
            names[place] = name
    return names


def _month_name(day: Any, is_wide: bool) -> str:  # noqa: ANN401
    if day.month != 1:
        return f"{day:%b}"
    return f"{day:%b} ’{day:%y}" if is_wide else f"{day:%Y}"


def name_ends(figure: go.Figure, ends: Sequence[End], day: Any, view: View) -> None:  # noqa: ANN401
    """Names at the ends of the lines, pushed apart so that none covers another."""
    ordered = sorted(ends, key=lambda end: end.value)
    for height, end in zip(_apart([end.value for end in ordered], view), ordered, strict=True):
        figure.add_annotation(
            x=day,
            y=end.value,
            text=end.text,
            xanchor="left",
            xshift=END_GAP,
            # In px, so that a higher picture of the chart does not draw names away from their ends.
            yshift=(height - end.value) / view.unit,
            showarrow=False,
            align="left",
            font={"color": end.colour, "size": FONT_SIZE},
        )


def _apart(values: Sequence[float], view: View) -> list[float]:
    """Heights at least a line apart, in the order given, the last one inside the plot."""
    gap = LINE * view.unit
    heights: list[float] = []
    for value in values:
        heights.append(max(value, heights[-1] + gap) if heights else value)
    most = view.high - gap / 2
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], most)
        most = heights[place] - gap
    return heights


# ---- agreements


def place_agreements(agreements: pd.DataFrame, view: View) -> list[Agreed]:
    """Agreements on the axis, each name in the first row that is free beside its day.

    Where no row is free the line stays without a name; the page lists every agreement.
    """
    ordered = agreements[view.holds(agreements["day"])].sort_values(["day", "agreement_id"])
    taken: list[Box] = []
    placed: list[Agreed] = []
    for day, number, title in zip(
        ordered["day"], ordered["agreement_id"], ordered["title"], strict=True
    ):
        name = shortened(visible(f"{number} {title}"), _LONGEST)
        options = ((place, _above(place, name, view)) for place in _places(day, name))
        free = (option for option in options if _is_free(option[1], taken, view))
        found, box = next(free, (Agreed(day), None))
        placed.append(found)
        taken += [box] if box is not None else []
    return placed


def _places(day: Any, name: str) -> Iterator[Agreed]:  # noqa: ANN401
    anchors: tuple[XAnchor, ...] = ("left", "right")
    for xanchor in anchors:
        for row in range(_ROWS):
            yield Agreed(day, escape(name), row, xanchor)


def _above(place: Agreed, name: str, view: View) -> Box:
    """Where a name stands, with a gap to the next one."""
    at, wide = view.x(place.day), text_width(name) + 6
    left = at - 4 if place.xanchor == "left" else at + 4 - wide
    return Box(left, place.row * LINE, left + wide, (place.row + 1) * LINE)


def _is_free(box: Box, taken: Sequence[Box], view: View) -> bool:
    is_inside = box.left >= -view.left and box.right <= view.width + view.right
    return is_inside and not any(box.touches(other) for other in taken)


def rows_of(placed: Sequence[Agreed]) -> int:
    """How many rows of names stand above the plot."""
    return max((place.row + 1 for place in placed if place.text), default=0)


def mark_agreements(figure: go.Figure, placed: Sequence[Agreed], colours: Palette) -> None:
    """A vertical for each agreement, its name above."""
    for place in placed:
        figure.add_shape(
            type="line",
            x0=place.day,
            x1=place.day,
            yref="paper",
            y0=0,
            y1=1,
            line={"color": colours.mute, "width": TARGET_LINE},
            layer="below",
        )
        if place.text:
            figure.add_annotation(
                x=place.day,
                yref="paper",
                y=1,
                yshift=LINE * place.row,
                yanchor="bottom",
                xanchor=place.xanchor,
                xshift=-4 if place.xanchor == "left" else 4,
                text=place.text,
                showarrow=False,
                font={"color": colours.soft, "size": FONT_SIZE},
            )


# ---- loads of data


def loads_on(loads: pd.DataFrame, view: View) -> pd.DataFrame:
    """Loads on the axis, those of one day together, newest first."""
    ordered = loads[view.holds(loads["day"])].sort_values(["day", "label"])
    together = ordered.groupby("day", as_index=False).agg(label=("label", ", ".join))
    return together.iloc[::-1].reset_index(drop=True)


def mark_loads(
    figure: go.Figure,
    loads: pd.DataFrame,
    placed: Sequence[Agreed],
    end: Any,  # noqa: ANN401
    view: View,
    colours: Palette,
) -> None:
    """A hollow triangle for each load at the foot, named where the row there has room.

    Args:
        figure: what is drawn on.
        loads: as `loads_on` gives them.
        placed: agreements, whose verticals no name may cross.
        end: last day of the lines; right of it stand their names.
        view: the axes.
        colours: of the theme.
    """
    if loads.empty:
        return
    hollow = {"symbol": "triangle-down-open", "size": _TRIANGLE, "color": colours.soft}
    names = [escape(visible(label)) for label in loads["label"]]
    height = view.low + (LINE / 2 + 1) * view.unit
    figure.add_scatter(
        x=loads["day"],
        y=[height] * len(loads),
        mode="markers",
        marker=hollow | {"line": {"width": TARGET_LINE}},
        cliponaxis=False,
        customdata=[
            f"Data {name}, to {day.day} {day:%b %Y}"
            for name, day in zip(names, loads["day"], strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    lines = [view.x(place.day) for place in placed]
    for day, text, xanchor in _named_loads(loads, lines, view.x(end) + _BESIDE, view):
        figure.add_annotation(
            x=day,
            y=height,
            yanchor="middle",
            xanchor=xanchor,
            xshift=_BESIDE if xanchor == "left" else -_BESIDE,
            text=text,
            showarrow=False,
            font={"color": colours.soft, "size": FONT_SIZE},
        )


def _named_loads(
    loads: pd.DataFrame, lines: Sequence[float], most: float, view: View
) -> Iterator[tuple[Any, str, XAnchor]]:
    """Day, name and side of each load that has room for its name, right of it or left.

    Args:
        loads: newest first.
        lines: px of the verticals.
        most: px; no name reaches further right.
        view: the axes.
    """
    marks = [view.x(day) for day in loads["day"]]
    taken = [Box(at - 2, 0, at + 2, LINE) for at in lines]
    taken += [Box(at - _TRIANGLE / 2, 0, at + _TRIANGLE / 2, LINE) for at in marks]
    anchors: tuple[XAnchor, ...] = ("left", "right")
    for day, at, label in zip(loads["day"], marks, loads["label"], strict=True):
        name = visible(f"data {label}")
        for xanchor in anchors:
            box = _beside(at, text_width(name), xanchor)
            if box.left >= 0 and box.right <= most and not any(map(box.touches, taken)):
                taken.append(box)
                yield day, escape(name), xanchor
                break


def _beside(at: float, wide: float, xanchor: XAnchor) -> Box:
    left = at + _BESIDE if xanchor == "left" else at - _BESIDE - wide
    return Box(left, 0, left + wide, LINE)
