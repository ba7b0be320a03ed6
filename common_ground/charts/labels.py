"""Names beside markers, placed so that none touches another name, a marker or a corner caption.

A chart is drawn once and shown at several widths, so a place counts only if it is free at the
narrowest and the widest plot. What finds no place stays without a name, or covers the least it can
where every name must be said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import pandas as pd

from common_ground.charts.template import FONT_SIZE

WIDTHS: Final = (720, 1090)  # plot width, px, on a 1280 and a 1920 screen
CHARACTER: Final = 0.5  # em; width of an average character of the font
LINE: Final = 19.0  # px; height of a name
GAP: Final = 5.0  # px between marker and name
LONGEST: Final = 30  # characters of a name
PARTS: Final = 40  # of a line that names keep off
LEFT_OUT: Final = 400.0  # px² that a name may cover rather than be said short

XAnchor = Literal["left", "center", "right"]
YAnchor = Literal["bottom", "middle", "top"]


@dataclass(frozen=True)
class Box:
    """A rectangle in px, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def touches(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def shared(self, other: "Box") -> float:
        """Area the two share, px², where they touch."""
        across = min(self.right, other.right) - max(self.left, other.left)
        return across * (min(self.top, other.top) - max(self.bottom, other.bottom))


@dataclass(frozen=True)
class Corner:
    """A caption in a corner of the plot; x and y are 0 or 1."""

    text: str
    side: Literal["sales", "shared", "product"]
    x: int
    y: int


CORNERS: Final = (
    Corner("sales pulls harder", "sales", 0, 1),
    Corner("both pull", "shared", 1, 1),
    Corner("product pulls harder", "product", 1, 0),
)


@dataclass(frozen=True)
class Marker:
    """A marker that may be named; x and y are shares of the plot, size is in px.

    Attributes:
        text: its name, lines joined by line feeds; "" for what is only in the way.
        short: said where `text` would cover much.
    """

    key: str
    x: float
    y: float
    size: float
    text: str = ""
    short: str = ""


@dataclass(frozen=True)
class Placed:
    """A name and where it stands relative to its marker, as Plotly's annotations take it."""

    key: str
    text: str
    xanchor: XAnchor
    yanchor: YAnchor
    xshift: float
    yshift: float


_PLACES: Final[tuple[tuple[XAnchor, YAnchor], ...]] = (
    ("left", "middle"),
    ("right", "middle"),
    ("center", "bottom"),
    ("center", "top"),
    ("left", "bottom"),
    ("left", "top"),
    ("right", "bottom"),
    ("right", "top"),
)


def shortened(text: str, most: int = LONGEST) -> str:
    """A name cut at a word, with an ellipsis, when it is too long for a chart."""
    if len(text) <= most:
        return text
    cut = text[:most].rsplit(" ", 1)[0].rstrip(" ,.;:…")
    return f"{cut}…"


def text_width(text: str) -> float:
    """Width of a name, px."""
    return len(text) * FONT_SIZE * CHARACTER


def moved_aside(along: pd.Series, sizes: pd.Series, room: float) -> pd.Series:
    """How far to move markers that stand on one line off it, so that they do not cover each other.

    Args:
        along: where each stands on the line, px.
        sizes: of the markers, px.
        room: px off the line that markers may use, half of it on each side.

    Returns:
        px off the line, 0 for as many as fit on it; in the order of `along`. Where even the
        room is full, a marker covers another one the least it can.
    """
    step = float(sizes.max()) if len(sizes) else 1.0
    most = int(room / 2 // step)
    steps = [0.0, *(sign * step * far for far in range(1, most + 1) for sign in (1, -1))]
    placed: list[tuple[float, float, float]] = []
    found = {}
    for index in along.sort_values(kind="stable").index:
        here, size = along[index], sizes[index]
        gaps = {
            off: min(
                (
                    max(abs(here - at), abs(off - away)) - (size + other) / 2
                    for at, away, other in placed
                ),
                default=0.0,
            )
            for off in steps
        }
        free = [off for off in steps if gaps[off] >= 0]
        found[index] = free[0] if free else max(steps, key=gaps.__getitem__)
        placed.append((here, found[index], size))
    return pd.Series(found, dtype=float).reindex(along.index)


def between(start: tuple[float, float], end: tuple[float, float]) -> list[Marker]:
    """What keeps names off a straight line; both ends as shares of the plot."""
    steps = [step / PARTS for step in range(1, PARTS)]
    return [
        Marker(
            f"line {step}",
            start[0] + step * (end[0] - start[0]),
            start[1] + step * (end[1] - start[1]),
            2,
        )
        for step in steps
    ]


def place(
    markers: Sequence[Marker],
    height: float,
    most: int | None = None,
    *,
    widths: Sequence[float] = WIDTHS,
    corners: Sequence[Corner] = CORNERS,
    names_all: bool = False,
) -> list[Placed]:
    """The names that fit, tried in the order of the markers.

    Args:
        markers: most important first; all of them are in the way, named or not.
        height: of the plot, px.
        most: how many of the first are tried; None for all.
        widths: of the plot, px; a place must be free at each.
        corners: captions in the corners of the plot.
        names_all: a name that fits nowhere stands where it covers least, and may be said short.
    """
    plots = [_Plot(width, height, _obstacles(markers, width, height, corners)) for width in widths]
    placed: list[Placed] = []
    for marker in markers[:most]:
        label = _free(marker, plots)
        if label is None and names_all:
            label = _least_covering(marker, plots)
        if label is not None:
            for plot in plots:
                plot.taken.append((f"name of {marker.key}", plot.box(marker, label)))
            placed.append(label)
    return placed


@dataclass
class _Plot:
    """A plot at one size, px, and what stands on it."""

    width: float
    height: float
    taken: list[tuple[str, Box]]

    def box(self, marker: Marker, label: Placed) -> Box:
        return _box(marker, label, self.width, self.height)

    def holds(self, marker: Marker, label: Placed) -> bool:
        box = self.box(marker, label)
        is_across = box.left >= 0 and box.right <= self.width
        return is_across and box.bottom >= 0 and box.top <= self.height

    def in_the_way(self, marker: Marker, label: Placed) -> Iterator[float]:
        """Areas the name would cover, px²; its own marker is no obstacle."""
        box = self.box(marker, label)
        for key, other in self.taken:
            if key != marker.key and box.touches(other):
                yield box.shared(other)


def _free(marker: Marker, plots: Sequence[_Plot]) -> Placed | None:
    """The first place that is free at every size."""
    for label in _round(marker, marker.text):
        if all(
            plot.holds(marker, label) and not any(plot.in_the_way(marker, label)) for plot in plots
        ):
            return label
    return None


def _least_covering(marker: Marker, plots: Sequence[_Plot]) -> Placed:
    """Where the name covers least, said short if that saves much; inside the plot if it can be."""
    names = [marker.text, *([marker.short] if marker.short else [])]
    labels = [
        replace(label, yshift=label.yshift + further)
        for name in names
        for further in (0.0, LINE, -LINE)
        for label in _round(marker, name)
    ]
    inside = [label for label in labels if all(plot.holds(marker, label) for plot in plots)]

    def cost(label: Placed) -> float:
        covered = sum(sum(plot.in_the_way(marker, label)) for plot in plots)
        return covered + (LEFT_OUT if label.text != marker.text else 0.0)

    return min(inside or labels, key=cost)


def _round(marker: Marker, name: str) -> list[Placed]:
    """The name at every place round the marker."""
    return [_beside(marker, name, *where) for where in _PLACES]


def _obstacles(
    markers: Sequence[Marker], width: float, height: float, corners: Sequence[Corner] = CORNERS
) -> list[tuple[str, Box]]:
    """Markers and corner captions at a plot width, each with what it belongs to."""
    captions = []
    for corner in corners:
        left = 0.0 if corner.x == 0 else width - text_width(corner.text)
        bottom = height - LINE if corner.y == 1 else 0.0
        box = Box(left, bottom, left + text_width(corner.text), bottom + LINE)
        captions.append((f"corner {corner.text}", box))
    return [*captions, *((marker.key, _marker_box(marker, width, height)) for marker in markers)]


def _marker_box(marker: Marker, width: float, height: float) -> Box:
    half = marker.size / 2 + 1
    x, y = marker.x * width, marker.y * height
    return Box(x - half, y - half, x + half, y + half)


def _beside(marker: Marker, name: str, xanchor: XAnchor, yanchor: YAnchor) -> Placed:
    """The name at one of the eight places round the marker."""
    straight = marker.size / 2 + GAP
    diagonal = marker.size / 2 * 0.7 + 2
    is_diagonal = xanchor != "center" and yanchor != "middle"
    away = diagonal if is_diagonal else straight
    xshift = {"left": away, "center": 0.0, "right": -away}[xanchor]
    yshift = {"bottom": away - GAP + 2, "middle": 0.0, "top": -(away - GAP + 2)}[yanchor]
    return Placed(marker.key, name, xanchor, yanchor, xshift, yshift)


def _box(marker: Marker, label: Placed, width: float, height: float) -> Box:
    x, y = marker.x * width + label.xshift, marker.y * height + label.yshift
    lines = label.text.split("\n")
    wide, high = max(map(text_width, lines)), LINE * len(lines)
    left = {"left": x, "center": x - wide / 2, "right": x - wide}[label.xanchor]
    bottom = {"bottom": y, "middle": y - high / 2, "top": y - high}[label.yanchor]
    return Box(left, bottom, left + wide, bottom + high)
