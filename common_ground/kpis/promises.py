"""KPIs over the agreements of the ledger, which is not in the warehouse: a frame in, values out."""

from collections.abc import Sequence

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
    rows = _with_days(agreements)
    return [_evaluated(definition, rows, window) for window in windows]


def _evaluated(definition: Definition, rows: pd.DataFrame, window: Window) -> KpiValue:
    inside = _inside(definition, rows, window)
    reasons = _left_out(inside, window)
    counted = inside[reasons.isna()]
    hits = int(counted["is_kept"].sum())
    is_rate = definition.unit == "share"
    n = len(counted)
    if is_rate:
        computed = hits / n if n else None
    else:
        computed = float(counted["days_taken"].median()) if n else None
    return settled(
        definition,
        window,
        None,
        computed,
        n,
        hits=hits if is_rate else None,
        dropped=[
            Dropped(str(reason), int(count))
            for reason, count in reasons.value_counts().sort_index().items()
        ],
        lacking=None if len(rows) else dict(definition.needs)["agreements"],
    )


def behind(definition: Definition, agreements: pd.DataFrame, window: Window) -> pd.DataFrame:
    """The agreements a KPI is about.

    Returns:
        agreement_id, title, sales_owner, product_owner, status, due_date, done_date (day), is_kept
        (done by the due date), days_taken (agreed to done), left_out (None where counted); one row
        per agreement of the window, by due date and id.
    """
    inside = _inside(definition, _with_days(agreements), window)
    rows = inside.assign(left_out=_left_out(inside, window))
    shown = rows.sort_values(["due_date", "agreement_id"]).reset_index(drop=True)
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


def _inside(definition: Definition, rows: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Agreements of a window: by due date for the share kept, else by the day they were kept."""
    day = rows["due_date"] if definition.unit == "share" else rows["done_date"]
    inside = day < pd.Timestamp(window.end)
    if window.start is not None:
        inside &= day >= pd.Timestamp(window.start)
    return rows[inside]


def _left_out(rows: pd.DataFrame, window: Window) -> pd.Series:
    reasons = pd.Series(None, index=rows.index, dtype="object")
    due_today = (rows["status"] == "open") & (rows["due_date"] == pd.Timestamp(window.last_day))
    reasons[due_today] = "open, its due day is not over"
    for status in ("renegotiated", "withdrawn", "draft"):
        reasons[rows["status"] == status] = status
    return reasons
