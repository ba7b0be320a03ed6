"""Reads a folder of exports, writes one DuckDB file and publishes it.

The published file is never touched: a build writes a file of its own, moves it to its number and
then replaces the pointer CURRENT, each step atomic. A build that is killed leaves a file nobody
reads, which the next build removes.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from common_ground import __version__
from common_ground.errors import (
    CommonGroundError,
    DuplicateExportError,
    ExportError,
    WorkspaceError,
)
from common_ground.settings import QUERIES
from common_ground.warehouse import contents, staging
from common_ground.warehouse.changes import create_changes
from common_ground.warehouse.decisions import Decisions, read_decisions
from common_ground.warehouse.published import (
    Pointer,
    Published,
    file_sha256,
    open_published,
    read_pointer,
    warehouse,
)
from common_ground.warehouse.receipts import Receipt, is_export, receive
from common_ground.warehouse.repeats import reject_repeats

KEPT_VERSIONS = 5
MEMORY_LIMIT = "4GB"
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Build:
    """What a build did.

    Attributes:
        is_new: False when the published file already says all of this.
        receipts: one for each file, by name; empty when nothing was new.
        skipped: files of the folder whose ending no export has.
        notes: sentences on choices the build made by itself.
        data: the published data.
    """

    is_new: bool
    receipts: tuple[Receipt, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]
    data: Published


def build(
    exports: Path,
    workspace: Path,
    decisions_file: Path | None = None,
    as_of: date | None = None,
    progress: Progress = lambda what, share: None,
) -> Build:
    """Build a workspace from a folder of exports and publish it.

    Args:
        exports: folder with export files; folders in it are not read.
        workspace: made if it is not there.
        decisions_file: becomes the workspace's decisions.toml once the build succeeds.
        as_of: today for every number; None: what the decisions say, else the last date seen.
        progress: told what is being done and the share (0..1) that is.

    Raises:
        ExportError: a file cannot be used; nothing was published.
        DecisionError: the decisions say something that cannot be.
        WorkspaceError: the workspace cannot be written.
    """
    if not exports.is_dir():
        raise ExportError(f"{exports}: there is no such folder. Name the folder with the exports.")
    if decisions_file is not None and not decisions_file.exists():
        raise ExportError(f"{decisions_file}: there is no such file of decisions.")
    decisions = read_decisions(decisions_file or workspace / "decisions.toml")
    files, skipped = _files(exports)
    warehouse(workspace).mkdir(parents=True, exist_ok=True)
    with _only_builder(workspace):
        sums = _sums(files)
        fingerprint = _fingerprint(sums, decisions, as_of)
        if published := _same(workspace, fingerprint):
            return Build(False, (), skipped, (), published)
        made, receipts, notes = _write(workspace, files, decisions, as_of, fingerprint, progress)
        if decisions_file is not None:
            _keep_decisions(decisions_file, workspace)
        _publish(workspace, made)
    progress("Published", 1.0)
    return Build(True, tuple(receipts), skipped, tuple(notes), open_published(workspace))


def _files(exports: Path) -> tuple[list[Path], tuple[str, ...]]:
    everything = sorted(p for p in exports.iterdir() if p.is_file() and p.name[0] != ".")
    files = [path for path in everything if is_export(path)]
    if not files:
        raise ExportError(
            f"{exports}: there is no export in this folder (.csv, .tsv, .json, .jsonl, .parquet, "
            ".xlsx, also .gz and .zip)."
        )
    return files, tuple(path.name for path in everything if path not in files)


def _sums(files: Sequence[Path]) -> dict[str, str]:
    """File name -> sha256; the same bytes twice are refused."""
    sums: dict[str, str] = {}
    for path in files:
        digest = file_sha256(path)
        for other, theirs in sums.items():
            if theirs == digest:
                raise DuplicateExportError(
                    f"{path.name}: the same file as {other}, byte for byte. Remove one of the two."
                )
        sums[path.name] = digest
    return sums


def _fingerprint(sums: dict[str, str], decisions: Decisions, as_of: date | None) -> str:
    """Everything a build depends on, as one hash: files, decisions, date, program, queries."""
    digest = hashlib.sha256(repr((sorted(sums.items()), decisions, as_of, __version__)).encode())
    package = Path(__file__).parent.parent
    readers = [*package.glob("warehouse/*.py"), *package.glob("exports/*.py")]
    for path in sorted([*QUERIES.rglob("*.sql"), *QUERIES.rglob("*.toml"), *readers]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _same(workspace: Path, fingerprint: str) -> Published | None:
    """The published data if it was built from exactly this; None otherwise."""
    if read_pointer(workspace) is None:
        return None
    try:
        published = open_published(workspace)
    except WorkspaceError:
        return None
    known = published.table("build_info")["fingerprint"].iloc[0]
    return published if known == fingerprint else None


@contextmanager
def _only_builder(workspace: Path) -> Iterator[None]:
    """One build at a time; the system frees the lock of a build that was killed."""
    handle = os.open(warehouse(workspace) / ".lock", os.O_CREAT | os.O_RDWR)
    try:
        try:
            import fcntl
        except ImportError:  # Windows has no flock; two builds at once then end in a clear error
            pass
        else:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WorkspaceError(
                    f"{workspace.name}: another build of this workspace is running. Wait until it "
                    "is done, then build again."
                ) from error
        yield
    finally:
        os.close(handle)


def _write(
    workspace: Path,
    files: Sequence[Path],
    decisions: Decisions,
    as_of: date | None,
    fingerprint: str,
    progress: Progress,
) -> tuple[Path, list[Receipt], list[str]]:
    """Write everything to a file nobody reads yet."""
    folder = warehouse(workspace)
    for left in folder.glob(".building-*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    path = folder / f".building-{os.getpid()}.duckdb"
    spill = folder / f".building-{os.getpid()}.spill"
    connection = duckdb.connect(
        str(path), config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)}
    )
    try:
        receipts, notes = _compose(connection, files, decisions, as_of, progress)
        _seal(connection, workspace, fingerprint)
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)
    return path, receipts, notes


def _compose(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    decisions: Decisions,
    as_of: date | None,
    progress: Progress,
) -> tuple[list[Receipt], list[str]]:
    connection.execute("set timezone = 'UTC'")
    connection.execute("set python_enable_replacements = false")
    staging.create_staging(connection)
    receipts = _receive_all(connection, files, decisions, progress)
    repeats = reject_repeats(connection)
    receipts = [r.without(repeats[r.file]) if r.file in repeats else r for r in receipts]
    notes = []
    day = as_of or decisions.as_of
    if day is None:
        day = contents.latest_date(connection)
        if day is None:
            raise ExportError(
                "No export holds a date, so there is no as-of date. Say --as-of YYYY-MM-DD."
            )
        notes.append(
            f"Nobody said the as-of date; it is {day}, the last day on which anything happened. "
            "Say as_of in decisions.toml or --as-of to set it."
        )
    named = {name for r in receipts for name in (r.file, r.file.split("/")[-1])}
    notes += [
        f'[files."{name}"] in decisions.toml is about no file of this folder.'
        for name in sorted(set(decisions.files) - named)
    ]
    progress("Computing", 0.8)
    contents.fill(connection, decisions, day, receipts)
    unmatched = contents.exclusions_without_account(connection)
    notes += [f"excluded_accounts: no export names an account '{name}'." for name in unmatched]
    return receipts, notes


def _receive_all(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    decisions: Decisions,
    progress: Progress,
) -> list[Receipt]:
    """Receipts of all files; every file that cannot be used is named in one error."""
    receipts: list[Receipt] = []
    problems: list[ExportError] = []
    for place, path in enumerate(files):
        progress(f"Reading {path.name}", 0.8 * place / len(files))
        try:
            receipts += receive(connection, path, decisions)
        except ExportError as error:
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise ExportError(f"{len(problems)} files cannot be used; nothing was published.\n{lines}")
    return receipts


def _seal(connection: duckdb.DuckDBPyConnection, workspace: Path, fingerprint: str) -> None:
    """Write down what the build was made from, and leave no log beside the file."""
    pointer = read_pointer(workspace)
    before = warehouse(workspace) / pointer.name if pointer else None
    create_changes(connection, before if before and before.exists() else None)
    connection.execute("detach staging")
    connection.execute(
        "create table build_info (data_version integer, built_at varchar, program varchar, "
        "fingerprint varchar)"
    )
    connection.execute(
        "insert into build_info values (?, ?, ?, ?)",
        [
            _next_version(workspace),
            datetime.now(UTC).isoformat(timespec="seconds"),
            __version__,
            fingerprint,
        ],
    )
    connection.execute("checkpoint")


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("cg-")
    return int(digits) if digits.isdigit() else 0


def _next_version(workspace: Path) -> int:
    return max((_number(p) for p in warehouse(workspace).glob("cg-*.duckdb")), default=0) + 1


def _publish(workspace: Path, made: Path) -> None:
    """Give the file its number and point CURRENT to it; each step is atomic and on disk."""
    folder = warehouse(workspace)
    final = folder / f"cg-{_next_version(workspace)}.duckdb"
    _to_disk(made)
    pointer = Pointer(final.name, file_sha256(made))
    made.rename(final)
    fresh = folder / ".building-CURRENT"
    fresh.write_text(f"{pointer.name} {pointer.sha256}\n", encoding="utf-8")
    _to_disk(fresh)
    fresh.replace(folder / "CURRENT")
    _to_disk(folder)
    for old in sorted(folder.glob("cg-*.duckdb"), key=_number)[:-KEPT_VERSIONS]:
        # A reader on Windows keeps its file; the next build removes it
        with suppress(PermissionError):
            old.unlink()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # folders cannot be synced everywhere
            os.fsync(handle)
    finally:
        os.close(handle)


def _keep_decisions(decisions_file: Path, workspace: Path) -> None:
    kept = workspace / "decisions.toml"
    if decisions_file.resolve() == kept.resolve():
        return
    fresh = workspace / ".decisions.toml"
    shutil.copyfile(decisions_file, fresh)
    _to_disk(fresh)
    fresh.replace(kept)


def inspect(path: Path, decisions: Decisions | None = None) -> list[Receipt]:
    """Read one file and say what would become of every line; write nothing.

    Raises:
        CommonGroundError: the file cannot be used.
    """
    if not path.is_file():
        raise CommonGroundError(f"{path}: there is no such file.")
    connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT})
    try:
        connection.execute("set timezone = 'UTC'")
        staging.create_staging(connection)
        receipts = receive(connection, path, decisions or Decisions())
        repeats = reject_repeats(connection)
        return [r.without(repeats[r.file]) if r.file in repeats else r for r in receipts]
    finally:
        connection.close()
