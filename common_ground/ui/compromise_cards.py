"""The pieces of Compromise: results of the bargain in, widgets and markup out."""

from typing import Final, Literal

import pandas as pd
import streamlit as st

from common_ground.analysis.bargain import Bargain
from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.declined import Declined, find_declined
from common_ground.analysis.flips import Flip, find_flips
from common_ground.analysis.frontier import sample_plans
from common_ground.analysis.plan_inputs import Choices, Prepared
from common_ground.analysis.plans import TENTHS, NoDeal, Plan, Problem
from common_ground.analysis.robustness import Robustness, find_robustness
from common_ground.analysis.spread import Spread
from common_ground.analysis.trades import Swap, Swaps, find_price
from common_ground.charts import format, swaps
from common_ground.charts.swaps import Side
from common_ground.meeting import Decided
from common_ground.settings import Settings
from common_ground.ui import agreement_forms, cache, filters, html, messages
from common_ground.warehouse.published import Published

MOST_WEEKS: Final = 10_000
MOST_TITLES: Final = 2  # items named under Gets and Gives up
CLOUD: Final = 300  # random plans drawn behind the frontier
NO_DEALS: Final[dict[str, NoDeal]] = {"The roadmap": "roadmap", "Shares": "shares"}
FITS: Final = {"80 of 100 cases": "0.8", "90 of 100 cases": "0.9", "No reserve": "0"}
SPREAD: Final = Spread()


def capacity(settings: Settings) -> float:
    """Person-weeks to plan, kept in the URL."""
    weeks = st.number_input(
        "Capacity, person-weeks",
        0,
        MOST_WEEKS,
        settings.capacity_weeks,
        step=1,
        key="capacity",
        bind="query-params",
    )
    return float(settings.capacity_weeks if weeks is None else weeks)


def without_a_deal() -> NoDeal:
    """What happens without a deal."""
    return NO_DEALS[filters.choice("Without a deal", list(NO_DEALS), "nodeal")]


def assumptions(weeks: float, no_deal: NoDeal, settings: Settings, items: pd.DataFrame) -> Choices:
    """Everything else people decide, behind one button.

    Args:
        weeks: capacity.
        no_deal: what happens without a deal.
        settings: what a session starts with.
        items: mart_items; those not released can be pinned or ruled out.
    """
    open_items = items.loc[~items["status"].isin(["released", "declined"])]
    title = dict(zip(open_items["item_id"], open_items["title"], strict=True))
    # One label per item: two items may share a title
    label = {f"{name} ({item_id})": item_id for item_id, name in sorted(title.items())}
    with st.popover("Assumptions", width="stretch"):
        fits = float(filters.coded("A plan must fit capacity in", FITS, "fits"))
        share = settings.sales_share
        if no_deal == "shares":
            percent = st.slider(
                "Sales fills, % of capacity",
                0,
                100,
                round(100 * settings.sales_share),
                step=5,
                key="salesshare",
                bind="query-params",
            )
            share = percent / 100
        pins = st.multiselect("Must be in", list(label), key="pins", bind="query-params")
        vetoes = st.multiselect("Ruled out", list(label), key="vetoes", bind="query-params")
        html.show(html.pairs(_stated(settings)))
    return Choices(
        capacity_weeks=weeks,
        fits_share=fits,
        no_deal=no_deal,
        sales_share=share,
        pins=tuple(sorted(label[name] for name in pins)),
        vetoes=tuple(sorted(label[name] for name in vetoes)),
    )


def _stated(settings: Settings) -> list[tuple[object, object]]:
    ratings = Choices(0).ratings
    return [
        ("Money", "open amount × chance to win in the deal’s stage, once every blocker is built"),
        (
            "Accounts",
            "reach × impact × confidence; reach is product’s own figure, else accounts "
            "active in the item’s area in 28 days",
        ),
        (
            "Not rated",
            f"impact {ratings.impact_if_missing:g}, confidence {ratings.confidence_if_missing:g}",
        ),
        (
            "Effort",
            f"the estimate’s range; without one {format.share(SPREAD.effort_low)} to "
            f"{format.share(SPREAD.effort_high)}",
        ),
        (
            "Chance, reach",
            f"may be off by {format.share(SPREAD.probability)} and {format.share(SPREAD.reach)}",
        ),
        ("Links", f"suggested ones count from a score of {settings.link_level:g}"),
    ]


def robustness(choices: Choices, level: float) -> Robustness:
    """How sure the compromise is, with the plan bargained anew in some of the draws."""
    return cache.cached_with_data(_robustness, cache.decided(), choices, level)


