"""The swap list as lines with bars, and the sentences round it: numbers only become words here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from common_ground.analysis.bands import Band
from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.flips import Flip
from common_ground.analysis.plans import TENTHS, Plan, Problem
from common_ground.analysis.robustness import Robustness
from common_ground.analysis.trades import Price, Swap, Swaps
from common_ground.charts import format
from common_ground.charts.labels import shortened

TITLES_SHOWN: Final = 3  # items named in one line; the rest is counted
LONGEST_GIVE: Final = 3_900  # characters of what a side gives in an agreement, with its verb
FEW_ACCOUNTS: Final = 100  # tenths of an account; below it the tenth is shown
NAMED_IN_ANSWER: Final = 2  # items named on each side of the answer, so that it stays at two lines
ANSWER_TITLE: Final = 24  # characters of one of them
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
        about: weeks, whether it is borderline, whether a value of it is assumed.
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
    assumed: Collection[str] = (),
) -> list[Line]:
    """One list, out or in, as lines; both lists share their scales.

    Args:
        swaps: both lists.
        which: the one to show.
        problem: for titles.
        borderline: items in the plan in some of the simulated cases only.
        currency: ISO code.
        assumed: items with a value that somebody assumes.
    """
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
                about=", ".join(
                    [
                        weeks,
                        *(["borderline"] if is_borderline else []),
                        *(["assumed"] if set(swap.items) & set(assumed) else []),
                    ]
                ),
                product=sign(accounts(swap.product)),
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
        product=sign(accounts(sum(swap.product for swap in swaps))),
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
    return accounts(amount)


def accounts(tenths: int) -> str:
    """Accounts from tenths of one; few of them with their tenth, so that a small gain is none."""
    is_few = abs(tenths) < FEW_ACCOUNTS and tenths % TENTHS
    return format.count(tenths / TENTHS, 1 if is_few else 0)


def gain(side: Side, found: Compromise, currency: str) -> str:
    """What a side gains over no deal, with its sign."""
    amount = found.sales_gain if side == "sales" else found.product_gain
    return format.signed(value(side, amount, currency))


def about_gain(side: Side, found: Compromise) -> str:
    """What the gain is a gain of."""
    share = found.sales_share if side == "sales" else found.product_share
    amount = found.sales_gain if side == "sales" else found.product_gain
    unit = "expected" if side == "sales" else "accounts, weighted"
    other = "product" if side == "sales" else "sales"
    if amount < 0:
        return f"{unit}, less than without a deal"
    if not share:
        return f"{unit}; nothing to gain unless {other} loses"
    if share > 1:
        return f"{unit}, more than {side} could gain unless {other} loses"
    return f"{unit}, {format.share(share)} of what {side} could gain"


def price(side: Side, cost: Price, currency: str) -> str:
    """What the compromise costs a side against its own best plan."""
    if not cost.below_best:
        return "none: as good as its own best plan"
    return f"{value(side, cost.below_best, currency)} below its own best plan"


def swapped(found: Compromise) -> str:
    """What changes hands, counted: "Swap 6 planned items for 8 others"."""
    before, after = set(found.no_deal.plan.items), set(found.compromise.items)
    out, into = len(before - after), len(after - before)
    kind = "planned item" if found.no_deal.basis == "roadmap" else "no-deal item"
    if not out:
        return f"Add {format.plural(into, 'item')}"
    if not into:
        return f"Drop {format.plural(out, kind)}"
    return f"Swap {format.plural(out, kind)} for {format.plural(into, 'other')}"


@dataclass(frozen=True)
class Told:
    """A plan against no deal, in the four parts of a sentence.

    Attributes:
        trade: "Trade Audit log and SCIM for Bulk edit".
        sales: "sales unlocks $412k more".
        product: "product reaches 1,900 more accounts".
        weeks: "same 34 weeks".
    """

    trade: str
    sales: str
    product: str
    weeks: str


def told(found: Compromise, changed: Swaps, problem: Problem, currency: str) -> Told:
    """A plan against no deal: what comes in for what goes out, and what it does to each side."""
    into = _named([i for swap in changed.into for i in swap.items], problem)
    out = _named([i for swap in changed.out for i in swap.items], problem)
    trade = f"Trade {into} for {out}"
    if not out:
        trade = f"Add {into}" if into else "Change nothing"
    elif not into:
        trade = f"Drop {out}"
    before, after = found.no_deal.plan, found.compromise
    money = format.money_short(abs(found.sales_gain), currency)
    reached = accounts(abs(found.product_gain))
    weeks = format.count(after.weeks, 1).removesuffix(".0")
    planned = format.count(before.weeks, 1).removesuffix(".0")
    unit = f"{format.NO_BREAK}{'week' if weeks == '1' else 'weeks'}"
    return Told(
        trade=trade,
        sales=f"sales unlocks {money} {'more' if found.sales_gain > 0 else 'less'}"
        if found.sales_gain
        else "sales unlocks as much as before",
        product=f"product reaches {reached}{format.NO_BREAK}"
        f"{'more' if found.product_gain > 0 else 'fewer'} "
        f"{'account' if reached == '1' else 'accounts'}"
        if found.product_gain
        else "product reaches as many accounts as before",
        weeks=f"same {weeks}{unit}"
        if after.effort == before.effort
        else f"{weeks} instead of {planned}{unit}",
    )


def _named(items: Collection[str], problem: Problem) -> str:
    """The items with most effort by name, the rest counted: "Audit log, SCIM and 4 more"."""
    ordered = sorted(items, key=lambda i: (-problem.by_id[i].effort, i))
    names = [shortened(problem.title(i), ANSWER_TITLE) for i in ordered[:NAMED_IN_ANSWER]]
    more = len(ordered) - len(names)
    if more:
        return f"{', '.join(names)} and {more}{format.NO_BREAK}more"
    return " and ".join(names)


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


def flip_in_words(flip: Flip, problem: Problem, accounts_of: Mapping[str, str]) -> tuple[str, str]:
    """A flip as the item and what would move it.

    Args:
        flip: found.
        problem: for titles.
        accounts_of: customer by deal id.
    """
    moves = "comes in" if flip.comes_in else "goes out"
    if flip.what == "chance":
        said = (
            f"{moves} if {accounts_of.get(flip.deal_id, flip.deal_id)} is won with a chance of "
            f"{format.share(flip.at / 100)}, now {format.share(flip.now / 100)}"
        )
    elif flip.what == "reach":
        said = f"{moves} at {accounts(flip.at)} accounts, weighted, now {accounts(flip.now)}"
    else:
        said = f"{moves} at {flip.at / TENTHS:g}{format.NO_BREAK}weeks, now {flip.now / TENTHS:g}"
    return problem.title(flip.item_id), said


def band_name(band: Band, problem: Problem) -> str:
    """The assumption a band is bargained under."""
    if band.kind == "capacity":
        return f"capacity is {band.at / TENTHS:g} instead of {problem.capacity / TENTHS:g} weeks"
    if band.kind == "no_deal":
        return f"without a deal sales fills {format.share(band.at)}"
    return "only the order of values counts"


def without_deal(found: Compromise, currency: str) -> str:
    """What both sides lose if they do not agree."""
    sales = value("sales", found.sales_gain, currency)
    return (
        f"Sales forgoes {sales}, product {value('product', found.product_gain, currency)} accounts"
    )


def out_of_time(found: Compromise, has_line: bool = True) -> str:
    """What to say of a search that stopped early; empty when everything is proven."""
    if found.proven and (found.frontier.is_proven or not has_line):
        return ""
    if found.proven:
        return "The line was not completed in time; the plans named are exact."
    if not found.gap:
        return "Best plan found in the time allowed; how far it is from the optimum is not known."
    return f"Best plan found in the time allowed, within {format.share(found.gap)} of the optimum."


@dataclass(frozen=True)
class Draft:
    """The words of one draft agreement.

    Attributes:
        title: what it is about.
        give: what sales gives.
        get: what product gives.
        item_ids: items it covers.
    """

    title: str
    give: str
    get: str
    item_ids: tuple[str, ...]


def drafts(swaps: Swaps, problem: Problem) -> tuple[Draft, ...]:
    """The trade as draft agreements: one for what each side gets, which hold only together.

    A line of the swap list belongs to the side for which it is the larger part of its own best
    plan; what is the same part for both is with sales. What one side gets, the other builds or
    backs; what a side lets go of stands beside what it gets.
    """
    found = []
    for side in ("sales", "product"):
        into, out = _of(swaps.into, side), _of(swaps.out, side)
        if into or out:
            found.append((side, into, out))
    return tuple(
        Draft(
            title=f"{_what(into, out, problem)} (part {number} of {len(found)}, only together)"
            if len(found) > 1
            else _what(into, out, problem),
            give=_sales_gives(side, into, out, problem),
            get=_product_gives(side, into, out, problem),
            item_ids=tuple(sorted({*into, *out})),
        )
        for number, (side, into, out) in enumerate(found, start=1)
    )


def _of(changed: Collection[Swap], side: str) -> list[str]:
    sides = (side, "both") if side == "sales" else (side,)
    return [i for swap in changed if swap.belongs_to in sides for i in swap.items]


def _what(into: Collection[str], out: Collection[str], problem: Problem) -> str:
    if not out:
        return f"Add {_named(into, problem)}"
    if not into:
        return f"Drop {_named(out, problem)}"
    return f"Trade {_named(into, problem)} for {_named(out, problem)}"


def _sales_gives(side: str, into: list[str], out: list[str], problem: Problem) -> str:
    if side == "sales":
        return f"Sales lets go of {_all(out, problem)}." if out else "Sales accepts the plan."
    return f"Sales backs {_all(into, problem)}." if into else "Sales accepts the plan."


def _product_gives(side: str, into: list[str], out: list[str], problem: Problem) -> str:
    if side == "product":
        return f"Product lets go of {_all(out, problem)}." if out else "Product accepts the plan."
    return f"Product builds {_all(into, problem)}." if into else "Product accepts the plan."


def _all(items: list[str], problem: Problem) -> str:
    """Every title, as far as an agreement has room; those counted are still its items."""
    most = len(items)
    while len(said := titles(problem, items, most)) > LONGEST_GIVE and most > 1:
        most -= 1
    return said if len(said) <= LONGEST_GIVE else format.plural(len(items), "item")


def _negative(shown: str) -> str:
    return f"{format.MINUS}{shown}" if any(digit in shown for digit in "123456789") else shown
