"""The story of a thing: what one customer said, with the deal and the use behind the words."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from common_ground.analysis.item_use import ItemUse, in_words

# "sso pls" is a wish, no story.
_FEWEST_WORDS: Final = 4


@dataclass(frozen=True)
class Story:
    """One ask, in the customer's own words, and what stands behind it.

    Attributes:
        item_id: thing on the map it counts for.
        ask_id: key of asks.
        text: the words as they were said.
        side: sales or product, who brought them.
        account_name, deal_name: None where nobody named one.
        amount: of the deal, workspace currency; None: no deal, or not said.
        stage: "open", "won" or "lost"; None without a deal.
        is_blocker: the deal cannot close without it.
        asked_by: who wrote it down; None: not said.
        asked_date: None: not said.
        source: export file.
        is_confirmed: a key or a person says it means this thing.
        use: the account's use of the area or feature in words; "" where none is measured.
    """

    item_id: str
    ask_id: str
    text: str
    side: str
    account_name: str | None
    deal_name: str | None
    amount: float | None
    stage: str | None
    is_blocker: bool
    asked_by: str | None
    asked_date: pd.Timestamp | None
    source: str
    is_confirmed: bool
    use: str


def best(
    item_id: str, links: pd.DataFrame, deals: pd.DataFrame, use: ItemUse | None
) -> Story | None:
    """The ask that tells most about a thing.

    In this order: it has at least four words; a key or a person says it means the thing; its
    deal, not won yet, cannot close without it; the largest such deal; the most recent. What is
    left is decided by the words themselves.

    Args:
        item_id: thing on the map.
        links: as `evidence.Evidence.links`.
        deals: mart_deal_values.
        use: as `item_use.item_use`; None where no use is measured.

    Returns:
        the story; None where nobody asks.
    """
    told = _with_deals(links, deals)
    if told.empty:
        return None
    waits = told["stage"].isin(["open", "lost"])
    ranked = told.assign(
        has_words=[len(str(text).split()) >= _FEWEST_WORDS for text in told["text"]],
        blocks=told["is_blocker"].astype(bool) & waits,
        size=told["amount"].where(waits).fillna(0.0),
    ).sort_values(
        ["has_words", "is_confirmed", "blocks", "size", "asked_date", "text", "ask_id"],
        ascending=[False, False, False, False, False, True, True],
    )
    return _story(item_id, ranked.iloc[0], use)


def of_ask(
    item_id: str, ask_id: str, links: pd.DataFrame, deals: pd.DataFrame, use: ItemUse | None
) -> Story | None:
    """The story one ask tells; None where it does not count for the thing any more."""
    told = _with_deals(links.loc[links["ask_id"] == ask_id], deals)
    return None if told.empty else _story(item_id, told.iloc[0], use)


def _with_deals(links: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    states = deals[["deal_id", "name", "amount", "is_open", "is_won", "is_lost"]]
    told = links.merge(states, how="left", on="deal_id")
    stage = pd.Series(None, told.index, dtype=object)
    for name in ("open", "won", "lost"):
        stage = stage.mask(told[f"is_{name}"].eq(True).fillna(False).astype(bool), name)
    return told.assign(stage=stage)


def _story(item_id: str, row: pd.Series, use: ItemUse | None) -> Story:
    return Story(
        item_id=item_id,
        ask_id=str(row["ask_id"]),
        text=str(row["text"]),
        side=str(row["side"]),
        account_name=_said(row["account_name"]),
        deal_name=_said(row["name"]),
        amount=None if pd.isna(row["amount"]) else float(row["amount"]),
        stage=_said(row["stage"]),
        is_blocker=bool(row["is_blocker"]),
        asked_by=_said(row["asked_by"]),
        asked_date=None if pd.isna(row["asked_date"]) else pd.Timestamp(row["asked_date"]),
        source=str(row["source"]),
        is_confirmed=bool(row["is_confirmed"]),
        use="" if use is None else in_words(use.what, _use_of(use, row["account_id"])),
    )


def _use_of(use: ItemUse, account_id: str | None) -> pd.Series | None:
    found = use.accounts.loc[use.accounts["account_id"] == account_id]
    return None if found.empty else found.iloc[0]


def _said(value: object) -> str | None:
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]
