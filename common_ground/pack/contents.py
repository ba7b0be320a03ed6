"""Which slides a pack holds: results of a meeting in, a deck out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import pandas as pd

from common_ground.analysis.overlap import Overlap
from common_ground.pack import bars, signing
from common_ground.pack.agreement_slides import agreements_slide
from common_ground.pack.compromise_slides import Trade, compromise_slide
from common_ground.pack.compromise_slides import columns as trade_columns
from common_ground.pack.compromise_slides import facts as trade_facts
from common_ground.pack.compromise_slides import gains as trade_gains
from common_ground.pack.html import SYMBOLS
from common_ground.pack.kpi_slides import KpiLine, in_full, kpi_slides, number
from common_ground.pack.masking import Mask, mask, with_people
from common_ground.pack.overlap_slides import class_bars, class_count, overlaps_slide
from common_ground.pack.overlap_slides import facts as overlap_facts
from common_ground.pack.slides import Deck, Slide, day

# Page of the app, as the reader knows it, in the order of a meeting.
PAGES: Final = {
    "brief": "Brief",
    "kpis": "Shared KPIs",
    "overlaps": "Overlaps",
    "compromise": "Compromise",
    "agreements": "Agreements",
}
HEADLINES: Final = 4  # KPIs on the Brief
_BARS: Final = (
    "Bars: money of open deals, each split over what it asks for; hatched rests on links no person "
    "has confirmed."
)


@dataclass(frozen=True)
class Sources:
    """Results a pack is made of; a part that is None has no slide.

    Attributes:
        as_of: the day every number is of.
        data_version: number of the published build.
        currency: ISO code.
        kpis: in the order of the registry.
        headlines: ids of the KPIs on the Brief, most important first.
        kpi_labels: label of each KPI of the registry by id.
        window: what the KPIs cover, as the foot says it.
        overlap: the five classes.
        trade: the compromise.
        agreements: of the ledger.
    """

    as_of: date
    data_version: int
    currency: str
    kpis: Sequence[KpiLine] = ()
    headlines: Sequence[str] = ()
    kpi_labels: Mapping[str, str] = field(default_factory=dict)
    window: str = "Last 12 months"
    overlap: Overlap | None = None
    trade: Trade | None = None
    agreements: pd.DataFrame | None = None

    @property
    def kicker(self) -> str:
        """The line above every title."""
        return f"Joint sales and product review, {day(self.as_of)}"


def available(sources: Sources) -> list[str]:
    """Pages there is something to say about, in the order of a meeting."""
    has = {
        "brief": sources.overlap is not None,
        "kpis": bool(sources.kpis),
        "overlaps": sources.overlap is not None,
        "compromise": sources.trade is not None,
        "agreements": sources.agreements is not None,
    }
    return [page for page in PAGES if has[page]]


def build(
    sources: Sources, pages: Collection[str] | None = None, masks: Sequence[Mask] | None = None
) -> Deck:
    """The deck of the chosen pages, in the order of a meeting.

    Args:
        sources: results.
        pages: keys of PAGES; all there is something to say about unless given.
        masks: replace the names in these, and those of who signed a definition; None keeps names.

    Raises:
        PackError: none of the pages has anything to say.
    """
    offered = available(sources)
    chosen = [page for page in offered if pages is None or page in pages]
    slides = tuple(slide for page in chosen for slide in _WRITERS[page](sources))
    deck = Deck(slides, sources.as_of, sources.data_version)
    if masks is None:
        return deck
    # Who signs may be named nowhere in the data.
    return mask(deck, with_people(masks, signing.signers(line.signed for line in sources.kpis)))


def _brief(sources: Sources) -> tuple[Slide, ...]:
    return () if sources.overlap is None else (brief_slide(sources, sources.overlap),)


def _kpis(sources: Sources) -> tuple[Slide, ...]:
    return kpi_slides(sources.kpis, sources.currency, sources.kicker, (sources.window,))


def _overlaps(sources: Sources) -> tuple[Slide, ...]:
    if sources.overlap is None:
        return ()
    return (overlaps_slide(sources.overlap, sources.currency, sources.kicker),)


def _compromise(sources: Sources) -> tuple[Slide, ...]:
    return () if sources.trade is None else (compromise_slide(sources.trade, sources.kicker),)


def _agreements(sources: Sources) -> tuple[Slide, ...]:
    if sources.agreements is None:
        return ()
    return (
        agreements_slide(sources.agreements, sources.as_of, sources.kicker, sources.kpi_labels),
    )


_WRITERS: Final[dict[str, Callable[[Sources], tuple[Slide, ...]]]] = {
    "brief": _brief,
    "kpis": _kpis,
    "overlaps": _overlaps,
    "compromise": _compromise,
    "agreements": _agreements,
}


def brief_slide(sources: Sources, overlap: Overlap) -> Slide:
    """Where we stand: four KPIs, the five classes, the trade."""
    chart = class_bars(overlap, sources.currency)
    trade = sources.trade
    by_id = {line.definition.kpi: line for line in sources.kpis}
    lines = [by_id[kpi] for kpi in sources.headlines if kpi in by_id][:HEADLINES]
    is_signing = any(line.signed for line in lines)
    return Slide(
        key="brief",
        kicker=sources.kicker,
        title=_answer(sources, overlap),
        figure=bars.figure(chart, SYMBOLS),
        chart=chart,
        alt="Bars of five classes: "
        + "; ".join(f"{bar.label}, {bar.note}, {bar.shown}" for bar in chart.bars),
        numbers=tuple(number(line, sources.currency) for line in lines),
        columns=() if trade is None else trade_columns(trade, most=3),
        definitions=(
            _BARS,
            *(f"{line.definition.label}: {line.definition.definition}" for line in lines),
        ),
        in_full=(_BARS, *(in_full(line) for line in lines)) if is_signing else (),
        facts=(*overlap_facts(overlap), *(() if trade is None else trade_facts(trade)[1:2])),
    )


def _answer(sources: Sources, overlap: Overlap) -> str:
    both = class_count(overlap, "both")
    first = f"Both sides already want {both} of {len(overlap.items)} items"
    trade = sources.trade
    if trade is None:
        return first
    if not trade.found.trade:
        return f"{first}. No trade inside the capacity leaves both sides better off"
    money, accounts = (gain.removeprefix("+") for gain in trade_gains(trade))
    return (
        f"{first}. One trade inside the capacity would unlock {money} more for sales and reach "
        f"{accounts} more accounts for product"
    )
