"""What would flip the compromise: the smallest change of one input that moves an item in or out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from common_ground.analysis.bargaining import Compromise, bargain_over
from common_ground.analysis.plans import Plan, Problem, evaluate
from common_ground.analysis.solver import Limits

What = Literal["effort", "reach", "chance"]

INPUTS: Final[tuple[What, ...]] = ("effort", "reach", "chance")
FARTHEST: Final = 4  # effort and reach are tried up to this many times what they are
FINE: Final = 100  # a chance is found to a hundredth


@dataclass(frozen=True)
class Flip:
    """One input of one item, and where it moves the item in or out of the compromise.

    Attributes:
        item_id: the item.
        what: "effort" (tenths of a person-week), "reach" (tenths of an account, weighted) or
            "chance" (hundredths, of winning the largest deal that waits for it).
        now: the input.
        at: the nearest value at which the item moves.
        comes_in: it comes in; otherwise it goes out.
        deal_id: for "chance", the deal.
    """

    item_id: str
    what: What
    now: int
    at: int
    comes_in: bool
    deal_id: str = ""


def find_flips(
    problem: Problem,
    found: Compromise,
    most: int = 3,
    limits: Limits | None = None,
    inputs: tuple[What, ...] = INPUTS,
) -> tuple[Flip, ...]:
    """All flips that `flip_steps` finds."""
    steps = flip_steps(problem, found, most, limits, inputs)
    return tuple(flip for flip in steps if flip is not None)


def flip_steps(
    problem: Problem,
    found: Compromise,
    most: int = 3,
    limits: Limits | None = None,
    inputs: tuple[What, ...] = INPUTS,
) -> Iterator[Flip | None]:
    """What would flip each of the largest items that go out or come in, one input at a time.

    No deal stays what it is. With less effort or more worth an item's plans only get better while
    those without it stay, so an item that comes in at one value comes in beyond it, ties and the
    ends of what each side could gain apart; the edge is found by halving. Gives None where no
    value of an input moves the item, so that whoever asks sees each step done.

    Args:
        problem: the rules and values.
        found: its compromise.
        most: items tried each way, largest effort first.
        limits: how long each search may take.
        inputs: what is changed.
    """
    before, after = set(found.no_deal.plan.items), set(found.compromise.items)
    for items, comes_in in ((before - after, True), (after - before, False)):
        for item_id in sorted(items, key=lambda i: (-problem.by_id[i].effort, i))[:most]:
            for what in inputs:
                yield _find_flip(problem, found.no_deal.plan, item_id, what, comes_in, limits)


def _find_flip(
    problem: Problem,
    no_deal: Plan,
    item_id: str,
    what: What,
    comes_in: bool,
    limits: Limits | None,
) -> Flip | None:
    candidate = problem.by_id[item_id]
    deal_id = ""
    if what == "effort":
        now, far = candidate.effort, 0 if comes_in else FARTHEST * candidate.effort
    elif what == "reach":
        now, far = candidate.product, FARTHEST * candidate.product if comes_in else 0
    else:
        waiting = [deal for deal in problem.deals if item_id in deal.blockers and deal.amount]
        if not waiting:
            return None
        largest = max(waiting, key=lambda deal: (deal.value, deal.deal_id))
        deal_id = largest.deal_id
        now, far = round(FINE * largest.probability), FINE if comes_in else 0

    def moves(value: int) -> bool:
        changed = _changed(problem, item_id, what, value, deal_id)
        zero = evaluate(changed, no_deal.items)
        plan = bargain_over(changed, zero, limits) or zero
        return (item_id in plan.items) == comes_in

    at = _nearest(now, far, moves)
    return None if at is None else Flip(item_id, what, now, at, comes_in, deal_id)


def _nearest(now: int, far: int, moves: Callable[[int], bool]) -> int | None:
    """The value nearest to now at which the item moves, by halving; None when none does."""
    if now == far or not moves(far):
        return None
    stays, at = now, far
    while abs(at - stays) > 1:
        middle = (stays + at) // 2
        stays, at = (stays, middle) if moves(middle) else (middle, at)
    return at


def _changed(problem: Problem, item_id: str, what: What, value: int, deal_id: str) -> Problem:
    if what == "chance":
        return replace(
            problem,
            deals=tuple(
                replace(d, value=round(d.amount * value / FINE)) if d.deal_id == deal_id else d
                for d in problem.deals
            ),
        )
    return replace(
        problem,
        candidates=tuple(
            c
            if c.item_id != item_id
            else replace(c, effort=value)
            if what == "effort"
            else replace(c, product=value)
            for c in problem.candidates
        ),
    )
