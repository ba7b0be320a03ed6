"""The first screen of Compromise: answer, side cards and the frontier, for the plan shown."""

from dataclasses import dataclass, replace

import streamlit as st

from common_ground.analysis.bargain import Bargain
from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.plans import TENTHS, Plan, Problem
from common_ground.analysis.trades import Swap, find_price, find_swaps
from common_ground.charts import format, frontier, swaps
from common_ground.charts.swaps import Side
from common_ground.ui import compromise_choices, compromise_tables, downloads, frame, html
from common_ground.ui.compromise_later import Later

MOST_TITLES = 2  # items named under Gets and Gives up


@dataclass(frozen=True)
class Shown:
    """The plan the page shows against no deal.

    Attributes:
        name: "Compromise", or another plan of the chart.
        of: the bargain with this plan in the place of the compromise.
    """

    name: str
    of: Bargain

    @property
    def is_compromise(self) -> bool:
        """Whether it is the compromise itself."""
        return self.name == compromise_choices.COMPROMISE


def show(name: str, plan: Plan, of: Bargain) -> Shown:
    """A plan of the chart in the place of the compromise, with its own swaps."""
    if name == compromise_choices.COMPROMISE:
        return Shown(name, of)
    zero = of.found.no_deal.plan
    both_gain = plan.sales > zero.sales and plan.product > zero.product
    found = replace(of.found, compromise=plan, trade=both_gain)
    return Shown(name, replace(of, found=found, swaps=find_swaps(of.prepared.problem, found)))


def answer(shown: Shown, currency: str) -> list[object]:
    """The plan in one sentence, or that there is no trade."""
    of = shown.of
    found, problem = of.found, of.prepared.problem
    if shown.is_compromise and not found.trade:
        weeks = format.plural(problem.capacity / TENTHS, "person-week")
        return [f"No trade available at {weeks}: no plan beats no deal for both sides."]
    told = swaps.told(found, of.swaps, problem, currency)
    named = "" if shown.is_compromise else f"{shown.name}: "
    return [
        f"{named}{told.trade}: ",
        html.said_by("sales", told.sales),
        ", ",
        html.said_by("product", told.product),
        f", {told.weeks}.",
    ]


def side_card(shown: Shown, side: Side, currency: str) -> html.Html:
    """What one side gains: the same rows, words and size for both."""
    found, problem = shown.of.found, shown.of.prepared.problem
    own = found.sales_alone if side == "sales" else found.product_alone
    named: list[tuple[str, Plan, html.Fill]] = [
        ("No deal", found.no_deal.plan, "mute"),
        (shown.name if shown.is_compromise else "Plan shown", found.compromise, "solid"),
        ("Own best plan", own, "outline"),
    ]
    longest = max(getattr(plan, side) for _, plan, _ in named) or 1
    return html.side_card(
        side,
        side.capitalize(),
        swaps.gain(side, found, currency),
        swaps.about_gain(side, found),
        [
            html.Bar(
                name,
                swaps.value(side, getattr(plan, side), currency),
                getattr(plan, side) / longest,
                fill,
            )
            for name, plan, fill in named
        ],
        [
            ("Gets", _owned(problem, shown.of.swaps.into, side)),
            ("Gives up", _owned(problem, shown.of.swaps.out, side)),
            ("Price", swaps.price(side, find_price(found, side), currency)),
        ],
    )


def _owned(problem: Problem, changed: tuple[Swap, ...], side: Side) -> str:
    return swaps.titles(problem, swaps.owned_by(changed, side), MOST_TITLES) or "nothing of its own"


def picture(
    shown: Shown, found: Compromise, later: Later | None, currency: str, footer: str
) -> None:
    """Sales left, the plans in the middle, product right; arguments as for `chart`."""
    sales, middle, product = st.columns([3, 6, 3])
    with sales:
        html.show(side_card(shown, "sales", currency))
    with product:
        html.show(side_card(shown, "product", currency))
    with middle:
        chart(shown, found, later, currency, footer)


def chart(shown: Shown, found: Compromise, later: Later | None, currency: str, footer: str) -> None:
    """The frontier with the named plans; a click on a plan shows it.

    Args:
        shown: the plan shown.
        found: the compromise, with its line as far as it is known.
        later: what was found beside the clicks.
        currency: ISO code.
        footer: of the picture.
    """
    problem = shown.of.prepared.problem
    has_line = later is not None and later.has_line
    title = "No plan inside capacity lies above the line" if has_line else "Each point is a plan"
    html.show(html.heading(title, _room(shown)))
    if not shown.is_compromise:
        st.button("Back to the compromise", on_click=compromise_choices.back_to_compromise)
    figure = frontier.draw(
        found,
        {item_id: problem.title(item_id) for item_id in problem.by_id},
        currency,
        frame.theme(),
        later.cloud if later is not None else (),
        has_line=has_line,
        selected=None if shown.is_compromise else shown.of.found.compromise,
    )
    downloads.chart(
        figure,
        "frontier",
        title,
        compromise_tables.frontier_frame(found, has_line),
        footer,
        alt=frontier.describe(found, currency, has_line),
        on_select=compromise_choices.follow_click,
    )


def _room(shown: Shown) -> str:
    """What of the capacity the plan uses, and what is kept free."""
    problem = shown.of.prepared.problem
    used = swaps.weeks_used(shown.of.found.compromise, problem)
    reserve = f", {problem.reserve / TENTHS:g} in reserve" if problem.reserve else ""
    return f"{used}{reserve}"
