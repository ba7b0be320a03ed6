"""Where the KPIs of a tree stand: causes below, results above, sales left and product right.

A line that passes a layer has a place of its own there, so that it never runs through a KPI.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import combinations, pairwise
from typing import Final

SIDES: Final = ("sales", "shared", "product")  # from left to right
MOST: Final = 5  # KPIs in a layer, so that their names can be read; the width is never less
PASSING: Final = 0.12  # width of a line that passes, where a KPI has 1
_SWEEPS: Final = 8  # over all layers, up and down in turn

Edge = tuple[str, str]


@dataclass(frozen=True)
class Spot:
    """A place in a layer.

    Attributes:
        key: a KPI, or the lines from one KPI that pass, as "from > layer".
        layer: counted from the lowest, 0.
        side: place of its side in SIDES.
        is_kpi: false for lines that pass.
    """

    key: str
    layer: int
    side: int
    is_kpi: bool

    @property
    def width(self) -> float:
        """How much of a layer it takes."""
        return 1.0 if self.is_kpi else PASSING


Layer = Sequence[Spot]


@dataclass(frozen=True)
class Tree:
    """Where everything stands.

    Attributes:
        spots: by key.
        across: middle of each spot from the left, in widths of a KPI.
        width: of all.
        layers: how many.
        ways: the spots each edge goes through, from cause to result.
    """

    spots: Mapping[str, Spot]
    across: Mapping[str, float]
    width: float
    layers: int
    ways: Mapping[Edge, tuple[Spot, ...]]


def arrange(sides: Mapping[str, str], edges: Iterable[Edge]) -> Tree:
    """Layers and the order in them; the same for the same input.

    Args:
        sides: KPI to side, in the order in which they stand where nothing else decides.
        edges: from the KPI that moves another to that other.

    Raises:
        ValueError: the edges run in a circle, or name a KPI that is not there.
    """
    known = list(dict.fromkeys(edges))
    strange = sorted({kpi for edge in known for kpi in edge} - set(sides))
    if strange:
        raise ValueError(f"The edges name KPIs that are not there: {', '.join(strange)}.")
    layer = _layers(sides, known)
    spots = {kpi: Spot(kpi, layer[kpi], SIDES.index(side), True) for kpi, side in sides.items()}
    ways = {edge: _way(spots[edge[0]], spots[edge[1]]) for edge in known}
    spots |= {spot.key: spot for way in ways.values() for spot in way}
    ordered = _ordered(spots.values(), ways.values())
    across, width = _across(ordered)
    return Tree(spots, across, width, len(ordered), ways)


def _layers(kpis: Iterable[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The layer of each KPI: above all that move it, as near as can be to what it moves."""
    causes: dict[str, list[str]] = {kpi: [] for kpi in kpis}
    results: dict[str, list[str]] = {kpi: [] for kpi in causes}
    for start, end in edges:
        causes[end].append(start)
        results[start].append(end)
    try:
        order = list(TopologicalSorter(causes).static_order())
    except CycleError as error:
        circle = " > ".join(error.args[1])
        raise ValueError(f"The KPIs move each other in a circle: {circle}.") from error
    wanted: dict[str, int] = {}
    for kpi in order:
        wanted[kpi] = max((wanted[cause] + 1 for cause in causes[kpi]), default=0)
    for kpi in reversed(order):
        wanted[kpi] = min((wanted[result] - 1 for result in results[kpi]), default=wanted[kpi])
    return _limited(sorted(causes, key=wanted.__getitem__), wanted, causes)


def _limited(
    order: Iterable[str], wanted: Mapping[str, int], causes: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """Layers of at most MOST KPIs; what finds no room goes further up.

    Args:
        order: KPIs, each after all that move it.
        wanted: the layer of each if there were room.
        causes: KPI to those that move it.
    """
    found: dict[str, int] = {}
    taken: dict[int, int] = {}
    for kpi in order:
        layer = max([wanted[kpi], *(found[cause] + 1 for cause in causes[kpi])])
        while taken.get(layer, 0) >= MOST:
            layer += 1
        found[kpi] = layer
        taken[layer] = taken.get(layer, 0) + 1
    return found


def _way(start: Spot, end: Spot) -> tuple[Spot, ...]:
    """From cause to result; lines from one KPI share their places in the layers they pass."""
    passed = (
        Spot(f"{start.key} > {layer}", layer, start.side, False)
        for layer in range(start.layer + 1, end.layer)
    )
    return (start, *passed, end)


# ---- order inside the layers


def _ordered(spots: Iterable[Spot], ways: Iterable[Sequence[Spot]]) -> list[Layer]:
    """Layers whose spots stand, inside their side, near the mean of what they are joined to."""
    every = list(spots)
    steps = list(dict.fromkeys((a.key, b.key) for way in ways for a, b in pairwise(way)))
    joins = [
        {spot.key: [a for a, b in steps if b == spot.key] for spot in every},
        {spot.key: [b for a, b in steps if a == spot.key] for spot in every},
    ]
    count = max((spot.layer for spot in every), default=-1) + 1
    layers: list[Layer] = [
        sorted((spot for spot in every if spot.layer == place), key=lambda spot: spot.side)
        for place in range(count)
    ]
    best, fewest = list(layers), crossings(layers, steps)
    for sweep in range(_SWEEPS):
        upward = range(count)
        for place in upward if sweep % 2 == 0 else reversed(upward):
            layers[place] = _by_mean(layers[place], joins[sweep % 2], _across(layers)[0])
        found = crossings(layers, steps)
        if found < fewest:
            best, fewest = list(layers), found
    return best


def _by_mean(
    layer: Layer, joined: Mapping[str, Sequence[str]], across: Mapping[str, float]
) -> Layer:
    """A layer by side, then by the mean place of what each spot is joined to."""

    def key(spot: Spot) -> tuple[int, float]:
        others = [across[other] for other in joined[spot.key]] or [across[spot.key]]
        return spot.side, sum(others) / len(others)

    return sorted(layer, key=key)


def crossings(layers: Sequence[Layer], steps: Iterable[Edge]) -> int:
    """How many lines between neighbouring layers cross.

    Args:
        layers: from the lowest, each from left to right.
        steps: pairs of keys, the lower one first.
    """
    across, _ = _across(layers)
    above = {spot.key: spot.layer for layer in layers for spot in layer}
    between: dict[int, list[tuple[float, float]]] = {}
    for low, high in steps:
        between.setdefault(above[high], []).append((across[low], across[high]))
    return sum(
        (low - other_low) * (high - other_high) < 0
        for lines in between.values()
        for (low, high), (other_low, other_high) in combinations(lines, 2)
    )


def _across(layers: Sequence[Layer]) -> tuple[dict[str, float], float]:
    """The middle of each spot and the width of all: sales from the left edge, product to the right.

    What is shared stands in the middle, or as near as sales and product leave room.
    """
    width = max([float(MOST), *map(_wide, layers)])
    found: dict[str, float] = {}
    for layer in layers:
        sales, shared, product = (
            [spot for spot in layer if spot.side == side] for side in range(len(SIDES))
        )
        right = width - _wide(product)
        middle = min(max((width - _wide(shared)) / 2, _wide(sales)), right - _wide(shared))
        for group, start in ((sales, 0.0), (shared, middle), (product, right)):
            at = start
            for spot in group:
                found[spot.key] = at + spot.width / 2
                at += spot.width
    return found, width


def _wide(spots: Layer) -> float:
    return sum(spot.width for spot in spots)
