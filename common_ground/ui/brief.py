"""The pieces of Brief: results of the meeting in, markup out. Numbers are only written here."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from common_ground.analysis.bargain import Bargain
from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.overlap import Overlap
from common_ground.analysis.plans import TENTHS
from common_ground.analysis.robustness import Robustness
from common_ground.charts import format, swaps
from common_ground.charts.swaps import Side
from common_ground.ledger.standings import Standing
from common_ground.pack.slides import day
from common_ground.ui import html, messages

ROWS: Final = 4  # agreements and changes shown; the rest is counted
TITLES: Final = 3  # items named under Gets and Gives up

# Table of the change register, as people call its rows, and whose they are.
_TABLES: Final[dict[str, tuple[str, html.Side, str]]] = {
    "deals": ("deal", "sales", "CRM"),
    "asks": ("ask", "sales", "asked"),
    "items": ("item", "product", "backlog"),
    "features": ("feature", "product", "shipped"),
    "accounts": ("account", "shared", "accounts"),
    "contracts": ("contract", "shared", "billing"),
}


def answer(known: Overlap, bargain: Bargain | None, currency: str) -> list[object]:
    """Where we stand, in one or two sentences."""
    if known.items.empty:
        return ["Nothing is asked for or planned in this data yet."]
    both = int((known.items["class"] == "both").sum())
    items = format.plural(len(known.items), "item")
    first = f"Both sides already want {both or 'none'} of {items}."
    if bargain is None:
        return [first]
    if not bargain.found.trade:
        return [first, f" No trade is available at {weeks(bargain)}."]
    return [
        first,
        " One trade inside today’s capacity would unlock ",
        html.said_by("sales", f"{money(bargain.found.sales_gain, currency)} more for sales"),
        " and reach ",
        html.said_by("product", f"{_more_accounts(bargain.found)} for product"),
        ".",
    ]


def classes(known: Overlap, currency: str) -> html.Html:
    """The five classes with count, money, its unconfirmed part, and what to do about each."""
    if known.items.empty and known.left_out.empty:
        return messages.not_loaded(
            "What is asked, what is planned",
            "backlog or request",
            "The five classes need at least one of them.",
        )
    longest = max(known.classes["allocated"].max(), 1.0)
    lines = [
        html.ClassLine(
            html.CLASS_SIDES[row["class"]],
            row["label"],
            row["action"],
            format.count(row["count"]),
            row["allocated"] * (1 - row["unconfirmed_share"]) / longest,
            row["allocated"] * row["unconfirmed_share"] / longest,
            money(row["allocated"], currency),
        )
        for row in known.classes.to_dict("records")
    ]
    head = (
        f"{format.plural(len(known.items), 'item')} in five classes",
        "Items",
        "Money, each deal split over its asks",
        f"{money(known.classes['allocated'].sum(), currency)} in all",
    )
    return html.panel(
        "What is asked, what is planned",
        "hatched: rests on links no person has confirmed",
        html.class_table(head, lines),
    )


def trade(bargain: Bargain, draws: Robustness, openers: Sequence[str], currency: str) -> html.Html:
    """The best trade, both sides the same, or what would open one."""
    found = bargain.found
    if not bargain.has_items:
        needs = "A trade is made of backlog items with an effort in person-weeks."
        return messages.not_loaded("The best trade", "backlog", needs)
    if not found.trade:
        return messages.no_trade(
            "The best trade",
            weeks(bargain),
            f"No plan inside capacity beats no deal for both sides. {found.no_deal.note}",
            openers[0],
        )
    before, after = found.no_deal.plan, found.compromise
    sales = html.group(
        html.side_head(
            "sales",
            "Sales",
            swaps.gain("sales", found, currency),
            f"expected, from {money(before.sales, currency)} to {money(after.sales, currency)}",
        ),
        _gives_and_gets(bargain, "sales"),
    )
    product = html.group(
        html.side_head(
            "product",
            "Product",
            swaps.gain("product", found, currency),
            f"accounts reached, from {format.count(before.accounts)} to "
            f"{format.count(after.accounts)}",
        ),
        _gives_and_gets(bargain, "product"),
    )
    capacity = bargain.prepared.problem.capacity
    return html.panel(
        "The best trade",
        f"simulated: both gain in {format.share(draws.both_gain)}, "
        f"fits capacity in {format.share(draws.fits)}",
        html.grid([sales, product], "2"),
        html.capacity(
            swaps.weeks_used(after, bargain.prepared.problem),
            after.effort / capacity if capacity else 0.0,
        ),
        html.note(alone(found, currency)),
    )


def alone(found: Compromise, currency: str) -> str:
    """What each side's own best plan would cost the other, against no deal."""
    before = found.no_deal.plan
    basis = "today’s roadmap" if found.no_deal.basis == "roadmap" else "no deal"
    accounts_lost = before.product - found.sales_alone.product
    money_lost = before.sales - found.product_alone.sales
    parts = []
    if accounts_lost > 0:
        parts.append(f"Sales alone would cost product {accounts(accounts_lost)}")
    if money_lost > 0:
        parts.append(f"product alone would cost sales {money(money_lost, currency)}")
    said = "; ".join(parts)
    return f"Against {basis}." + (f" {said[0].upper()}{said[1:]}." if said else "")


