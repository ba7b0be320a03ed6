"""Gives a built file its number and points the workspace to it; each step is atomic and on disk."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from common_ground.errors import WorkspaceError
from common_ground.warehouse import kept_exports
from common_ground.warehouse.published import Pointer, file_sha256, warehouse

KEPT_VERSIONS = 5


@contextmanager
def only_builder(workspace: Path) -> Iterator[None]:
    """One build at a time; the system frees the lock of a build that was killed.

    Raises:
        WorkspaceError: another build is running.
    """
    warehouse(workspace).mkdir(parents=True, exist_ok=True)
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


def place_for_building(workspace: Path) -> Path:
    """Path of a file to build in, what killed builds left behind removed."""
    folder = warehouse(workspace)
    for left in folder.glob(".building-*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return folder / f".building-{os.getpid()}.duckdb"


def next_version(workspace: Path) -> int:
    """Number of the next build."""
    return max((_number(p) for p in warehouse(workspace).glob("cg-*.duckdb")), default=0) + 1


def publish_file(workspace: Path, made: Path) -> None:
    """Give the file its number and point CURRENT to it; the oldest versions go."""
    folder = warehouse(workspace)
    final = folder / f"cg-{next_version(workspace)}.duckdb"
    to_disk(made)
    pointer = Pointer(final.name, file_sha256(made))
    made.rename(final)
    replace_text(folder / "CURRENT", f"{pointer.name} {pointer.sha256}\n")
    for old in sorted(folder.glob("cg-*.duckdb"), key=_number)[:-KEPT_VERSIONS]:
        # A reader on Windows keeps its file; the next build removes it
        with suppress(PermissionError):
            old.unlink()
    kept_exports.forget_unused(workspace, sorted(folder.glob("cg-*.duckdb")))


def replace_text(path: Path, text: str) -> None:
    """Replace a file's text at once and on disk, so that no reader sees half of it."""
    fresh = path.with_name(f".building-{path.name}")
    fresh.write_text(text, encoding="utf-8")
    to_disk(fresh)
    fresh.replace(path)
    to_disk(path.parent)


def to_disk(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # folders cannot be synced everywhere
            os.fsync(handle)
    finally:
        os.close(handle)


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("cg-")
    return int(digits) if digits.isdigit() else 0
