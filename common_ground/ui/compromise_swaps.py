"""The trade of Compromise: what goes out, what comes in, how sure it is, drafts of agreements."""

from collections.abc import Collection, Mapping
from typing import Literal

from common_ground.analysis.bargain import Bargain
from common_ground.analysis.robustness import Drawn
from common_ground.analysis.trades import Swap
from common_ground.charts import format, swaps
from common_ground.ui import html
from common_ground.ui.compromise_later import Later


def swap_tables(
    of: Bargain, drawn: Drawn | None, assumed: Mapping[str, str], currency: str
) -> html.Html:
    """What goes out and what comes in instead, side by side, on the same scales.

    Args:
        of: the bargain with the plan shown.
        drawn: bargains struck anew; None while they are not known, or of another plan.
        assumed: what is assumed of an item, by item_id; see `compromise_items.marks`.
        currency: ISO code.
    """
    roadmap = of.found.no_deal.basis == "roadmap"
    items = () if drawn is None else drawn.items
    unsure_in = {item.item_id for item in items if item.standing != "core"}
    unsure_out = {item.item_id for item in items if item.standing == "borderline"}
    out_hint = into_hint = ""
    if drawn is not None:
        cases = f"{format.count(drawn.done)} simulated cases"
        out_hint = f". Hatched: stays in some of {cases}"
        into_hint = f". Hatched: in fewer than 9 of 10 of {cases}"
    out = html.panel(
        "Goes out of the roadmap" if roadmap else "Goes out of the no-deal plan",
        f"{_items(of.swaps.out)}{out_hint}",
        _table(of, "out", unsure_out, assumed, currency),
    )
    into = html.panel(
        "Comes in instead",
        f"{_items(of.swaps.into)}{into_hint}",
        _table(of, "into", unsure_in, assumed, currency),
    )
    return html.join(
        [
            html.grid([out, into], "2"),
            html.note(
                "Money: deals and renewals whose every blocker is in the plan, amount × chance. "
                "Accounts: reach × impact × confidence. What depends on each other is one line; "
                "one line need not help both sides, the trade as a whole does."
            ),
        ]
    )


def _items(changed: tuple[Swap, ...]) -> str:
    return format.plural(sum(len(swap.items) for swap in changed), "item")


def _table(
    of: Bargain,
    which: Literal["out", "into"],
    unsure: Collection[str],
    assumed: Collection[str],
    currency: str,
) -> html.Html:
    lines = swaps.lines(of.swaps, which, of.prepared.problem, unsure, currency, assumed)
    total = swaps.totals(getattr(of.swaps, which), which, currency)
    if not lines:
        return html.note("Nothing.")
    return html.swap_table(
        ("money, expected", "item or bundle", "accounts, weighted"),
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


def facts(of: Bargain, later: Later | None, declined: int, currency: str) -> html.Html:
    """How sure it is, what would flip it, what both lose without it, and what is declined."""
    sure, flips = (None, None) if later is None else (later.sure, later.flips)
    looked_for = "Being looked for"
    shown = [
        html.fact("How sure", looked_for if sure is None else swaps.how_sure(sure)),
        html.fact(
            "What would flip it",
            looked_for if flips is None else swaps.flip(flips, of.prepared.problem),
        ),
        html.fact("Without a deal", swaps.without_deal(of.found, currency)),
        html.fact(
            "Declined", f"{format.plural(declined, 'item')}, each with a sentence for the account"
        ),
    ]
    return html.grid(shown, "4")