def _robustness(_data: Published, _decided: Decided, choices: Choices, level: float) -> Robustness:
    of = cache.bargain(choices, level, frontier=True)
    return find_robustness(of.prepared.problem, of.found)


def flips(choices: Choices, level: float) -> tuple[Flip, ...]:
    """What would bring items back that go out."""
    return cache.cached_with_data(_flips, cache.decided(), choices, level)


def _flips(_data: Published, _decided: Decided, choices: Choices, level: float) -> tuple[Flip, ...]:
    of = cache.bargain(choices, level, frontier=True)
    return find_flips(of.prepared.problem, of.found, inputs=("effort",))


def cloud(choices: Choices, level: float) -> tuple[Plan, ...]:
    """Plans filled at random, to show where most plans lie."""
    return cache.cached_with_data(_cloud, cache.decided(), choices, level)


def _cloud(_data: Published, _decided: Decided, choices: Choices, level: float) -> tuple[Plan, ...]:
    return sample_plans(cache.bargain(choices, level, frontier=True).prepared.problem, CLOUD)


def answer(of: Bargain, currency: str) -> list[object]:
    """The trade in one sentence, or that there is none."""
    found, problem = of.found, of.prepared.problem
    if not found.trade:
        weeks = format.plural(problem.capacity / TENTHS, "person-week")
        return [f"No trade available at {weeks}: no plan beats no deal for both sides."]
    return [
        f"{swaps.swapped(found)}: ",
        html.said_by("sales", f"sales {swaps.gain('sales', found, currency)}"),
        ", ",
        html.said_by("product", f"product {swaps.gain('product', found, currency)} accounts"),
        f", in {swaps.weeks_used(found.compromise, problem)}.",
    ]


def side_card(of: Bargain, side: Side, currency: str) -> html.Html:
    """What one side gains: the same rows, words and size for both."""
    found, problem = of.found, of.prepared.problem
    own = found.sales_alone if side == "sales" else found.product_alone
    named = [
        ("No deal", found.no_deal.plan, "mute"),
        ("Compromise", found.compromise, "solid"),
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
                "mute" if fill == "mute" else "solid" if fill == "solid" else "outline",
            )
            for name, plan, fill in named
        ],
        [
            ("Gets", _owned(problem, of.swaps.into, side)),
            ("Gives up", _owned(problem, of.swaps.out, side)),
            ("Price", swaps.price(side, find_price(found, side), currency)),
        ],
    )


def _owned(problem: Problem, changed: tuple[Swap, ...], side: Side) -> str:
    return swaps.titles(problem, swaps.owned_by(changed, side), MOST_TITLES) or "nothing of its own"


def swap_tables(of: Bargain, sure: Robustness, currency: str) -> html.Html:
    """What goes out and what comes in instead, side by side, on the same scales."""
    roadmap = of.found.no_deal.basis == "roadmap"
    unsure_in = {item.item_id for item in sure.items if item.standing != "core"}
    unsure_out = {item.item_id for item in sure.items if item.standing == "borderline"}
    head = ("money", "item or bundle", "accounts")
    draws = format.count(sure.bargained)
    out = html.panel(
        "Goes out of the roadmap" if roadmap else "Goes out of the no-deal plan",
        f"{_items(of.swaps.out)}. Hatched: stays in some of {draws} simulated cases",
        _table(of, "out", unsure_out, head, currency),
    )
    into = html.panel(
        "Comes in instead",
        f"{_items(of.swaps.into)}. Hatched: in fewer than 9 of 10 simulated cases",
        _table(of, "into", unsure_in, head, currency),
    )
    return html.grid([out, into], "2")


def _items(changed: tuple[Swap, ...]) -> str:
    return format.plural(sum(len(swap.items) for swap in changed), "item")


def _table(
    of: Bargain,
    which: Literal["out", "into"],
    unsure: set[str],
    head: tuple[str, str, str],
    currency: str,
) -> html.Html:
    lines = swaps.lines(of.swaps, which, of.prepared.problem, unsure, currency)
    total = swaps.totals(getattr(of.swaps, which), which, currency)
    if not lines:
        return html.note("Nothing.")
    return html.swap_table(
        head,
        [
            html.Swap(
                line.sales,
                line.sales_length,
                line.title,
                line.about,
                line.product,
                line.product_length,
                line.fill,
            )
            for line in lines
        ],
        (total.sales, total.title, total.product),
    )


