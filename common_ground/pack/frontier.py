"""The frontier as the leadership slide draws it: today, the compromise, each side's favourite."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from common_ground.analysis.plans import Plan
from common_ground.charts import format
from common_ground.charts.labels import Corner, Marker, Placed, between, place
from common_ground.charts.template import (
    SECOND_LINE,
    ZONE_OPACITY,
    axis,
    base_layout,
    palette,
    with_opacity,
)
from common_ground.pack.bars import colour, plain
from common_ground.pack.slides import Mark, Points, PointSet

# The slide has one size, so names can be placed to the pixel.
_WIDTH: Final = 762
_HEIGHT: Final = 500
_MARGIN: Final = {"l": 86, "r": 10, "t": 10, "b": 58}
_PLOT: Final = (_WIDTH - _MARGIN["l"] - _MARGIN["r"], _HEIGHT - _MARGIN["t"] - _MARGIN["b"])
_ROOM: Final = 0.08  # beyond the outermost plans, as a share of the span
_BETTER: Final = "better for both"
_SYMBOLS: Final[dict[Mark, str]] = {"sales": "square", "product": "circle", "shared": "diamond"}


@dataclass(frozen=True)
class Named:
    """A plan with its name on the chart."""

    name: str
    plan: Plan
    mark: Mark
    size: int


@dataclass(frozen=True)
class Frontier:
    """What the chart shows.

    Attributes:
        plans: the non-dominated ones, fewest accounts first.
        no_deal: what happens without a deal.
        compromise: None when there is no trade.
        favourites: of sales and of product.
        currency: ISO code.
    """

    plans: tuple[Plan, ...]
    no_deal: Named
    compromise: Named | None
    favourites: tuple[Named, ...]
    currency: str

    @property
    def named(self) -> tuple[Named, ...]:
        """Every plan with a name, the most important first."""
        first = () if self.compromise is None else (self.compromise,)
        return (*first, self.no_deal, *self.favourites)


def steps(plans: Sequence[Plan]) -> list[tuple[float, float]]:
    """The staircase: first down, then to the right, as no plan lies between two neighbours."""
    line: list[tuple[float, float]] = []
    for plan in plans:
        if line:
            line.append((line[-1][0], float(plan.sales)))
        line.append((plan.accounts, float(plan.sales)))
    return line


def titles(currency: str) -> tuple[str, str]:
    """Titles of the two axes."""
    return "Product: accounts reached, weighted", f"Sales: expected revenue unlocked, {currency}"


def points(shown: Frontier) -> Points:
    """The chart in numbers."""
    line = steps(shown.plans)
    sets = [
        PointSet("Frontier", tuple(x for x, _ in line), tuple(y for _, y in line), line=True),
        PointSet(
            "Best plans",
            tuple(plan.accounts for plan in shown.plans),
            tuple(float(plan.sales) for plan in shown.plans),
        ),
    ]
    if shown.compromise is not None:
        both = (shown.no_deal.plan, shown.compromise.plan)
        x, y = tuple(plan.accounts for plan in both), tuple(float(plan.sales) for plan in both)
        sets.append(PointSet("The trade", x, y, "shared", line=True))
    sets += [
        PointSet(
            one.name,
            (one.plan.accounts,),
            (float(one.plan.sales),),
            one.mark,
            (one.name,),
            size=one.size,
        )
        for one in shown.named
    ]
    return Points(*titles(shown.currency), tuple(sets))


def figure(shown: Frontier) -> go.Figure:
    """The chart as it is drawn."""
    light = palette("light")
    x_range, y_range = _ranges(shown)
    x_title, y_title = titles(shown.currency)
    drawn = go.Figure(
        layout=base_layout(
            "light",
            _HEIGHT,
            margin=_MARGIN,
            xaxis=axis("light", x_title, range=x_range, automargin=False, nticks=5, tickformat=","),
            yaxis=axis("light", y_title, range=y_range, automargin=False, nticks=6)
            | _money_ticks(y_range, shown.currency),
        )
    )
    line = steps(shown.plans)
    drawn.add_scatter(
        x=[x for x, _ in line],
        y=[y for _, y in line],
        mode="lines",
        line={"color": light.soft, "width": 1.3},
        hoverinfo="skip",
    )
    drawn.add_scatter(
        x=[plan.accounts for plan in shown.plans],
        y=[plan.sales for plan in shown.plans],
        mode="markers",
        marker={"color": light.soft, "size": 6},
        hovertemplate="%{x:,.0f} accounts, %{y:,.0f} " + shown.currency + "<extra></extra>",
    )
    if shown.compromise is not None:
        _add_trade(drawn, shown.no_deal.plan, shown.compromise.plan, x_range, y_range)
    for one in reversed(shown.named):
        drawn.add_scatter(
            x=[one.plan.accounts],
            y=[one.plan.sales],
            mode="markers",
            marker={
                "symbol": _SYMBOLS.get(one.mark, "x"),
                "size": one.size if one.mark != "none" else 13,
                "color": colour(one.mark),
                "line": {"width": 2, "color": light.page},
            },
            hovertemplate=plain(one.name) + "<extra></extra>",
        )
    for note in _place(shown, x_range, y_range):
        drawn.add_annotation(note)
    return drawn


def _ranges(shown: Frontier) -> tuple[list[float], list[float]]:
    """Both axes with some room, from the plans drawn."""
    plans = [*shown.plans, *(one.plan for one in shown.named)]
    spans = []
    for values in ([p.accounts for p in plans], [float(p.sales) for p in plans]):
        low, high = min(values), max(values)
        room = _ROOM * ((high - low) or abs(high) or 1.0)
        spans.append([low - 1.6 * room, high + 1.6 * room])
    return spans[0], spans[1]


def _money_ticks(span: list[float], currency: str) -> dict[str, Any]:
    """Round amounts inside the span, written short."""
    rough = (span[1] - span[0]) / 5
    size = 10.0 ** (len(str(int(max(rough, 1)))) - 1)
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    first = int(max(span[0], 0) // step) + (1 if span[0] > 0 else 0)
    values = [step * at for at in range(first, int(span[1] // step) + 1)]
    return {"tickvals": values, "ticktext": [format.money_short(v, currency) for v in values]}


def _add_trade(
    drawn: go.Figure, start: Plan, end: Plan, x_range: list[float], y_range: list[float]
) -> None:
    """The zone that is better for both, and the arrow into it."""
    light = palette("light")
    drawn.add_shape(
        type="rect",
        x0=start.accounts,
        x1=x_range[1],
        y0=start.sales,
        y1=y_range[1],
        fillcolor=with_opacity(light.zone, ZONE_OPACITY + 0.1),
        line={"width": 0},
        layer="below",
    )
    drawn.add_annotation(
        x=end.accounts,
        y=end.sales,
        ax=start.accounts,
        ay=start.sales,
        axref="x",
        ayref="y",
        text="",
        showarrow=True,
        arrowhead=2,
        arrowwidth=SECOND_LINE,
        arrowcolor=light.shared,
        standoff=15,
        startstandoff=10,
    )
    drawn.add_annotation(
        x=1,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="right",
        yanchor="top",
        xshift=-6,
        yshift=-4,
        text=_BETTER,
        showarrow=False,
        font={"color": light.shared},
    )


def _place(shown: Frontier, x_range: list[float], y_range: list[float]) -> list[dict[str, Any]]:
    """A name for each named plan; the numbers too where they matter."""

    def at(plan: Plan) -> tuple[float, float]:
        x = (plan.accounts - x_range[0]) / (x_range[1] - x_range[0])
        return x, (float(plan.sales) - y_range[0]) / (y_range[1] - y_range[0])

    markers = [
        Marker(str(n), *at(one.plan), one.size, _says(one, shown.currency))
        for n, one in enumerate(shown.named)
    ]
    markers += [Marker(f"plan {n}", *at(plan), 8) for n, plan in enumerate(shown.plans)]
    if shown.compromise is not None:
        markers += between(at(shown.no_deal.plan), at(shown.compromise.plan))
    placed = place(
        markers,
        _PLOT[1],
        len(shown.named),
        widths=_PLOT[:1],
        corners=[Corner(_BETTER, "shared", 1, 1)] if shown.compromise is not None else [],
        names_all=True,
    )
    return [_note(label, shown.named[int(label.key)]) for label in placed]


def _says(one: Named, currency: str) -> str:
    if one.mark not in ("shared", "none"):
        return one.name
    money = format.money_short(one.plan.sales, currency)
    return f"{one.name}\n{money}, {format.count(round(one.plan.accounts))} accounts"


def _note(label: Placed, one: Named) -> dict[str, Any]:
    first, *rest = (plain(text) for text in label.text.split("\n"))
    return {
        "x": one.plan.accounts,
        "y": one.plan.sales,
        "text": "<br>".join((f"<b>{first}</b>", *rest)),
        "showarrow": False,
        "xanchor": label.xanchor,
        "yanchor": label.yanchor,
        "align": label.xanchor,
        "xshift": label.xshift,
        "yshift": label.yshift,
        "borderpad": 0,
        "font": {"color": colour(one.mark)},
    }
