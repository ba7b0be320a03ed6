"""The figure of a Bars description: solid where persons confirmed, hatched where nobody has."""

from typing import Final

import plotly.graph_objects as go

from common_ground.charts.template import axis, base_layout, palette
from common_ground.pack.slides import Bar, Bars, Mark

_ROW_PX: Final = 84
_GAP: Final = 0.62  # of a row that is not bar
_LEAN: Final = 0.05  # of the axis: how far a line of the hatching leans over the height of a bar
_STEP: Final = 0.015  # of the axis, between two lines
_ROOM_A_SIGN: Final = 0.03  # of the longest bar, for each sign of a value written at its end


def colour(mark: Mark) -> str:
    """The colour of a side on paper, as hex."""
    light = palette("light")
    return {
        "sales": light.sales,
        "product": light.product,
        "shared": light.shared,
        "exists": light.usage,
        "disagrees": light.usage,
    }.get(mark, light.ink)


def figure(chart: Bars, symbols: dict[Mark, str]) -> go.Figure:
    """Horizontal bars, first on top, each with its words left and its value at the end.

    Args:
        chart: what to draw.
        symbols: the sign written before the label of each side.
    """
    light = palette("light")
    positions = list(range(len(chart.bars)))
    colours = [colour(bar.mark) for bar in chart.bars]
    drawn = go.Figure(
        layout=base_layout(
            "light",
            _ROW_PX * len(chart.bars),
            barmode="stack",
            bargap=_GAP,
            xaxis=axis("light", showgrid=False, showticklabels=False, rangemode="tozero"),
            yaxis=axis("light", showgrid=False, showticklabels=False, autorange="reversed"),
            hovermode=False,
        )
    )
    drawn.add_bar(
        y=positions,
        x=[bar.confirmed for bar in chart.bars],
        orientation="h",
        name="confirmed",
        marker={"color": colours},
    )
    drawn.add_bar(
        y=positions,
        x=[bar.unconfirmed for bar in chart.bars],
        orientation="h",
        name="unconfirmed",
        marker={
            "color": light.page,
            "line": {
                "color": colours,
                # An edge round nothing would look like a little something.
                "width": [1.5 if bar.unconfirmed else 0 for bar in chart.bars],
            },
        },
    )
    longest = max((bar.confirmed + bar.unconfirmed for bar in chart.bars), default=0) or 1
    signs = max((len(bar.shown) for bar in chart.bars), default=0)
    span = longest * (1 + _ROOM_A_SIGN * max(6, signs))
    drawn.update_xaxes(range=[0, span])
    # Lines, not a fill pattern: the browser would put that into a PDF as a picture of megabytes.
    for position, bar in zip(positions, chart.bars, strict=True):
        x, y = _hatching(bar, position, span)
        drawn.add_scatter(
            x=x, y=y, mode="lines", line={"color": colour(bar.mark), "width": 1.4}, name="hatching"
        )
    for position, bar in zip(positions, chart.bars, strict=True):
        for note in _words(bar, position, symbols):
            drawn.add_annotation(note)
    drawn.update_layout(margin={"l": 240, "r": 8, "t": 8, "b": 8})
    return drawn


def _hatching(bar: Bar, position: int, span: float) -> tuple[list[float | None], ...]:
    """Slanted lines over the unconfirmed part, cut at its edges.

    Args:
        bar: the bar.
        position: its place on the y axis, which runs downwards.
        span: of the x axis.

    Returns:
        x and y of the lines, None between two of them.
    """
    start, end = bar.confirmed, bar.confirmed + bar.unconfirmed
    high, lean, step = (1 - _GAP) / 2, span * _LEAN, span * _STEP
    x: list[float | None] = []
    y: list[float | None] = []
    for number in range(1, int((end - start + lean) / step) + 1):
        foot = start - lean + number * step
        left, right = max(foot, start), min(foot + lean, end)
        if right <= left:
            continue
        x += [left, right, None]
        y += [position + high - 2 * high * (at - foot) / lean for at in (left, right)]
        y.append(None)
    return x, y


def _words(bar: Bar, position: int, symbols: dict[Mark, str]) -> list[dict[str, object]]:
    """Label left of the bar, note under it, value at its end."""
    light = palette("light")
    common: dict[str, object] = {"showarrow": False, "yref": "y", "y": position}
    left = common | {"xref": "paper", "x": 0, "xanchor": "left", "xshift": -237, "align": "left"}
    sign = f'<span style="color:{colour(bar.mark)}">{symbols[bar.mark]}</span>'
    return [
        left | {"text": sign, "yshift": 10, "font": {"size": 18}},
        left
        | {
            "text": f"<b>{plain(bar.label)}</b>",
            "xshift": -215,
            "yshift": 10,
            "font": {"size": 18},
        },
        left
        | {
            "text": plain(bar.note),
            "xshift": -215,
            "yshift": -12,
            "font": {"size": 15, "color": light.soft},
        },
        common
        | {
            "xref": "x",
            "x": bar.confirmed + bar.unconfirmed,
            "xanchor": "left",
            "xshift": 8,
            "text": f"<b>{plain(bar.shown)}</b>",
            "font": {"size": 19},
        },
    ]


def plain(text: str) -> str:
    """Text that Plotly does not read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
