"""The one look of every chart: colours, symbols, layout and axes, light and dark.

A colour names a side, never good or bad. The symbols say the same as the colours, so that a
chart still reads without them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

Theme = Literal["light", "dark"]

# No family whose unquoted name holds a digit: a browser drops the whole list for it.
FONT: Final = "Source Sans, Source Sans Pro, sans-serif"
FONT_SIZE: Final = 15  # px; nothing on a chart is smaller

# Plotly marker symbols; the word, the place and the symbol say the side without colour.
SALES: Final = "square"
PRODUCT: Final = "circle"
SHARED: Final = "diamond"
EXISTS: Final = "triangle-up"
DISAGREES: Final = "x-thin"

# Line widths, px.
MAIN_LINE: Final = 3.5
SECOND_LINE: Final = 2.0
TARGET_LINE: Final = 1.5

# Hatching says: rests on links no person has confirmed, or borderline.
UNCONFIRMED_PATTERN: Final = "/"

# What every st.plotly_chart and export passes on: no tools on the chart.
CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "scrollZoom": False, "showTips": False}


@dataclass(frozen=True)
class Palette:
    """Colours of one theme, as hex.

    Attributes:
        sales, product, shared, usage: the four sides of a number.
        ink, soft: text and second text.
        mute: shapes only (no deal, used capacity, cloud), never text.
        line, grid: rules and chart grid.
        page, card: backgrounds.
        zone: area that is good for both, drawn at ZONE_OPACITY.
    """

    sales: str
    product: str
    shared: str
    usage: str
    ink: str
    soft: str
    mute: str
    line: str
    grid: str
    page: str
    card: str
    zone: str


ZONE_OPACITY: Final = 0.5

_PALETTES: Final[dict[Theme, Palette]] = {
    "light": Palette(
        sales="#24316F",
        product="#9E420B",
        shared="#7B35C9",
        usage="#0A7E6A",
        ink="#161C24",
        soft="#4A5563",
        mute="#828D99",
        line="#D5DBE2",
        grid="#E6EAEE",
        page="#FFFFFF",
        card="#F4F6F8",
        zone="#EFE5F9",
    ),
    "dark": Palette(
        sales="#A0B9E4",
        product="#F0934A",
        shared="#B76CF0",
        usage="#5FE0AE",
        ink="#E9EDF2",
        soft="#A9B4C0",
        mute="#6E7A88",
        line="#36414D",
        grid="#262F39",
        page="#12171D",
        card="#1B222B",
        zone="#28244A",
    ),
}


def palette(theme: Theme) -> Palette:
    """Colours of a theme."""
    return _PALETTES[theme]


def with_opacity(colour: str, opacity: float) -> str:
    """A hex colour as rgba text, for pale bands and the shared zone.

    Args:
        colour: six-digit hex, such as #7B35C9.
        opacity: 0..1.
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def annotate(figure: go.Figure, notes: Iterable[dict[str, Any]]) -> None:
    """Write notes on a figure, all at once: one by one Plotly copies those before each time."""
    figure.layout.annotations = [*figure.layout.annotations, *notes]


def axis(theme: Theme, title: str | None = None, **more: object) -> dict[str, Any]:
    """An axis: 1 px grid, no zero line, no ticks, no axis line, not to be dragged.

    Give `tickvals` with `ticktext`, never a prefix or suffix: with explicit values Plotly 7.1
    draws neither.

    Args:
        theme: light or dark.
        title: what is measured, with its unit; None for no title.
        more: properties of a Plotly axis that replace these.
    """
    colours = palette(theme)
    look: dict[str, Any] = {
        "showgrid": True,
        "gridcolor": colours.grid,
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "automargin": True,
        "tickfont": {"size": FONT_SIZE, "color": colours.soft, "family": FONT},
    }
    if title is not None:
        look["title"] = {
            "text": title,
            "font": {"size": FONT_SIZE, "color": colours.soft, "family": FONT},
            "standoff": 8,
        }
    return look | more


def base_layout(theme: Theme, height: int, **more: object) -> dict[str, Any]:
    """Layout every chart starts from: `go.Figure(layout=base_layout(theme, 320))`.

    Transparent paper and plot, margins of 8, no legend, no drag, hover card in page colours, both
    axes as `axis` makes them. Show it with `theme=None` and `config=CONFIG`.

    Args:
        theme: light or dark.
        height: px.
        more: properties of a Plotly layout that replace these, such as
            `xaxis=axis(theme, "Accounts reached")`.
    """
    colours = palette(theme)
    look: dict[str, Any] = {
        "height": height,
        "font": {"family": FONT, "size": FONT_SIZE, "color": colours.ink},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": colours.page,
            "bordercolor": colours.line,
            "align": "left",
            "font": {"family": FONT, "size": FONT_SIZE, "color": colours.ink},
        },
        "xaxis": axis(theme),
        "yaxis": axis(theme),
    }
    return look | more
