"""What the page Review links goes through: every suggested pair, and what a verdict changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from common_ground import meeting
from common_ground.analysis import (
    account_links,
    link_chains,
    matching,
    review_pairs,
    review_queue,
    verdict_texts,
)
from common_ground.analysis.review_pairs import Prepared
from common_ground.analysis.review_queue import Progress
from common_ground.analysis.verdict_texts import Known
from common_ground.meeting import Decided, Evidence
from common_ground.warehouse.published import Data

SPARE: Final = 10  # suggestions an ask that wait for a rejected one's place


@dataclass(frozen=True)
class Material:
    """What a review goes through and no verdict changes.

    Attributes:
        known: asks, items, deals, features and use.
        prepared: the suggested pairs; see `review_pairs.prepare`.
        own_items: items people made from asks; see `Ledger.items`.
        texts: by which verdicts are known again; see `verdict_texts.known_texts`.
        companies: what exports say of each end of a pair of accounts; see `account_links.ends`.
    """

    known: Evidence
    prepared: Prepared
    own_items: pd.DataFrame
    texts: Mapping[str, Known]
    companies: pd.DataFrame


@dataclass(frozen=True)
class Review:
    """The review as it stands.

    Attributes:
        of: what is reviewed.
        queue: every pair, what a verdict changes most first; see `review_queue.build_queue`.
        so_far: how many pairs are decided, and the money that waits.
        chains: pairs that follow from two links and nobody has judged; see `link_chains.chains`.
        waiting: verdicts on texts that this data does not hold.
    """

    of: Material
    queue: pd.DataFrame
    so_far: Progress
    chains: pd.DataFrame
    waiting: int


def without_verdicts(decided: Decided) -> Decided:
    """What the material depends on: it stays while people give verdicts."""
    return replace(decided, verdicts=decided.verdicts.iloc[:0])


def needed_per_ask(verdicts: pd.DataFrame) -> int:
    """Suggestions an ask needs, so that others take the place of those that were rejected."""
    rejected = verdicts.loc[verdicts["verdict"] == "different"]
    most = rejected.groupby("from_id").size().max() if len(rejected) else 0
    return matching.PER_ASK + SPARE * (1 + int(most) // SPARE)


def material(data: Data, decided: Decided, per_ask: int) -> Material:
    """Everything to review, whatever was decided about links.

    Args:
        data: published data.
        decided: what the ledger holds, `without_verdicts`.
        per_ask: as `needed_per_ask`.
    """
    known = meeting.evidence(data, decided)
    alike = meeting.account_suggestions(data, decided.verdicts)
    companies = account_links.ends(alike)
    suggested = [meeting.links(data, decided, per_ask), meeting.same_asks(data, decided)]
    prepared = review_pairs.prepare(
        pd.concat([*suggested, alike.assign(part=None)], ignore_index=True),
        known.asks,
        known.deals,
        verdict_texts.reader(known.asks, known.items, known.features, companies),
        companies[["end", "account_id"]],
    )
    texts = verdict_texts.known_texts(known.asks, known.items, known.features)
    return Material(known, prepared, decided.own_items, texts, companies)


def review(of: Material, verdicts: pd.DataFrame) -> Review:
    """The review as verdicts of the ledger leave it."""
    remembered = verdict_texts.on_these_ids(verdicts, of.texts)
    queue = review_queue.build_queue(of.prepared, remembered.verdicts)
    return Review(
        of,
        queue,
        review_queue.progress(of.prepared, queue),
        _chains(queue, remembered.verdicts),
        len(remembered.waiting),
    )


def _chains(queue: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """What follows from links by key or verdict."""
    settled = queue.loc[(queue["state"] == "key") | (queue["verdict"] == "same")]
    how = settled["is_key"].map({True: "key", False: "verdict"})
    return link_chains.chains(settled.assign(how=how), verdicts)