def facts(
    of: Bargain, sure: Robustness, flips: tuple[Flip, ...], declined: int, currency: str
) -> html.Html:
    """How sure it is, what would flip it, what both lose without it, and what is declined."""
    shown = [
        html.fact("How sure", swaps.how_sure(sure)),
        html.fact("What would flip it", swaps.flip(flips, of.prepared.problem)),
        html.fact("Without a deal", swaps.without_deal(of.found, currency)),
        html.fact(
            "Declined", f"{format.plural(declined, 'item')}, each with a sentence for the account"
        ),
    ]
    return html.grid(shown, "4")


def no_trade(of: Bargain, openers: tuple[str, ...]) -> html.Html:
    """That there is no trade, why, and what would open one."""
    problem, found = of.prepared.problem, of.found
    one_sided = ""
    if found.sales_gain > 0 or found.product_gain > 0:
        who = "sales" if found.sales_gain > 0 else "product"
        one_sided = f" The best plan inside it helps {who} alone, at no cost to the other side."
    return messages.no_trade(
        "Goes out, comes in",
        format.plural(problem.capacity / TENTHS, "person-week"),
        f"No plan inside capacity beats no deal for both sides. {found.no_deal.note}{one_sided}",
        html.join([html.build('<b class="cg-next">{}</b>', text) for text in openers], " "),
    )


def nothing_to_plan(prepared: Prepared) -> html.Html:
    """That no item can be planned: none is loaded, or none has an estimate."""
    if waiting := prepared.problem.unplannable:
        return messages.too_few(
            "Frontier",
            f"{format.plural(len(waiting), 'item')} without an estimate",
            "a plan needs items with one",
            f"{waiting[0].title} {waiting[0].reason}.",
            html.link("Add estimates to the backlog export on the Data page", "data"),
        )
    return messages.not_loaded(
        "Frontier", "backlog", "A plan is a set of backlog items with an effort in person-weeks."
    )


def failed(reason: str) -> html.Html:
    """That the choices or the rules of the backlog contradict each other."""
    return messages.failed("Frontier", "No plan can keep all of these rules", reason)


def declined_table(rows: tuple[Declined, ...]) -> pd.DataFrame:
    """What is left out: one row an item, most money first."""
    return pd.DataFrame(
        [
            {
                "item_id": row.item_id,
                "item": row.title,
                "money": row.sales,
                "accounts": row.product / TENTHS,
                "weeks": None if row.effort is None else row.effort / TENTHS,
                "customers": ", ".join(row.accounts),
                "reason": row.reason,
                "reopens": row.reopens,
            }
            for row in rows
        ],
        columns=[
            "item_id",
            "item",
            "money",
            "accounts",
            "weeks",
            "customers",
            "reason",
            "reopens",
        ],
    )


def plan_table(of: Bargain, sure: Robustness) -> pd.DataFrame:
    """The compromise and what goes out for it: one row an item, most effort first."""
    problem = of.prepared.problem
    before, after = set(of.found.no_deal.plan.items), set(of.found.compromise.items)
    shares = {item.item_id: item for item in sure.items}
    rows = [
        {
            "item_id": item_id,
            "item": problem.title(item_id),
            "change": _change(item_id in before, item_id in after),
            "weeks": problem.by_id[item_id].effort / TENTHS,
            "accounts": problem.by_id[item_id].product / TENTHS,
            "waits": sum(item_id in deal.blockers for deal in problem.deals),
            "needs": ", ".join(
                problem.title(i) for i in sorted(problem.needs[item_id] - {item_id})
            ),
            "cases": shares[item_id].share,
            "standing": shares[item_id].standing,
        }
        for item_id in sorted(before | after)
    ]
    columns = [
        "item_id",
        "item",
        "change",
        "weeks",
        "accounts",
        "waits",
        "needs",
        "cases",
        "standing",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["weeks", "item_id"], ascending=[False, True], ignore_index=True)


def _change(is_before: bool, is_after: bool) -> str:
    if is_before and is_after:
        return "stays"
    return "comes in" if is_after else "goes out"


def plan_columns() -> dict[str, object]:
    """How the columns of `plan_table` are shown."""
    return {
        "item_id": "Key",
        "item": st.column_config.TextColumn("Item", width="large"),
        "change": "Against no deal",
        "weeks": st.column_config.NumberColumn("Weeks", format="%.1f"),
        "accounts": st.column_config.NumberColumn("Accounts, weighted", format="%.1f"),
        "waits": st.column_config.NumberColumn("Deals it blocks"),
        "needs": "Needs",
        "cases": st.column_config.NumberColumn("In simulated cases", format="percent"),
        "standing": "How sure",
    }


