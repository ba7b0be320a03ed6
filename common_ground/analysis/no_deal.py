"""What happens without a deal: the roadmap as it stands, or each side filling its share."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from common_ground.analysis.frontier import fits
from common_ground.analysis.plans import SHARES, TENTHS, Bound, Plan, Problem, evaluate
from common_ground.analysis.solver import Limits, Search

Side = Literal["sales", "product"]


@dataclass(frozen=True)
class NoDeal:
    """What happens without a deal.

    Attributes:
        plan: a plan that could be displayed.
        basis: "roadmap" or "shares".
        note: one sentence on how it came about.
    """

    plan: Plan
    basis: str
    note: str


def find_no_deal(
    problem: Problem, limits: Limits | None = None, proofs: list[bool] | None = None
) -> NoDeal:
    """The roadmap as it stands where it fits, else each side fills its share of capacity.

    The roadmap is every planned item with its prerequisites and the pins; it may use the reserve
    and what a deal would keep for horizons. Shares apply to what the pins leave free. Where the
    two picks exclude each other, product picks without the items that clash with sales' pick; what
    is left is filled in turn. Renaming the items changes no value: ties are broken by what items
    are worth, and by their ids last.
    """
    if problem.no_deal == "roadmap" and problem.planned:
        kept = problem.closure((problem.planned - problem.barred) | problem.pins)
        plan = evaluate(problem, kept)
        if fits(problem, kept, problem.room):
            dropped = len(problem.planned & problem.barred)
            note = f"The {len(plan.items)} items of the roadmap as it stands" + (
                f", {dropped} ruled out left out." if dropped else "."
            )
            return NoDeal(plan, "roadmap", note)
        reason = _why_not(problem, kept)
    else:
        reason = "no item is planned" if problem.no_deal == "roadmap" else ""
    plan = _fill_shares(problem, limits, proofs)
    percent = round(100 * problem.sales_share)
    note = f"Each side fills its share of capacity, sales {percent} %"
    return NoDeal(plan, "shares", f"{note}: {reason}." if reason else f"{note}.")


def find_favourite(
    problem: Problem,
    side: Side,
    limits: Limits | None = None,
    proofs: list[bool] | None = None,
    bounds: tuple[Bound, ...] | None = None,
    without: frozenset[str] = frozenset(),
    order: tuple[str, ...] | None = (),
) -> Plan:
    """The best plan for one side, then for the other, then with less effort, then by item id.

    Args:
        problem: the rules.
        side: "sales" or "product".
        limits: how long to search.
        proofs: gets False appended when a limit was reached.
        bounds: where others than the problem's capacity, teams and horizons apply.
        without: items to leave out besides the vetoed ones.
        order: breaks the last ties in place of the item id; None leaves ties by effort and order
            open, which saves time with thousands of items.
    """
    search = Search(problem, limits, bounds, without)
    plan = evaluate(problem, problem.closure(problem.pins))
    search.start_from(plan)
    # One unit of the first outweighs all of the second: both questions in one
    if side == "sales":
        weights = {"sales": 1 + sum(c.product for c in problem.candidates), "product": 1}
    else:
        weights = {"product": 1 + sum(deal.value for deal in problem.deals), "sales": 1}
    if (answer := search.maximise(**weights, keep=True)) is not None:
        plan = answer.plan
    if order is not None:
        plan = search.settle(plan, order)
    if proofs is not None:
        proofs.append(search.is_proven)
    return plan


def _why_not(problem: Problem, roadmap: frozenset[str]) -> str:
    if clash := problem.conflicts(roadmap):
        one, other = (problem.title(i) for i in clash[0])
        return f"{one} and {other} on the roadmap exclude each other"
    over = problem.full(roadmap, problem.room)[0]
    needed = problem.effort_of(roadmap & over.items) / TENTHS
    room = f"{over.most / TENTHS:g} person-weeks {over.name}".rstrip()
    return f"the roadmap needs {needed:g} of {room}"


def _fill_shares(problem: Problem, limits: Limits | None, proofs: list[bool] | None) -> Plan:
    pinned = problem.closure(problem.pins)
    share = Fraction(problem.sales_share).limit_denominator(SHARES)
    of_sales, of_product = [], []
    for bound in problem.bounds:
        taken = problem.effort_of(pinned & bound.items)
        part = (bound.most - taken) * share.numerator // share.denominator
        of_sales.append(Bound(bound.name, bound.items, taken + part))
        of_product.append(Bound(bound.name, bound.items, bound.most - part))
    order = problem.by_worth
    sales = find_favourite(problem, "sales", limits, proofs, tuple(of_sales), order=order)
    clashing = _clashing(problem, frozenset(sales.items))
    product = find_favourite(problem, "product", limits, proofs, tuple(of_product), clashing, order)
    return _fill_in_turn(problem, frozenset(sales.items) | frozenset(product.items))


def _clashing(problem: Problem, held: frozenset[str]) -> frozenset[str]:
    """Items that exclude one of these."""
    pairs = [*problem.excludes, *((b, a) for a, b in problem.excludes)]
    return frozenset(b for a, b in pairs if a in held)


def _fill_in_turn(problem: Problem, held: frozenset[str]) -> Plan:
    """Add items in turn, sales first, each the largest own gain per added week, while any gain."""
    side: Side = "sales"
    idle = 0
    while idle < 2:
        best = _best_addition(problem, held, side)
        idle = 0 if best else idle + 1
        held = best or held
        side = "product" if side == "sales" else "sales"
    return evaluate(problem, held)


def _best_addition(problem: Problem, held: frozenset[str], side: Side) -> frozenset[str] | None:
    now = evaluate(problem, held)
    free = problem.available - now.effort
    best: tuple[tuple[bool, Fraction], frozenset[str]] | None = None
    for item_id in problem.by_worth:
        if item_id in held or problem.effort_of(problem.needs[item_id] - held) > free:
            continue
        grown = held | problem.needs[item_id]
        if grown & problem.barred or not fits(problem, grown):
            continue
        plan = evaluate(problem, grown)
        gain = getattr(plan, side) - getattr(now, side)
        weeks = plan.effort - now.effort
        # A gain for no added week comes before every other
        score = (weeks == 0, Fraction(gain, weeks or 1))
        if gain > 0 and (best is None or score > best[0]):
            best = (score, grown)
    return None if best is None else best[1]
