"""Where the agreements stand on a day: which are late, by how much, and what comes next."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

DUE_SOON_DAYS = 7
# Open ones first, they are what a meeting can still change.
_STATUS_ORDER = {"open": 0, "draft": 1}


@dataclass(frozen=True)
class Standing:
    """The agreements on a day.

    Attributes:
        rows: the agreements, late ones first (longest late on top), then open ones by due date,
            drafts, and closed ones, latest first. Adds days_left (Int64, negative when late; empty
            unless open) and is_late.
        open_count: open agreements.
        late_count: open ones whose due date has passed.
        due_soon_count: open ones due within 7 days.
        oldest_late_days: how long the longest late one has been late; 0 when none is.
        draft_count: drafts somebody still has to complete.
        kept_count: closed as kept.
        missed_count: closed as missed.
        next_due: due date of the next open one that is not late.
    """

    rows: pd.DataFrame
    open_count: int
    late_count: int
    due_soon_count: int
    oldest_late_days: int
    draft_count: int
    kept_count: int
    missed_count: int
    next_due: date | None


def standing(agreements: pd.DataFrame, as_of: date) -> Standing:
    """Where the agreements stand at the end of `as_of`; one due that day is not late.

    Args:
        agreements: as `Ledger.agreements` returns them; left as they are.
        as_of: the workspace's day.
    """
    is_open = agreements["status"] == "open"
    days_left = (agreements["due_date"] - pd.Timestamp(as_of)).dt.days.where(is_open)
    rows = agreements.assign(
        days_left=days_left.astype("Int64"), is_late=(days_left < 0).astype(bool)
    )
    open_days = days_left[is_open]
    on_time = agreements.loc[is_open & (days_left >= 0), "due_date"]
    counts = agreements["status"].value_counts()
    return Standing(
        rows=_late_first(rows),
        open_count=int(is_open.sum()),
        late_count=int((open_days < 0).sum()),
        due_soon_count=int(open_days.between(0, DUE_SOON_DAYS).sum()),
        oldest_late_days=int(max(-open_days.min(), 0)) if len(open_days) else 0,
        draft_count=int(counts.get("draft", 0)),
        kept_count=int(counts.get("kept", 0)),
        missed_count=int(counts.get("missed", 0)),
        next_due=on_time.min().date() if len(on_time) else None,
    )


def _late_first(rows: pd.DataFrame) -> pd.DataFrame:
    group = rows["status"].map(_STATUS_ORDER).fillna(2).astype("int64")
    days_ago = -rows["closed_date"].astype("int64").where(group == 2, 0)
    number = rows["agreement_id"].str.removeprefix("A").astype("int64")
    order = pd.DataFrame(
        {"group": group, "due": rows["due_date"].where(group < 2), "ago": days_ago, "id": number}
    ).sort_values(["group", "due", "ago", "id"], na_position="last", kind="stable")
    return rows.loc[order.index].reset_index(drop=True)
