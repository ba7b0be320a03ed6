"""What stands below the picture of Compromise, by the view chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from common_ground.analysis import assumptions
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.declined import find_declined, find_declined_accounts
from common_ground.analysis.plan_inputs import Choices
from common_ground.ui import (
    cache,
    compromise_drafts,
    compromise_items,
    compromise_scenarios,
    compromise_states,
    compromise_sure,
    compromise_swaps,
    compromise_tables,
    html,
    tables,
)
from common_ground.ui.compromise_later import Later
from common_ground.ui.compromise_plan import Shown
from common_ground.warehouse.published import Published


@dataclass(frozen=True)
class Below:
    """What a view is made of.

    Attributes:
        shown: the plan shown.
        of: the bargain with the compromise.
        later: what was found beside the clicks.
        choices: of the page.
        level: suggestions count from this score (0..1) up.
        published: the data.
    """

    shown: Shown
    of: Bargain
    later: Later | None
    choices: Choices
    level: float
    published: Published


def show(view: str, below: Below) -> None:
    """The view chosen."""
    _VIEWS[view](below)


def _trade(below: Below) -> None:
    shown, of, currency = below.shown, below.of, below.published.currency
    if shown.is_compromise and not of.found.trade:
        openers = None if below.later is None else below.later.openers
        html.show(compromise_states.no_trade(of, openers))
        return
    marks = compromise_items.marks(assumptions.told(cache.backlog(), cache.decided().assumptions))
    later = below.later if shown.is_compromise else None
    drawn = None if later is None else later.drawn
    html.show(
        compromise_swaps.swap_tables(shown.of, drawn, marks, currency),
        compromise_items.assumed_in_trade(shown.of, marks),
    )
    if shown.is_compromise:
        declined = len(find_declined(of.prepared.problem, of.found))
        html.show(compromise_swaps.facts(of, later, declined, currency))
    compromise_drafts.show(shown.of, below.published.data_version)


def _items(below: Below) -> None:
    told = assumptions.told(cache.backlog(), cache.decided().assumptions)
    currency = below.published.currency
    compromise_items.show(below.of, below.choices, below.level, told, currency)


def _sure(below: Below) -> None:
    compromise_sure.show(below.of, below.later, below.published.currency)


def _declined(below: Below) -> None:
    prepared, found, currency = below.of.prepared, below.of.found, below.published.currency
    html.show(html.heading("Declined items", "why, and what would bring each back"))
    tables.with_download(
        compromise_tables.declined_table(find_declined(prepared.problem, found)),
        "declined",
        compromise_tables.declined_columns(currency),
        height=420,
    )
    html.show(html.heading("Accounts that wait", "a sentence sales can use with each"))
    waiting = find_declined_accounts(prepared.problem, found, prepared.uncounted)
    tables.with_download(
        compromise_tables.accounts_table(waiting, below.of),
        "declined_accounts",
        compromise_tables.accounts_columns(currency),
    )


def _scenarios(below: Below) -> None:
    compromise_scenarios.show(below.of, below.choices, below.level, below.published)


_VIEWS: Final[Mapping[str, Callable[[Below], None]]] = {
    "trade": _trade,
    "items": _items,
    "sure": _sure,
    "declined": _declined,
    "scenarios": _scenarios,
}
