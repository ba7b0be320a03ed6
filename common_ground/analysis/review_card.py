"""What a reviewer needs beside two texts: who said it, for which deal, and how they use it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from common_ground.analysis import values

WEEKS: Final = 12  # of mart_account_feature_use


@dataclass(frozen=True)
class AccountUse:
    """How an account uses a feature, or the features of an area.

    Attributes:
        events: in the last 28 days.
        events_before: in the 28 days before those.
        weeks: with use among the last 12; of an area, of its most used feature.
        last_day: last day with use; None: never.
    """

    events: int
    events_before: int
    weeks: int
    last_day: date | None


@dataclass(frozen=True)
class SaidBy:
    """One ask and what stands behind it.

    Attributes:
        ask: its row of mart_asks.
        deal: its row of mart_deal_values; None: none named, or it counts nowhere.
        others: asks that were merged into it.
    """

    ask: Mapping[str, Any]
    deal: Mapping[str, Any] | None
    others: int


def said_by(
    ask_id: str, asks: pd.DataFrame, deals: pd.DataFrame, roots: Mapping[str, str]
) -> SaidBy | None:
    """An ask with its deal; None where this data does not have it.

    Args:
        ask_id: key of asks.
        asks: mart_asks.
        deals: mart_deal_values.
        roots: the ask that each ask was merged into, see `matching.merged_roots`.
    """
    ask = _row(asks, "ask_id", ask_id)
    if ask is None:
        return None
    others = sum(root == ask_id for root in roots.values()) - 1
    return SaidBy(ask, _row(deals, "deal_id", ask["deal_id"]), max(others, 0))


def account_use(
    use: pd.DataFrame, account_id: str, *, feature_id: str | None = None, area: str | None = None
) -> AccountUse:
    """How an account uses one feature, or else an area.

    Args:
        use: mart_account_feature_use.
        account_id: key of accounts.
        feature_id: the feature asked for.
        area: the area of the item asked for.
    """
    own = use.loc[use["account_id"] == account_id]
    if feature_id is not None:
        own = own.loc[own["feature_id"] == feature_id]
    else:
        key = (area or "").strip().lower()
        own = own.loc[values.area_key(own["area"]).eq(key).fillna(False).astype(bool)]
    if own.empty:
        return AccountUse(0, 0, 0, None)
    return AccountUse(
        events=int(own["events_28d"].sum()),
        events_before=int(own["events_prior_28d"].sum()),
        weeks=int(own["active_weeks"].max()),
        last_day=pd.Timestamp(own["last_day"].max()).date(),
    )


def thing(kind: str, key: str, items: pd.DataFrame, features: pd.DataFrame) -> dict[str, Any]:
    """The row of an item or feature; empty where this data does not have it."""
    of_kind = (items, "item_id") if kind == "ask_item" else (features, "feature_id")
    return _row(*of_kind, key) or {}


def joined_by(chains: pd.DataFrame, one: str, other: str) -> list[str]:
    """Asks that a settled link joins with both ends of a pair, as `link_chains.chains` has them."""
    ends = chains["from_id"], chains["to_id"]
    is_pair = ((ends[0] == one) & (ends[1] == other)) | ((ends[0] == other) & (ends[1] == one))
    return [str(key) for key in chains.loc[is_pair, "via_id"]]


def _row(frame: pd.DataFrame, key: str, value: str) -> dict[str, Any] | None:
    found = frame.loc[frame[key].eq(value).fillna(False).astype(bool)]
    return {str(name): cell for name, cell in found.iloc[0].items()} if len(found) else None
