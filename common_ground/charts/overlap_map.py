"""The overlap map: sales pull upwards, product pull to the right, class by colour and symbol.

A full map stays readable: its markers are smaller, and weak pulls are faint and without a name.
"""

from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from common_ground.analysis.overlap import LABELS
from common_ground.charts import format, labels
from common_ground.charts.template import (
    CONFIG,
    DISAGREES,
    EXISTS,
    FONT,
    FONT_SIZE,
    PRODUCT,
    SALES,
    SHARED,
    ZONE_OPACITY,
    Palette,
    Theme,
    annotate,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.visible import visible

__all__ = ["CONFIG", "OverlapMap", "class_colour", "draw"]

SYMBOLS: Final = {
    "both": SHARED,
    "only_sales": SALES,
    "only_product": PRODUCT,
    "exists": EXISTS,
    "usage_disagrees": DISAGREES,
}
SMALLEST, LARGEST = 11.0, 25.0  # marker size, px
NO_EFFORT: Final = 12.0  # size of what has no estimate
HOLLOW_FROM: Final = 0.5  # share of the money on unconfirmed links
EDGE: Final = 0.06  # room beyond the outermost marker, as a share of the scale
LANE: Final = 0.15  # room for what reaches or touches nothing, as a share of the scale
MANY: Final = 120  # from here on markers shrink, and those beyond the strongest so many are faint
SHRINK: Final = 0.55  # size of a marker on the fullest map, against one on a map that is not full
FAINT: Final = 0.35  # opacity of a weak pull on a full map
RING: Final = 16.0  # px by which the ring is wider than the marker it is round

# How much wider than its size Plotly draws a symbol.
_DRAWN: Final = {SHARED: 1.4, EXISTS: 1.2, DISAGREES: 1.4, SALES: 1.0, PRODUCT: 1.0}

_MARGIN: Final = {"l": 72, "r": 12, "t": 10, "b": 58}
_NICE: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_TICKS: Final = 6  # at most, besides the one at zero


@dataclass(frozen=True)
class OverlapMap:
    """The figure, and how many of its markers carry their name."""

    figure: go.Figure
    named: int
    drawn: int


def draw(
    items: pd.DataFrame,
    theme: Theme,
    currency: str,
    *,
    selected: str | None = None,
    median_reach: float | None = None,
    height: int = 600,
) -> OverlapMap:
    """The map of everything that is asked for, planned or rated.

    Square-root scales, with a line of its own for nothing. The points carry item_id as
    `customdata`, for a click.

    Args:
        items: one row per thing: item_id, title, class, touched (workspace currency), reach
            (accounts, weighted), effort (person-weeks; null: no estimate), unconfirmed_share
            (0..1), reason.
        theme: light or dark.
        currency: ISO code.
        selected: item_id to ring and name first.
        median_reach: where the zone of both pulls begins; None draws no zone.
        height: px.
    """
    colours = palette(theme)
    points = _points(items)
    x_top, y_top = _top(points["x"]), _top(points["y"])
    x_range, y_range = ((-LANE * top, top * (1 + EDGE)) for top in (x_top, y_top))
    points = _apart(points, x_range, y_range, height)
    figure = go.Figure(
        layout=base_layout(
            theme,
            height,
            margin=_MARGIN,
            clickmode="event+select",
            xaxis=_scale(theme, "Product pull: accounts reached, weighted", x_top, x_range, False)
            | {"ticktext": [format.count(v) if v else "none" for v in _ticks(x_top)]},
            yaxis=_scale(theme, "Sales pull: money of all deals that ask", y_top, y_range, True)
            | {
                "ticktext": [
                    format.money_short(v, currency) if v else "none" for v in _ticks(y_top)
                ]
            },
        )
    )
    if median_reach is not None:
        _add_zone(figure, points, median_reach, x_range, y_range, colours)
    for faint in (True, False):
        for name in LABELS:
            own = points.loc[(points["class"] == name) & (points["is_faint"] == faint)]
            if len(own) or not faint:
                _add_class(figure, own, name, currency, colours, FAINT if faint else 1.0)
    if selected in set(points["item_id"]):
        _add_ring(figure, points.loc[points["item_id"] == selected], colours)
    placed = _place(points, selected, x_range, y_range, height)
    names = [_annotation(label, points, selected, colours) for label in placed]
    annotate(figure, [*names, *_corners(colours)])
    return OverlapMap(figure, len(placed), len(points))


def _points(items: pd.DataFrame) -> pd.DataFrame:
    """Where each thing stands, how large and how strong it is."""
    effort = pd.to_numeric(items["effort"]).astype(float)
    largest = effort.max() if effort.notna().any() else 1.0
    size = SMALLEST + (LARGEST - SMALLEST) * (effort / max(largest, 1e-9)) ** 0.5
    x = items["reach"].clip(lower=0).astype(float) ** 0.5
    y = items["touched"].clip(lower=0).astype(float) ** 0.5
    pull = x / max(x.max(), 1e-9) + y / max(y.max(), 1e-9)
    points = items.assign(x=x, y=y, size=size.fillna(NO_EFFORT), pull=pull)
    points = points.sort_values(["pull", "title"], ascending=[False, True], ignore_index=True)
    small = max((MANY / max(len(points), 1)) ** 0.5, SHRINK)
    return points.assign(size=points["size"] * min(small, 1.0), is_faint=points.index >= MANY)


def _apart(
    points: pd.DataFrame, x_range: tuple[float, float], y_range: tuple[float, float], height: int
) -> pd.DataFrame:
    """Markers on the lines for nothing moved aside, within their lane, so that each is seen."""
    deep = height - _MARGIN["t"] - _MARGIN["b"]
    across = (x_range[1] - x_range[0]) / labels.WIDTHS[0]
    along = (y_range[1] - y_range[0]) / deep
    moved = points.copy()
    room = LANE / (1 + LANE + EDGE) * 0.8
    on_left = points["x"] == 0
    moved.loc[on_left, "x"] = (
        labels.moved_aside(
            points.loc[on_left, "y"] / along, points.loc[on_left, "size"], room * 720
        )
        * across
    )
    on_floor = points["y"] == 0
    moved.loc[on_floor, "y"] = (
        labels.moved_aside(
            points.loc[on_floor, "x"] / across, points.loc[on_floor, "size"], room * deep
        )
        * along
    )
    return moved


def _top(column: pd.Series) -> float:
    highest = column.max() if len(column) else 0.0
    return float(highest) if highest > 0 else 1.0


def _ticks(top: float) -> list[float]:
    """Round values whose square roots are spread evenly, zero first."""
    found = [0.0]
    for step in range(1, _TICKS + 1):
        value = (top * step / _TICKS) ** 2
        power = 10.0 ** len(str(int(value))[1:])
        nice = min(_NICE, key=lambda part: abs(part * power - value)) * power
        if nice > found[-1] and nice >= 1 and nice**0.5 <= top * (1 + EDGE):
            found.append(nice)
    return found


def _scale(
    theme: Theme, title: str, top: float, span: tuple[float, float], is_grid: bool
) -> dict[str, Any]:
    return axis(
        theme,
        title,
        range=list(span),
        tickvals=[value**0.5 for value in _ticks(top)],
        showgrid=is_grid,
        automargin=False,
    )


def _add_zone(
    figure: go.Figure,
    points: pd.DataFrame,
    median_reach: float,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    colours: Palette,
) -> None:
    """Both pull: right of product's median, above the median of what is asked with money."""
    asked = points.loc[points["touched"] > 0, "touched"]
    if asked.empty:
        return
    figure.add_shape(
        type="rect",
        x0=median_reach**0.5,
        x1=x_range[1],
        y0=float(asked.median()) ** 0.5,
        y1=y_range[1],
        layer="below",
        line_width=0,
        fillcolor=with_opacity(colours.zone, ZONE_OPACITY),
    )


def class_colour(name: str, colours: Palette) -> str:
    """The colour of a class: the side's, shared, or usage."""
    by_class = {
        "both": colours.shared,
        "only_sales": colours.sales,
        "only_product": colours.product,
    }
    return by_class.get(name, colours.usage)


def _add_class(
    figure: go.Figure,
    points: pd.DataFrame,
    name: str,
    currency: str,
    colours: Palette,
    opacity: float,
) -> None:
    """One trace a class; hollow or thin where most of the money is unconfirmed."""
    # In the colour, not the marker's opacity: a click sets that of all markers to one.
    colour = class_colour(name, colours)
    colour = colour if opacity == 1 else with_opacity(colour, opacity)
    hollow = points["unconfirmed_share"] > HOLLOW_FROM
    is_cross = name == "usage_disagrees"
    symbols = [
        f"{SYMBOLS[name]}-open" if is_hollow and not is_cross else SYMBOLS[name]
        for is_hollow in hollow
    ]
    # A cross is drawn by its line alone; an edge in page colour keeps other markers apart.
    widths = [1.2 if is_hollow else 3.0 for is_hollow in hollow] if is_cross else 1.5
    figure.add_scatter(
        x=points["x"],
        y=points["y"],
        mode="markers",
        name=LABELS[name],
        customdata=points["item_id"].tolist(),
        text=[_hover(point, currency) for point in points.to_dict("records")],
        hovertemplate="%{text}<extra></extra>",
        marker={
            "symbol": symbols,
            "size": points["size"],
            "color": colour,
            "opacity": 1,
            "line": {"width": widths, "color": colour if is_cross else colours.page},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
    )


def _hover(point: dict[Any, Any], currency: str) -> str:
    weeks = "" if pd.isna(point["effort"]) else f", {format.count(point['effort'], 1)} weeks"
    return (
        f"<b>{escape(visible(str(point['title'])))}</b><br>{LABELS[point['class']]}<br>"
        f"{format.money_short(point['touched'], currency)} touched, "
        f"{format.count(point['reach'])} accounts reached{weeks}<br>"
        f"{format.share(point['unconfirmed_share'])} of the money on unconfirmed links"
    )


def _add_ring(figure: go.Figure, chosen: pd.DataFrame, colours: Palette) -> None:
    figure.add_scatter(
        x=chosen["x"],
        y=chosen["y"],
        mode="markers",
        hoverinfo="skip",
        marker={
            "symbol": "circle-open",
            "size": chosen["size"] * [_DRAWN[SYMBOLS[name]] for name in chosen["class"]] + RING,
            "color": colours.ink,
            "line": {"width": 2, "color": colours.ink},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
    )


def _place(
    points: pd.DataFrame,
    selected: str | None,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    height: int,
) -> list[labels.Placed]:
    """Names that fit at both plot widths, the selected thing first, then the strongest pull."""
    deep = height - _MARGIN["t"] - _MARGIN["b"]
    markers = [
        labels.Marker(
            key=point["item_id"],
            text=labels.shortened(str(point["title"])),
            x=(point["x"] - x_range[0]) / (x_range[1] - x_range[0]),
            y=(point["y"] - y_range[0]) / (y_range[1] - y_range[0]),
            size=point["size"] * _DRAWN[SYMBOLS[point["class"]]]
            + (RING if point["item_id"] == selected else 2),
        )
        for point in points.to_dict("records")
    ]
    markers.sort(key=lambda marker: marker.key != selected)
    return labels.place(markers, deep, MANY)


def _annotation(
    label: labels.Placed, points: pd.DataFrame, selected: str | None, colours: Palette
) -> dict[str, Any]:
    point = points.loc[points["item_id"] == label.key].iloc[0]
    text = escape(visible(label.text))
    return {
        "x": point["x"],
        "y": point["y"],
        "text": f"<b>{text}</b>" if label.key == selected else text,
        "showarrow": False,
        "xanchor": label.xanchor,
        "yanchor": label.yanchor,
        "xshift": label.xshift,
        "yshift": label.yshift,
        "borderpad": 0,
        "font": {"family": FONT, "size": FONT_SIZE, "color": colours.ink},
    }


def _corners(colours: Palette) -> list[dict[str, Any]]:
    """Who pulls harder, in the corners that say so."""
    side = {"sales": colours.sales, "shared": colours.shared, "product": colours.product}
    return [
        {
            "xref": "paper",
            "yref": "paper",
            "x": corner.x,
            "y": corner.y,
            "xanchor": "left" if corner.x == 0 else "right",
            "yanchor": "top" if corner.y == 1 else "bottom",
            "text": corner.text,
            "showarrow": False,
            "borderpad": 0,
            "xshift": labels.GAP if corner.x == 0 else -labels.GAP,
            "font": {"family": FONT, "size": FONT_SIZE, "color": side[corner.side]},
        }
        for corner in labels.CORNERS
    ]
