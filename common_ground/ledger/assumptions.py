"""The assumption register; each function works inside one transaction."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import pandas as pd
from sqlalchemy import Connection, insert, select

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.assumption_records import NewAssumption
from common_ground.ledger.tables import assumptions


def insert_assumptions(
    connection: Connection, assumed: Sequence[NewAssumption], instant: datetime
) -> None:
    """Store values assumed and assumptions taken back.

    Raises:
        LedgerError: an item and field is among them twice, or one is taken back that nobody
            assumes.
    """
    _check_each_once(assumed)
    now = standing(history(connection))
    stands = set(zip(now["item_id"], now["field"], strict=True))
    for one in assumed:
        if one.value is None and (one.item_id, one.field) not in stands:
            raise LedgerError(
                f"Nobody assumes the {one.field.replace('_', ' ')} of "
                f"{one.item_id or 'the weighted score'} any more. Reload the page to see what "
                "stands now."
            )
    rows = [{**vars(one), "value": _as_text(one.value), "set_at": instant} for one in assumed]
    if rows:
        connection.execute(insert(assumptions), rows)


def _check_each_once(assumed: Sequence[NewAssumption]) -> None:
    seen = set()
    for one in assumed:
        if (one.item_id, one.field) in seen:
            raise LedgerError(
                f"The {one.field.replace('_', ' ')} of {one.item_id or 'the weighted score'} is in "
                "the list twice. Keep one of them; nothing was stored."
            )
        seen.add((one.item_id, one.field))


def _as_text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def history(connection: Connection) -> pd.DataFrame:
    """Everything ever assumed, oldest first, with the columns of `Ledger.assumption_history`."""
    rows = read_rows(connection, select(assumptions).order_by(assumptions.c.assumption_id))
    for row in rows:
        row["value"] = None if row["value"] is None else Decimal(row["value"])
    return frames.frame(rows, frames.ASSUMPTION_HISTORY)


def standing(history: pd.DataFrame) -> pd.DataFrame:
    """The latest of each item and field that was not taken back, in the order assumed."""
    latest = history.drop_duplicates(["item_id", "field"], keep="last")
    latest = latest.loc[latest["value"].notna()]
    return latest[list(frames.ASSUMPTIONS)].reset_index(drop=True)
