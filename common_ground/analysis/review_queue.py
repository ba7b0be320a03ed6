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
waits behind a filter. A "same" on a part of a note answers that part; the note has its answer when
every part has one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from common_ground.analysis import matching, verdict_texts
from common_ground.analysis.review_pairs import (
    CENTS,
    PAIR_COLUMNS,
    SYMMETRIC,
    Prepared,
    described,
    on_roots,
)

STATES: Final = ("undecided", "unsure", "decided", "key", "answered")
OPEN: Final = ("undecided", "unsure")

_DECIDED: Final = ["verdict", "verdict_id", "decided_by", "decided_at", "decided_part"]


@dataclass(frozen=True)
class Progress:
    """How far the review is.

    Attributes:
        decided: pairs a person called the same, related or different.
        unsure: pairs a person looked at and left open.
        open: pairs nobody has looked at whose ask has no answer yet.
        money: of the open deals that name an ask, each once, in workspace currency.
        waiting: of those, the deals with an ask whose links are unsure or not looked at.
    """

    decided: int
    unsure: int
    open: int
    money: float
    waiting: float

    @property
    def total(self) -> int:
        """Pairs to decide and decided."""
        return self.decided + self.unsure + self.open


def build_queue(prepared: Prepared, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Every suggested, named and decided pair once, what changes most first.

    Args:
        prepared: as `prepare` returns it.
        verdicts: of the ledger, on the ids of the same asks; the latest of each pair.

    Returns:
        one row per pair: the columns of `Prepared.pairs` (score null where nobody suggested the
        pair), verdict, verdict_id, decided_by, decided_at, decided_part (of the note; None for all
        of it), state (undecided, unsure, decided, key: the export or the text names it, or
        answered: its ask is linked already), uncertainty (0..1) and worth. Ties by text, so that
        other ids change no order. Of the undecided suggestions of an ask those that are shown
        nowhere else are left out.
    """
    parts = [_part_meant(text) for text in verdicts["from_text"]]
    given = verdicts[["kind", "from_id", "to_id", *_DECIDED[:-1]]].assign(
        decided_part=pd.Series(parts, verdicts.index, dtype=object)
    )
    given = on_roots(given, prepared.roots).drop_duplicates("key", keep="last")
    places = prepared.keys.get_indexer(pd.Index(given["key"]))
    given = pd.concat([given[places >= 0], given[places < 0]])
    pairs = _with_searched(prepared, given.iloc[(places >= 0).sum() :])
    places = np.concatenate([places[places >= 0], np.arange(len(prepared.pairs), len(pairs))])
    for name in _DECIDED:
        column = np.full(len(pairs), None, dtype=object)
        column[places] = given[name].to_numpy(dtype=object)
        pairs = pairs.assign(**{name: pd.Series(column, dtype=object)})
    ends = pd.factorize(pd.concat([pairs["from_id"], pairs["to_id"]]))[0]
    shown = np.flatnonzero(_is_shown(pairs, ends[: len(pairs)]))
    left, right = ends[shown], ends[len(pairs) + shown]
    pairs = pairs.iloc[shown].reset_index(drop=True)
    state = _states(pairs, left, right, prepared.parts)
    uncertainty = _uncertainty(pairs, state, left, right)
    pairs = pairs.assign(
        state=pd.Categorical.from_codes(state, dtype=pd.CategoricalDtype(list(STATES))),
        uncertainty=uncertainty,
        worth=pairs["money"] * uncertainty,
    )
    # The last key counts first, and what is equal in all stays in the order of the texts.
    order = np.lexsort([-pairs[name].fillna(-1.0) for name in ("score", "uncertainty", "worth")])
    return pairs.iloc[order].reset_index(drop=True)


def progress(prepared: Prepared, queue: pd.DataFrame) -> Progress:
    """How many pairs of a queue are decided, left open and not looked at, and the money behind."""
    count = queue["state"].value_counts()
    waits = queue.loc[queue["state"].isin(OPEN) & (queue["kind"] != "account")]
    ends = pd.concat([waits["from_id"], waits.loc[waits["kind"] == "ask_ask", "to_id"]]).unique()
    of_asks = prepared.deals.loc[~prepared.deals["is_account"]]
    return Progress(
        decided=int(count["decided"]),
        unsure=int(count["unsure"]),
        open=int(count["undecided"]),
        money=_money(of_asks),
        waiting=_money(of_asks.merge(pd.DataFrame({"end": ends}), on="end")),
    )


def _money(deals: pd.DataFrame) -> float:
    return int(deals.drop_duplicates("deal_id")["cents"].sum()) / CENTS


def _part_meant(text: str | float | None) -> str | None:
    return None if text is None or pd.isna(text) else verdict_texts.part_meant(str(text))


def _with_searched(prepared: Prepared, given: pd.DataFrame) -> pd.DataFrame:
    """The pairs, and after them those of `given`, which only a person put together."""
    if given.empty:
        return prepared.pairs
    searched = given[["key", "kind", "from_id", "to_id"]].assign(
        score=np.nan, is_key=False, warning=None, part=None, segment=None, source=None
    )
    searched = described(searched, prepared.deals, prepared.read)
    added = searched[list(PAIR_COLUMNS)].astype(prepared.pairs.dtypes.to_dict())
    return pd.concat([prepared.pairs, added], ignore_index=True)


def _states(
    pairs: pd.DataFrame, left: np.ndarray, right: np.ndarray, parts: Mapping[str, tuple[str, ...]]
) -> np.ndarray:
    """Places in STATES."""
    verdict = pairs["verdict"].to_numpy()
    is_same, is_key = verdict == "same", pairs["is_key"].to_numpy()
    is_decided = is_same | (verdict == "related") | (verdict == "different")
    to_thing = ~pairs["kind"].isin(SYMMETRIC).to_numpy()
    is_whole = pairs["decided_part"].isna().to_numpy()
    answered = np.zeros(1 + max(left.max(initial=0), right.max(initial=0)), dtype=bool)
    answered[left[to_thing & ((is_same & is_whole) | (is_key & ~is_decided))]] = True
    of_part = np.flatnonzero(to_thing & is_same & ~is_whole)
    said: dict[str, set[str]] = {}
    for ask, part in pairs[["from_id", "decided_part"]].iloc[of_part].itertuples(index=False):
        said.setdefault(ask, set()).add(part)
    has_all = [said[ask] >= set(parts.get(ask, ())) for ask in pairs["from_id"].iloc[of_part]]
    answered[left[of_part[np.array(has_all, dtype=bool)]]] = True
    is_asks = (pairs["kind"] == "ask_ask").to_numpy()
    has_answer = (to_thing & answered[left]) | (is_asks & (answered[left] | answered[right]))
    asked = np.flatnonzero(to_thing & np.isin(left, left[of_part]))
    of_asked = pairs[["from_id", "part"]].iloc[asked].itertuples(index=False)
    has_answer[asked] |= np.array([part in said[ask] for ask, part in of_asked], dtype=bool)
    return np.select(
        [is_decided, verdict == "unsure", is_key, has_answer],
        [STATES.index(state) for state in ("decided", "unsure", "key", "answered")],
        STATES.index("undecided"),
    )


def _uncertainty(
    pairs: pd.DataFrame, state: np.ndarray, left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    score = pairs["score"].fillna(0.0).clip(0.0, 1.0).to_numpy()
    is_open = np.isin(state, [STATES.index(one) for one in OPEN])
    to_thing = ~pairs["kind"].isin(SYMMETRIC).to_numpy()
    rival = is_open & to_thing
    total = np.bincount(left[rival], score[rival], minlength=1 + max(left.max(initial=0), 0))
    best = np.zeros(1 + max(left.max(initial=0), right.max(initial=0)))
    np.maximum.at(best, left[rival], score[rival])
    weight = total[left] + 1.0 - best[left]
    share = np.where(to_thing, score / weight, score)
    # Rounded, so that a sure pair and its one rival tie exactly and the better score goes first.
    uncertainty = np.where(is_open, (4.0 * share * (1.0 - share)).round(9), 0.0)
    unlinked = 1.0 - np.maximum(best[left], best[right])
    is_asks = (pairs["kind"] == "ask_ask").to_numpy()
    return np.where(is_asks, uncertainty * unlinked, uncertainty)


def _is_shown(pairs: pd.DataFrame, left: np.ndarray) -> np.ndarray:
    """All but the suggestions of an ask beyond those that `matching.suggest_links` gives."""
    verdict = pairs["verdict"].to_numpy()
    is_settled = (verdict == "same") | (verdict == "related") | (verdict == "different")
    to_thing = ~pairs["kind"].isin(SYMMETRIC).to_numpy()
    suggested = np.flatnonzero(to_thing & ~is_settled & ~pairs["is_key"].to_numpy())
    score = pairs["score"].fillna(0.0).to_numpy()[suggested]
    by_ask = suggested[np.lexsort([-score, left[suggested]])]
    counts = np.unique(left[by_ask], return_counts=True)[1]
    place = np.arange(len(by_ask)) - np.repeat(np.cumsum(counts) - counts, counts)
    shown = np.ones(len(pairs), dtype=bool)
    shown[by_ask[place >= matching.PER_ASK]] = False
    return shown
