"""What asked-for things are worth: touched, allocated and unlocked money, and accounts reached.

The three kinds of money are never merged. `touched` overlaps between things, `allocated` adds up
to the union, `unlocked` belongs to a plan and not to a thing.

All functions of money take `deal_things`: one row per deal and thing it asks for, with columns
deal_id, item_id, amount (workspace currency; null: not said, worth nothing here) and, where
blockers matter, is_blocker. Rows that repeat a deal and thing count once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

CENTS = 100


@dataclass(frozen=True)
class Ratings:
    """What stands in where product has not rated an item; shown on the page that uses it.

    Attributes:
        impact_if_missing: 0.25 to 3; 1 is "medium" in RICE.
        confidence_if_missing: 0..1.
    """

    impact_if_missing: float = 1.0
    confidence_if_missing: float = 0.5


def _cents(amount: float | None) -> int:
    return 0 if pd.isna(amount) else round(float(amount or 0) * CENTS)


def _once(deal_things: pd.DataFrame) -> pd.DataFrame:
    """One row per deal and thing, with its money in cents."""
    once = deal_things.drop_duplicates(["deal_id", "item_id"])
    return once.assign(cents=[_cents(amount) for amount in once["amount"]])


def union(deal_things: pd.DataFrame) -> Fraction:
    """Money of all deals that ask for anything, each deal once; exact."""
    deals = _once(deal_things).drop_duplicates("deal_id")
    return Fraction(int(sum(deals["cents"])), CENTS)


def touched(deal_things: pd.DataFrame) -> dict[str, Fraction]:
    """Money of all deals that ask for a thing, by item_id; exact.

    A deal that asks for two things counts in full under both, so the values overlap: their sum
    is not the union.
    """
    cents = _once(deal_things).groupby("item_id")["cents"].sum()
    return {str(item): Fraction(int(value), CENTS) for item, value in cents.items()}


def allocated_rows(deal_things: pd.DataFrame) -> pd.DataFrame:
    """Each deal's money split evenly over the things it asks for.

    Returns:
        one row per deal_id and item_id of the input, with `allocated` (Fraction); the column
        sums exactly to the union, whatever the amounts and the order of the rows.
    """
    once = _once(deal_things)
    things = once.groupby("deal_id")["item_id"].transform("count")
    shares = [
        Fraction(int(cents), CENTS * int(count))
        for cents, count in zip(once["cents"], things, strict=True)
    ]
    return once.drop(columns="cents").assign(allocated=pd.Series(shares, once.index, dtype=object))


def allocated(deal_things: pd.DataFrame) -> dict[str, Fraction]:
    """Each deal's money split evenly over its things, summed by item_id; adds up to the union."""
    sums: dict[str, Fraction] = {}
    rows = allocated_rows(deal_things)
    for item, share in zip(rows["item_id"], rows["allocated"], strict=True):
        sums[str(item)] = sums.get(str(item), Fraction(0)) + share
    return sums


def unlocked(plan: Collection[str], deal_things: pd.DataFrame) -> Fraction:
    """Money of the deals whose every blocker is in the plan; exact.

    A deal without a blocker adds nothing: it does not depend on the plan. A blocker that no item
    answers is never in a plan, so its deal stays blocked.

    Args:
        plan: item_ids.
        deal_things: with is_blocker.
    """
    blockers = deal_things.loc[deal_things["is_blocker"].astype(bool)]
    met = blockers["item_id"].isin(list(plan)).groupby(blockers["deal_id"]).all()
    deals = blockers.loc[blockers["deal_id"].isin(met.index[met])].drop_duplicates("deal_id")
    return Fraction(sum(_cents(amount) for amount in deals["amount"]), CENTS)


def area_key(area: pd.Series) -> pd.Series:
    """Area names as they are compared: case and outer blanks do not matter; null stays null."""
    return area.astype("string").str.strip().str.lower()


def product_pull(
    items: pd.DataFrame, area_reach: pd.DataFrame, ratings: Ratings | None = None
) -> pd.DataFrame:
    """Accounts each item reaches, weighted: reach x impact x confidence.

    Args:
        items: one row per item_id; area, reach_own (accounts), impact (0.25 to 3), confidence
            (0..1); each may be null.
        area_reach: one row per area; active_accounts (28 days).
        ratings: what stands in for a missing impact or confidence.

    Returns:
        item_id, reach (accounts: product's own figure, else accounts active in the item's area,
        else 0), reach_from ("own", "usage" or "none"), impact, confidence (as used), is_rated
        (product gave a reach, an impact or a confidence), pull (accounts, weighted). In the
        order of items.

    Source: RICE, Sean McBride, Intercom, "RICE: Simple prioritization for product managers".
    """
    ratings = ratings or Ratings()
    active = dict(zip(area_key(area_reach["area"]), area_reach["active_accounts"], strict=True))
    own = pd.to_numeric(items["reach_own"]).astype(float)
    used = area_key(items["area"]).map(active).astype(float)
    reach_from = np.select([own.notna(), used.notna()], ["own", "usage"], "none")
    found = pd.DataFrame(
        {
            "item_id": items["item_id"],
            "reach": own.fillna(used).fillna(0.0),
            "reach_from": reach_from,
            "impact": pd.to_numeric(items["impact"])
            .astype(float)
            .fillna(ratings.impact_if_missing),
            "confidence": pd.to_numeric(items["confidence"])
            .astype(float)
            .fillna(ratings.confidence_if_missing),
            "is_rated": items[["reach_own", "impact", "confidence"]].notna().any(axis=1),
        }
    )
    return found.assign(pull=found["reach"] * found["impact"] * found["confidence"])
