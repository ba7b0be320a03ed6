"""Earlier data versions that a workspace still keeps, for a comparison with the published one."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from common_ground.errors import WorkspaceError
from common_ground.warehouse.published import Data, Published, open_file, warehouse


@dataclass(frozen=True)
class Version:
    """A data version: its number, its last day, and when it was built (ISO, UTC)."""

    data_version: int
    as_of: date
    built_at: str


def kept_versions(workspace: Path, published: Published) -> tuple[Version, ...]:
    """Versions before the published one whose files are still there, newest first.

    Whether this program can read a file shows when it is opened.
    """
    rows = published.versions().sort_values("data_version", ascending=False).to_dict("records")
    found = (
        Version(int(row["data_version"]), row["as_of"].date(), str(row["built_at"])) for row in rows
    )
    return tuple(
        version
        for version in found
        if version.data_version < published.data_version
        and _file(workspace, version.data_version).is_file()
    )


def open_version(workspace: Path, data_version: int) -> Data:
    """Open an earlier version, read only and locked down; the caller closes it.

    Raises:
        WorkspaceError: the file is gone, damaged, or built by another version of this program.
    """
    try:
        data = open_file(_file(workspace, data_version))
        is_readable = data.is_of_this_format
    except duckdb.Error as error:
        raise WorkspaceError(
            f"Data v{data_version} cannot be read any more. Choose another version."
        ) from error
    if not is_readable:
        data.close()
        raise WorkspaceError(
            f"Data v{data_version} was built by another version of Common Ground, which keeps "
            "other tables, so it cannot be compared. Choose another version."
        )
    return data


def _file(workspace: Path, data_version: int) -> Path:
    return warehouse(workspace) / f"cg-{data_version}.duckdb"
