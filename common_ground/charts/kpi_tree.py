"""Which KPI moves which, and which side moves it: causes below, results above.

Each KPI is a box with the symbol of its side, its name and its value; sales stands left, product
right. Place, symbol, word and colour say the side alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from common_ground.charts.kpi_layers import SIDES, Edge, Tree, arrange
from common_ground.charts.labels import LINE, XAnchor, text_width
from common_ground.charts.template import FONT_SIZE, Palette, Theme, axis, base_layout, palette
from common_ground.visible import visible

NARROWEST: Final = 1000  # px of the chart at which every text fits its box
LONGEST: Final = 28  # characters of a name
SYMBOLS: Final = {"sales": "■", "shared": "◆", "product": "●"}
_EDGE: Final = 8  # px round the chart
_WIDTH: Final = NARROWEST - 2 * _EDGE
_BETWEEN: Final = 20  # px between two boxes of a layer
_PADDING: Final = 8  # px between a box and its text
_GAP: Final = 44  # px between two layers, for the lines
_HEAD: Final = 28  # px above the layers, for the words of the sides
_LINE: Final = 1.5  # px
_CHOSEN_LINE: Final = 3.0  # px
_ARROW: Final = 11  # px
_SIGN: Final = 2  # characters of a symbol and the space after it
_TARGETS: Final = 5  # points along a box
_PLACES: Final[tuple[tuple[float, XAnchor], ...]] = (
    (_BETWEEN / 2, "left"),
    (_WIDTH / 2, "center"),
    (_WIDTH - _BETWEEN / 2, "right"),
)


@dataclass(frozen=True)
class _Box:
    """A KPI as it is drawn: its id, side, lines of text and full words."""

    kpi: str
    side: str
    lines: tuple[str, ...]
    words: str
    is_selected: bool


@dataclass(frozen=True)
class _Plan:
    """The tree in px from the top left corner of the plot, on the narrowest chart."""

    tree: Tree
    boxes: Mapping[str, _Box]
    wide: float
    high: float

    @property
    def height(self) -> float:
        layers = self.tree.layers * (self.high + _GAP) - _GAP
        return _HEAD + layers + _CHOSEN_LINE if self.boxes else LINE

    def x(self, key: str) -> float:
        """Middle of a spot."""
        return self.tree.across[key] / self.tree.width * _WIDTH

    def top(self, key: str) -> float:
        """Upper edge of the layer of a spot."""
        above = self.tree.layers - 1 - self.tree.spots[key].layer
        return _HEAD + above * (self.high + _GAP)


def draw(
    nodes: pd.DataFrame, edges: pd.DataFrame, theme: Theme, height: int | None = None
) -> go.Figure:
    """The KPIs and what moves them.

    Args:
        nodes: kpi, label, side ("sales", "shared" or "product"), value (as shown), is_selected.
            Each box has its kpi as customdata, so that a click can tell which it was.
        edges: from_kpi, to_kpi; the first moves the second.
        theme: light or dark.
        height: px; `height_of` unless given, and never less.

    Raises:
        ValueError: a KPI twice, an edge to a KPI that is not there, or edges in a circle.
    """
    colours = palette(theme)
    plan = _planned(nodes, edges)
    needed = _pixels(plan)
    axes = {
        "xaxis": axis(theme, range=[0, _WIDTH], showgrid=False, showticklabels=False),
        "yaxis": axis(theme, range=[plan.height, 0], showgrid=False, showticklabels=False),
    }
    layout = base_layout(theme, max(height or needed, needed), **axes)
    if not plan.boxes:
        return go.Figure(layout=layout)
    chosen = {box.kpi for box in plan.boxes.values() if box.is_selected}
    # Edges of the selected KPI last, so that they lie on top.
    edges_drawn = sorted(plan.tree.ways, key=lambda edge: bool(chosen & set(edge)))
    tints = [colours.ink if chosen & set(edge) else colours.mute for edge in edges_drawn]
    boxes = list(plan.boxes.values())
    layout["shapes"] = [
        *map(partial(_line, plan), edges_drawn, tints),
        *(_frame(plan, box, colours) for box in boxes),
    ]
    layout["annotations"] = [*_heads(colours), *(_text(plan, box, colours) for box in boxes)]
    return go.Figure(data=[_arrows(plan, edges_drawn, tints), _targets(plan)], layout=layout)


def height_of(nodes: pd.DataFrame, edges: pd.DataFrame) -> int:
    """The height a tree needs, px: it grows with its rows.

    Args:
        nodes: as for `draw`.
        edges: as for `draw`.

    Raises:
        ValueError: as `draw`.
    """
    return _pixels(_planned(nodes, edges))


def _pixels(plan: _Plan) -> int:
    return round(plan.height) + 2 * _EDGE


# ---- where everything stands


def _planned(nodes: pd.DataFrame, edges: pd.DataFrame) -> _Plan:
    if nodes["kpi"].duplicated().any():
        raise ValueError("A KPI stands in the tree once.")
    sides = dict(zip(nodes["kpi"], nodes["side"], strict=True))
    tree = arrange(sides, zip(edges["from_kpi"], edges["to_kpi"], strict=True))
    wide = _WIDTH / tree.width - _BETWEEN
    boxes = {
        kpi: _Box(kpi, side, _lines(label, value, wide), f"{label}: {value}", bool(is_selected))
        for kpi, side, label, value, is_selected in zip(
            nodes["kpi"],
            nodes["side"],
            nodes["label"].astype(str),
            nodes["value"].astype(str),
            nodes["is_selected"],
            strict=True,
        )
    }
    lines = max((len(box.lines) for box in boxes.values()), default=0)
    return _Plan(tree, boxes, wide, LINE * lines + _PADDING)


def _lines(label: str, value: str, wide: float) -> tuple[str, ...]:
    """Name and value in lines that fit a box; the symbol stands before the first."""
    most = int((wide - 2 * _PADDING) / text_width("x"))
    name = visible(label)
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
    # Kept free for the symbol and the space after it.
    first, *rest = wrap(short, most, initial_indent=" " * _SIGN, drop_whitespace=True) or [""]
    return (first.strip(), *rest, *wrap(visible(value), most))


# ---- drawing


def _heads(colours: Palette) -> list[dict[str, Any]]:
    """The word of each side over its place."""
    return [
        {
            "x": at,
            "y": 0,
            "xanchor": xanchor,
            "yanchor": "top",
            "text": f"{SYMBOLS[side]} {side.capitalize()}",
            "showarrow": False,
            "font": {"size": FONT_SIZE, "color": getattr(colours, side)},
        }
        for side, (at, xanchor) in zip(SIDES, _PLACES, strict=True)
    ]


def _line(plan: _Plan, edge: Edge, colour: str) -> dict[str, Any]:
    """A curve between two layers, straight up where it passes one."""
    way = plan.tree.ways[edge]
    parts = [f"M {plan.x(way[0].key):.1f},{plan.top(way[0].key):.1f}"]
    for start, end in pairwise(way):
        x0, x1 = plan.x(start.key), plan.x(end.key)
        y0, y1 = plan.top(start.key), plan.top(end.key) + plan.high
        half = (y0 + y1) / 2
        parts.append(f"C {x0:.1f},{half:.1f} {x1:.1f},{half:.1f} {x1:.1f},{y1:.1f}")
        if not end.is_kpi:
            parts.append(f"L {x1:.1f},{plan.top(end.key):.1f}")
    line = {"color": colour, "width": _LINE}
    return {"type": "path", "path": " ".join(parts), "layer": "below", "line": line}


def _arrows(plan: _Plan, edges: Sequence[Edge], tints: Sequence[str]) -> go.Scatter:
    """The heads of the lines, at the foot of the KPI that is moved."""
    return go.Scatter(
        x=[plan.x(end) for _, end in edges],
        y=[plan.top(end) + plan.high for _, end in edges],
        mode="markers",
        marker={"symbol": "arrow", "size": _ARROW, "color": tints},
        hoverinfo="skip",
        name="moves",
    )


def _frame(plan: _Plan, box: _Box, colours: Palette) -> dict[str, Any]:
    left, top = plan.x(box.kpi) - plan.wide / 2, plan.top(box.kpi)
    return {
        "type": "rect",
        "x0": left,
        "x1": left + plan.wide,
        "y0": top,
        "y1": top + plan.high,
        "layer": "below",
        "fillcolor": colours.card if box.is_selected else colours.page,
        "line": {
            "color": getattr(colours, box.side),
            "width": _CHOSEN_LINE if box.is_selected else _LINE,
        },
    }


def _text(plan: _Plan, box: _Box, colours: Palette) -> dict[str, Any]:
    sign = f'<span style="color:{getattr(colours, box.side)}">{SYMBOLS[box.side]}</span>'
    text = f"{sign} {'<br>'.join(map(escape, box.lines))}"
    return {
        "x": plan.x(box.kpi) - plan.wide / 2,
        "y": plan.top(box.kpi) + plan.high / 2,
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": _PADDING - 1,
        "text": f"<b>{text}</b>" if box.is_selected else text,
        "align": "left",
        "showarrow": False,
        "font": {"size": FONT_SIZE, "color": colours.ink},
    }


def _targets(plan: _Plan) -> go.Scatter:
    """What the pointer finds: unseen points along each box, with its name in full."""
    along = [(step + 0.5) / _TARGETS - 0.5 for step in range(_TARGETS)]
    points = [(box, part) for box in plan.boxes.values() for part in along]
    return go.Scatter(
        x=[plan.x(box.kpi) + part * plan.wide for box, part in points],
        y=[plan.top(box.kpi) + plan.high / 2 for box, _ in points],
        mode="markers",
        marker={"size": plan.high, "symbol": "square", "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[box.kpi for box, _ in points],
        hovertext=[
            f"{escape(visible(box.words))}<br>{SYMBOLS[box.side]} {box.side}" for box, _ in points
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        name="KPIs",
    )
