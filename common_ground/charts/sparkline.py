"""Twelve months as a small line without axes, with its target dashed, as an SVG picture."""

import base64
from collections.abc import Callable, Sequence
from typing import Final, Literal

from common_ground.charts.template import Theme, palette

_WIDTH: Final = 180
_HEIGHT: Final = 48
_EDGE: Final = 6  # px kept free round the line, so that the last point's dot is not cut


def line(
    values: Sequence[float | None],
    target: float | None,
    side: Literal["sales", "product", "shared"],
    theme: Theme,
) -> str:
    """A data: address of an SVG; st.html removes inline SVG, a picture it keeps.

    Args:
        values: oldest first; None leaves a gap.
        target: drawn dashed on the same scale; None for no target.
        side: whose colour.
        theme: light or dark.

    Returns:
        The address, or "" when fewer than two values are known: one point is no line.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    colours = palette(theme)
    colour = getattr(colours, side)
    scale = [*known, target] if target is not None else known
    low, high = min(scale), max(scale)
    down = (_HEIGHT - 2 * _EDGE) / (high - low) if high > low else 0.0

    def y(value: float) -> float:
        return _HEIGHT - _EDGE - (value - low) * down if down else _HEIGHT / 2

    drawn = _polylines(values, y, colour)
    dashes = (
        f'<line x1="{_EDGE}" x2="{_WIDTH - _EDGE}" y1="{y(target):.1f}" y2="{y(target):.1f}" '
        f'stroke="{colours.soft}" stroke-width="1.5" stroke-dasharray="4 3"/>'
        if target is not None
        else ""
    )
    return _picture(dashes + drawn + _dot(values, y, colour))


def against_all(part: Sequence[float | None], whole: Sequence[float | None], theme: Theme) -> str:
    """A data: address of an SVG with two lines of shares, both from 0 to 100 %.

    Args:
        part: shares of 0..1 of those looked at, oldest first, in the colour of usage; None leaves
            a gap.
        whole: the same of all, thinner and grey.
        theme: light or dark.

    Returns:
        The address, or "" when fewer than two shares of `whole` are known.
    """
    if sum(value is not None for value in whole) < 2:
        return ""
    colours = palette(theme)

    def y(value: float) -> float:
        return _HEIGHT - _EDGE - value * (_HEIGHT - 2 * _EDGE)

    return _picture(
        _polylines(whole, y, colours.soft, width=1.5)
        + _dot(whole, y, colours.soft, radius=3)
        + _polylines(part, y, colours.usage)
        + _dot(part, y, colours.usage)
    )


def _across(values: Sequence[float | None]) -> float:
    return (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)


def _polylines(
    values: Sequence[float | None], y: Callable[[float], float], colour: str, width: float = 2.5
) -> str:
    """The known values joined, with a gap where one is not known."""
    across = _across(values)
    runs: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_EDGE + place * across:.1f},{y(value):.1f}")
    return "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" '
        f'stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"/>'
        for run in runs
        if len(run) > 1
    )


def _dot(
    values: Sequence[float | None], y: Callable[[float], float], colour: str, radius: float = 4.5
) -> str:
    """A dot on the last known value; none where nothing is known."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        return ""
    place, value = known[-1]
    return (
        f'<circle cx="{_EDGE + place * _across(values):.1f}" cy="{y(value):.1f}" '
        f'r="{radius}" fill="{colour}"/>'
    )


def _picture(drawn: str) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{drawn}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
