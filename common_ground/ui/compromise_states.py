"""Compromise where there is no plan to show, and what its words mean."""

from common_ground.analysis import nash
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.frontier import Frontier
from common_ground.analysis.plan_inputs import Prepared
from common_ground.analysis.plans import TENTHS, Problem
from common_ground.charts import format
from common_ground.ui import html, messages


def no_trade(of: Bargain, openers: tuple[str, ...] | None) -> html.Html:
    """That there is no trade, why, and what would open one; None while that is looked for."""
    problem, found = of.prepared.problem, of.found
    one_sided = ""
    if found.sales_gain > 0 or found.product_gain > 0:
        who = "sales" if found.sales_gain > 0 else "product"
        one_sided = f" The best plan inside it helps {who} alone, at no cost to the other side."
    said = ("What would open one is being looked for.",) if openers is None else openers
    return messages.no_trade(
        "Goes out, comes in",
        format.plural(problem.capacity / TENTHS, "person-week"),
        f"No plan inside capacity beats no deal for both sides. {found.no_deal.note}{one_sided}"
        f"{_without_values(problem)}",
        html.join([html.build('<b class="cg-next">{}</b>', text) for text in said], " "),
    )


def _without_values(problem: Problem) -> str:
    """That a side has nothing at stake in any plan, and what is missing for it."""
    said = ""
    if not problem.deals:
        said += " No open deal waits for an item of the backlog, so no plan moves sales’ money."
    if not any(item.product for item in problem.candidates):
        said += " No item has a reach, of product’s own or from usage, so no plan reaches accounts."
    return said


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
        (
            nash.NAME,
            "the plan with the largest product of the two gains (Nash), a second rule: near the "
            "compromise where both rules agree",
        ),
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
    return html.pairs(lines)


def _uncounted(prepared: Prepared) -> str:
    deals = format.plural(len(prepared.uncounted), "open deal")
    reasons = sorted({row.reason for row in prepared.uncounted})
    shown = "; ".join(reasons[:3])
    return f"{deals} with a blocker that no plan can unlock: it {shown}"


def behind(of: Bargain, frontier: Frontier | None) -> str:
    """What the page rests on, for the foot; the frontier once it is known."""
    problem = of.prepared.problem
    parts = [
        format.plural(len(problem.candidates), "candidate"),
        f"{format.plural(len(problem.deals), 'deal')} with blockers",
    ]
    if frontier is not None:
        exact = "every one of them" if frontier.is_complete else "evenly spaced"
        parts.append(f"{format.plural(len(frontier.plans), 'plan')} on the line, {exact}")
    return ", ".join(parts)
