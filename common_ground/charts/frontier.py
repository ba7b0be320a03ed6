"""The frontier: plans worth talking about, no deal, the compromise, each side's own best.

The line is drawn once it is complete: between its ends alone it would claim too much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import ceil, log10
from typing import Any, Final

import plotly.graph_objects as go

from common_ground.analysis import nash
from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.plans import Plan
from common_ground.charts import format, labels
from common_ground.charts.template import (
    PRODUCT,
    SALES,
    SECOND_LINE,
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

BETTER: Final = "better for both than no deal"
TITLES_SHOWN: Final = 9  # items named in a hover card; the rest is counted
TICKS: Final = 5
ROOM: Final = 0.1  # of the range, on each side of the outermost plan
RING: Final = 30  # px round the plan shown
WIDTHS: Final = (520, 820)  # plot width, px, on a 1280 and a 1920 screen
EDGES: Final = 56  # px of the height above and below the plot
CAPTION_ROOM: Final = 0.13  # of the range, for the caption of the zone


@dataclass(frozen=True)
class _Named:
    """A plan the page names.

    Attributes:
        also: names of other plans that are the same one.
        has_worth: whether its label says what it is worth.
    """

    name: str
    plan: Plan
    colour: str
    symbol: str
    size: int
    also: tuple[str, ...] = ()
    has_worth: bool = True


def draw(
    found: Compromise,
    titles: Mapping[str, str],
    currency: str,
    theme: Theme,
    cloud: Sequence[Plan] = (),
    height: int = 340,
    has_line: bool = True,
    selected: Plan | None = None,
) -> go.Figure:
    """Money up, accounts to the right; the line is what no plan inside capacity can beat.

    Args:
        found: plans and frontier; hovering a plan tells what is in it. Its items are the second
            part of its point's `customdata`, joined by line feeds, for a click.
        titles: title by item id, for every item of every plan.
        currency: ISO code.
        theme: light or dark.
        cloud: other plans, drawn pale.
        height: px.
        has_line: False while only the ends of the frontier are known.
        selected: the plan the page shows, ringed.
    """
    colours = palette(theme)
    plans = [*_named_plans(found), *found.frontier.plans, *cloud]
    across, up = _range([p.accounts for p in plans]), _range([float(p.sales) for p in plans])
    # A line of text above the highest plan, for what the zone means
    up = (up[0], up[1] + CAPTION_ROOM * (up[1] - up[0]))
    figure = go.Figure(layout=_layout(theme, height, across, up, currency))
    if found.trade:
        _add_zone(figure, found, across, up, colours)
    figure.add_trace(_cloud(cloud, colours))
    if has_line:
        figure.add_trace(_staircase(found, titles, currency, colours))
    if selected is not None:
        figure.add_trace(_ring(selected, colours))
    if found.trade:
        figure.add_trace(_gain(found, colours))
    points = _points(found, colours)
    for point in reversed(points):
        figure.add_trace(_point(point, titles, currency, colours))
    placed = _placed(points, found, has_line, currency, across, up, height)
    annotate(figure, [_annotation(label, points[int(label.key)], colours) for label in placed])
    return figure


def describe(found: Compromise, currency: str, has_line: bool = True) -> str:
    """The chart in words, for those who cannot see it."""
    parts = []
    if has_line:
        parts.append(f"{len(found.frontier.plans)} plans that no other plan beats for both sides.")
    for name, plan in (
        ("No deal", found.no_deal.plan),
        ("Compromise", found.compromise),
        ("Sales alone", found.sales_alone),
        ("Product alone", found.product_alone),
    ):
        parts.append(f"{name}: {_worth(plan, currency)} accounts.")
    return " ".join(parts)


def plans_by_name(found: Compromise, currency: str, has_line: bool = True) -> dict[str, Plan]:
    """Every plan the chart shows, by the name people choose it by; the compromise first.

    Plans on the line are called by what they are worth, which no two of them share.
    """
    named = {
        "Compromise": found.compromise,
        nash.NAME: found.nash,
        "Sales alone": found.sales_alone,
        "Product alone": found.product_alone,
    }
    known: dict[Plan, str] = {}
    for name, plan in named.items():
        known.setdefault(plan, name)
    for plan in found.frontier.plans if has_line else ():
        worth = f"{format.money(plan.sales, currency)}, {format.count(plan.accounts, 1)} accounts"
        known.setdefault(plan, worth)
    kept = {found.compromise} | (set(known) - {found.no_deal.plan})
    return {name: plan for plan, name in known.items() if plan in kept}


def _named_plans(found: Compromise) -> list[Plan]:
    return [found.no_deal.plan, found.compromise, found.sales_alone, found.product_alone]


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = ROOM * ((high - low) or max(high, 1.0))
    return max(low - room, -0.04 * max(high, 1.0)), high + room


def _layout(
    theme: Theme,
    height: int,
    across: tuple[float, float],
    up: tuple[float, float],
    currency: str,
) -> dict[str, Any]:
    x_ticks, y_ticks = _ticks(across), _ticks(up)
    return base_layout(
        theme,
        height,
        hoverdistance=30,
        xaxis=axis(
            theme,
            "Product: accounts reached, weighted",
            range=across,
            tickvals=x_ticks,
            ticktext=[format.count(tick) for tick in x_ticks],
        ),
        yaxis=axis(
            theme,
            "Sales: money unlocked, expected",
            range=up,
            tickvals=y_ticks,
            ticktext=_money(y_ticks, currency),
        ),
    )


def _ticks(span: tuple[float, float]) -> list[float]:
    """Round values inside a range, about TICKS of them."""
    raw = (span[1] - span[0]) / TICKS
    power = 10.0 ** int(log10(raw)) if raw >= 1 else 1.0
    step = next((s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw), raw)
    first = ceil(span[0] / step)
    ticks = [n * step for n in range(first, first + 2 * TICKS)]
    return [tick for tick in ticks if max(span[0], 0) <= tick <= span[1]]


def _money(ticks: Sequence[float], currency: str) -> list[str]:
    """Money on an axis: short, unless that would write two ticks alike."""
    short = [format.money_short(tick, currency) for tick in ticks]
    if len(set(short)) == len(short):
        return short
    return [format.money(tick, currency) for tick in ticks]


def _add_zone(
    figure: go.Figure,
    found: Compromise,
    across: tuple[float, float],
    up: tuple[float, float],
    colours: Palette,
) -> None:
    zero = found.no_deal.plan
    figure.add_shape(
        type="rect",
        x0=zero.accounts,
        y0=zero.sales,
        x1=across[1],
        y1=up[1],
        line_width=0,
        fillcolor=with_opacity(colours.zone, ZONE_OPACITY),
        layer="below",
    )
    figure.add_annotation(
        x=1,
        y=1,
        xref="paper",
        yref="paper",
        text=BETTER,
        showarrow=False,
        xanchor="right",
        yanchor="top",
        borderpad=0,
        font_color=colours.shared,
    )


def _cloud(cloud: Sequence[Plan], colours: Palette) -> go.Scatter:
    return go.Scatter(
        x=[plan.accounts for plan in cloud],
        y=[plan.sales for plan in cloud],
        mode="markers",
        marker={"size": 5, "color": colours.mute, "opacity": 0.35},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 0.35}},
    )


def _staircase(
    found: Compromise, titles: Mapping[str, str], currency: str, colours: Palette
) -> go.Scatter:
    plans = found.frontier.plans
    return go.Scatter(
        x=[plan.accounts for plan in plans],
        y=[plan.sales for plan in plans],
        mode="lines+markers",
        # Down first, then to the right: the other way round claims plans that do not exist
        line={"shape": "vh", "width": SECOND_LINE, "color": colours.soft},
        marker={"size": 8, "color": colours.soft},
        customdata=[_told(plan, titles) for plan in plans],
        text=[_worth(plan, currency) for plan in plans],
        hovertemplate="<b>%{text}</b><br>%{customdata[0]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _ring(plan: Plan, colours: Palette) -> go.Scatter:
    return go.Scatter(
        x=[plan.accounts],
        y=[plan.sales],
        mode="markers",
        marker={
            "size": RING,
            "color": "rgba(0,0,0,0)",
            "line": {"width": SECOND_LINE, "color": colours.ink},
        },
        hoverinfo="skip",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _gain(found: Compromise, colours: Palette) -> go.Scatter:
    return go.Scatter(
        x=[found.no_deal.plan.accounts, found.compromise.accounts],
        y=[found.no_deal.plan.sales, found.compromise.sales],
        mode="lines",
        line={"width": SECOND_LINE, "dash": "dot", "color": colours.shared},
        hoverinfo="skip",
    )


def _points(found: Compromise, colours: Palette) -> list[_Named]:
    """Named plans, the most important first; plans that are one and the same are one point."""
    shared, sales, product = colours.shared, colours.sales, colours.product
    points = [
        _Named("No deal", found.no_deal.plan, colours.ink, "x", 12),
        _Named("Sales alone", found.sales_alone, sales, SALES, 15),
        _Named("Product alone", found.product_alone, product, PRODUCT, 15),
    ]
    if found.trade:
        points.insert(0, _Named("Compromise", found.compromise, shared, SHARED, 21))
        if found.nash.items != found.compromise.items:
            joint = _Named(nash.NAME, found.nash, shared, f"{SHARED}-open", 13, has_worth=False)
            points.append(joint)
    same: dict[tuple[str, ...], list[_Named]] = {}
    for point in points:
        same.setdefault(point.plan.items, []).append(point)
    return [
        replace(first, also=tuple(point.name.lower() for point in others))
        for first, *others in same.values()
    ]


def _point(point: _Named, titles: Mapping[str, str], currency: str, colours: Palette) -> go.Scatter:
    plan, is_open = point.plan, point.symbol.endswith("-open")
    edge = {"width": SECOND_LINE, "color": point.colour if is_open else colours.page}
    names = " and ".join([point.name, *point.also])
    return go.Scatter(
        x=[plan.accounts],
        y=[plan.sales],
        mode="markers",
        marker={
            "size": point.size,
            "symbol": point.symbol.removesuffix("-open"),
            "color": colours.page if is_open else point.colour,
            "line": edge,
        },
        customdata=[_told(plan, titles)],
        text=[f"{names}: {_worth(plan, currency)}"],
        hovertemplate="<b>%{text}</b><br>%{customdata[0]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _placed(
    points: Sequence[_Named],
    found: Compromise,
    has_line: bool,
    currency: str,
    across: tuple[float, float],
    up: tuple[float, float],
    height: int,
) -> list[labels.Placed]:
    """Where the names stand; the key of each is the place of its point in `points`."""

    def at(plan: Plan) -> tuple[float, float]:
        x = (plan.accounts - across[0]) / (across[1] - across[0])
        return x, (float(plan.sales) - up[0]) / (up[1] - up[0])

    markers = [
        labels.Marker(str(n), *at(point.plan), point.size, *_names(point, currency))
        for n, point in enumerate(points)
    ]
    for n, plan in enumerate(found.frontier.plans if has_line else ()):
        markers.append(labels.Marker(f"plan {n}", *at(plan), 8))
    if found.trade:
        markers += labels.between(at(found.no_deal.plan), at(found.compromise))
    return labels.place(
        markers,
        height - EDGES,
        len(points),
        widths=WIDTHS,
        corners=[labels.Corner(BETTER, "shared", 1, 1)] if found.trade else [],
        names_all=True,
    )


def _names(point: _Named, currency: str) -> tuple[str, str]:
    """What its label says, and what it says where there is little room."""
    lines = [point.name]
    if point.also:
        lines.append(f"also {' and '.join(point.also)}")
    if point.has_worth:
        lines.append(_worth(point.plan, currency))
    return "\n".join(lines), point.name


def _annotation(label: labels.Placed, point: _Named, colours: Palette) -> dict[str, Any]:
    name, *more = label.text.split("\n")
    return {
        "x": point.plan.accounts,
        "y": point.plan.sales,
        "text": "<br>".join([f"<b>{name}</b>", *more]),
        "showarrow": False,
        "xanchor": label.xanchor,
        "yanchor": label.yanchor,
        "xshift": label.xshift,
        "yshift": label.yshift,
        "align": label.xanchor,
        "borderpad": 0,
        "font_color": point.colour,
    }


def _worth(plan: Plan, currency: str) -> str:
    return f"{format.money_short(plan.sales, currency)}, {format.count(plan.accounts)}"


def _told(plan: Plan, titles: Mapping[str, str]) -> list[str]:
    return [_contents(plan, titles), "\n".join(plan.items)]


def _contents(plan: Plan, titles: Mapping[str, str]) -> str:
    """What is in a plan, one item a line."""
    if not plan.items:
        return "nothing"
    names = sorted(titles[item_id] for item_id in plan.items)
    shown = [escape(visible(name)) for name in names[:TITLES_SHOWN]]
    more = len(names) - len(shown)
    head = f"{format.plural(len(names), 'item')}, {plan.weeks:g} person-weeks"
    return "<br>".join([head, *shown, *([f"and {more} more"] if more else [])])
