"""A bargain as `compromise --json` and its text print it: the page's figures, with how and why."""

from dataclasses import asdict
from typing import Any

from common_ground import meeting
from common_ground.analysis import nash
from common_ground.analysis.bands import Band, find_bands
from common_ground.analysis.bargain import Bargain, certify, named_plans
from common_ground.analysis.declined import find_declined, find_declined_accounts
from common_ground.analysis.fairness import SideShares, find_fairness
from common_ground.analysis.flips import Flip, find_flips
from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.plans import TENTHS, Plan
from common_ground.analysis.robustness import Robustness, find_robustness
from common_ground.analysis.trades import Swap, find_price
from common_ground.charts.format import money_short

DEFINITIONS = {
    "sales": "money: open amount x chance to win in the deal's stage, of every deal whose every "
    "blocker is in the plan; workspace currency",
    "product": "accounts: reach x impact x confidence, summed over the items of the plan",
    "effort": "person-weeks: (low + 4 x likely + high) / 6, summed over the items of the plan",
    "no_deal": "the roadmap as it stands where it fits; else each side fills its share of capacity",
    "compromise": "lifts the side that gains the smaller share of what it could gain as far as it "
    "can go, then the other (Kalai and Smorodinsky); ties: less effort, then item id",
    "nash": "the plan with the largest product of the two gains",
    "sales_alone": "the best plan for sales; ties: better for product, less effort, item id",
    "product_alone": "the best plan for product; ties: better for sales, less effort, item id",
    "fits": "chance that the plan's effort stays inside capacity and every team's",
    "both_gain": "share of draws of effort, chance and reach in which both sides gain over no deal",
    "fairness": "for each side: value as a share of its own best plan, effort of the plan that "
    "goes into what it wants more, and asks met (deals unlocked; items that reach accounts)",
}


def as_json(of: Bargain, choices: Choices, draws: int = 0, explain: bool = False) -> dict[str, Any]:
    """A bargain as `compromise --json` prints it; money, accounts and person-weeks.

    Args:
        of: with its frontier.
        choices: what it was made with, printed as the filters.
        draws: inputs drawn and bargained anew, for core, borderline and never.
        explain: also how the plan changes with capacity, no deal and ranks, and what flips it;
            takes seconds.
    """
    problem, found = of.prepared.problem, of.found
    fairness = find_fairness(problem, found)
    content = {
        "filters": asdict(choices),
        "definitions": DEFINITIONS,
        "capacity": problem.capacity / TENTHS,
        "reserve": asdict(of.reserve) | {"weeks": of.reserve.tenths / TENTHS},
        "trade": found.trade,
        "openers": list(meeting.openers(of)),
        "proven": found.proven,
        "gap": found.gap,
        "plans": {name: _plan(plan) for name, plan in named_plans(found).items()},
        "no_deal": {"basis": found.no_deal.basis, "note": found.no_deal.note},
        "gains": {
            "sales": found.sales_gain,
            "product": found.product_gain / TENTHS,
            "sales_share": found.sales_share,
            "product_share": found.product_share,
        },
        "certificates": [
            {"plan": each.plan, "keeps_every_rule": not each.violations, **asdict(each)}
            for each in certify(of)
        ],
        "frontier": [_plan(plan) for plan in found.frontier.plans],
        "frontier_complete": found.frontier.is_complete,
        "swaps": {
            "out": [item for swap in of.swaps.out for item in swap.items],
            "in": [item for swap in of.swaps.into for item in swap.items],
            "rows": [
                _swap(way, swap)
                for way, swaps in (("out", of.swaps.out), ("in", of.swaps.into))
                for swap in swaps
            ],
        },
        "prices": {
            "sales": asdict(find_price(found, "sales")),
            "product": {
                name: value / TENTHS for name, value in asdict(find_price(found, "product")).items()
            },
        },
        "fairness": {
            "sales": _side(fairness.sales, 1),
            "product": _side(fairness.product, TENTHS),
        },
        "robustness": _sure(find_robustness(problem, found, bargained=draws)),
        "declined": [
            asdict(row)
            | {
                "product": row.product / TENTHS,
                "effort": None if row.effort is None else row.effort / TENTHS,
            }
            for row in find_declined(problem, found)
        ],
        "declined_accounts": [
            asdict(row) for row in find_declined_accounts(problem, found, of.prepared.uncounted)
        ],
        "uncounted": [asdict(row) for row in of.prepared.uncounted],
        "needs_estimate": [asdict(row) for row in problem.unplannable],
        "ignored_rules": list(of.prepared.ignored_rules),
        "unconfirmed_share": of.prepared.unconfirmed_share,
    }
    if explain:
        content["bands"] = [_band(band) for band in find_bands(problem, found)]
        content["flips"] = [_flip(flip) for flip in find_flips(problem, found)]
    return content


