"""From the published data and the ledger to what a meeting looks at.

Pages, commands and the pack call these functions, so that each shows the same numbers. Nothing
here computes: marts and verdicts go in, results of analysis/ come out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from common_ground.analysis import matching, overlap
from common_ground.analysis.bargaining import Compromise, find_compromise
from common_ground.analysis.overlap import Overlap
from common_ground.analysis.plan_inputs import Choices, Prepared, build_problem
from common_ground.analysis.robustness import Robustness, find_robustness
from common_ground.analysis.trades import Swaps, find_swaps
from common_ground.settings import Settings
from common_ground.warehouse.published import Data

# Headline KPIs of Brief and of its slide: three both sides own, and one that sales watches.
HEADLINES: Final = ("nrr", "request_to_ship_days", "commitments_kept", "win_rate")
NAMED: Final = ("items", "features")  # what an ask may mean


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


def ask_fates(
    data: Data, verdicts: pd.DataFrame, level: float, sources: Sequence[str]
) -> pd.DataFrame:
    """What becomes of the asks of some exports: known items or features, or new.

    Args:
        data: in which those exports are loaded.
        verdicts: of the ledger.
        level: suggestions count from this score (0..1) up.
        sources: names of the exports.

    Returns:
        one row per ask: ask_id, account_name, text, fate (decided, suggested or new), means (title
        of the item or name of the feature; None for a new ask), score (0..1), source.
    """
    asks = data.mart("mart_asks")
    asks = asks[asks["source"].str.split("/").str[0].isin(list(sources))]
    known = links(data, verdicts)
    best = known[known["score"] >= level].sort_values(
        ["from_id", "score", "to_id"], ascending=[True, False, True]
    )
    best = best.drop_duplicates("from_id").set_index("from_id")
    titles = {key: name for (table, key), name in names(data).items() if table in NAMED}
    found = asks[["ask_id", "account_name", "text"]].copy()
    how = found["ask_id"].map(best["how"])
    found["fate"] = how.map({"suggested": "suggested"}).where(how == "suggested", "decided")
    found.loc[how.isna(), "fate"] = "new"
    found["means"] = found["ask_id"].map(best["to_id"]).map(titles)
    found["score"] = found["ask_id"].map(best["score"])
    found["source"] = asks["source"]
    return found.sort_values(["fate", "ask_id"], ascending=[False, True], ignore_index=True)


def same_asks(data: Data, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Asks that may mean the same; see `matching.suggest_same_asks`."""
    return matching.suggest_same_asks(data.mart("mart_asks"), verdicts)


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


@dataclass(frozen=True)
class Bargain:
    """A bargaining problem, its compromise, and what changes hands.

    Attributes:
        prepared: the problem, and what could not be counted.
        found: no deal, each side's favourite and the compromise.
        swaps: what goes out of the no-deal plan and what comes in instead.
    """

    prepared: Prepared
    found: Compromise
    swaps: Swaps

    @property
    def has_items(self) -> bool:
        """Whether there is any item a plan could hold."""
        return bool(self.prepared.problem.candidates)


def bargain(data: Data, known: Overlap, choices: Choices, frontier: bool = False) -> Bargain:
    """The trade that leaves both sides better off, from the same evidence as the overlap.

    Args:
        data: published data.
        known: the overlap, for which deals wait for what.
        choices: capacity and what else people decide.
        frontier: also list the plans between the two favourites, which takes seconds.

    Raises:
        PlanError: the choices or the rules contradict each other.
    """
    prepared = build_problem(
        data.mart("mart_items"),
        known.deal_things,
        data.mart("mart_deal_values"),
        data.mart("mart_area_reach", as_of=data.as_of),
        data.mart("mart_item_rules"),
        choices,
    )
    found = find_compromise(prepared.problem, frontier=frontier)
    return Bargain(prepared, found, find_swaps(prepared.problem, found))


def draws(of: Bargain) -> Robustness:
    """How often both gain and the plan fits, over seeded draws; no plan is searched anew."""
    return find_robustness(of.prepared.problem, of.found, bargained=0)


def default_choices(settings: Settings) -> Choices:
    """What the Compromise page starts with, and Brief, commands and pack show."""
    return Choices(capacity_weeks=settings.capacity_weeks, sales_share=settings.sales_share)


def names(data: Data) -> dict[tuple[str, str], str]:
    """What people call a row, by canonical table and key: deals, items, features, accounts."""
    deals = data.mart("mart_deal_values")
    items, features = data.mart("mart_items"), data.mart("mart_features")
    named = {
        "deals": (deals["deal_id"], deals["name"]),
        "items": (items["item_id"], items["title"]),
        "features": (features["feature_id"], features["name"]),
        "accounts": (deals["account_id"], deals["account_name"]),
    }
    return {
        (table, str(key)): str(name)
        for table, (keys, values) in named.items()
        for key, name in zip(keys, values, strict=True)
        if pd.notna(key) and pd.notna(name)
    }


def counts(data: Data) -> dict[str, int]:
    """Rows the overlap and the trade rest on: open deals, asks, items; by their singular."""
    known = evidence(data)
    return {
        "open deal": int(known.deals["is_open"].sum()),
        "ask": len(known.asks),
        "item": len(known.items),
        "account": int(known.deals["account_id"].nunique()),
    }
