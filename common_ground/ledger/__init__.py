"""Agreements, verdicts, meetings and what was said on KPIs: the only writes apart from a build.

They live in <workspace>/ledger.db and survive every rebuild of the data.
"""

from pathlib import Path

from sqlalchemy import URL

from common_ground.errors import LedgerError
from common_ground.ledger.agreements import NEXT_STATUSES
from common_ground.ledger.assumption_records import NewAssumption
from common_ground.ledger.guesses import NewGuess
from common_ground.ledger.importing import Imported, import_agreements
from common_ground.ledger.kpi_records import NewPolicyChoice, NewSignature, NewTarget, Side
from common_ground.ledger.ledger import Ledger
from common_ground.ledger.own_items import NewItem
from common_ground.ledger.records import (
    LinkKind,
    NewAgreement,
    NewMeeting,
    NewVerdict,
    Status,
    Verdict,
)
from common_ground.ledger.scenarios import NewScenario
from common_ground.ledger.standings import Standing, standing
from common_ground.ledger.store import Store
from common_ground.ledger.stories import NewStory
from common_ground.ledger.verdict_files import import_verdicts
from common_ground.ledger.verdicts import TakenOver

__all__ = [
    "NEXT_STATUSES",
    "Imported",
    "Ledger",
    "LinkKind",
    "NewAgreement",
    "NewAssumption",
    "NewGuess",
    "NewItem",
    "NewMeeting",
    "NewPolicyChoice",
    "NewScenario",
    "NewSignature",
    "NewStory",
    "NewTarget",
    "NewVerdict",
    "Side",
    "Standing",
    "Status",
    "TakenOver",
    "Verdict",
    "import_agreements",
    "import_verdicts",
    "open_ledger",
    "standing",
]


def open_ledger(workspace: Path) -> Ledger:
    """The ledger of a workspace; an empty one is made where there is none.

    Raises:
        LedgerError: the file is damaged, was written by a newer program, or cannot be written.
    """
    try:
        workspace.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"{workspace}: the folder cannot be made ({error.strerror}). Choose a folder you can "
            "write to."
        ) from error
    return Ledger(Store(URL.create("sqlite", database=str(workspace / "ledger.db"))))
