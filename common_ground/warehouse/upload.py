"""Analyses files somebody just uploaded; the published workspace is only read.

Three pieces of work, each in a child process that can be watched and stopped: what the files hold
by themselves, what publishing them would change, and publishing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from common_ground.child import Bounds, Child, Tell
from common_ground.errors import DuplicateExportError, ExportError, UnknownDialectError
from common_ground.exports.handover import load_tables
from common_ground.exports.questions import Question, question_of
from common_ground.warehouse import build, composing, contents
from common_ground.warehouse.account_verdicts import AccountVerdict
from common_ground.warehouse.decisions import (
    DECISIONS,
    merged,
    parse_decisions,
    read_decisions,
    read_text,
)
from common_ground.warehouse.published import Data, open_file
from common_ground.warehouse.receipts import Receipt, receipt_of

ALL_TOGETHER = "The files together"
_DATABASE = "data.duckdb"
# A whole workspace may take longer to build than one file to read.
BUILD_BOUNDS = Bounds(seconds=1_800, memory_bytes=16_000_000_000)


@dataclass(frozen=True)
class Problem:
    """A file that cannot be used as it is, the sentence that says why, and what to ask if anything.

    Attributes:
        file: its name.
        message: why it cannot be used.
        question: an answer that would make it usable; None: there is none.
    """

    file: str
    message: str
    question: Question | None = None


@dataclass(frozen=True)
class Analysis:
    """What uploaded files hold.

    Attributes:
        receipts: one for each table that could be used.
        problems: one for each that could not.
        data: canonical tables, marts and checks of the usable ones; None when there is none or
            no file holds a date.
    """

    receipts: tuple[Receipt, ...]
    problems: tuple[Problem, ...]
    data: Data | None


@dataclass(frozen=True)
class Outlook:
    """What publishing would do.

    Attributes:
        receipts: of every export of the new version.
        notes: sentences on choices the build made by itself.
        data: the new version, with its changes against the published one.
    """

    receipts: tuple[Receipt, ...]
    notes: tuple[str, ...]
    data: Data


@dataclass(frozen=True)
class Intent:
    """What a person wants to publish.

    Attributes:
        uploads: name -> uploaded file; a name that is published already replaces that export.
        replaced: published exports that stay out from now on.
        answers: what the person decided, in the shape of decisions.toml.
        seen: file of the published version the person looked at; "" where there was none.
        accounts: what people decided about accounts, as the ledger has it.
    """

    uploads: Mapping[str, Path]
    replaced: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    seen: str = ""
    accounts: tuple[AccountVerdict, ...] = ()

    def as_arguments(self, workspace: Path) -> dict[str, Any]:
        """The intent as a child's arguments."""
        return {
            "workspace": str(workspace.absolute()),
            "uploads": {name: str(path) for name, path in self.uploads.items()},
            "replaced": list(self.replaced),
            "answers": _plain(self.answers),
            "seen": self.seen,
            "accounts": [asdict(verdict) for verdict in self.accounts],
        }


def start_analysis(
    read: Sequence[Path], workspace: Path, answers: Mapping[str, Any], folder: Path
) -> Child:
    """A child that computes what files hold by themselves; see `analysis_of`.

    Today is the last date in these files, not the workspace's: they may be of another month.

    Args:
        read: folders in which reading children left their tables.
        workspace: whose decisions hold for these files too.
        answers: what a person decided on the page.
        folder: of the child.
    """
    arguments = {
        "read": [str(path) for path in read],
        "workspace": str(workspace.absolute()),
        "answers": _plain(answers),
    }
    return Child(f"{__name__}:analyse_into", arguments, folder, "The analysis", BUILD_BOUNDS)


def analysis_of(child: Child) -> Analysis:
    """What an analysing child found.

    Raises:
        CommonGroundError: it was stopped, or could not be done.
    """
    found = child.result()
    problems = tuple(_problem_of(plain) for plain in found["problems"])
    data = open_file(child.folder / _DATABASE) if found["has_data"] else None
    return Analysis(tuple(map(receipt_of, found["receipts"])), problems, data)


