"""The exports behind the published versions, kept by checksum.

With them a version can be built again, and one new export can be published beside the others.
"""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from common_ground.errors import WorkspaceError
from common_ground.warehouse.published import (
    file_sha256,
    open_file,
    published_file,
    read_pointer,
)


def folder_of(workspace: Path) -> Path:
    """Folder with one file for each export, named by its sha256."""
    return workspace / "exports"


def keep(workspace: Path, files: Mapping[str, Path], sums: Mapping[str, str]) -> None:
    """Copy exports that are not kept yet.

    Args:
        workspace: of the build.
        files: name -> export.
        sums: name -> sha256.
    """
    folder = folder_of(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in files.items():
        kept = folder / sums[name]
        if kept.exists():
            continue
        fresh = folder / f".copying-{sums[name]}"
        shutil.copyfile(path, fresh)
        fresh.replace(kept)


def exports_of_published(workspace: Path) -> dict[str, Path]:
    """Exports of the published version by name; empty where nothing is published.

    Raises:
        WorkspaceError: an export is not there any more, or was changed.
    """
    if read_pointer(workspace) is None:
        return {}
    found = {}
    data = open_file(published_file(workspace)[0])
    for name, checksum in data.exports().items():
        path = folder_of(workspace) / checksum
        if not path.exists() or file_sha256(path) != checksum:
            raise WorkspaceError(
                f"{name}: the copy this workspace keeps of it is missing or was changed, so "
                "nothing can be published beside it. Build the workspace again from a folder with "
                "all exports: python -m common_ground build --exports DIR --workspace DIR."
            )
        found[name] = path
    return found


def forget_unused(workspace: Path, versions: Iterable[Path]) -> None:
    """Remove exports that no kept version was built from."""
    used = {checksum for path in versions for checksum in open_file(path).exports().values()}
    for path in folder_of(workspace).glob("*"):
        if path.name not in used:
            path.unlink()
