"""How sure Compromise is: what it rests on, drawn anew, and what would change it."""

from typing import Final

from common_ground.analysis.bargain import Bargain
from common_ground.analysis.fairness import find_fairness
from common_ground.analysis.plans import TENTHS
from common_ground.analysis.robustness import Drawn
from common_ground.analysis.trades import find_price
from common_ground.charts import format, swaps
from common_ground.ui import compromise_tables, html, tables
from common_ground.ui.compromise_later import DRAWS, Later

_PENDING: Final = "being worked out"
_DRAWN: Final = ("cases", "standing")  # columns that need the simulated cases


def show(of: Bargain, later: Later | None, currency: str) -> None:
    """Chance to fit, both gain, price, what would flip it; then item by item.

    Args:
        of: the bargain of the page.
        later: what was found beside the clicks.
        currency: ISO code.
    """
    html.show(
        html.grid(
            [
                html.panel("How sure", "", html.pairs(_chances(of, later))),
                html.panel("Price", "against own best plan", html.pairs(_prices(of, currency))),
            ],
            "2",
        )
    )
    html.show(
        html.grid(
            [
                html.panel("Fairness", "what each side gets out of it", _fairness(of, currency)),
                html.panel(
                    "What would flip it", "the nearest value of one input", _flips(of, later)
                ),
            ],
            "2",
        ),
        html.grid(
            [
                html.panel(
                    "Under other assumptions",
                    "capacity, what each side would fill without a deal, order of values only",
                    _bands(of, later, currency),
                )
            ],
            "1",
        ),
    )
    drawn = None if later is None else later.drawn
    html.show(
        html.heading(
            "The compromise, item by item",
            f"in how many of {DRAWS} simulated cases the two sides would settle on it again",
        )
    )
    if drawn is None:
        html.show(html.note("The simulated cases are being worked out; shares follow."))
    rows = compromise_tables.plan_table(of, drawn)
    known = [name for name in rows.columns if drawn is not None or name not in _DRAWN]
    tables.with_download(rows, "compromise", compromise_tables.plan_columns(), shown=known)


def _chances(of: Bargain, later: Later | None) -> list[tuple[object, object]]:
    reserve, drawn = of.reserve, None if later is None else later.drawn
    sure = None if later is None else later.sure
    lines: list[tuple[object, object]] = [
        (
            "Fits capacity",
            f"in {format.share(reserve.fits)} of cases, computed from every estimate’s range"
            + (f". {reserve.note}" if reserve.note else ""),
        ),
        (
            "Both gain",
            _PENDING
            if sure is None
            else f"with this plan in {format.share(sure.both_gain)} of "
            f"{format.count(sure.draws)} simulated cases",
        ),
        (
            "A trade",
            _PENDING
            if drawn is None
            else f"exists in {format.share(drawn.trades)} of {format.count(drawn.done)} simulated "
            "cases, when both bargain anew",
        ),
    ]
    if drawn is not None:
        lines.append(("Items", standings(of, drawn)))
    return lines


def standings(of: Bargain, drawn: Drawn) -> str:
    """How many items of the compromise are core, and how many others come near it."""
    held = set(of.found.compromise.items)
    core = sum(item.standing == "core" for item in drawn.items if item.item_id in held)
    near = sum(item.standing == "borderline" for item in drawn.items if item.item_id not in held)
    return (
        f"{core} of {len(held)} in the compromise are in it in at least 9 of 10 cases; "
        f"{near} others are in it in some"
    )


def _prices(of: Bargain, currency: str) -> list[tuple[object, object]]:
    lines: list[tuple[object, object]] = []
    sides: tuple[swaps.Side, ...] = ("sales", "product")
    for side in sides:
        price = find_price(of.found, side)
        lines.append(
            (
                html.named(side, side.capitalize()),
                f"{swaps.price(side, price, currency)}; without a deal it would have "
                f"{swaps.value(side, price.above_no_deal, currency)} less than with it",
            )
        )
    return lines


def _fairness(of: Bargain, currency: str) -> html.Html:
    """Share of value, effort and asks, a row each, sales left."""
    fair = find_fairness(of.prepared.problem, of.found)
    sides = (fair.sales, fair.product)
    return html.table(
        ("", html.named("sales", "Sales"), html.named("product", "Product")),
        [
            (
                "Of its own best plan",
                f"{_share(fair.sales.value_share)}, "
                f"{swaps.value('sales', fair.sales.value, currency)}",
                f"{_share(fair.product.value_share)}, "
                f"{swaps.value('product', fair.product.value, currency)} accounts",
            ),
            (
                "Of the plan’s effort, for what it wants more",
                *(
                    f"{_share(one.effort_share)}, {format.count(one.effort / TENTHS, 1)} weeks"
                    for one in sides
                ),
            ),
            (
                "Asks met",
                f"{fair.sales.asks_met} of {format.plural(fair.sales.asks, 'deal')} that wait",
                f"{fair.product.asks_met} of {format.plural(fair.product.asks, 'item')} that reach "
                "accounts",
            ),
        ],
    )


def _share(value: float | None) -> str:
    return format.NONE if value is None else format.share(value)


def _flips(of: Bargain, later: Later | None) -> html.Html:
    """Each flip in a sentence, those found so far."""
    flips = None if later is None else later.flips
    if flips is None:
        return html.note(_PENDING)
    problem = of.prepared.problem
    names = {deal.deal_id: deal.account or deal.deal_id for deal in problem.deals}
    lines = [swaps.flip_in_words(flip, problem, names) for flip in flips]
    if not lines:
        return html.note("No single input of an item that changes hands would move it alone.")
    return html.pairs(lines)


def _bands(of: Bargain, later: Later | None, currency: str) -> html.Html:
    """A row an assumption: the gains of both, and which items change."""
    bands = None if later is None else later.bands
    if bands is None:
        return html.note(_PENDING)
    problem = of.prepared.problem
    body = [
        (
            swaps.band_name(band, problem),
            *(
                (band.why_none, "")
                if band.plan is None
                else ("no trade", "")
                if not band.trade
                else (
                    format.signed(swaps.value("sales", band.sales_gain, currency)),
                    format.signed(swaps.value("product", band.product_gain, currency)),
                )
            ),
            swaps.titles(problem, band.comes_in) or format.NONE,
            swaps.titles(problem, band.goes_out) or format.NONE,
        )
        for band in bands
    ]
    head = ("If", html.named("sales", "expected"), html.named("product", "accounts"))
    return html.table((*head, "Comes in besides", "Goes out besides"), body, (1, 2))