def as_text(of: Bargain, currency: str) -> list[str]:
    """The plans and the swap as lines."""
    problem, found = of.prepared.problem, of.found
    lines = []
    for name, plan in named_plans(found).items():
        money = money_short(plan.sales, currency)
        called = nash.NAME.lower() if name == "nash" else name.replace("_", " ")
        lines.append(
            f"{called}: {money} unlocked, {plan.accounts:,.1f} accounts reached, "
            f"{plan.weeks:,.1f} person-weeks: {', '.join(plan.items) or 'nothing'}"
        )
    for way, swaps in (("goes out", of.swaps.out), ("comes in", of.swaps.into)):
        lines += [f"{way}: {swap.title}" for swap in swaps]
    if not found.trade:
        lines.append(f"No trade available at {problem.capacity / TENTHS:g} person-weeks")
        lines += [f"  {text}" for text in meeting.openers(of)]
    if of.reserve.level:
        lines.append(
            f"Reserve: {of.reserve.tenths / TENTHS:g} person-weeks; the compromise fits in "
            f"{of.reserve.fits:.0%} of cases"
        )
    if of.reserve.note:
        lines.append(of.reserve.note)
    if not found.proven:
        lines.append(f"Best found in the time allowed, within {found.gap:.1%} of the optimum")
    return lines


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "items": list(plan.items),
        "sales": plan.sales,
        "product": plan.accounts,
        "effort": plan.weeks,
    }


def _swap(way: str, swap: Swap) -> dict[str, Any]:
    return {
        "way": way,
        "items": list(swap.items),
        "title": swap.title,
        "sales": swap.sales,
        "product": swap.product / TENTHS,
        "effort": swap.effort / TENTHS,
        "belongs_to": swap.belongs_to,
    }


def _side(side: SideShares, unit: int) -> dict[str, Any]:
    return {
        "value": side.value / unit,
        "best": side.best / unit,
        "value_share": side.value_share,
        "effort": side.effort / TENTHS,
        "effort_share": side.effort_share,
        "asks_met": side.asks_met,
        "asks": side.asks,
        "asks_share": side.asks_share,
    }


def _sure(sure: Robustness) -> dict[str, Any]:
    return asdict(sure) | {"missing_reserve": sure.missing_reserve / TENTHS}


def _band(band: Band) -> dict[str, Any]:
    return {
        "kind": band.kind,
        "at": band.at / TENTHS if band.kind == "capacity" else band.at,
        "trade": band.trade,
        "plan": None if band.plan is None else _plan(band.plan),
        "sales_gain": band.sales_gain,
        "product_gain": band.product_gain / TENTHS,
        "comes_in": list(band.comes_in),
        "goes_out": list(band.goes_out),
        "why_none": band.why_none,
    }


def _flip(flip: Flip) -> dict[str, Any]:
    unit = 100 if flip.what == "chance" else TENTHS
    return asdict(flip) | {"now": flip.now / unit, "at": flip.at / unit}
