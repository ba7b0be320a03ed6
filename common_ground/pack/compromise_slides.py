"""The compromise as a slide: the frontier, what each side gets and gives up, one request."""

from dataclasses import dataclass
from typing import Final

from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.plans import TENTHS, Plan, Problem
from common_ground.analysis.trades import Swap, find_swaps
from common_ground.charts import format
from common_ground.pack import frontier
from common_ground.pack.frontier import Frontier, Named
from common_ground.pack.slides import Column, Mark, Slide, TextList, shorten

DEFINITIONS: Final = (
    "Unlocked: money of open deals whose every blocker is in the plan, times the gain in win "
    "probability.",
    "Accounts: reach × impact × confidence.",
    "Compromise: the plan that lifts the side that gains less as far as it can go.",
    "An item stands with the side for which it is the larger part of its own best plan.",
)
_SIDES: Final[tuple[tuple[Mark, str], ...]] = (("sales", "Sales"), ("product", "Product"))


@dataclass(frozen=True)
class Trade:
    """A compromise with what is needed to tell of it.

    Attributes:
        found: as `analysis.bargaining.find_compromise` returns it.
        problem: what was bargained over.
        currency: ISO code.
        both_gain: share (0..1) of simulated cases in which both gain; None: not simulated.
        unconfirmed_share: share (0..1) of the money that rests on unconfirmed links, if known.
        openers: sentences on what would open a trade when there is none, the nearest first.
    """

    found: Compromise
    problem: Problem
    currency: str
    both_gain: float | None = None
    unconfirmed_share: float | None = None
    openers: tuple[str, ...] = ()

    @property
    def no_deal(self) -> Plan:
        """What happens without a deal."""
        return self.found.no_deal.plan

    @property
    def baseline(self) -> str:
        """The no-deal plan as a reader knows it."""
        return "today’s roadmap" if self.found.no_deal.basis == "roadmap" else "no deal"


def gains(trade: Trade) -> tuple[str, str]:
    """The gain of sales and of product over no deal, with a plus."""
    money = format.money_short(trade.found.sales_gain, trade.currency)
    accounts = format.count(round(trade.found.product_gain / TENTHS))
    return format.signed(money), format.signed(accounts)


def headline(trade: Trade) -> str:
    """The trade as a sentence without a full stop."""
    if not trade.found.trade:
        weeks = format.plural(trade.problem.capacity / TENTHS, "person-week")
        return f"No trade is available at {weeks}: no plan beats {trade.baseline} for both sides"
    money, accounts = (gain.removeprefix("+") for gain in gains(trade))
    return (
        f"One trade inside the same capacity unlocks {money} more and reaches {accounts} more "
        f"accounts than {trade.baseline}"
    )


def columns(trade: Trade, most: int = 4) -> tuple[Column, ...]:
    """What each side gets and gives up, same parts for both; at most `most` lines a list."""
    if not trade.found.trade:
        return _without_trade(trade)
    swaps = find_swaps(trade.problem, trade.found)
    units = ("expected revenue unlocked", "accounts reached")
    return tuple(
        Column(
            mark,
            name,
            number,
            unit,
            (
                _titles("Gets", trade.problem, _of(mark, swaps.into), most),
                _titles("Gives up", trade.problem, _of(mark, swaps.out), most),
            ),
        )
        for (mark, name), number, unit in zip(_SIDES, gains(trade), units, strict=True)
    )


def _without_trade(trade: Trade) -> tuple[Column, ...]:
    """What each side has without a deal."""
    plan = trade.no_deal
    return (
        Column(
            "sales",
            "Sales",
            format.money_short(plan.sales, trade.currency),
            "expected with no deal",
        ),
        Column("product", "Product", format.count(round(plan.accounts)), "accounts with no deal"),
    )


def _of(mark: Mark, swaps: tuple[Swap, ...]) -> list[str]:
    """Items of the swaps that belong to a side, or to both."""
    return [item for swap in swaps if swap.belongs_to in (mark, "both") for item in swap.items]


def _titles(heading: str, problem: Problem, items: list[str], most: int) -> TextList:
    titles = [shorten(problem.title(item_id)) for item_id in items]
    hidden = len(titles) - most
    # The last line says how many more there are, so a list never grows past `most`.
    lines = titles if hidden <= 0 else [*titles[: most - 1], f"and {hidden + 1} more"]
    return TextList(heading, tuple(lines) or ("nothing of its own",))


def compromise_slide(trade: Trade, kicker: str) -> Slide:
    """The frontier with no deal, the compromise and each side's favourite.

    Args:
        trade: the compromise and what it was found in.
        kicker: the line above the title.
    """
    return Slide(
        key="compromise",
        kicker=kicker,
        title=headline(trade),
        figure=frontier.figure(shown(trade)),
        chart=frontier.points(shown(trade)),
        alt="Plans by expected revenue unlocked upwards and accounts reached to the right: the "
        "frontier between each side’s favourite, today’s plan below it, and the compromise on it.",
        columns=columns(trade),
        decision=_decision(trade),
        definitions=DEFINITIONS,
        facts=facts(trade),
    )


def _decision(trade: Trade) -> str:
    if trade.found.trade:
        said = "confirm the trade, or name the item that must stay."
        if trade.both_gain is None:
            return said
        return f"{said} Both gain in {round(100 * trade.both_gain)} of 100 simulated cases."
    return " ".join((f"keep {trade.baseline}.", *trade.openers[:1]))


def facts(trade: Trade) -> tuple[str, ...]:
    """What the trade rests on."""
    plan = trade.found.compromise
    used = format.count(plan.weeks, 1).removesuffix(".0")
    whole = format.count(trade.problem.available / TENTHS, 1).removesuffix(".0")
    said = [
        f"{format.plural(len(trade.problem.deals), 'deal')} with blockers, "
        f"{format.plural(len(trade.problem.candidates), 'candidate item')}",
        f"{used} of {whole} person-weeks",
    ]
    if not trade.found.proven:
        said.append(
            f"Best plan found in time, within {format.share(trade.found.gap)} of the optimum"
        )
    if trade.unconfirmed_share is not None:
        said.append(
            f"{format.share(trade.unconfirmed_share)} of the money rests on links no person has "
            "confirmed"
        )
    return tuple(said)


def shown(trade: Trade) -> Frontier:
    """What the chart of the slide shows."""
    found = trade.found
    start = "Today’s roadmap" if found.no_deal.basis == "roadmap" else "No deal"
    return Frontier(
        plans=tuple(sorted(found.frontier.plans, key=lambda plan: (plan.product, -plan.sales))),
        no_deal=Named(start, trade.no_deal, "none", 16),
        compromise=Named("The compromise", found.compromise, "shared", 23) if found.trade else None,
        favourites=(
            Named("Sales alone", found.sales_alone, "sales", 15),
            Named("Product alone", found.product_alone, "product", 15),
        ),
        currency=trade.currency,
    )
