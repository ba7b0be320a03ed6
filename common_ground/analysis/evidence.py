"""What stands behind one thing on the overlap map: deals, words, links, prerequisites."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from common_ground.analysis import values
from common_ground.analysis.overlap import Overlap

_DEAL_COLUMNS: Final = [
    "deal_id",
    "account_name",
    "name",
    "stage_label",
    "amount",
    "is_blocker",
    "is_confirmed",
]
_LINK_COLUMNS: Final = [
    "ask_id",
    "side",
    "text",
    "deal_id",
    "account_id",
    "is_blocker",
    "asked_by",
    "account_name",
    "segment",
    "asked_date",
    "source",
    "is_confirmed",
    "how",
    "score",
    "decided_by",
    "part",
    "warning",
]


@dataclass(frozen=True)
class Evidence:
    """One thing on the map and everything its figures are made of.

    Attributes:
        thing: its row of `Overlap.items`.
        deals: open deals that ask for it, largest first: deal_id, account_name, name,
            stage_label, amount (workspace currency), is_blocker, is_confirmed.
        links: asks that count for it, newest first: ask_id, side, text, deal_id, account_id,
            is_blocker, asked_by, account_name, segment, asked_date, source, is_confirmed, how (key,
            verdict or suggested), score, decided_by, part, warning (as `matching.suggest_links`).
        deciders: people who confirmed a link, by name.
        needs: items it cannot be built without, direct and indirect: item_id, title, effort
            (person-weeks), area, is_planned.
        excludes: titles of items that cannot be built together with it.
        unlocked: money of the deals whose every blocker is this item or one it needs.
    """

    thing: dict[str, Any]
    deals: pd.DataFrame
    links: pd.DataFrame
    deciders: tuple[str, ...]
    needs: pd.DataFrame
    excludes: tuple[str, ...]
    unlocked: float

    @property
    def weeks_together(self) -> float:
        """Person-weeks of the thing and what it needs that is not planned yet."""
        weeks = self.needs.loc[~self.needs["is_planned"].astype(bool), "effort"].sum()
        return float(pd.Series([self.thing["effort"], weeks]).astype(float).sum())


def evidence(
    found: Overlap,
    item_id: str,
    items: pd.DataFrame,
    asks: pd.DataFrame,
    deals: pd.DataFrame,
    rules: pd.DataFrame,
) -> Evidence:
    """Everything behind one thing on the map.

    Args:
        found: the map.
        item_id: of `found.items`.
        items: mart_items.
        asks: mart_asks.
        deals: mart_deal_values.
        rules: item_id, other_item_id, rule (requires or excludes).

    Raises:
        KeyError: the map has no such thing.
    """
    rows = found.items.loc[found.items["item_id"] == item_id]
    if rows.empty:
        raise KeyError(item_id)
    thing = {str(name): value for name, value in rows.iloc[0].to_dict().items()}
    used = found.links_used.loc[found.links_used["item_id"] == item_id]
    links = used.merge(asks, on="ask_id").sort_values(
        ["asked_date", "text", "ask_id"], ascending=[False, True, True]
    )
    own = found.deal_things.loc[found.deal_things["item_id"] == item_id]
    behind = own[["deal_id", "is_blocker", "is_confirmed"]].merge(deals, on="deal_id")
    needs = _needed(item_id, rules)
    described = items.loc[
        items["item_id"].isin(needs), ["item_id", "title", "effort", "area", "is_planned"]
    ]
    apart = rules.loc[rules["rule"] == "excludes", ["item_id", "other_item_id"]]
    others = [
        *apart.loc[apart["item_id"] == item_id, "other_item_id"],
        *apart.loc[apart["other_item_id"] == item_id, "item_id"],
    ]
    return Evidence(
        thing=thing,
        deals=behind.sort_values(["amount", "deal_id"], ascending=[False, True])[_DEAL_COLUMNS],
        links=links[_LINK_COLUMNS],
        deciders=tuple(sorted({str(name) for name in used["decided_by"].dropna()})),
        needs=described.sort_values(["title", "item_id"]),
        excludes=tuple(sorted(items.loc[items["item_id"].isin(others), "title"])),
        unlocked=float(values.unlocked([item_id, *needs], found.deal_things)),
    )


def _needed(item_id: str, rules: pd.DataFrame) -> set[str]:
    """Prerequisites of an item and theirs, without the item."""
    requires = rules.loc[rules["rule"] == "requires"]
    reached, fresh = {item_id}, {item_id}
    while fresh:
        following = set(requires.loc[requires["item_id"].isin(fresh), "other_item_id"])
        fresh = following - reached
        reached |= fresh
    return reached - {item_id}