def analyse_into(arguments: Mapping[str, Any], folder: Path, progress: Tell) -> dict[str, Any]:
    """The task of an analysing child."""
    workspace = Path(arguments["workspace"])
    own = read_decisions(workspace / DECISIONS)
    text = merged(read_text(workspace / DECISIONS), _dated(arguments["answers"]))
    decisions = parse_decisions(text, DECISIONS, own.dialects)
    tables = [table for path in arguments["read"] for table in load_tables(Path(path))]
    progress("Casting", 0.1)
    with composing.staging_area(folder / _DATABASE) as connection:
        try:
            receipts, problems = composing.receipts_of_tables(connection, tables, decisions)
        except DuplicateExportError as error:
            return {
                "receipts": [],
                "problems": [asdict(Problem(ALL_TOGETHER, str(error)))],
                "has_data": False,
            }
        day = contents.latest_date(connection) if receipts else None
        if day is not None:
            progress("Computing", 0.5)
            contents.fill(connection, decisions, day, receipts)
            connection.execute("detach staging")
            connection.execute("checkpoint")
    return {
        "receipts": [asdict(receipt) for receipt in receipts],
        "problems": [asdict(_problem(file, error)) for file, error in problems],
        "has_data": day is not None,
    }


def start_outlook(intent: Intent, workspace: Path, folder: Path) -> Child:
    """A child that builds what publishing would publish, elsewhere; see `outlook_of`."""
    arguments = intent.as_arguments(workspace)
    return Child(f"{__name__}:look_ahead_into", arguments, folder, "The comparison", BUILD_BOUNDS)


def outlook_of(child: Child) -> Outlook:
    """What publishing would do.

    Raises:
        CommonGroundError: it cannot be published, or the child was stopped.
    """
    found = child.result()
    return Outlook(
        tuple(map(receipt_of, found["receipts"])),
        tuple(found["notes"]),
        open_file(child.folder / _DATABASE),
    )


def look_ahead_into(arguments: Mapping[str, Any], folder: Path, progress: Tell) -> dict[str, Any]:
    """The task of a child that looks ahead."""
    place, accounts = folder / _DATABASE, _accounts_of(arguments)
    made = build.preview(*_intent_of(arguments), place, progress, accounts)
    return {"receipts": [asdict(r) for r in made.receipts], "notes": list(made.notes)}


def start_publishing(intent: Intent, workspace: Path, folder: Path) -> Child:
    """A child that publishes; its result is the new data version."""
    arguments = intent.as_arguments(workspace)
    return Child(f"{__name__}:publish_in", arguments, folder, "Publishing", BUILD_BOUNDS)


def publish_in(arguments: Mapping[str, Any], folder: Path, progress: Tell) -> int:
    """The task of a publishing child: the new data version."""
    seen, accounts = arguments["seen"], _accounts_of(arguments)
    made = build.publish(*_intent_of(arguments), progress, seen, accounts)
    return made.data.data_version


def _intent_of(
    arguments: Mapping[str, Any],
) -> tuple[Path, dict[str, Path], tuple[str, ...], dict[str, Any]]:
    uploads = {name: Path(path) for name, path in arguments["uploads"].items()}
    return (
        Path(arguments["workspace"]),
        uploads,
        tuple(arguments["replaced"]),
        _dated(arguments["answers"]),
    )


def _accounts_of(arguments: Mapping[str, Any]) -> tuple[AccountVerdict, ...]:
    return tuple(AccountVerdict(**plain) for plain in arguments["accounts"])


def _problem(file: str, error: ExportError) -> Problem:
    asked = error.question if isinstance(error, UnknownDialectError) else None
    return Problem(file, str(error), asked if isinstance(asked, Question) else None)


def _problem_of(plain: Mapping[str, Any]) -> Problem:
    asked = plain["question"]
    return Problem(plain["file"], plain["message"], question_of(asked) if asked else None)


def _plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as JSON holds them; the only date among them is the as-of date."""
    day = answers.get("as_of")
    return {**answers, "as_of": day.isoformat() if isinstance(day, date) else day}


def _dated(answers: Mapping[str, Any]) -> dict[str, Any]:
    day = answers.get("as_of")
    return {**answers, "as_of": date.fromisoformat(day) if day else None}
