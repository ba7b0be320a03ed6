"""Analyses files somebody just uploaded, in memory: the published workspace is not touched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from common_ground.errors import ExportError
from common_ground.exports.tables import TextTable
from common_ground.warehouse import contents, staging
from common_ground.warehouse.build import MEMORY_LIMIT
from common_ground.warehouse.decisions import Decisions, FileDecision, read_decisions
from common_ground.warehouse.published import Data
from common_ground.warehouse.receipts import Receipt, receive_table
from common_ground.warehouse.repeats import reject_repeats


@dataclass(frozen=True)
class Problem:
    """A file that cannot be used as it is, and the sentence that says why."""

    file: str
    message: str


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


def analyse(
    tables: Sequence[TextTable], decisions: Decisions, as_of: date | None = None
) -> Analysis:
    """Stage, check and compute text tables in a database of their own, in memory.

    Args:
        tables: as `exports.reader` read them.
        decisions: those of the workspace, with what was just decided of these files.
        as_of: today for every number; None: the decisions', else the last date in the files.
    """
    connection = duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "python_enable_replacements": "false"}
    )
    connection.execute("set timezone = 'UTC'")
    staging.create_staging(connection)
    receipts: list[Receipt] = []
    problems: list[Problem] = []
    for table in tables:
        try:
            receipts.append(receive_table(connection, table, decisions))
        except ExportError as error:
            problems.append(Problem(table.file, str(error)))
    if not receipts:
        return Analysis((), tuple(problems), None)
    try:
        repeats = reject_repeats(connection)
    except ExportError as error:
        return Analysis((), (*problems, Problem(str(error).split(":")[0], str(error))), None)
    receipts = [r.without(repeats[r.file]) if r.file in repeats else r for r in receipts]
    day = as_of or decisions.as_of or contents.latest_date(connection)
    if day is None:
        return Analysis(tuple(receipts), tuple(problems), None)
    contents.fill(connection, decisions, day, receipts)
    return Analysis(tuple(receipts), tuple(problems), Data(connection))


def deciding(decisions: Decisions, file: str, decision: FileDecision) -> Decisions:
    """The decisions with one file's decision replaced."""
    return replace(decisions, files={**decisions.files, file: decision})


def mapped_as(table: str, headers: dict[str, str]) -> FileDecision:
    """The decision that a file is a generic table with these headers.

    Args:
        table: staged table, e.g. deals.
        headers: staged column -> header of the file.
    """
    return FileDecision(
        dialect=f"generic.{table}", columns={header: column for column, header in headers.items()}
    )


def workspace_decisions(workspace: Path) -> Decisions:
    """What a person decided of a workspace; defaults where nobody did."""
    return read_decisions(workspace / "decisions.toml")
