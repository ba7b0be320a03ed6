"""What the compromise leaves out: a sentence for each item and for each account that waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.plan_inputs import Uncounted
from common_ground.analysis.plans import TENTHS, Deal, Plan, Problem, evaluate


@dataclass(frozen=True)
class Declined:
    """An item the compromise leaves out.

    Attributes:
        item_id: key in the backlog.
        title: as people write it.
        sales: value of the open deals it blocks, whole currency units.
        product: accounts, tenths.
        effort: tenths of a person-week with the prerequisites that are missing too; None when it
            has no estimate.
        accounts: customers whose deals it blocks, in name order.
        reason: one sentence for the account.
        reopens: one sentence on what would bring it back.
    """

    item_id: str
    title: str
    sales: int
    product: int
    effort: int | None
    accounts: tuple[str, ...]
    reason: str
    reopens: str


@dataclass(frozen=True)
class DeclinedAccount:
    """An account whose deals the compromise does not unlock.

    Attributes:
        account: name of the customer; the deal's id where the CRM names none.
        money: value of its deals that stay blocked, whole currency units.
        deal_ids: those deals, and deals that could not be counted, in id order.
        item_ids: candidates they wait for that are not in the plan, in id order.
        sentence: what to tell the account.
    """

    account: str
    money: int
    deal_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    sentence: str


def find_declined(problem: Problem, found: Compromise) -> tuple[Declined, ...]:
    """Every item the compromise leaves out, most money first, those without an estimate last."""
    held = frozenset(found.compromise.items)
    rows = [
        _declined(problem, found.compromise, item_id)
        for item_id in problem.by_id
        if item_id not in held
    ]
    rows.sort(key=lambda row: (-row.sales, -row.product, row.item_id))
    rows += [
        Declined(
            item_id=item.item_id,
            title=item.title,
            sales=item.money,
            product=0,
            effort=None,
            accounts=(),
            reason=f"It {item.reason}, so no plan can promise it.",
            reopens="Reopens with the estimate.",
        )
        for item in problem.unplannable
    ]
    return tuple(rows)


def find_declined_accounts(
    problem: Problem, found: Compromise, uncounted: Iterable[Uncounted] = ()
) -> tuple[DeclinedAccount, ...]:
    """Every account with a deal the compromise leaves blocked, most money first.

    Args:
        problem: the rules and values.
        found: its compromise.
        uncounted: open deals that no plan can unlock; they add no money here.
    """
    held = frozenset(found.compromise.items)
    why = {row.item_id: row for row in find_declined(problem, found)}
    blocked: dict[str, list[Deal]] = {}
    for deal in sorted(problem.deals, key=lambda d: d.deal_id):
        if not deal.blockers <= held:
            blocked.setdefault(deal.account or deal.deal_id, []).append(deal)
    other: dict[str, list[Uncounted]] = {}
    for row in sorted(uncounted, key=lambda r: r.deal_id):
        other.setdefault(row.account or row.deal_id, []).append(row)
    rows = []
    for account in sorted({*blocked, *other}):
        deals, rest = blocked.get(account, []), other.get(account, [])
        missing = sorted(frozenset().union(*(d.blockers for d in deals)) - held)
        rows.append(
            DeclinedAccount(
                account=account,
                money=sum(deal.value for deal in deals),
                deal_ids=tuple(sorted([d.deal_id for d in deals] + [r.deal_id for r in rest])),
                item_ids=tuple(missing),
                sentence=_tell(problem, missing, why, rest),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.money, row.account)))


def _tell(
    problem: Problem, missing: list[str], why: dict[str, Declined], rest: list[Uncounted]
) -> str:
    told = []
    if len(missing) == 1:
        row = why[missing[0]]
        told.append(f"{row.title} is not in this plan. {row.reason} {row.reopens}")
    elif missing:
        titles = [problem.title(item_id) for item_id in missing]
        first = why[max(missing, key=lambda i: (problem.by_id[i].effort, i))]
        told.append(
            f"{', '.join(titles[:-1])} and {titles[-1]} are not in this plan. {first.title}: "
            f"{first.reason[0].lower()}{first.reason[1:]}"
        )
    told += [f"Deal {row.deal_id} {row.reason}." for row in rest]
    return " ".join(told)


def _declined(problem: Problem, plan: Plan, item_id: str) -> Declined:
    waiting = [deal for deal in problem.deals if item_id in deal.blockers]
    missing = problem.needs[item_id] - frozenset(plan.items)
    reason, reopens = _why_declined(problem, plan, item_id, missing)
    others = sorted(
        problem.title(i)
        for i in frozenset().union(*(deal.blockers for deal in waiting)) - missing
        if i not in plan.items
    )
    if others and len(others) <= 3:
        reopens += f" Its deals also wait for {', '.join(others)}."
    return Declined(
        item_id=item_id,
        title=problem.title(item_id),
        sales=sum(deal.value for deal in waiting),
        product=problem.by_id[item_id].product,
        effort=evaluate(problem, missing).effort,
        accounts=tuple(sorted({deal.account for deal in waiting if deal.account})),
        reason=reason,
        reopens=reopens,
    )


def _why_declined(
    problem: Problem, plan: Plan, item_id: str, missing: frozenset[str]
) -> tuple[str, str]:
    """Why an item is not in the plan, and what would bring it back."""
    held = frozenset(plan.items)
    if vetoed := sorted(missing & problem.vetoes):
        if vetoed == [item_id]:
            return "It is ruled out for this plan.", "Reopens when the veto is lifted."
        names = ", ".join(problem.title(i) for i in vetoed)
        return f"It needs {names}, which is ruled out.", "Reopens when that veto is lifted."
    if clash := problem.conflicts(held | missing):
        other = next((i for pair in clash for i in pair if i in held), None)
        if other is None:
            one, two = (problem.title(i) for i in clash[0])
            return (
                f"It needs {one} and {two}, which exclude each other.",
                "Reopens when that rule changes.",
            )
        return (
            f"It cannot be built together with {problem.title(other)}, which goes ahead.",
            f"Reopens if {problem.title(other)} is given up.",
        )
    return _why_no_room(problem, plan, item_id, missing)


def _why_no_room(
    problem: Problem, plan: Plan, item_id: str, missing: frozenset[str]
) -> tuple[str, str]:
    """Why an item that could be in the plan is not."""
    held = frozenset(plan.items)
    weeks = evaluate(problem, missing).weeks
    needed = sorted(problem.title(i) for i in missing - {item_id})
    together = f" with {', '.join(needed)}" if needed else ""
    waits = any(item_id in deal.blockers for deal in problem.deals)
    if not waits and not problem.by_id[item_id].product:
        return (
            "No open deal waits for it and no account is counted for it.",
            "Reopens with a deal that needs it, or a figure for its reach.",
        )
    over = problem.full(held | missing, problem.bounds)
    if not over:
        return (
            f"Its {weeks:g} weeks would fit, but it adds nothing to what this plan brings.",
            "Reopens when more of what its deals wait for is planned.",
        )
    first = over[0]
    free = max(0, first.most - problem.effort_of(held & first.items)) / TENTHS
    left = f"{free:g} are" if free else "none is"
    lacking = " and ".join(
        f"{(problem.effort_of((held | missing) & bound.items) - bound.most) / TENTHS:.1f} more "
        f"person-weeks {bound.name}".rstrip()
        for bound in over
    )
    return (
        f"It takes {weeks:g} weeks{together} and {left} free {first.name}".rstrip()
        + "; no plan with it serves both sides better.",
        f"Fits on top of this plan with {lacking}.",
    )
