"""The five classes by segment of the deals and asks behind them."""

from fractions import Fraction
from typing import Final

import pandas as pd

from common_ground.analysis.overlap import LABELS, Overlap

NOBODY: Final = "(nobody asks)"
OTHERS: Final = "(other segments)"
MOST: Final = 6  # segments with a column of their own; where there are more, the rest is one


def things_by_segment(found: Overlap, asks: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """The segments whose deals or asks want each thing.

    Args:
        found: the map.
        asks: mart_asks.
        deals: mart_deal_values.

    Returns:
        one row per thing and segment: item_id, class, segment; NOBODY where no ask counts for it.
        Where there are more than MOST segments, those with least money are OTHERS together.
    """
    named = _columns(found, asks, deals)
    said = found.links_used[["ask_id", "item_id"]].merge(asks[["ask_id", "segment"]], on="ask_id")
    pairs = pd.concat([said, _sold(found, deals)])[["item_id", "segment"]]
    pairs = pairs.assign(segment=pairs["segment"].map(named).astype(object)).drop_duplicates()
    things = found.items[["item_id", "class"]].merge(pairs, how="left", on="item_id")
    segments = things["segment"].astype(object)
    return things.assign(segment=segments.where(segments.notna(), NOBODY)).sort_values(
        ["item_id", "segment"], ignore_index=True
    )


def _sold(found: Overlap, deals: pd.DataFrame) -> pd.DataFrame:
    """Deals and their things, with the segment of the deal."""
    return found.deal_things.merge(deals[["deal_id", "segment"]], on="deal_id")


def _columns(found: Overlap, asks: pd.DataFrame, deals: pd.DataFrame) -> dict[str, str]:
    """The column of each segment: its own, most money first, or OTHERS."""
    sold = _sold(found, deals)
    money = {name: sum(own, Fraction(0)) for name, own in sold.groupby("segment")["allocated"]}
    heard = asks.loc[asks["ask_id"].isin(found.links_used["ask_id"]), "segment"]
    names = sorted({*money, *heard}, key=lambda name: (-money.get(name, Fraction(0)), name))
    kept = names if len(names) <= MOST + 1 else names[:MOST]
    return {name: name if name in kept else OTHERS for name in names}


def class_segments(found: Overlap, asks: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Things and money of each class in each segment.

    A thing that several segments want is counted in each, so counts of a row may add up to more
    than the class holds; money goes with the deal's own segment and adds up exactly.

    Args:
        found: the map.
        asks: mart_asks.
        deals: mart_deal_values.

    Returns:
        one row per class (all five, in the order of the map) and segment: class, label, segment,
        count, deals (open), allocated (workspace currency), unconfirmed_share (0..1, of
        allocated). Segments with most money first, then by name, OTHERS and NOBODY last.
    """
    named = _columns(found, asks, deals)
    things = things_by_segment(found, asks, deals)
    money = _sold(found, deals).merge(found.items[["item_id", "class"]], on="item_id")
    money = money.assign(segment=money["segment"].map(named))
    known = set(things["segment"])
    segments = [name for name in dict.fromkeys([*named.values(), NOBODY]) if name in known]
    rows = []
    for name, label in LABELS.items():
        for segment in segments:
            counted = things.loc[(things["class"] == name) & (things["segment"] == segment)]
            own = money.loc[(money["class"] == name) & (money["segment"] == segment)]
            allocated = sum(own["allocated"], Fraction(0))
            unsettled = sum(own.loc[~own["is_confirmed"], "allocated"], Fraction(0))
            rows.append(
                {
                    "class": name,
                    "label": label,
                    "segment": segment,
                    "count": len(counted),
                    "deals": int(own["deal_id"].nunique()),
                    "allocated": float(allocated),
                    "unconfirmed_share": float(unsettled / allocated) if allocated else 0.0,
                }
            )
    columns = ["class", "label", "segment", "count", "deals", "allocated", "unconfirmed_share"]
    return pd.DataFrame(rows, columns=columns)
