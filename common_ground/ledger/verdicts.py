"""What people decided about links; each function works inside one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, and_, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.records import ListedVerdict, NewVerdict
from common_ground.ledger.tables import link_verdicts

# Two asks, or two accounts, are the same pair in either order.
SYMMETRIC: Final = ("ask_ask", "account")
# Two machines' clocks may differ by this much; a later verdict has a wrong date.
CLOCKS_DIFFER: Final = timedelta(hours=24)


@dataclass(frozen=True)
class TakenOver:
    """What an import of verdicts did, in verdicts of the file.

    Attributes:
        new: stored; nobody had decided the pair here.
        known: there already, also those taken back here since.
        newer: stored over an earlier verdict that said something else.
        kept: not stored, as the pair was decided otherwise, or taken back, later here.
    """

    new: int
    known: int
    newer: int
    kept: int


def insert_verdict(connection: Connection, verdict: NewVerdict, instant: datetime) -> int:
    """Store a verdict; its verdict_id."""
    values = {**vars(verdict), "decided_at": instant}
    new_row = insert(link_verdicts).values(values).returning(link_verdicts.c.verdict_id)
    return int(connection.execute(new_row).scalar_one())


def check_unchanged(connection: Connection, verdict: NewVerdict, seen: int) -> None:
    """Refuse a verdict on a pair that someone decided after the reader last saw it.

    Raises:
        LedgerError: the pair has a standing verdict later than verdict_id `seen`.
    """
    later = [
        row
        for row in _of_pair(connection, verdict)
        if row["undone_at"] is None and row["verdict_id"] > seen
    ]
    if later:
        last = later[-1]
        raise LedgerError(
            f"{last['decided_by']} decided '{last['verdict']}' on this pair meanwhile, "
            f"'{verdict.verdict}' was not stored. Look at it again and decide."
        )


def take_over(
    connection: Connection, listed: Sequence[ListedVerdict], instant: datetime
) -> TakenOver:
    """Store those verdicts that are newer than what the ledger has of their pair.

    Raises:
        LedgerError: one is from the future.
    """
    counts = dict.fromkeys(("new", "known", "newer", "kept"), 0)
    for one in sorted(listed, key=lambda one: one.decided_at):
        if one.decided_at > instant + CLOCKS_DIFFER:
            raise LedgerError(
                f"The verdict on {one.verdict.from_id} and {one.verdict.to_id} was decided at "
                f"{one.decided_at.isoformat(' ', 'minutes')} UTC, which is still to come. Correct "
                "the date; nothing was stored."
            )
        counts[_take_over_one(connection, one)] += 1
    return TakenOver(**counts)


def _take_over_one(connection: Connection, one: ListedVerdict) -> str:
    rows = _of_pair(connection, one.verdict)
    standing = [row for row in rows if row["undone_at"] is None]
    if any(_is_the_same(row, one) for row in rows):
        return "known"
    if standing and standing[-1]["verdict"] == one.verdict.verdict:
        return "known"
    acts = [row[name] for row in rows for name in ("decided_at", "undone_at") if row[name]]
    if acts and max(acts) >= one.decided_at:
        return "kept"
    insert_verdict(connection, one.verdict, one.decided_at)
    return "newer" if standing else "new"


def _is_the_same(row: RowMapping, one: ListedVerdict) -> bool:
    return (row["verdict"], row["decided_by"], row["decided_at"]) == (
        one.verdict.verdict,
        one.verdict.decided_by,
        one.decided_at,
    )


def _of_pair(connection: Connection, verdict: NewVerdict) -> Sequence[RowMapping]:
    """Every verdict on the same pair, oldest first."""
    table = link_verdicts.c
    is_pair: Any = and_(table.from_id == verdict.from_id, table.to_id == verdict.to_id)
    if verdict.kind in SYMMETRIC:
        turned = and_(table.from_id == verdict.to_id, table.to_id == verdict.from_id)
        is_pair = or_(is_pair, turned)
    query = select(link_verdicts).where(table.kind == verdict.kind, is_pair)
    return connection.execute(query.order_by(table.verdict_id)).mappings().all()


def take_back(connection: Connection, verdict_id: int, by: str, instant: datetime) -> None:
    """Mark a verdict as undone.

    Raises:
        LedgerError: no such verdict, or it was taken back already.
    """
    this_one = link_verdicts.c.verdict_id == int(verdict_id)  # numpy's, from a frame
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
        (kind, *(sorted((one, other)) if kind in SYMMETRIC else (one, other)))
        for kind, one, other in zip(
            standing["kind"], standing["from_id"], standing["to_id"], strict=True
        )
    ]
    is_latest = ~pd.Series(pairs, index=standing.index, dtype="object").duplicated(keep="last")
    return standing[is_latest].reset_index(drop=True)
