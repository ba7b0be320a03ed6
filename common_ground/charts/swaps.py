"""The swap list as lines with bars, and the sentences round it: numbers only become words here."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.flips import Flip
from common_ground.analysis.plans import TENTHS, Plan, Problem
from common_ground.analysis.robustness import Robustness
from common_ground.analysis.trades import Price, Swap, Swaps
from common_ground.charts import format

TITLES_SHOWN: Final = 3  # items named in one line; the rest is counted
MOST_LINES: Final = 6  # of one list; what is beyond it is one line, so that totals still add up

Fill = Literal["solid", "outline", "hatched"]
Side = Literal["sales", "product"]


@dataclass(frozen=True)
class Line:
    """One line of the list.

    Attributes:
        sales, product: formatted with their sign.
        sales_length, product_length: share of the longest bar of both lists, each on its scale.
        title: items of the swap.
        about: weeks, and whether it is borderline.
        fill: outline leaves the plan, hatched is borderline.
    """

    sales: str
    sales_length: float
    title: str
    about: str
    product: str
    product_length: float
    fill: Fill


def lines(
    swaps: Swaps,
    which: Literal["out", "into"],
    problem: Problem,
    borderline: Collection[str],
    currency: str,
) -> list[Line]:
    """One list, out or in, as lines; both lists share their scales."""
    every = swaps.out + swaps.into
    longest_sales = max((swap.sales for swap in every), default=0) or 1
    longest_product = max((swap.product for swap in every), default=0) or 1
    sign = _negative if which == "out" else format.signed
    plain: Fill = "outline" if which == "out" else "solid"
    shown = []
    for swap, title in _folded(getattr(swaps, which), problem):
        is_borderline = any(item in borderline for item in swap.items)
        weeks = f"{format.count(swap.effort / TENTHS, 1)}{format.NO_BREAK}weeks"
        shown.append(
            Line(
                sales=sign(format.money_short(swap.sales, currency)),
                sales_length=swap.sales / longest_sales,
                title=title,
                about=f"{weeks}, borderline" if is_borderline else weeks,
                product=sign(format.count(swap.product / TENTHS)),
                product_length=swap.product / longest_product,
                fill="hatched" if is_borderline else plain,
            )
        )
    return shown


def _folded(changed: tuple[Swap, ...], problem: Problem) -> list[tuple[Swap, str]]:
    """Swaps with their titles, those beyond MOST_LINES folded into one."""
    if len(changed) <= MOST_LINES:
        return [(swap, titles(problem, swap.items)) for swap in changed]
    first, rest = changed[: MOST_LINES - 1], changed[MOST_LINES - 1 :]
    items = tuple(sorted(item for swap in rest for item in swap.items))
    together = Swap(
        items=items,
        title="",
        sales=sum(swap.sales for swap in rest),
        product=sum(swap.product for swap in rest),
        effort=sum(swap.effort for swap in rest),
        belongs_to="both",
    )
    shown = [(swap, titles(problem, swap.items)) for swap in first]
    return [*shown, (together, f"{len(items)} more items")]


def totals(swaps: Collection[Swap], which: Literal["out", "into"], currency: str) -> Line:
    """The last line of a list: the sums, without bars."""
    sign = _negative if which == "out" else format.signed
    weeks = sum(swap.effort for swap in swaps) / TENTHS
    return Line(
        sales=sign(format.money_short(sum(swap.sales for swap in swaps), currency)),
        sales_length=0.0,
        title=f"Together, {format.count(weeks, 1)}{format.NO_BREAK}weeks",
        about="",
        product=sign(format.count(sum(swap.product for swap in swaps) / TENTHS)),
        product_length=0.0,
        fill="solid",
    )


def titles(problem: Problem, items: Collection[str], most: int = TITLES_SHOWN) -> str:
    """Titles of items, the one with most effort first, the rest counted."""
    ordered = sorted(items, key=lambda i: (-problem.by_id[i].effort, i))
    shown = [problem.title(item_id) for item_id in ordered[:most]]
    more = len(ordered) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def owned_by(swaps: Collection[Swap], side: Side) -> list[str]:
    """Items of the swaps that belong to a side: the larger part of its own best plan."""
    return [i for swap in swaps if swap.belongs_to in (side, "both") for i in swap.items]


def value(side: Side, amount: int, currency: str) -> str:
    """A value of a side in its own unit: €580k, or 425 accounts without the word."""
    if side == "sales":
        return format.money_short(amount, currency)
    return format.count(amount / TENTHS)


def gain(side: Side, found: Compromise, currency: str) -> str:
    """What a side gains over no deal, with its sign."""
    amount = found.sales_gain if side == "sales" else found.product_gain
    return format.signed(value(side, amount, currency))


def about_gain(side: Side, found: Compromise) -> str:
    """What the gain is a gain of."""
    share = found.sales_share if side == "sales" else found.product_share
    unit = "expected" if side == "sales" else "accounts"
    if not share:
        other = "product" if side == "sales" else "sales"
        return f"{unit}; nothing to gain unless {other} loses"
    return f"{unit}, {format.share(share)} of what {side} could gain"


def price(side: Side, cost: Price, currency: str) -> str:
    """What the compromise costs a side against its own best plan."""
    if not cost.below_best:
        return "none: as good as its own best plan"
    return f"{value(side, cost.below_best, currency)} below its own best plan"


def swapped(found: Compromise) -> str:
    """What changes hands, as the start of the answer: "Swap 6 planned items for 8 others"."""
    before, after = set(found.no_deal.plan.items), set(found.compromise.items)
    out, into = len(before - after), len(after - before)
    kind = "planned item" if found.no_deal.basis == "roadmap" else "no-deal item"
    if not out:
        return f"Add {format.plural(into, 'item')}"
    if not into:
        return f"Drop {format.plural(out, kind)}"
    return f"Swap {format.plural(out, kind)} for {format.plural(into, 'other')}"


def weeks_used(plan: Plan, problem: Problem) -> str:
    """Effort of a plan against capacity: "43 of 44 person-weeks"."""
    used, capacity = format.count(plan.weeks, 1), problem.capacity / TENTHS
    return f"{used.removesuffix('.0')} of {capacity:g}{format.NO_BREAK}person-weeks"


def how_sure(sure: Robustness) -> str:
    """How often both gain and the plan fits, and over how many draws."""
    cases = f"{format.count(sure.draws)} simulated cases"
    gains = f"all {cases}" if sure.both_gain == 1 else f"{format.share(sure.both_gain)} of {cases}"
    return f"Both gain in {gains}; the plan fits capacity in {format.share(sure.fits)}"


def flip(flips: Collection[Flip], problem: Problem) -> str:
    """What would change the plan: the item nearest to coming back in."""
    back = [each for each in flips if each.what == "effort" and each.comes_in]
    if not back:
        return "No estimate of an item that goes out would bring it back alone"
    nearest = min(back, key=lambda f: (f.now - f.at, f.item_id))
    weeks = f"{nearest.at / TENTHS:g}{format.NO_BREAK}weeks or less"
    now = f"{nearest.now / TENTHS:g}"
    return f"{problem.title(nearest.item_id)} comes back in at {weeks}, now {now}"


def without_deal(found: Compromise, currency: str) -> str:
    """What both sides lose if they do not agree."""
    sales = value("sales", found.sales_gain, currency)
    return (
        f"Sales forgoes {sales}, product {value('product', found.product_gain, currency)} accounts"
    )


def out_of_time(found: Compromise) -> str:
    """What to say of a search that stopped early; empty when everything is proven."""
    if found.proven and found.frontier.is_proven:
        return ""
    if found.proven:
        return "The line was not completed in time; the plans named are exact."
    if not found.gap:
        return "Best plan found in the time allowed; how far it is from the optimum is not known."
    return f"Best plan found in the time allowed, within {format.share(found.gap)} of the optimum."


def draft_words(found: Compromise, swaps: Swaps, problem: Problem) -> tuple[str, str, str]:
    """Title, what sales gives and what product gives, for the draft of an agreement.

    Each side gives up the items that mattered more to it; where it gives up none, it accepts the
    plan.
    """
    title = f"{swapped(found)}, {weeks_used(found.compromise, problem)}"
    parts = []
    sides: tuple[tuple[Side, Side], ...] = (("sales", "product"), ("product", "sales"))
    for side, other in sides:
        out, into = owned_by(swaps.out, side), owned_by(swaps.into, other)
        lets_go = f"lets go of {titles(problem, out, 8)}" if out else "accepts the plan"
        backs = f" and backs {titles(problem, into, 8)}" if into else ""
        parts.append(f"{side.capitalize()} {lets_go}{backs}.")
    return title, parts[0], parts[1]


def _negative(shown: str) -> str:
    return f"{format.MINUS}{shown}" if any(digit in shown for digit in "123456789") else shown
