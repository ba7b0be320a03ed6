"""Items that people made from an ask, until the backlog has them; inside one transaction each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pandas as pd
from sqlalchemy import Connection, insert, select

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.records import MAX_NAME, MAX_TEXT, check_author, check_length
from common_ground.ledger.tables import item_withdrawals, own_items

PREFIX: Final = "NEW-"


@dataclass(frozen=True)
class NewItem:
    """An item no backlog has yet, made from an ask.

    Attributes:
        title: what it is, in a few words.
        created_by: who says it should exist.
        ask_id: ask it was made from; it is linked to it as "same".
        ask_text: text of that ask as it was shown.
        description: more about it.
        area: part of the product, as the backlog names it; empty for none.

    Raises:
        LedgerError: no title, no author, no ask, or a text is too long.
    """

    title: str
    created_by: str
    ask_id: str
    ask_text: str = ""
    description: str = ""
    area: str = ""

    def __post_init__(self) -> None:
        for field in ("title", "created_by", "description", "area"):
            object.__setattr__(self, field, getattr(self, field).strip())
        what = f"The item '{self.title[:60]}'"
        if not self.title:
            raise LedgerError("An item needs a title. Say in a few words what should be built.")
        if not self.ask_id:
            raise LedgerError(f"{what} needs the ask it was made from. Choose the ask again.")
        check_author(what, self.created_by)
        for field, limit in (("title", MAX_NAME), ("description", MAX_TEXT), ("area", MAX_NAME)):
            check_length(what, field, getattr(self, field), limit)

    @property
    def text(self) -> str:
        """Title and description, as a verdict on the item keeps them."""
        return f"{self.title}\n{self.description}" if self.description else self.title


def insert_item(connection: Connection, item: NewItem, instant: datetime) -> str:
    """Store an item; its item_id."""
    values = {
        "title": item.title,
        "description": item.description,
        "area": item.area,
        "from_ask_id": item.ask_id,
        "created_by": item.created_by,
        "created_at": instant,
    }
    new_row = insert(own_items).values(values).returning(own_items.c.item_number)
    return f"{PREFIX}{connection.execute(new_row).scalar_one()}"


def insert_withdrawal(
    connection: Connection, item_id: str, by: str, instant: datetime, note: str
) -> None:
    """Take an item back that still stands.

    Raises:
        LedgerError: no such item, or it was withdrawn already.
    """
    check_length(f"Withdrawing {item_id}", "note", note, MAX_TEXT)
    history = item_history(connection).set_index("item_id")
    if item_id not in history.index:
        raise LedgerError(f"There is no item {item_id} in the ledger. Reload the page.")
    found = history.loc[item_id]
    if pd.notna(found["withdrawn_at"]):
        raise LedgerError(
            f"{item_id} was already withdrawn by {found['withdrawn_by']}. Reload the page."
        )
    connection.execute(
        insert(item_withdrawals).values(
            item_number=int(item_id.removeprefix(PREFIX)),
            withdrawn_by=by.strip(),
            withdrawn_at=instant,
            withdrawn_note=note.strip(),
        )
    )


def item_history(connection: Connection) -> pd.DataFrame:
    """Every item ever made, oldest first, with the columns of `Ledger.item_history`."""
    query = (
        select(own_items, item_withdrawals)
        .join_from(own_items, item_withdrawals, isouter=True)
        .order_by(own_items.c.item_number)
    )
    names = [column.name for column in own_items.c]
    rows = [
        {**row, "item_id": f"{PREFIX}{row['item_number']}"}
        for row in read_rows(
            connection,
            query.with_only_columns(
                *(own_items.c[name] for name in names),
                *(
                    item_withdrawals.c[name]
                    for name in ("withdrawn_by", "withdrawn_at", "withdrawn_note")
                ),
            ),
        )
    ]
    return frames.frame(rows, frames.ITEM_HISTORY)
