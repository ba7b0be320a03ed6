"""KPIs over the agreements of the ledger, which is not in the warehouse: a frame in, values out."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from statistics import median
from typing import Any

import pandas as pd

from common_ground.kpis.registry import Definition
from common_ground.kpis.values import Dropped, KpiValue, settled
from common_ground.kpis.windows import Window

KEPT_COLUMNS = ("agreement_id", "status", "due_date", "created_at", "closed_at")
NO_AGREEMENTS = pd.DataFrame(columns=list(KEPT_COLUMNS))


NO_SEGMENT = "Agreements are between the two sides and have no segment. Choose all segments."


def evaluate(
    definition: Definition,
    agreements: pd.DataFrame,
    windows: Sequence[Window],
    segment: str | None = None,
) -> list[KpiValue]:
    """A KPI whose mart is the agreements, for each window.

    Args:
        definition: commitments_kept or agreed_to_ship_days.
        agreements: one row per agreement, as `Ledger.agreements` returns it: agreement_id, status,
            due_date, created_at, closed_at; delivered_date and closed_date where known.
        windows: by due date (commitments_kept) or by the day it was kept.
        segment: None for all; a segment leaves no value, and the reason says so.
    """
    if segment is not None:
        return [settled(definition, w, segment, None, 0, lacking=NO_SEGMENT) for w in windows]
    rows = _with_days(agreements).to_dict("records")
    return [_evaluated(definition, rows, window) for window in windows]


def _evaluated(
    definition: Definition, rows: Sequence[Mapping[Hashable, Any]], window: Window
) -> KpiValue:
    inside = [row for row in rows if _is_inside(definition, row, window)]
    reasons = [_left_out(row["status"], row["due_date"], window) for row in inside]
    counted = [row for row, why in zip(inside, reasons, strict=True) if why is None]
    hits = sum(bool(row["is_kept"]) for row in counted)
    is_rate = definition.unit == "share"
    n = len(counted)
    if is_rate:
        computed = hits / n if n else None
    else:
        computed = float(median(row["days_taken"] for row in counted)) if n else None
    dropped = Counter(why for why in reasons if why is not None)
    return settled(
        definition,
        window,
        None,
        computed,
        n,
        hits=hits if is_rate else None,
        dropped=[Dropped(why, count) for why, count in sorted(dropped.items())],
        lacking=None if rows else dict(definition.needs)["agreements"],
    )


def behind(definition: Definition, agreements: pd.DataFrame, window: Window) -> pd.DataFrame:
    """The agreements a KPI is about.

    Returns:
        agreement_id, title, sales_owner, product_owner, status, due_date, done_date (day), is_kept
        (done by the due date), days_taken (agreed to done), left_out (None where counted); one row
        per agreement of the window, by due date and id.
    """
    rows = _with_days(agreements)
    told = [row for row in rows.to_dict("records") if _is_inside(definition, row, window)]
    inside = pd.DataFrame(told, columns=rows.columns).astype(rows.dtypes)
    reasons = [_left_out(row["status"], row["due_date"], window) for row in told]
    inside["left_out"] = pd.Series(reasons, dtype="object")
    shown = inside.sort_values(["due_date", "agreement_id"]).reset_index(drop=True)
    return shown.drop(columns=["created_at", "closed_at", "closed_date", "delivered_date"])


def _with_days(agreements: pd.DataFrame) -> pd.DataFrame:
    """Agreements with the day they were done, whether in time, and how long it took."""
    rows = agreements.reindex(
        columns=[
            *("agreement_id", "title", "sales_owner", "product_owner", "status"),
            *("due_date", "created_at", "closed_at", "closed_date", "delivered_date"),
        ]
    ).copy()
    for column in ("due_date", "created_at", "closed_at", "closed_date", "delivered_date"):
        rows[column] = pd.to_datetime(rows[column]).astype("datetime64[us]")
    closed = rows["delivered_date"].fillna(rows["closed_date"]).fillna(rows["closed_at"])
    rows["done_date"] = closed.where(rows["status"] == "kept").dt.normalize()
    rows["is_kept"] = (rows["done_date"] <= rows["due_date"]).astype(bool)
    rows["days_taken"] = (rows["done_date"] - rows["created_at"].dt.normalize()).dt.days
    return rows


def _is_inside(definition: Definition, row: Mapping[Hashable, Any], window: Window) -> bool:
    """Whether an agreement is of a window: by due date for the share kept, else by when kept."""
    day = row["due_date"] if definition.unit == "share" else row["done_date"]
    if pd.isna(day) or day >= pd.Timestamp(window.end):
        return False
    return window.start is None or bool(day >= pd.Timestamp(window.start))


def _left_out(status: str, due: pd.Timestamp, window: Window) -> str | None:
    """Why an agreement of a window does not count; None where it does."""
    if status == "open" and due == pd.Timestamp(window.last_day):
        return "open, its due day is not over"
    return status if status in ("renegotiated", "withdrawn", "draft") else None
