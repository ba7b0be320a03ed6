"""Values people assume in place of an export's: applied to the items, and told beside them.

A register has one row per item_id ("" for weights) and field: value (in the field's unit), set_by,
set_at (UTC), note. Every page, command and file takes its items through `apply`.
"""

from typing import Final

import pandas as pd

from common_ground.analysis.rankings import Weights

# Fields of an item, and the column of mart_items each stands in for.
COLUMNS: Final = {
    "reach": "reach_own",
    "impact": "impact",
    "confidence": "confidence",
    "effort_low": "effort_low",
    "effort_likely": "effort_likely",
    "effort_high": "effort_high",
}
LABELS: Final = {
    "reach": "Reach, accounts",
    "impact": "Impact",
    "confidence": "Confidence",
    "effort_low": "Effort, least, weeks",
    "effort_likely": "Effort, likely, weeks",
    "effort_high": "Effort, most, weeks",
    "weight_sales": "Weight of sales' money",
    "weight_product": "Weight of product's reach",
    "weight_effort": "Weight of effort",
}
_EFFORT: Final = ("effort_low", "effort_likely", "effort_high")


def apply(items: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """The items as people assume them.

    Effort follows from its three parts as in mart_items, (low + 4 x likely + high) / 6, a missing
    end counting as likely. An end the assumed likely value lies beyond moves to that value.

    Args:
        items: mart_items.
        register: see the module; rows of weights and of unknown items change nothing.

    Returns:
        items with reach_own, impact, confidence, the parts of effort and effort replaced where
        somebody assumes a value; all other rows as they were.
    """
    own = register.loc[register["item_id"].isin(items["item_id"])]
    if own.empty:
        return items
    assumed = items.copy()
    for field, column in COLUMNS.items():
        rows = own.loc[own["field"] == field]
        values = dict(zip(rows["item_id"], rows["value"].astype(float), strict=True))
        if values:
            exported = pd.to_numeric(assumed[column]).astype(float)
            assumed[column] = assumed["item_id"].map(values).astype(float).fillna(exported)
    changed = own.loc[own["field"].isin(_EFFORT), "item_id"]
    return _with_effort(assumed, assumed["item_id"].isin(changed))


def _with_effort(items: pd.DataFrame, is_changed: pd.Series) -> pd.DataFrame:
    """Effort of the changed rows from its parts; without a likely value there is none."""
    if not is_changed.any():
        return items
    low, likely, high = (pd.to_numeric(items[part]).astype(float) for part in _EFFORT)
    low = low.fillna(likely).clip(upper=likely).where(is_changed, low)
    high = high.fillna(likely).clip(lower=likely).where(is_changed, high)
    effort = ((low + 4 * likely + high) / 6).round(4)
    before = pd.to_numeric(items["effort"]).astype(float)
    return items.assign(
        effort_low=low.where(likely.notna() | ~is_changed),
        effort_high=high.where(likely.notna() | ~is_changed),
        effort=effort.where(is_changed, before),
    )


def weights(register: pd.DataFrame) -> Weights:
    """Weights of the weighted score, as assumed or as they are by default."""
    rows = register.loc[register["item_id"] == ""]
    assumed = dict(zip(rows["field"], rows["value"].astype(float), strict=True))
    default = Weights()
    return Weights(
        sales=assumed.get("weight_sales", default.sales),
        product=assumed.get("weight_product", default.product),
        effort=assumed.get("weight_effort", default.effort),
    )


def told(items: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """What is assumed, beside what the export says.

    Args:
        items: mart_items, before `apply`.
        register: see the module.

    Returns:
        one row per row of the register: item_id, title (None for weights and items the export no
        longer holds), field, label, value, exported (the export's value, the default of a weight;
        NaN: none), set_by, set_at, note, is_known (the export holds the item). Newest first.
    """
    exported = {("", f"weight_{name}"): weight for name, weight in vars(Weights()).items()}
    for field, column in COLUMNS.items():
        values = pd.to_numeric(items[column]).astype(float)
        exported |= {
            (item, field): value for item, value in zip(items["item_id"], values, strict=True)
        }
    titles = dict(zip(items["item_id"], items["title"], strict=True))
    pairs = list(zip(register["item_id"], register["field"], strict=True))
    found = register.assign(
        title=pd.Series([titles.get(item) for item, _ in pairs], register.index, dtype=object),
        label=[LABELS[field] for _, field in pairs],
        value=register["value"].astype(float),
        exported=pd.Series([exported.get(pair) for pair in pairs], register.index, dtype=float),
        is_known=[not item or item in titles for item, _ in pairs],
    )
    columns = ["item_id", "title", "field", "label", "value", "exported"]
    columns += ["set_by", "set_at", "note", "is_known"]
    return found.sort_values(
        ["set_at", "item_id", "field"], ascending=[False, True, True], ignore_index=True
    )[columns]
