"""Scenarios: what people chose on Compromise, saved by name; inside one transaction each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, insert, select

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.records import MAX_NAME, MAX_TEXT, check_author, check_length
from common_ground.ledger.tables import scenario_withdrawals, scenarios

PREFIX: Final = "S"


@dataclass(frozen=True)
class NewScenario:
    """What people chose, under a name.

    Attributes:
        name: as people call it; one scenario that stands has it.
        choices: plain values by name: capacity, no-deal share, pins and so on; the page's business.
        data_version: data it was saved on.
        saved_by: who saves it.
        note: what it is for.

    Raises:
        LedgerError: no name, no author, or a text is too long.
    """

    name: str
    choices: Mapping[str, Any]
    data_version: int
    saved_by: str
    note: str = ""

    def __post_init__(self) -> None:
        for field in ("name", "saved_by", "note"):
            object.__setattr__(self, field, getattr(self, field).strip())
        if not self.name:
            raise LedgerError("A scenario needs a name. Say in a few words what it stands for.")
        what = f"The scenario '{self.name[:60]}'"
        check_author(what, self.saved_by)
        check_length(what, "name", self.name, MAX_NAME)
        check_length(what, "note", self.note, MAX_TEXT)


def insert_scenario(connection: Connection, scenario: NewScenario, instant: datetime) -> str:
    """Store a scenario; its scenario_id.

    Raises:
        LedgerError: one that stands has this name.
    """
    stands = standing(history(connection))
    known = stands.loc[stands["name"].str.casefold() == scenario.name.casefold()]
    if len(known):
        raise LedgerError(
            f"{known['saved_by'].iloc[0]} saved a scenario named '{known['name'].iloc[0]}' "
            "already. Choose another name, or withdraw that one first."
        )
    values = {
        **vars(scenario),
        "choices": json.dumps(scenario.choices, sort_keys=True),
        "saved_at": instant,
    }
    new_row = insert(scenarios).values(values).returning(scenarios.c.scenario_number)
    return f"{PREFIX}{connection.execute(new_row).scalar_one()}"


def insert_withdrawal(
    connection: Connection, scenario_id: str, by: str, instant: datetime, note: str
) -> None:
    """Take a scenario back that still stands.

    Raises:
        LedgerError: no such scenario, or it was withdrawn already.
    """
    check_length(f"Withdrawing {scenario_id}", "note", note, MAX_TEXT)
    known = history(connection).set_index("scenario_id")
    if scenario_id not in known.index:
        raise LedgerError(f"There is no scenario {scenario_id} in the ledger. Reload the page.")
    found = known.loc[scenario_id]
    if pd.notna(found["withdrawn_at"]):
        raise LedgerError(
            f"'{found['name']}' was already withdrawn by {found['withdrawn_by']}. Reload the page."
        )
    connection.execute(
        insert(scenario_withdrawals).values(
            scenario_number=int(scenario_id.removeprefix(PREFIX)),
            withdrawn_by=by.strip(),
            withdrawn_at=instant,
            withdrawn_note=note.strip(),
        )
    )


def history(connection: Connection) -> pd.DataFrame:
    """Every scenario ever saved, oldest first, with the columns of `Ledger.scenario_history`."""
    taken = ("withdrawn_by", "withdrawn_at", "withdrawn_note")
    query = (
        select(*scenarios.c, *(scenario_withdrawals.c[name] for name in taken))
        .join_from(scenarios, scenario_withdrawals, isouter=True)
        .order_by(scenarios.c.scenario_number)
    )
    rows = [
        {
            **row,
            "scenario_id": f"{PREFIX}{row['scenario_number']}",
            "choices": json.loads(row["choices"]),
        }
        for row in read_rows(connection, query)
    ]
    return frames.frame(rows, frames.SCENARIO_HISTORY)


def standing(history: pd.DataFrame) -> pd.DataFrame:
    """The scenarios nobody withdrew, in the order saved."""
    stands = history.loc[history["withdrawn_at"].isna()]
    return stands[list(frames.SCENARIOS)].reset_index(drop=True)
