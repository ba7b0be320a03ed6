"""Stories on the Brief: whose words stand beside an item; functions work in one transaction."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, insert, select

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.records import MAX_NAME, MAX_TEXT, check_author, check_length
from common_ground.ledger.tables import brief_stories


@dataclass(frozen=True)
class NewStory:
    """The words of one ask, put on the Brief beside an item.

    Attributes:
        item_id: thing on the overlap map; it has one story at most.
        ask_id: whose words they are.
        title: what the thing is called.
        text: the words as they were shown.
        decided_by: who puts them on the Brief.

    Raises:
        LedgerError: something is missing, or a text is too long.
    """

    item_id: str
    ask_id: str
    title: str
    text: str
    decided_by: str

    def __post_init__(self) -> None:
        what = f"The story of {self.title[:60] or '(no item)'}"
        for field in ("item_id", "ask_id", "title", "text", "decided_by"):
            object.__setattr__(self, field, getattr(self, field).strip())
        for field in ("item_id", "ask_id", "title"):
            if not getattr(self, field):
                raise LedgerError(f"{what} lacks the {field}. Reload the page.")
            check_length(what, field, getattr(self, field), MAX_NAME)
        if not self.text:
            raise LedgerError(f"{what} has no words. Choose another ask.")
        check_length(what, "text", self.text, MAX_TEXT)
        check_author(what, self.decided_by)


def put_on(connection: Connection, story: NewStory, instant: datetime) -> int:
    """Store a story that stands from now on; its story_id."""
    return _add(connection, {**vars(story), "what": "put on", "decided_at": instant})


def take_off(connection: Connection, story_id: int, by: str, instant: datetime) -> None:
    """Take a story off that stands.

    Raises:
        LedgerError: it does not stand any more, or never did.
    """
    history = story_history(connection).set_index("story_id")
    if story_id not in history.index:
        raise LedgerError(f"There is no story {story_id}. Reload the page.")
    found = history.loc[story_id]
    last = history.loc[history["item_id"] == found["item_id"]].iloc[-1]
    if last.name != story_id or last["what"] != "put on":
        raise LedgerError(
            f"This story of {found['title']} is not on the Brief any more: {last['decided_by']} "
            "changed it. Reload the page to see what stands there now."
        )
    kept = {name: found[name] for name in ("item_id", "ask_id", "title", "text")}
    values = {"what": "taken off", "decided_by": by.strip(), "decided_at": instant}
    _add(connection, kept | values)


def _add(connection: Connection, values: dict[str, object]) -> int:
    new_row = insert(brief_stories).values(values).returning(brief_stories.c.story_id)
    return int(connection.execute(new_row).scalar_one())


def story_history(connection: Connection) -> pd.DataFrame:
    """Every story put on or taken off, oldest first, with the columns of `Ledger.story_history`."""
    rows = read_rows(connection, select(brief_stories).order_by(brief_stories.c.story_id))
    return frames.frame(rows, frames.STORY_HISTORY)


def standing(history: pd.DataFrame) -> pd.DataFrame:
    """The last story of each item unless it was taken off, in the order put on."""
    last = history.drop_duplicates("item_id", keep="last")
    return last.loc[last["what"] == "put on", list(frames.STORIES)].reset_index(drop=True)
