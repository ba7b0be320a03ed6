"""The pairs to review: each suggested link once, with both texts and the money behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from common_ground.analysis import matching, note_parts

SYMMETRIC: Final = ("ask_ask", "account")  # the pair is the same in either order
CENTS: Final = 100
KINDS: Final = ("ask_item", "ask_feature", "ask_ask", "account")
PAIR_COLUMNS: Final = (
    "key",
    "kind",
    "from_id",
    "to_id",
    "score",
    "is_key",
    "warning",
    "part",
    "money",
    "segment",
    "source",
    "from_text",
    "to_text",
)
_SUGGESTED: Final = ["kind", "from_id", "to_id", "score", "how", "warning", "part"]


@dataclass(frozen=True)
class Prepared:
    """What there is to review and no verdict changes, so that it is made once a data version.

    Attributes:
        pairs: each pair once, in the order of their texts: key, kind, from_id, to_id, score (0..1),
            is_key (the export or the text names it), warning, part (of the note, that matched; None
            for all of it), money (workspace currency), segment and source of the ask, from_text,
            to_text.
        keys: of the pairs, in their order, to find one by.
        deals: one row per end of a pair and open deal in which it was said: is_account, end
            (ask_id, or the naming of an account), deal_id, cents.
        parts: the wishes of each note that holds several, by ask_id.
        roots: the ask that each ask was merged into, itself where it was not.
        read: text behind an id, by kind of pair at whose right it stands; of asks as ask_ask.
    """

    pairs: pd.DataFrame
    keys: pd.Index
    deals: pd.DataFrame
    parts: Mapping[str, tuple[str, ...]]
    roots: Mapping[str, str]
    read: Callable[[str, str], str]


def pair_key(kind: str, from_id: str, to_id: str) -> str:
    """One text for a pair, the same in either order where the order says nothing."""
    if kind in SYMMETRIC and to_id < from_id:
        from_id, to_id = to_id, from_id
    return f"{kind}|{from_id.replace('|', '¦')}|{to_id.replace('|', '¦')}"


def prepare(
    suggested: pd.DataFrame,
    asks: pd.DataFrame,
    deals: pd.DataFrame,
    read: Callable[[str, str], str],
    namings: pd.DataFrame | None = None,
) -> Prepared:
    """Suggested pairs with the texts and the money behind them.

    Args:
        suggested: links as `matching.suggest_links` and `suggest_same_asks` return them without
            any verdict, and links of accounts; kind, from_id, to_id, score (0..1), how, warning,
            part.
        asks: mart_asks; an ask that was merged into another is reviewed as that one.
        deals: mart_deal_values; only open ones count.
        read: text behind an id, see `Prepared`.
        namings: the account behind each end of a pair of accounts: end, account_id; None for none.
    """
    roots = matching.merged_roots(asks)
    behind = _deals_behind(asks, deals, roots, namings)
    pairs = on_roots(suggested[_SUGGESTED], roots).sort_values(
        ["how", "score"], ascending=[True, False], kind="stable"
    )
    pairs = described(pairs.drop_duplicates("key"), behind, read)
    pairs = pairs.assign(is_key=pairs["how"].eq("key").fillna(False).astype(bool))
    by_id = asks.drop_duplicates("ask_id").set_index("ask_id")
    pairs = pairs.assign(
        segment=pairs["from_id"].map(by_id["segment"]),
        source=pairs["from_id"].map(by_id["source"]),
        score=pairs["score"].astype(float),
    )
    pairs = pairs.sort_values(["from_text", "to_text", "key"], ignore_index=True)
    pairs = pairs[list(PAIR_COLUMNS)].astype({"kind": pd.CategoricalDtype(list(KINDS))})
    return Prepared(pairs, pd.Index(pairs["key"]), behind, _parts(asks), roots, read)


def on_roots(pairs: pd.DataFrame, roots: Mapping[str, str]) -> pd.DataFrame:
    """Pairs with each ask as the one it was merged into, and the key of each; none with itself."""
    moved = pairs.assign(from_id=[roots.get(one, one) for one in pairs["from_id"]])
    is_asks = moved["kind"] == "ask_ask"
    ends = [roots.get(end, end) for end in moved["to_id"]]
    moved = moved.assign(to_id=moved["to_id"].where(~is_asks, ends))
    moved = moved.loc[~is_asks | (moved["from_id"] != moved["to_id"])]
    columns = (moved[name] for name in ("kind", "from_id", "to_id"))
    return moved.assign(key=[pair_key(*pair) for pair in zip(*columns, strict=True)])


def described(
    pairs: pd.DataFrame, deals: pd.DataFrame, read: Callable[[str, str], str]
) -> pd.DataFrame:
    """Pairs with money and both texts."""
    kinds = pairs["kind"].where(pairs["kind"] == "account", "ask_ask")
    left, right = (
        zip(kinds, pairs["from_id"], strict=True),
        zip(pairs["kind"], pairs["to_id"], strict=True),
    )
    return pairs.assign(
        money=_money_of_pairs(pairs, deals),
        from_text=[read(*end) for end in left],
        to_text=[read(*end) for end in right],
    )


def _parts(asks: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    notes = asks.loc[asks["text"].notna(), ["ask_id", "text"]].itertuples(index=False)
    split = {ask: tuple(part.text for part in note_parts.parts(text)) for ask, text in notes}
    return {ask: found for ask, found in split.items() if found}


def _deals_behind(
    asks: pd.DataFrame,
    deals: pd.DataFrame,
    roots: Mapping[str, str],
    namings: pd.DataFrame | None,
) -> pd.DataFrame:
    """Open deals of each ask that stands for itself, and of each account; see `Prepared`."""
    open_deals = deals.loc[deals["is_open"].astype(bool), ["deal_id", "account_id", "amount"]]
    amount = pd.to_numeric(open_deals["amount"]).astype(float).fillna(0.0)
    open_deals = open_deals.assign(cents=(amount * CENTS).round().astype("int64"))
    said = asks.loc[asks["deal_id"].notna(), ["ask_id", "deal_id"]]
    said = said.assign(end=[roots[ask] for ask in said["ask_id"]])[["end", "deal_id"]]
    of_asks = said.drop_duplicates().merge(open_deals, on="deal_id").assign(is_account=False)
    columns = ["is_account", "end", "deal_id", "cents"]
    parts = [of_asks[columns]]
    if namings is not None:
        of_accounts = namings.merge(open_deals, on="account_id").assign(is_account=True)
        parts.append(of_accounts[columns])
    # Frames without rows have columns of no type of their own
    typed = [
        part.astype({"is_account": "bool", "end": "str", "deal_id": "str", "cents": "int64"})
        for part in parts
    ]
    return pd.concat(typed, ignore_index=True)


def _money_of_pairs(pairs: pd.DataFrame, deals: pd.DataFrame) -> pd.Series:
    """Amount of the open deals behind each pair, each deal once."""
    is_account = pairs["kind"] == "account"
    ends = pd.DataFrame({"key": pairs["key"], "end": pairs["from_id"], "is_account": is_account})
    others = ends.assign(end=pairs["to_id"]).loc[pairs["kind"].isin(SYMMETRIC)]
    found = pd.concat([ends, others]).merge(deals, on=["end", "is_account"])
    sums = found.drop_duplicates(["key", "deal_id"]).groupby("key")["cents"].sum()
    return pairs["key"].map(sums).fillna(0).astype(float) / CENTS
