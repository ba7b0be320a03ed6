"""The rows behind the money of things: open and lost deals, contracts that end; money exact."""

from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd

from common_ground.analysis import values
from common_ground.analysis.overlap import Overlap

# Kinds of open deals; together they are the money touched.
OPEN: Final = ("new", "expansion", "renewal")
_MICRO: Final = 1_000_000  # probabilities have six decimals

_ROW_COLUMNS: Final = [
    "item_id",
    "kind",
    "deal_id",
    "name",
    "account_id",
    "account_name",
    "segment",
    "stage_label",
    "amount",
    "probability",
    "weighted",
    "allocated",
    "is_blocker",
    "is_confirmed",
    "closed_date",
]


def money_rows(
    found: Overlap, deals: pd.DataFrame, asking: pd.DataFrame, renewals: pd.DataFrame | None
) -> pd.DataFrame:
    """What the money behind everything on the map is made of.

    Args:
        found: the map.
        deals: mart_deal_values.
        asking: as `asking_accounts`.
        renewals: mart_renewals of the days to come; None where no contracts are loaded.

    Returns:
        the columns of `item_values.ItemValues.rows`, money as Fraction (None: not known); things,
        then kinds, then the largest first.
    """
    rows = pd.concat([_deal_rows(found, deals), _renewal_rows(asking, renewals)])
    return _in_order(rows.loc[rows["item_id"].isin(found.items["item_id"])])


def asking_accounts(found: Overlap, asks: pd.DataFrame) -> pd.DataFrame:
    """One row per thing and account that asks for it: is_confirmed, account_name, segment."""
    said = found.links_used.merge(asks[["ask_id", "account_id", "account_name", "segment"]])
    named = said.dropna(subset="account_id").sort_values(["item_id", "account_id", "ask_id"])
    return named.groupby(["item_id", "account_id"], as_index=False).agg(
        is_confirmed=("is_confirmed", "any"),
        account_name=("account_name", "first"),
        segment=("segment", "first"),
    )


def _deal_rows(found: Overlap, deals: pd.DataFrame) -> pd.DataFrame:
    """Open and lost deals behind each thing, with the exact money."""
    kept = ["deal_id", "item_id", "is_blocker", "is_confirmed"]
    pairs = pd.concat(
        [
            found.deal_things[[*kept, "allocated"]].assign(is_open=True),
            found.lost_things[kept].assign(allocated=None, is_open=False),
        ]
    )
    rows = pairs.merge(deals.drop(columns="is_open"), on="deal_id")
    is_renewal = rows["deal_type"].eq("renewal").fillna(False).astype(bool)
    is_expansion = rows["deal_type"].eq("expansion").fillna(False).astype(bool)
    kind = np.select(
        [~rows["is_open"] & is_renewal, ~rows["is_open"], is_renewal, is_expansion],
        ["lost_renewal", "lost", "renewal", "expansion"],
        "new",
    )
    return rows.assign(
        kind=kind,
        amount=_objects([_exact(amount, values.CENTS) for amount in rows["amount"]], rows),
        weighted=_objects(
            [
                _weighted(amount, chance)
                for amount, chance in zip(rows["amount"], rows["probability"], strict=True)
            ],
            rows,
        ),
    )


def _objects(found: list[Fraction | None], of: pd.DataFrame) -> pd.Series:
    return pd.Series(found, of.index, dtype=object)


def _renewal_rows(asking: pd.DataFrame, renewals: pd.DataFrame | None) -> pd.DataFrame:
    """Recurring money of asking accounts that ends soon and that nothing follows."""
    if renewals is None:
        return pd.DataFrame()
    no_rate = renewals["left_out"].eq("no exchange rate for its currency").fillna(False)
    up = renewals.loc[
        renewals["left_out"].isna() | no_rate, ["account_id", "up_arr", "renewed_arr"]
    ]
    rows = asking.merge(up, on="account_id")
    amounts = [
        _less(_exact(up, values.CENTS), _exact(kept, values.CENTS))
        for up, kept in zip(rows["up_arr"], rows["renewed_arr"], strict=True)
    ]
    rows = rows.assign(kind="at_risk", amount=_objects(amounts, rows))
    return rows.loc[rows["amount"].isna() | (rows["amount"] > 0)].assign(is_blocker=False)


def _exact(number: float | None, per_unit: int) -> Fraction | None:
    """A decimal that was read as a float, as the fraction it was; None for none."""
    if number is None or pd.isna(number):
        return None
    return Fraction(round(float(number) * per_unit), per_unit)


def _less(whole: Fraction | None, part: Fraction | None) -> Fraction | None:
    return None if whole is None else whole - (part or 0)


def _weighted(amount: float | None, chance: float | None) -> Fraction | None:
    money, share = _exact(amount, values.CENTS), _exact(chance, _MICRO)
    return None if money is None or share is None else money * share


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Things, then kinds, then the largest first; rows without an amount last."""
    ordered = rows.reindex(columns=_ROW_COLUMNS).reset_index(drop=True)
    sizes: list[Fraction | None] = [
        Fraction(1) if pd.isna(amount) else -amount for amount in ordered["amount"]
    ]
    return (
        ordered.assign(size=_objects(sizes, ordered))
        .sort_values(["item_id", "kind", "size", "deal_id", "account_id"], ignore_index=True)
        .drop(columns="size")
    )
