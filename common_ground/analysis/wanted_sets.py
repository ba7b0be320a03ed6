"""Who wants what: sales, product and usage as three sets over the things on the map."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import pandas as pd

from common_ground.analysis import values
from common_ground.analysis.overlap import Overlap

SETS: Final = ("sales", "product", "usage")
LABELS: Final = {"sales": "Sales asks", "product": "Product wants", "usage": "Usage shows"}
NONE: Final = "none"
# Every combination, those that more want first.
COMBINATIONS: Final = (
    "sales+product+usage",
    "sales+product",
    "sales+usage",
    "product+usage",
    "sales",
    "product",
    "usage",
    NONE,
)


@dataclass(frozen=True)
class WantedSets:
    """Which of the three want each thing, and what each combination holds.

    Attributes:
        items: one row per thing of the map, in its order: item_id, in_sales, in_product, in_usage,
            combination (of COMBINATIONS).
        combinations: one row per combination, in the order of COMBINATIONS: combination, in_sales,
            in_product, in_usage, count, allocated (workspace currency; adds up to the union),
            touched (each deal once within the combination), unconfirmed_share (0..1, of
            allocated).
    """

    items: pd.DataFrame
    combinations: pd.DataFrame


def wanted_sets(found: Overlap) -> WantedSets:
    """Put each thing of the map into the sets that want it.

    Sales asks: an open deal names it, or an ask of a known account. Product wants: a backlog item,
    not released or declined, that is planned or rated above product's median. Usage shows: enough
    asking accounts use the product and more than the low share of them used its area in 28 days,
    or its area is heavily used and growing; never where the use of the asking accounts is low or
    falling. The limits are those the classes turn on.
    """
    things, limits = found.items, found.thresholds
    is_backlog = (things["kind"] == "item") & ~things["status"].isin(["released", "declined"])
    enough = things["users_asking"] >= limits.min_asking_customers
    used = things["users_asking_active"] > limits.low_use_share * things["users_asking"]
    items = pd.DataFrame(
        {
            "item_id": things["item_id"],
            "in_sales": (things["deals"] > 0) | (things["accounts"] > 0),
            "in_product": is_backlog & things["is_wanted"].astype(bool),
            "in_usage": ((enough & used) | things["is_heavy"])
            & ~(things["is_low"] | things["is_falling"]),
        }
    ).astype({f"in_{name}": bool for name in SETS})
    flags = zip(*(items[f"in_{name}"] for name in SETS), strict=True)
    items["combination"] = [_named(row) for row in flags]
    return WantedSets(items, _counted(items, found.deal_things))


def _named(flags: Iterable[bool]) -> str:
    return "+".join(name for name, is_in in zip(SETS, flags, strict=True) if is_in) or NONE


def _counted(items: pd.DataFrame, deal_things: pd.DataFrame) -> pd.DataFrame:
    named = deal_things.merge(items[["item_id", "combination"]], on="item_id")
    rows = []
    for combination in COMBINATIONS:
        own = named.loc[named["combination"] == combination]
        allocated = sum(own["allocated"], Fraction(0))
        unsettled = sum(own.loc[~own["is_confirmed"], "allocated"], Fraction(0))
        rows.append(
            {
                "combination": combination,
                **{f"in_{name}": name in combination.split("+") for name in SETS},
                "count": int((items["combination"] == combination).sum()),
                "allocated": float(allocated),
                "touched": float(values.union(own)),
                "unconfirmed_share": float(unsettled / allocated) if allocated else 0.0,
            }
        )
    return pd.DataFrame(rows)
