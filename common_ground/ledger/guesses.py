"""Role swap: what one side guesses a value of the other to be, before it sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pandas as pd
from sqlalchemy import Connection, insert, select

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.kpi_records import Side
from common_ground.ledger.records import MAX_NAME, check_author, check_length
from common_ground.ledger.tables import SIDES, guesses

MOST = Decimal(10) ** 12


@dataclass(frozen=True)
class NewGuess:
    """A guess, and the value it was about.

    Attributes:
        side: that guesses: sales guesses accounts reached, product guesses money waiting.
        item_id: of the backlog.
        title: as it was shown.
        guess: accounts, or workspace currency; 0 or more.
        actual: what the data said, in the same unit.
        data_version: of that data.
        guessed_by: who guesses for the side.

    Raises:
        LedgerError: the side is none, the item or the name is missing, or the guess is no number
            of 0 or more.
    """

    side: Side
    item_id: str
    title: str
    guess: Decimal
    actual: Decimal
    data_version: int
    guessed_by: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "guessed_by", self.guessed_by.strip())
        what = f"The guess at {self.title[:60] or self.item_id[:60] or '(no item)'}"
        if self.side not in SIDES:
            raise LedgerError(f"{what} is by '{self.side}', not by sales or product.")
        if not self.item_id:
            raise LedgerError(f"{what} names no item. Reload the page.")
        check_author(what, self.guessed_by)
        for field in ("item_id", "title"):
            check_length(what, field, getattr(self, field), MAX_NAME)
        if not self.guess.is_finite() or not 0 <= self.guess <= MOST:
            raise LedgerError(f"{what} must be between 0 and {MOST:,f}, not {self.guess}.")


def insert_guesses(connection: Connection, made: Sequence[NewGuess], instant: datetime) -> None:
    """Store guesses, all or none.

    Raises:
        LedgerError: a side guesses at an item twice under one data version.
    """
    known = standing(history(connection))
    seen = set(zip(known["side"], known["item_id"], known["data_version"], strict=True))
    for one in made:
        key = (one.side, one.item_id, one.data_version)
        if key in seen:
            raise LedgerError(
                f"{one.side.capitalize()} has guessed at {one.title} already and seen the value. "
                "The first guess counts; nothing was stored."
            )
        seen.add(key)
    rows = [
        {
            **vars(one),
            "guess": str(one.guess),
            "actual": str(one.actual),
            "guessed_at": instant,
        }
        for one in made
    ]
    if rows:
        connection.execute(insert(guesses), rows)


def history(connection: Connection) -> pd.DataFrame:
    """Every guess ever made, oldest first, with the columns of `Ledger.guesses`."""
    rows = read_rows(connection, select(guesses).order_by(guesses.c.guess_id))
    for row in rows:
        row["guess"], row["actual"] = Decimal(row["guess"]), Decimal(row["actual"])
    return frames.frame(rows, frames.GUESSES)


def standing(history: pd.DataFrame) -> pd.DataFrame:
    """The first guess of each side and item under each data version."""
    return history.drop_duplicates(["side", "item_id", "data_version"], ignore_index=True)
