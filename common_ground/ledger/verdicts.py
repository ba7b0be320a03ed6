"""What people decided about links; each function works inside one transaction."""

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.records import NewVerdict
from common_ground.ledger.tables import link_verdicts


def insert_verdict(connection: Connection, verdict: NewVerdict, instant: datetime) -> int:
    """Store a verdict; its verdict_id."""
    values = {**vars(verdict), "decided_at": instant}
    new_row = insert(link_verdicts).values(values).returning(link_verdicts.c.verdict_id)
    return int(connection.execute(new_row).scalar_one())


def take_back(connection: Connection, verdict_id: int, by: str, instant: datetime) -> None:
    """Mark a verdict as undone.

    Raises:
        LedgerError: no such verdict, or it was taken back already.
    """
    this_one = link_verdicts.c.verdict_id == verdict_id
    found = connection.execute(select(link_verdicts).where(this_one)).mappings().first()
    if found is None:
        raise LedgerError(f"There is no verdict {verdict_id}. Reload the page.")
    if found["undone_at"] is not None:
        raise LedgerError(
            f"Verdict {verdict_id} was already taken back by {found['undone_by']}. "
            "Reload the page to see what counts now."
        )
    undone = {"undone_by": by.strip(), "undone_at": instant}
    connection.execute(update(link_verdicts).where(this_one).values(undone))


def verdict_history(connection: Connection) -> pd.DataFrame:
    """Every verdict, oldest first, with the columns of `Ledger.verdict_history`."""
    rows = read_rows(connection, select(link_verdicts).order_by(link_verdicts.c.verdict_id))
    return frames.frame(rows, frames.VERDICT_HISTORY)


def latest_of_each_pair(history: pd.DataFrame) -> pd.DataFrame:
    """The last verdict of each pair that was not taken back, in the order decided."""
    standing = history[history["undone_at"].isna()][list(frames.VERDICTS)]
    pairs = [
        (kind, *(sorted((one, other)) if kind in ("ask_ask", "account") else (one, other)))
        for kind, one, other in zip(
            standing["kind"], standing["from_id"], standing["to_id"], strict=True
        )
    ]
    is_latest = ~pd.Series(pairs, index=standing.index, dtype="object").duplicated(keep="last")
    return standing[is_latest].reset_index(drop=True)
