"""Twelve months as a small line without axes, with its target dashed, as an SVG picture."""

import base64
from collections.abc import Sequence
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
    across = (_WIDTH - 2 * _EDGE) / (len(values) - 1)
    down = (_HEIGHT - 2 * _EDGE) / (high - low) if high > low else 0.0

    def y(value: float) -> float:
        return _HEIGHT - _EDGE - (value - low) * down if down else _HEIGHT / 2

    runs: list[list[str]] = [[]]
    end = (0.0, 0.0)
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        end = (_EDGE + place * across, y(value))
        runs[-1].append(f"{end[0]:.1f},{end[1]:.1f}")
    drawn = "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="2.5" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        for run in runs
        if len(run) > 1
    )
    dashes = (
        f'<line x1="{_EDGE}" x2="{_WIDTH - _EDGE}" y1="{y(target):.1f}" y2="{y(target):.1f}" '
        f'stroke="{colours.soft}" stroke-width="1.5" stroke-dasharray="4 3"/>'
        if target is not None
        else ""
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{dashes}{drawn}'
        f'<circle cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="4.5" fill="{colour}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
