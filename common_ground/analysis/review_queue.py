"""Which links a person should look at first: those whose verdict changes most.

worth = money x uncertainty, where

- money: the open deals in which the ask (or either of two asks) was said, each deal once;
- uncertainty: 4 p (1 - p), 0..1, largest where it is an even bet. p is the pair's score against
  its rivals: s / (sum of the scores of the ask's open candidates + (1 - the best of them)), the
  last term being the chance that none of them fits. It ranks; it is no probability;
- two asks, and two accounts, have no rivals: p = s. Whether two asks mean the same matters only
  where neither means an item or feature, so their worth shrinks by the best candidate either has,
  and the pair has its answer once either is linked.

An ask that a key or a person linked as a whole has its answer: what else was suggested for it
waits behind a filter. A "same" on a part of a note answers that part only.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from common_ground.analysis import matching, verdict_texts

SYMMETRIC: Final = ("ask_ask", "account")  # the pair is the same in either order
STATES: Final = ("undecided", "unsure", "decided", "key", "answered")

_DECIDED: Final = ["verdict", "verdict_id", "decided_by", "decided_at"]
QUEUE_COLUMNS: Final = [
    "key",
    "kind",
    "from_id",
    "to_id",
    "score",
    "warning",
    "state",
    "verdict",
    "verdict_id",
    "decided_by",
    "decided_at",
    "money",
    "uncertainty",
    "worth",
    "segment",
    "source",
    "from_text",
    "to_text",
]


@dataclass(frozen=True)
class Progress:
    """How far the review is, in pairs.

    Attributes:
        decided: pairs a person called the same, related or different.
        unsure: pairs a person looked at and left open.
        open: pairs nobody has looked at whose ask has no answer yet.
    """

    decided: int
    unsure: int
    open: int

    @property
    def total(self) -> int:
        """Pairs to decide and decided."""
        return self.decided + self.unsure + self.open


def pair_key(kind: str, from_id: str, to_id: str) -> str:
    """One text for a pair, the same in either order where the order says nothing."""
    ends = sorted((from_id, to_id)) if kind in SYMMETRIC else [from_id, to_id]
    return "|".join([kind, *(end.replace("|", "¦") for end in ends)])


def prepare(
    suggested: pd.DataFrame, asks: pd.DataFrame, deals: pd.DataFrame, texts: pd.DataFrame
) -> pd.DataFrame:
    """Pairs with all that no verdict changes, so that it is made once a data version.

    Args:
        suggested: links as `matching.suggest_links` and `suggest_same_asks` return them without
            any verdict, and links of accounts; kind, from_id, to_id, score (0..1), how, warning.
        asks: mart_asks; an ask that was merged into another is reviewed as that one.
        deals: mart_deal_values; only open ones count.
        texts: kind, id, text of what stands at the right of each kind; of asks as ask_ask.

    Returns:
        each pair once: key, kind, from_id, to_id, score, how, warning, money (workspace
        currency), segment and source of the ask, from_text, to_text.
    """
    roots = matching.merged_roots(asks)
    found = suggested[["kind", "from_id", "to_id", "score", "how", "warning"]]
    pairs = _on_roots(found, roots).sort_values(
        ["how", "score"], ascending=[True, False], kind="stable"
    )
    pairs = pairs.drop_duplicates("key", ignore_index=True)
    by_id = asks.drop_duplicates("ask_id").set_index("ask_id")
    said = {(kind, key): text for kind, key, text in texts.itertuples(index=False)}
    kinds = pairs["kind"].where(pairs["kind"] == "account", "ask_ask")
    return pairs.assign(
        money=_money(pairs, asks, deals, roots),
        segment=pairs["from_id"].map(by_id["segment"]),
        source=pairs["from_id"].map(by_id["source"]),
        from_text=[said.get(end, "") for end in zip(kinds, pairs["from_id"], strict=True)],
        to_text=[said.get(end, "") for end in zip(pairs["kind"], pairs["to_id"], strict=True)],
    ).astype({"score": float})


def build_queue(
    prepared: pd.DataFrame,
    verdicts: pd.DataFrame,
    asks: pd.DataFrame,
    deals: pd.DataFrame,
    texts: pd.DataFrame,
) -> pd.DataFrame:
    """Every suggested, named and decided pair once, what changes most first.

    Args:
        prepared: as `prepare` returns it for the same asks, deals and texts.
        verdicts: of the ledger, on the ids of these asks; the latest of each pair.
        asks: as for `prepare`.
        deals: as for `prepare`.
        texts: as for `prepare`.

    Returns:
        one row per pair: key, kind, from_id, to_id, score (0..1, null where nobody suggested it),
        warning, state (undecided, unsure, decided, key: the export or the text names it, or
        answered: its ask is linked already), verdict, verdict_id, decided_by, decided_at, money
        (workspace currency), uncertainty (0..1), worth, segment and source of the ask, from_text,
        to_text. Ties by text, so that other ids change no order.
    """
    known = verdicts[["kind", "from_id", "to_id", *_DECIDED]].assign(
        decided_text=verdicts["from_text"]
    )
    known = _on_roots(known, matching.merged_roots(asks)).drop_duplicates("key", keep="last")
    more = known.loc[~known["key"].isin(prepared["key"]), ["kind", "from_id", "to_id"]]
    if len(more):
        searched = more.assign(score=np.nan, how="verdict", warning=None)
        added = prepare(searched, asks, deals, texts)
        prepared = pd.concat([prepared, added], ignore_index=True) if len(prepared) else added
    pairs = prepared.merge(
        known[["key", "decided_text", *_DECIDED]], how="left", on="key", validate="one_to_one"
    )
    pairs = _with_uncertainty(_with_states(pairs))
    pairs = pairs.assign(worth=pairs["money"] * pairs["uncertainty"])
    return pairs.sort_values(
        ["worth", "uncertainty", "score", "from_text", "to_text", "key"],
        ascending=[False, False, False, True, True, True],
        ignore_index=True,
    )[QUEUE_COLUMNS]


def progress(queue: pd.DataFrame) -> Progress:
    """How many pairs of a queue are decided, left open and not looked at."""
    count = queue["state"].value_counts()
    return Progress(*(int(count.get(state, 0)) for state in ("decided", "unsure", "undecided")))


def _on_roots(pairs: pd.DataFrame, roots: dict[str, str]) -> pd.DataFrame:
    moved = pairs.assign(from_id=[roots.get(one, one) for one in pairs["from_id"]])
    is_asks = moved["kind"] == "ask_ask"
    ends = [roots.get(end, end) for end in moved["to_id"]]
    moved = moved.assign(to_id=moved["to_id"].where(~is_asks, ends))
    moved = moved.loc[~is_asks | (moved["from_id"] != moved["to_id"])]
    columns = (moved[name] for name in ("kind", "from_id", "to_id"))
    return moved.assign(key=[pair_key(*pair) for pair in zip(*columns, strict=True)])


def _with_states(pairs: pd.DataFrame) -> pd.DataFrame:
    is_decided = pairs["verdict"].isin(["same", "related", "different"])
    is_key = pairs["how"].eq("key").fillna(False).astype(bool)
    is_whole = (
        pairs["decided_text"]
        .map(lambda text: pd.isna(text) or verdict_texts.part_meant(text) is None)
        .astype(bool)
    )
    to_thing = ~pairs["kind"].isin(SYMMETRIC)
    same = pairs["verdict"].eq("same").fillna(False).astype(bool)
    settles = to_thing & ((same & is_whole) | (is_key & ~is_decided))
    answered = set(pairs.loc[settles, "from_id"])
    has_answer = pairs["from_id"].isin(answered) & to_thing
    is_asks = pairs["kind"] == "ask_ask"
    has_answer |= is_asks & (pairs["from_id"].isin(answered) | pairs["to_id"].isin(answered))
    state = np.select(
        [
            is_decided,
            pairs["verdict"].eq("unsure").fillna(False).astype(bool),
            is_key,
            has_answer,
        ],
        ["decided", "unsure", "key", "answered"],
        "undecided",
    )
    return pairs.assign(state=state)


def _with_uncertainty(pairs: pd.DataFrame) -> pd.DataFrame:
    score = pairs["score"].fillna(0.0).clip(0.0, 1.0)
    is_open = pairs["state"].isin(["undecided", "unsure"])
    to_thing = ~pairs["kind"].isin(SYMMETRIC)
    rivals = pairs.assign(score=score).loc[is_open & to_thing].groupby("from_id")["score"]
    best = rivals.max()
    weight = rivals.sum() + 1.0 - best
    share = (score / pairs["from_id"].map(weight)).where(to_thing, score).fillna(0.0)
    # Rounded, so that a sure pair and its one rival tie exactly and the better score goes first.
    uncertainty = (4.0 * share * (1.0 - share)).round(9).where(is_open, 0.0)
    ends = [pairs[name].map(best).fillna(0.0) for name in ("from_id", "to_id")]
    unlinked = 1.0 - pd.concat(ends, axis=1).max(axis=1)
    is_asks = pairs["kind"] == "ask_ask"
    return pairs.assign(uncertainty=uncertainty.where(~is_asks, uncertainty * unlinked))


def _money(
    pairs: pd.DataFrame, asks: pd.DataFrame, deals: pd.DataFrame, roots: dict[str, str]
) -> pd.Series:
    """Amount of the open deals behind each pair, each deal once."""
    amounts = deals.loc[deals["is_open"].astype(bool), ["deal_id", "account_id", "amount"]]
    amounts = amounts.assign(amount=pd.to_numeric(amounts["amount"]).astype(float).fillna(0.0))
    said = asks.loc[asks["deal_id"].notna(), ["ask_id", "deal_id"]]
    of_asks = said.assign(ask_id=[roots[ask] for ask in said["ask_id"]]).drop_duplicates()
    of_asks = of_asks.merge(amounts, on="deal_id").set_axis(
        ["end", "deal_id", "account_id", "amount"], axis=1
    )
    of_accounts = amounts.dropna(subset="account_id").assign(end=amounts["account_id"])
    behind = {False: of_asks, True: of_accounts}
    ends = pd.concat(
        [
            pairs[["key", "kind", "from_id"]].set_axis(["key", "kind", "end"], axis=1),
            pairs.loc[pairs["kind"].isin(SYMMETRIC), ["key", "kind", "to_id"]].set_axis(
                ["key", "kind", "end"], axis=1
            ),
        ]
    )
    sums = [
        own.merge(behind[bool(is_account)][["end", "deal_id", "amount"]], on="end")
        .drop_duplicates(["key", "deal_id"])
        .groupby("key")["amount"]
        .sum()
        for is_account, own in ends.groupby(ends["kind"] == "account")
    ]
    found = pd.concat(sums) if sums else pd.Series(dtype=float)
    return pairs["key"].map(found).astype(float).fillna(0.0)
