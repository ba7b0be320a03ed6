"""Composes one DuckDB file from exports: receipts, canonical tables, marts, checks, changes."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from common_ground import __version__
from common_ground.child import Tell
from common_ground.errors import ExportError
from common_ground.exports.tables import Limits, TextTable
from common_ground.warehouse import contents, staging
from common_ground.warehouse.account_verdicts import AccountVerdict
from common_ground.warehouse.changes import create_changes
from common_ground.warehouse.decisions import Decisions
from common_ground.warehouse.receipts import Receipt, receive, receive_tables
from common_ground.warehouse.repeats import reject_repeats
from common_ground.warehouse.schema import FORMAT

MEMORY_LIMIT = "4GB"
SPILL_LIMIT = "50GB"
# Set once everything outside is attached: from then on no statement reaches another file.
LOCKED = (
    "set python_enable_replacements = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    "set enable_external_access = false",
)


@dataclass(frozen=True)
class Recipe:
    """What a build is made from.

    Attributes:
        files: name -> export.
        decisions: what a person said of the workspace.
        as_of: today for every number; None: what the decisions say, else the last date seen.
        limits: how big a file may be.
        accounts: what people decided about accounts.
    """

    files: Mapping[str, Path]
    decisions: Decisions
    as_of: date | None = None
    limits: Limits = Limits()
    accounts: tuple[AccountVerdict, ...] = ()


@dataclass(frozen=True)
class Seal:
    """What a built file says of itself: its version, and a hash of all it depends on."""

    data_version: int
    fingerprint: str


@dataclass(frozen=True)
class Composed:
    """Receipts of all files, and sentences on choices the build made by itself."""

    receipts: tuple[Receipt, ...]
    notes: tuple[str, ...]


def compose(path: Path, recipe: Recipe, seal: Seal, before: Path | None, tell: Tell) -> Composed:
    """Write a file nobody reads yet.

    Args:
        path: the new file.
        recipe: what it is made from.
        seal: what it says of itself.
        before: the file to compare with; None: there is none.
        tell: told what is being done and the share (0..1) that is.

    Raises:
        ExportError: a file cannot be used.
    """
    with staging_area(path, before) as connection:
        # A day that was asked for holds for what receipts say of dates, too
        decisions = replace(recipe.decisions, as_of=recipe.as_of or recipe.decisions.as_of)
        receipts = _receive_all(connection, replace(recipe, decisions=decisions), tell)
        receipts = _without_repeats(connection, receipts)
        # Nothing that reads a file comes after this
        connection.execute("set lock_configuration = true")
        notes = []
        day = decisions.as_of
        if day is None:
            day = contents.latest_date(connection)
            if day is None:
                raise ExportError(
                    "No export holds a date, so there is no as-of date. Say --as-of YYYY-MM-DD."
                )
            notes.append(
                f"Nobody said the as-of date; it is {day}, the last day on which anything "
                "happened. Say as_of in decisions.toml or --as-of to set it."
            )
        notes += _decisions_about_nothing(recipe, receipts)
        tell("Computing", 0.8)
        contents.fill(connection, recipe.decisions, day, receipts, recipe.accounts)
        unmatched = contents.exclusions_without_account(connection)
        notes += [f"excluded_accounts: no export names an account '{name}'." for name in unmatched]
        create_changes(connection, before is not None)
        _seal(connection, seal, before is not None)
    return Composed(tuple(receipts), tuple(notes))


@contextmanager
def staging_area(
    path: Path | None = None, before: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with empty staged tables that can reach no file but its own.

    Args:
        path: file of the database; None: in memory.
        before: a published file to read as the database `before`.
    """
    spill = None if path is None else path.with_suffix(".spill")
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": MEMORY_LIMIT}
    if spill is not None:
        config |= {"temp_directory": str(spill), "max_temp_directory_size": SPILL_LIMIT}
    connection = duckdb.connect(":memory:" if path is None else str(path), config=config)
    try:
        connection.execute("set timezone = 'UTC'")
        if before is not None:
            name = str(before).replace("'", "''")
            connection.execute(f"attach '{name}' as before (read_only)")
        staging.create_staging(connection)
        for statement in LOCKED:
            connection.execute(statement)
        yield connection
    finally:
        connection.close()
        if spill is not None:
            shutil.rmtree(spill, ignore_errors=True)


def receipts_of_tables(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TextTable], decisions: Decisions
) -> tuple[list[Receipt], list[tuple[str, ExportError]]]:
    """Receipts of text tables that can be used, and the others with the reason.

    Raises:
        DuplicateExportError: two of them are the same export.
    """
    receipts, problems = receive_tables(connection, tables, decisions)
    return _without_repeats(connection, receipts), problems


def inspect(path: Path, decisions: Decisions, limits: Limits) -> list[Receipt]:
    """Read one file and say what would become of every line; write nothing.

    Raises:
        ExportError: the file cannot be used.
    """
    with staging_area() as connection:
        return _without_repeats(connection, receive(connection, path, decisions, limits=limits))


def _without_repeats(
    connection: duckdb.DuckDBPyConnection, receipts: list[Receipt]
) -> list[Receipt]:
    repeats = reject_repeats(connection)
    return [r.without(repeats[r.file]) if r.file in repeats else r for r in receipts]


def _receive_all(
    connection: duckdb.DuckDBPyConnection, recipe: Recipe, tell: Tell
) -> list[Receipt]:
    """Receipts of all files; every file that cannot be used is named in one error."""
    receipts: list[Receipt] = []
    problems: list[ExportError] = []
    for place, (name, path) in enumerate(recipe.files.items()):
        tell(f"Reading {name}", 0.8 * place / len(recipe.files))
        try:
            receipts += receive(connection, path, recipe.decisions, name, recipe.limits)
        except ExportError as error:
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise ExportError(f"{len(problems)} files cannot be used; nothing was published.\n{lines}")
    return receipts


def _decisions_about_nothing(recipe: Recipe, receipts: Sequence[Receipt]) -> list[str]:
    used = {recipe.decisions.known_as(receipt.file) for receipt in receipts}
    return [
        f'[files."{name}"] in decisions.toml is about no file of this build.'
        for name in sorted(set(recipe.decisions.files) - used)
    ]


def _seal(connection: duckdb.DuckDBPyConnection, seal: Seal, has_before: bool) -> None:
    """Write down what the file was made from, and leave no log beside it."""
    connection.execute("detach staging")
    built_at = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(
        "create table build_info (format integer, data_version integer, built_at varchar, "
        "program varchar, fingerprint varchar)"
    )
    connection.execute(
        "insert into build_info values (?, ?, ?, ?, ?)",
        [FORMAT, seal.data_version, built_at, __version__, seal.fingerprint],
    )
    _remember_versions(connection, has_before)
    connection.execute("checkpoint")


def _remember_versions(connection: duckdb.DuckDBPyConnection, has_before: bool) -> None:
    """Write down this version and all before it, also those whose files are gone."""
    connection.execute(
        "create table versions as select build_info.data_version, workspace.as_of, "
        "build_info.built_at from build_info cross join workspace"
    )
    known = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'before' and table_name = 'versions'"
    )
    if has_before and known.fetchone():
        connection.execute("insert into versions select * from before.versions")