def declined_columns(currency: str) -> dict[str, object]:
    """How the columns of `declined_table` are shown."""
    return {
        "item_id": "Key",
        "item": st.column_config.TextColumn("Item", width="medium"),
        "money": st.column_config.NumberColumn(f"Waiting, {currency} expected", format="localized"),
        "accounts": st.column_config.NumberColumn("Accounts, weighted", format="%.1f"),
        "weeks": st.column_config.NumberColumn("Weeks with what it needs", format="%.1f"),
        "customers": "Customers",
        "reason": st.column_config.TextColumn("Why not now", width="large"),
        "reopens": st.column_config.TextColumn("What would reopen it", width="large"),
    }


def frontier_frame(found: Compromise) -> pd.DataFrame:
    """The plans drawn: one row a plan, best for sales first, for the CSV."""
    names = {
        found.no_deal.plan: "no deal",
        found.nash: "nash",
        found.sales_alone: "sales alone",
        found.product_alone: "product alone",
        found.compromise: "compromise",
    }
    plans = dict.fromkeys([*found.frontier.plans, *names])
    return pd.DataFrame(
        [
            {
                "plan": names.get(plan, "frontier"),
                "money": plan.sales,
                "accounts": plan.accounts,
                "weeks": plan.weeks,
                "items": ", ".join(plan.items),
            }
            for plan in sorted(plans, key=lambda p: (-p.sales, p.product, p.items))
        ]
    )


def draft_terms(of: Bargain) -> agreement_forms.Terms:
    """The trade as the terms of an agreement, for people to complete and sign."""
    problem = of.prepared.problem
    title, give, get = swaps.draft_words(of.found, of.swaps, problem)
    changed: Swaps = of.swaps
    items = {item for swap in changed.out + changed.into for item in swap.items}
    return agreement_forms.Terms(title=title, give=give, get=get, item_ids=tuple(sorted(items)))


def definitions(of: Bargain) -> html.Html:
    """What the words on the page mean, and what is not counted."""
    found, prepared = of.found, of.prepared
    reserve = prepared.problem.reserve / TENTHS
    lines: list[tuple[object, object]] = [
        ("No deal", found.no_deal.note),
        (
            "Compromise",
            "lifts the side that gains the smaller share of what it could gain as far "
            "as it can go, then the other (Kalai and Smorodinsky); ties: less effort, then item "
            "key",
        ),
        ("Nash", "the plan with the largest product of the two gains; a second opinion"),
        (
            "Gets, gives up",
            "a line belongs to the side for which it is the larger part of its own best plan",
        ),
        (
            "Reserve",
            f"{reserve:g} person-weeks left free, so that the plan fits when estimates run over",
        ),
    ]
    if prepared.uncounted:
        lines.append(("Not counted", _uncounted(prepared)))
    if prepared.problem.unplannable:
        names = ", ".join(item.title for item in prepared.problem.unplannable)
        lines.append(("Needs an estimate", names))
    if prepared.ignored_rules:
        lines.append(("Rules ignored", ", ".join(prepared.ignored_rules)))
    return html.panel("What these words mean", "", html.pairs(lines))


def _uncounted(prepared: Prepared) -> str:
    deals = format.plural(len(prepared.uncounted), "open deal")
    reasons = sorted({row.reason for row in prepared.uncounted})
    shown = "; ".join(reasons[:3])
    return f"{deals} with a blocker that no plan can unlock: it {shown}"


def behind(of: Bargain) -> str:
    """What the page rests on, for the foot."""
    problem, frontier = of.prepared.problem, of.found.frontier
    exact = "every one of them" if frontier.is_complete else "evenly spaced"
    return (
        f"{format.plural(len(problem.candidates), 'candidate')}, "
        f"{format.plural(len(problem.deals), 'deal')} with blockers, "
        f"{format.plural(len(frontier.plans), 'plan')} on the line, {exact}"
    )


def filters_in_words(choices: Choices) -> str:
    """The choices, for the foot."""
    parts = ["all segments", f"capacity {choices.capacity_weeks:g} person-weeks"]
    if choices.pins:
        parts.append(f"{len(choices.pins)} must be in")
    if choices.vetoes:
        parts.append(f"{len(choices.vetoes)} ruled out")
    return ", ".join(parts)


def left_out(of: Bargain) -> tuple[Declined, ...]:
    """Every item the compromise leaves out."""
    return find_declined(of.prepared.problem, of.found)