def agreements(stands: Standing) -> html.Html:
    """Open agreements, late ones first."""
    open_ones = stands.rows.loc[stands.rows["status"] == "open"]
    right = (
        f"{stands.open_count} open, {stands.late_count} late, {stands.due_soon_count} due this week"
    )
    if open_ones.empty:
        return html.panel(
            "Agreements",
            right,
            html.note("No agreement is open."),
            html.link("Record one on the Agreements page", "agreements"),
        )
    lines = [
        html.Row(
            _due(row["days_left"], row["due_date"]),
            html.build('<span class="cg-id">{}</span> {}', row["agreement_id"], row["title"]),
            html.join(
                [
                    html.named("sales", _named(row["sales_owner"])),
                    html.named("product", _named(row["product_owner"])),
                ]
            ),
            bold=bool(row["is_late"]),
        )
        for row in open_ones.head(ROWS).to_dict("records")
    ]
    more = len(open_ones) - len(lines)
    rest = html.note(f"and {more} more on the Agreements page") if more else ""
    return html.panel("Agreements", right, html.rows(lines), rest)


def changes(found: pd.DataFrame, version: int, names: Mapping[tuple[str, str], str]) -> html.Html:
    """What differs from the data version before.

    Args:
        found: canonical_table, change, key, what.
        version: of the data shown.
        names: what people call the row, by table and key.
    """
    if version == 1:
        return html.panel(
            "Since the version before",
            "data v1 is the first",
            html.note("The next export you publish is compared with this one, row by row."),
        )
    title, right = (
        f"Since data v{version - 1}",
        format.plural(len(found), "row differs", "rows differ"),
    )
    if found.empty:
        return html.panel(title, right, html.note("The exports brought nothing new."))
    lines = []
    for table, (one, side, kind) in _TABLES.items():
        for change in ("added", "changed", "removed"):
            keys = found.loc[
                (found["canonical_table"] == table) & (found["change"] == change), "key"
            ]
            if len(keys):
                sign = {"added": "+", "removed": format.MINUS, "changed": ""}[change]
                which = [names.get((table, key), str(key)) for key in keys.head(TITLES)]
                lines.append(
                    html.Row(
                        f"{sign}{len(keys)}",
                        html.build(
                            "{} {}: {}",
                            format.plural(len(keys), one).split(format.NO_BREAK)[1],
                            change,
                            _listed(which, len(keys)),
                        ),
                        html.named(side, kind),
                        bold=True,
                    )
                )
    more = len(lines) - ROWS
    rest = html.note(f"and {more} more kinds of change on the Data page") if more > 0 else ""
    return html.panel(title, right, html.rows(lines[:ROWS], lead_right=True), rest)


def weeks(bargain: Bargain) -> str:
    """Capacity: "44 person-weeks"; a plan leaves its reserve of them free."""
    return format.plural(bargain.prepared.problem.capacity / TENTHS, "person-week")


def money(value: float, currency: str) -> str:
    """Money as Brief writes it."""
    return format.money_short(float(value), currency)


def accounts(tenths: int) -> str:
    """Accounts from tenths of an account."""
    return format.plural(tenths / TENTHS, "account")


def _gives_and_gets(bargain: Bargain, side: Side) -> html.Html:
    problem = bargain.prepared.problem
    return html.pairs(
        [
            (
                label,
                swaps.titles(problem, swaps.owned_by(changed, side), TITLES)
                or "nothing of its own",
            )
            for label, changed in (("Gets", bargain.swaps.into), ("Gives up", bargain.swaps.out))
        ]
    )


def _more_accounts(found: Compromise) -> str:
    return format.plural(found.product_gain / TENTHS, "more account")


def _listed(shown: list[str], of: int) -> str:
    more = of - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _due(days_left: int, due: pd.Timestamp) -> str:
    if days_left < 0:
        return f"{format.days(-days_left)} late"
    return f"due {day(due.date()).rsplit(' ', 1)[0]}"


def _named(owner: str | None) -> str:
    return owner if isinstance(owner, str) and owner else "nobody yet"
