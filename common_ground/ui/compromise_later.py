"""What the first picture does not wait for: the line of plans, how sure, what would flip it."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from common_ground import meeting
from common_ground.analysis.bands import Band, find_bands
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.bargaining import Compromise, with_named
from common_ground.analysis.flips import Flip, flip_steps
from common_ground.analysis.frontier import frontier_steps, sample_plans
from common_ground.analysis.plans import Plan
from common_ground.analysis.robustness import Drawn, Robustness, bargain_draws, find_robustness
from common_ground.ui import beside

CLOUD = 300  # random plans drawn behind the frontier
DRAWS = 300  # draws of the inputs in which the two sides bargain anew
# Share of the whole work that is done with the line, what would flip it, other assumptions.
_LINE, _FLIPS, _BANDS = 0.3, 0.4, 0.5


@dataclass(frozen=True)
class Later:
    """What is found so far.

    Attributes:
        what, share, part: see `beside.Step`.
        found: the compromise, with every plan of the line once that is complete.
        has_line: whether it is.
        cloud: plans filled at random, to show where most plans lie.
        sure: how often both gain and the plan fits; None while not known.
        flips: what would change the plan; None while not known.
        drawn: bargains struck anew with other inputs; None while they are not all struck.
        bands: the compromise under other assumptions; None while they are not all known.
        openers: what would open a trade where there is none; None while it is not known.
    """

    what: str
    share: float
    part: int
    found: Compromise
    has_line: bool = False
    cloud: tuple[Plan, ...] = ()
    sure: Robustness | None = None
    flips: tuple[Flip, ...] | None = None
    drawn: Drawn | None = None
    bands: tuple[Band, ...] | None = None
    openers: tuple[str, ...] | None = None


def key(of: Bargain) -> Hashable:
    """What the work on a bargain depends on."""
    return of.prepared.problem, of.reserve.level


def look(of: Bargain) -> tuple[beside.Work[Later], Later | None]:
    """The work on a bargain, and what it has so far."""
    work = beside.desk().work(key(of), beside.reader(), lambda: steps(of))
    return work, work.latest


def steps(of: Bargain) -> Iterator[Later]:
    """The line first, then what would flip the plan, other assumptions, and bargains anew.

    Where there is no trade, what would open one comes first.
    """
    problem, found = of.prepared.problem, of.found
    later = Later("the line of plans", 0.0, 0, found)
    if found.trade:
        later = replace(later, sure=find_robustness(problem, found, bargained=0), part=1)
    else:
        yield replace(later, what="what would open a trade")
        later = replace(later, openers=meeting.openers(of), part=1)
    yield later
    named = (found.nash, found.product_alone, found.sales_alone, found.compromise)
    line = found.frontier
    for step in frontier_steps(problem, found.sales_alone, found.product_alone):
        line = step.frontier
        yield replace(later, share=_LINE * step.done)
    later = replace(
        later,
        found=replace(found, frontier=with_named(line, named, found.proven)),
        has_line=True,
        cloud=sample_plans(problem, CLOUD),
        part=2,
        share=_LINE,
    )
    if not found.trade:
        yield replace(later, what="done", share=1.0)
        return
    found_flips = []
    for flip in flip_steps(problem, found):
        found_flips += [] if flip is None else [flip]
        yield replace(later, what="what would flip it", share=_LINE + 0.05)
    later = replace(later, flips=tuple(found_flips), part=3, share=_FLIPS)
    yield later
    bands: tuple[Band, ...] = ()
    for band in find_bands(problem, found):
        bands += (band,)
        done = band.done / band.of
        yield replace(later, what="other assumptions", share=_FLIPS + (_BANDS - _FLIPS) * done)
    later = replace(later, bands=bands, part=4, share=_BANDS)
    yield later
    drawn = None
    for drawn in bargain_draws(problem, found, draws=DRAWS):
        # What is shown counts all draws or none
        case = f"simulated case {drawn.done} of {drawn.of}"
        yield replace(later, what=case, share=_BANDS + (1 - _BANDS) * drawn.done / drawn.of)
    yield replace(later, what="done", share=1.0, drawn=drawn, part=5)
