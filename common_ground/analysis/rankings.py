"""RICE, WSJF, weighted score, value/effort and touched money side by side, with open formulas.

No ranking is right: each leaves something out. The table shows what went into every score, so
that anybody can recompute it, and where the rankings disagree most.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from common_ground.analysis import values
from common_ground.analysis.overlap import Overlap

SCORES: Final = ("rice", "wsjf", "weighted", "value_effort", "touched")
LABELS: Final = {
    "rice": "RICE",
    "wsjf": "WSJF",
    "weighted": "Weighted score",
    "value_effort": "Value / effort",
    "touched": "Money touched",
}
FORMULAS: Final = {
    "rice": "reach × impact × confidence ÷ effort; accounts per person-week",
    "wsjf": (
        "(money share + reach share + blocked-money share) ÷ effort share; "
        "the cost of delay in parts of each column's largest"
    ),
    "weighted": (
        "sales weight × money share + product weight × reach share − effort weight × effort "
        "share; each share of its column's largest, 0 to 1"
    ),
    "value_effort": "money of all open deals that ask ÷ effort; workspace currency per person-week",
    "touched": "money of all open deals that ask, each in full; workspace currency",
}


@dataclass(frozen=True)
class Weights:
    """Weights of the weighted score, each at least 0; sales and product alike unless argued.

    Attributes:
        sales: of the money share.
        product: of the reach share.
        effort: of the effort share, taken off.
    """

    sales: float = 1.0
    product: float = 1.0
    effort: float = 0.5

    def __post_init__(self) -> None:
        for name in ("sales", "product", "effort"):
            if getattr(self, name) < 0:
                raise ValueError(f"weight of {name} must be at least 0, not {getattr(self, name)}")


def _of_largest(column: pd.Series) -> pd.Series:
    """Each value as a share of the column's largest; 0 where all are 0."""
    largest = column.max()
    return column / largest if largest and largest > 0 else column * 0.0


def rice(items: pd.DataFrame) -> pd.Series:
    """Accounts reached, weighted, per person-week.

    Source: Sean McBride, Intercom, "RICE: Simple prioritization for product managers".
    """
    return items["active_accounts"] * items["impact"] * items["confidence"] / items["effort"]


def wsjf(items: pd.DataFrame) -> pd.Series:
    """Cost of delay over job size, both in parts of the column's largest.

    User and business value is the money touched, reach stands for the users' side, and the money
    that waits for this very item (blocked) for time criticality.

    Source: Donald Reinertsen, "The Principles of Product Development Flow", weighted shortest
    job first; Scaled Agile Framework, "WSJF", for the three parts of the cost of delay.
    """
    delay = (
        _of_largest(items["touched"]) + _of_largest(items["reach"]) + _of_largest(items["blocked"])
    )
    return delay / _of_largest(items["effort"])


def weighted(items: pd.DataFrame, weights: Weights | None = None) -> pd.Series:
    """Money, reach and effort as shares of their largest, times their weights."""
    chosen = weights or Weights()
    return (
        chosen.sales * _of_largest(items["touched"])
        + chosen.product * _of_largest(items["reach"])
        - chosen.effort * _of_largest(items["effort"])
    )


def value_effort(items: pd.DataFrame) -> pd.Series:
    """Money touched per person-week."""
    return items["touched"] / items["effort"]


def candidates(found: Overlap) -> pd.DataFrame:
    """What may be ranked: items of the map that are neither released nor declined.

    Returns:
        the rows of `Overlap.items`, with blocked (money of deals that cannot close without the
        item).
    """
    is_open = ~found.items["status"].isin(["released", "declined"])
    kept = found.items.loc[(found.items["kind"] == "item") & is_open]
    is_blocker = found.deal_things["is_blocker"].astype(bool)
    blocked = values.touched(found.deal_things.loc[is_blocker])
    return kept.assign(blocked=[float(blocked.get(item, 0)) for item in kept["item_id"]])


def without_estimate(items: pd.DataFrame) -> pd.DataFrame:
    """The rows `rank` leaves out: without an effort, or with 0; in their order."""
    return items.loc[~(items["effort"].fillna(0) > 0)]


def rank(items: pd.DataFrame, weights: Weights | None = None) -> pd.DataFrame:
    """All five rankings of the items that have an estimate.

    Args:
        items: one row per item_id; title, touched and blocked (workspace currency; blocked: money
            of deals that cannot close without the item), reach (accounts, weighted),
            active_accounts, impact (0.25 to 3), confidence (0..1), effort (person-weeks). Items
            without effort, or with 0, cannot be ranked and are left out.
        weights: of the weighted score.

    Returns:
        the inputs, then per ranking its score and its place (`rice`, `rice_rank`, ...; 1 is best,
        equal scores share the better place; the score `touched` is the input itself), and
        `spread`: the largest difference between an item's places. Largest spread first,
        ties by title and item_id.
    """
    kept = items.loc[items["effort"].fillna(0) > 0].copy()
    scores = {
        "rice": rice(kept),
        "wsjf": wsjf(kept),
        "weighted": weighted(kept, weights),
        "value_effort": value_effort(kept),
        "touched": kept["touched"],
    }
    for name, score in scores.items():
        kept[name] = score.fillna(0.0).round(9)
        kept[f"{name}_rank"] = kept[name].rank(ascending=False, method="min").astype(int)
    places = kept[[f"{name}_rank" for name in SCORES]].to_numpy()
    kept["spread"] = np.ptp(places, axis=1) if len(kept) else np.empty(0, dtype=int)
    return kept.sort_values(
        ["spread", "title", "item_id"], ascending=[False, True, True], ignore_index=True
    )


def agreement(ranked: pd.DataFrame, top: int = 10) -> pd.DataFrame:
    """How many of one ranking's first items are among another's.

    Args:
        ranked: as `rank` returns it.
        top: how many places count as first.

    Returns:
        one row per pair of rankings: first, second, shared (items in both tops), of (items in the
        smaller top).
    """
    tops = {name: set(ranked.loc[ranked[f"{name}_rank"] <= top, "item_id"]) for name in SCORES}
    rows = [
        (one, other, len(tops[one] & tops[other]), min(len(tops[one]), len(tops[other])))
        for place, one in enumerate(SCORES)
        for other in SCORES[place + 1 :]
    ]
    return pd.DataFrame(rows, columns=["first", "second", "shared", "of"])
