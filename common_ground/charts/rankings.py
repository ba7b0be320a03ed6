"""Places of items in every ranking: lines that cross are items the rankings disagree about."""

from html import escape
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from common_ground.analysis.rankings import LABELS, SCORES
from common_ground.charts import labels
from common_ground.charts.template import (
    FONT,
    FONT_SIZE,
    MAIN_LINE,
    SECOND_LINE,
    Palette,
    Theme,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.visible import visible

NAMED: Final = 5  # items with a line and a name of their own
_MANY: Final = 60  # lines from which each is paler
_HEIGHT: Final = 400
_HIGH: Final = 0.08  # share of the places from which a number stands under its point
_TOP, _BOTTOM = 34, 12


def draw(ranked: pd.DataFrame, theme: Theme) -> go.Figure:
    """Places of all items; the first few rows are named, the first one with its places.

    Args:
        ranked: as `rankings.rank`, largest spread first; at least one row.
        theme: light or dark.
    """
    colours = palette(theme)
    places = ranked[[f"{name}_rank" for name in SCORES]]
    last = int(places.to_numpy().max())
    figure = go.Figure(
        layout=base_layout(
            theme,
            _HEIGHT,
            margin={"l": 64, "r": 230, "t": _TOP, "b": _BOTTOM},
            xaxis=axis(
                theme,
                side="top",
                range=[-0.15, len(SCORES) - 0.9],
                showgrid=True,
                tickvals=list(range(len(SCORES))),
                ticktext=[LABELS[name] for name in SCORES],
            ),
            yaxis=axis(
                theme,
                range=[last + 0.6, 0.4],
                showgrid=False,
                automargin=False,
                tickvals=sorted({1, last}),
                ticktext=["1st" if place == 1 else f"{place}" for place in sorted({1, last})],
            ),
        )
    )
    _add_rest(figure, ranked.iloc[NAMED:], colours)
    named = ranked.head(NAMED)
    for place, row in reversed(list(enumerate(named.to_dict("records")))):
        _add_line(figure, row, place == 0, colours)
    _add_places(figure, named.iloc[0], last, colours)
    _add_names(figure, named, last, colours)
    return figure


def _add_rest(figure: go.Figure, rest: pd.DataFrame, colours: Palette) -> None:
    """All other items as one pale trace; a gap parts one from the next."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row in rest.to_dict("records"):
        x += [*range(len(SCORES)), None]
        y += [*(row[f"{name}_rank"] for name in SCORES), None]
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        hoverinfo="skip",
        line={"color": with_opacity(colours.line, 1 if len(rest) <= _MANY else 0.3), "width": 1},
    )


def _add_line(figure: go.Figure, row: dict[Any, Any], is_first: bool, colours: Palette) -> None:
    places = [row[f"{name}_rank"] for name in SCORES]
    colour = colours.ink if is_first else colours.mute
    title = escape(visible(str(row["title"])))
    figure.add_scatter(
        x=list(range(len(SCORES))),
        y=places,
        mode="lines+markers",
        hovertext=[
            f"<b>{title}</b><br>{LABELS[name]}: place {place}"
            for name, place in zip(SCORES, places, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        line={"color": colour, "width": MAIN_LINE if is_first else SECOND_LINE},
        marker={"size": 9 if is_first else 7, "color": colour},
        cliponaxis=False,
    )


def _add_places(figure: go.Figure, first: pd.Series, last: int, colours: Palette) -> None:
    """The places of the first item beside its points, on the page's colour; none on the heads."""
    for at, name in enumerate(SCORES):
        place = int(first[f"{name}_rank"])
        is_high = place <= 1 + last * _HIGH
        figure.add_annotation(
            x=at,
            y=place,
            yanchor="top" if is_high else "bottom",
            yshift=-8 if is_high else 8,
            text=f"<b>{place}</b>",
            showarrow=False,
            bgcolor=colours.page,
            borderpad=1,
            font={"family": FONT, "size": FONT_SIZE, "color": colours.ink},
        )


def _add_names(figure: go.Figure, named: pd.DataFrame, last: int, colours: Palette) -> None:
    """Names at the right ends, moved apart so that none covers another."""
    deep = _HEIGHT - _TOP - _BOTTOM
    ordered = named.assign(end=named[f"{SCORES[-1]}_rank"]).sort_values(
        ["end", "title"], kind="stable"
    )
    wanted = [(end - 0.4) / (last + 0.2) * deep for end in ordered["end"]]
    for (index, row), down in zip(ordered.iterrows(), _apart(wanted, deep), strict=True):
        is_first = index == named.index[0]
        text = escape(visible(labels.shortened(str(row["title"]))))
        figure.add_annotation(
            xref="paper",
            yref="paper",
            x=1,
            y=1 - down / deep,
            xanchor="left",
            yanchor="middle",
            text=f"<b>{text}</b>" if is_first else text,
            showarrow=False,
            font={
                "family": FONT,
                "size": FONT_SIZE,
                "color": colours.ink if is_first else colours.soft,
            },
        )


def _apart(wanted: list[float], deep: float) -> list[float]:
    """The same heights, at least a line of text from one to the next and inside the plot."""
    step = labels.LINE
    placed: list[float] = []
    for down in wanted:
        placed.append(max(down, placed[-1] + step if placed else step / 2))
    for place in range(len(placed) - 1, -1, -1):
        below = placed[place + 1] - step if place + 1 < len(placed) else deep - step / 2
        placed[place] = min(placed[place], below)
    return placed
