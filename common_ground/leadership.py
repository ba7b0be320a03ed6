"""What the Leadership pack page and the pack command make slides of: the meeting's own results."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import pandas as pd

from common_ground import kpi_lines, kpis, meeting
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.overlap import Overlap
from common_ground.analysis.robustness import Robustness
from common_ground.errors import PlanError
from common_ground.meeting import HEADLINES, Decided
from common_ground.pack.compromise_slides import Trade
from common_ground.pack.contents import Sources
from common_ground.pack.kpi_slides import KpiLine
from common_ground.pack.masking import Mask, masks
from common_ground.settings import Settings
from common_ground.warehouse.published import Data, Published

# The registry holds too many for a slide that is read from 4 m: the ones a board asks for, as
# many of sales as of product.
KPIS = (
    "nrr",
    "grr",
    "request_to_ship_days",
    "commitments_kept",
    "win_rate",
    "won_amount",
    "pipeline_coverage",
    "activation_rate",
    "adoption_breadth",
    "wau",
)


def gather(
    data: Published,
    decided: Decided,
    terms: kpis.Terms,
    settings: Settings,
) -> Sources:
    """Everything a pack tells of, computed from the published data and the ledger.

    Args:
        data: published data.
        decided: what people decided, of the ledger.
        terms: of the ledger.
        settings: level of suggested links, capacity.
    """
    view = kpi_lines.headline_view(data)
    told = kpi_lines.all_told(data, told_kpis(), view, terms)
    lines = [each.line for each in told.values()]
    links = meeting.links(data, decided)
    known = meeting.overlaps(data, decided, links, settings.link_level)
    choices = meeting.default_choices(settings)
    try:
        bargain = meeting.bargain(data, decided, known, choices, frontier=True)
        trade = trade_of(bargain, meeting.draws(bargain), data.currency)
    except PlanError:
        # Rules that contradict each other leave the pack without this slide; the Compromise page
        # says which ones.
        trade = None
    return sources(data, data.data_version, lines, known, trade, terms.agreements)


def sources(
    data: Data,
    data_version: int,
    lines: Sequence[KpiLine],
    known: Overlap | None,
    trade: Trade | None,
    agreements: pd.DataFrame | None,
) -> Sources:
    """Results as the pack takes them.

    Args:
        data: published data, for its day and currency.
        data_version: of the published build.
        lines: KPIs, in the order shown.
        known: the overlap; None when nothing is asked or planned.
        trade: the compromise; None when no plan can be made.
        agreements: of the ledger; None when there is none to tell of.
    """
    return Sources(
        as_of=data.as_of,
        data_version=data_version,
        currency=data.currency,
        kpis=lines,
        headlines=HEADLINES,
        kpi_labels={kpi: entry.label for kpi, entry in kpis.definitions().items()},
        overlap=None if known is None or known.items.empty else known,
        trade=trade,
        agreements=None if agreements is None or agreements.empty else agreements,
    )


def trade_of(bargain: Bargain, draws: Robustness | None, currency: str) -> Trade | None:
    """A bargain as its slide tells it, with what would open a trade where there is none.

    None without a backlog, which leaves nothing to trade.
    """
    if not bargain.has_items:
        return None
    problem, found = bargain.prepared.problem, bargain.found
    return Trade(
        found=found,
        problem=problem,
        currency=currency,
        both_gain=None if draws is None else draws.both_gain,
        unconfirmed_share=bargain.prepared.unconfirmed_share,
        openers=meeting.openers(bargain),
    )


def told_kpis() -> list[str]:
    """KPIs of the pack that the registry has and has not retired, in the order shown."""
    registry = kpis.definitions()
    return [kpi for kpi in KPIS if kpi in registry and not registry[kpi].retired]


def masks_of(data: Data, agreements: pd.DataFrame) -> tuple[Mask, ...]:
    """A letter for every account and person the data or the ledger names.

    Accounts take their letter in order of account_id, persons in order of their name.
    """
    return masks(_account_names(data), [[name] for name in _people(data, agreements)])


def _account_names(data: Data) -> list[list[str]]:
    """Every name of each account, ordered by account_id: its own, its domain, in other exports."""
    other = data.table("account_names").sort_values(["account_id", "source", "source_account"])
    by_account = other.groupby("account_id")["source_account"].agg(list).to_dict()
    accounts = data.table("accounts").sort_values("account_id").to_dict("records")
    return [_names_of(account, by_account.get(account["account_id"], [])) for account in accounts]


def _names_of(account: dict[Hashable, Any], others: Iterable[str]) -> list[str]:
    named = [account["name"], account["domain"], *others]
    return [str(name) for name in named if pd.notna(name)]


def _people(data: Data, agreements: pd.DataFrame) -> list[str]:
    """Every person named for a deal, an account, an ask or an agreement, in name order."""
    columns = (
        data.table("owners")["owner"],
        data.table("accounts")["owner"],
        data.mart("mart_deal_values")["owner"],
        data.mart("mart_asks")["asked_by"],
        agreements["sales_owner"],
        agreements["product_owner"],
    )
    found = {str(name).strip() for column in columns for name in column.dropna()}
    return sorted(name for name in found if name)
