"""From the published data and the ledger to what a meeting looks at.

Pages, commands and the pack call these functions, so that each shows the same numbers. Nothing
here computes: marts and verdicts go in, results of analysis/ come out.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from common_ground.analysis import matching, overlap
from common_ground.analysis.overlap import Overlap
from common_ground.warehouse.published import Data


@dataclass(frozen=True)
class Evidence:
    """The frames the overlap is made of: the marts of the same name, at the as-of date."""

    items: pd.DataFrame
    asks: pd.DataFrame
    deals: pd.DataFrame
    features: pd.DataFrame
    use: pd.DataFrame
    area_reach: pd.DataFrame


def evidence(data: Data) -> Evidence:
    """Everything asked, planned, built and used, as of the data's day."""
    return Evidence(
        items=data.mart("mart_items"),
        asks=data.mart("mart_asks"),
        deals=data.mart("mart_deal_values"),
        features=data.mart("mart_features"),
        use=data.mart("mart_account_feature_use", as_of=data.as_of),
        area_reach=data.mart("mart_area_reach", as_of=data.as_of),
    )


def links(data: Data, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Explicit, decided and suggested links of all asks; see `matching.suggest_links`.

    Args:
        data: published data.
        verdicts: of the ledger.
    """
    return matching.suggest_links(
        data.mart("mart_asks"), data.mart("mart_items"), data.mart("mart_features"), verdicts
    )


def overlaps(
    data: Data,
    verdicts: pd.DataFrame,
    known_links: pd.DataFrame,
    level: float,
    window: tuple[date | None, date | None] = (None, None),
    segment: str | None = None,
) -> Overlap:
    """What is asked, planned, built and used, in five classes.

    Args:
        data: published data.
        verdicts: of the ledger.
        known_links: as `links` returns them; of all asks, whatever the filters.
        level: suggestions count from this score (0..1) up.
        window: first day and first day outside of the asks; None for open ends.
        segment: asks and deals of one segment; None for all.
    """
    known = evidence(data)
    start, end = window
    return overlap.classify(
        known.items,
        overlap.in_scope(known.asks, segment, start, end),
        overlap.in_scope(known.deals, segment),
        known.features,
        known.use,
        known.area_reach,
        known_links,
        level,
        verdicts=verdicts,
    )
