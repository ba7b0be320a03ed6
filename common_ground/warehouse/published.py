"""The published data of a workspace, read only; and the same reading for data not published."""

import atexit
import hashlib
import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from common_ground.errors import OutdatedError, WorkspaceError
from common_ground.exports.questions import Question, question_of
from common_ground.warehouse import models, schema
from common_ground.warehouse.labels import LabelUse, label_use_of

READ_ONLY: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Pointer:
    """What CURRENT says: the published file's name and the sha256 of its bytes."""

    name: str
    sha256: str


def warehouse(workspace: Path) -> Path:
    """Folder with the built files of a workspace."""
    return workspace / "warehouse"


def read_pointer(workspace: Path) -> Pointer | None:
    """The published file of a workspace; None where nothing is published."""
    try:
        words = (warehouse(workspace) / "CURRENT").read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return None
    if len(words) != 2:
        raise WorkspaceError(
            f"{workspace.name}: warehouse/CURRENT does not name a file and its checksum. Build the "
            "workspace again."
        )
    return Pointer(*words)


def file_sha256(path: Path) -> str:
    """Checksum of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


class Data:
    """Read access to one DuckDB database with canonical tables and marts.

    A cursor of its own serves each call, so threads may share one object.

    Attributes:
        kept: None: the data may change, so nothing is kept beside it.
    """

    kept: dict[Hashable, Any] | None = None

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @cached_property
    def _about(self) -> dict[str, object]:
        columns = [c[0] for c in self._cursor().execute("describe workspace").fetchall()]
        row = self._cursor().execute("select * from workspace").fetchone()
        if row is None:
            raise WorkspaceError("The workspace holds no as-of date. Build it again.")
        return dict(zip(columns, row, strict=True))

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        return self._connection.cursor()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def is_of_this_format(self) -> bool:
        """Whether the file has the tables and columns that this program reads."""
        info = self._cursor().table("build_info")
        has_format = "format" in info.columns
        return has_format and info.select("format").fetchall() == [(schema.FORMAT,)]

    @property
    def as_of(self) -> date:
        """Today for every number: the last day counted."""
        found = self._about["as_of"]
        assert isinstance(found, date)
        return found

    @property
    def currency(self) -> str:
        """ISO code all money is shown in."""
        return str(self._about["currency"])

    @property
    def fiscal_year_start_month(self) -> int:
        """First month of the fiscal year, 1 to 12."""
        return int(str(self._about["fiscal_year_start_month"]))

    @cached_property
    def loaded(self) -> Mapping[str, int]:
        """Records by kind, see mart_loaded."""
        found = self.mart("mart_loaded")
        return dict(zip(found["kind"], found["row_count"], strict=True))

    @cached_property
    def part_counts(self) -> Mapping[str, int]:
        """Parts of each dimension (segment, industry, region, plan, owner), see mart_segments."""
        found = self.mart("mart_segments").groupby("dimension").size()
        return {str(dimension): int(parts) for dimension, parts in found.items()}

    @cached_property
    def exported_targets(self) -> pd.DataFrame:
        """Targets as exports say, see mart_targets."""
        return self.mart("mart_targets")

    def mart_relation(self, name: str, **params: object) -> duckdb.DuckDBPyRelation:
        """A mart as a relation to filter and aggregate; see `schema.run_mart`."""
        return schema.run_mart(self._cursor(), name, params)

    def select(self, statement: str, params: Mapping[str, object]) -> list[dict[str, object]]:
        """Rows of a select written in this project, values passed as parameters."""
        found = self._cursor().execute(_parsed(statement), dict(params))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def select_frame(self, statement: str, params: Mapping[str, object]) -> pd.DataFrame:
        """The same as a frame; decimals as floats, dates as datetime."""
        return frame(self._cursor().sql(statement, params=dict(params)))

    def mart(self, name: str, **params: object) -> pd.DataFrame:
        """A mart as a frame, columns as its header says; decimals as floats, dates as datetime."""
        return frame(self.mart_relation(name, **params))

    def table(self, name: str) -> pd.DataFrame:
        """A canonical table, or the load register, as a frame."""
        return frame(self._cursor().table(name))

    def head(self, name: str, rows: int) -> pd.DataFrame:
        """The first rows of a canonical table, by its key."""
        table = self._cursor().table(name)
        return frame(table.order(table.columns[0]).limit(rows))

    def count(self, name: str) -> int:
        """Rows of a table."""
        found = self._cursor().table(name).aggregate("count(*)").fetchall()
        return int(found[0][0])

    def counts(self) -> dict[str, int]:
        """Rows of each canonical table that has any, by name."""
        found = {name: self.count(name) for name in models.canonical_ddl() if name != "workspace"}
        return {name: rows for name, rows in found.items() if rows}

    def loads(self) -> pd.DataFrame:
        """One row per file: file, sha256, dialect, dialect_label, canonical_table, encoding, lines,
        loaded, rejected, other_lines, first_date, last_date, warnings, questions, unused_columns.
        """  # noqa: D205
        return self.table("loads")

    def exports(self) -> dict[str, str]:
        """Export -> sha256 of the file; an archive is one export."""
        found = self._cursor().execute(
            "select distinct split_part(file, '/', 1), sha256 from loads order by all"
        )
        return {str(file): str(sha256) for file, sha256 in found.fetchall()}

    def versions(self) -> pd.DataFrame:
        """One row per version published: data_version, as_of (datetime), built_at (ISO, UTC)."""
        return frame(self._cursor().table("versions").order("data_version"))

    def rejects(self) -> pd.DataFrame:
        """One row per line that was left out: file, line, text, reason."""
        return self.table("rejects")

    def questions(self) -> tuple[Question, ...]:
        """What a person still has to answer, file by file."""
        found = self._cursor().execute("select question from asked order by rowid").fetchall()
        return tuple(question_of(json.loads(text)) for (text,) in found)

    def label_uses(self) -> tuple[LabelUse, ...]:
        """What each label of each file means."""
        found = self._cursor().execute("select label_use from label_uses order by rowid").fetchall()
        return tuple(label_use_of(json.loads(text)) for (text,) in found)

    def changes(self) -> pd.DataFrame:
        """One row per difference to the version before: canonical_table, change, key, what."""
        return self.table("changes")

    def checks(self) -> pd.DataFrame:
        """One row per rule: check, label, severity, violations (rows), sentence."""
        return self.table("check_results").rename(columns={"check_name": "check"})

    def violations(self, check: str) -> pd.DataFrame:
        """Rows that break a rule (the first 1,000), columns as its select names them."""
        found = self._cursor().execute(
            "select row from check_violations where check_name = ? order by place", [check]
        )
        return pd.DataFrame([json.loads(row) for (row,) in found.fetchall()])


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@cache
def _parsed(statement: str) -> duckdb.Statement:
    """A statement of this project, parsed once: of a long one that is a fifth of its time."""
    return _parser().cursor().extract_statements(statement)[0]


# DuckDB complains on stderr about what is still held when the program ends
for kept_to_the_end in (_parser, _parsed):
    atexit.register(kept_to_the_end.cache_clear)


class Published(Data):
    """The published data of a workspace; see `open_published`.

    Attributes:
        kept: answers about this file, which never changes; written by whoever computes them.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, pointer: Pointer) -> None:
        super().__init__(connection)
        self.pointer = pointer
        self.kept = {}

    @cached_property
    def _build(self) -> Mapping[str, object]:
        row = self._cursor().execute("select data_version, built_at from build_info").fetchone()
        assert row is not None
        return {"data_version": row[0], "built_at": row[1]}

    @property
    def data_version(self) -> int:
        """Number of the build, counted from 1."""
        return int(str(self._build["data_version"]))

    @property
    def built_at(self) -> str:
        """When it was built, ISO, UTC."""
        return str(self._build["built_at"])


def open_file(path: Path) -> Data:
    """A built file that is not, or not any more, the published one; read only and locked down."""
    return Data(duckdb.connect(str(path), read_only=True, config=READ_ONLY))


def frame(relation: duckdb.DuckDBPyRelation) -> pd.DataFrame:
    """A relation as a frame; decimals become floats here, once."""
    found: pd.DataFrame = relation.df()
    for column, kind in zip(relation.columns, relation.types, strict=True):
        if str(kind).startswith("DECIMAL"):
            found[column] = found[column].astype("float64")
    return found


def published_file(workspace: Path) -> tuple[Path, Pointer]:
    """The published file of a workspace, its checksum seen to be right.

    Raises:
        WorkspaceError: nothing is published, or the file does not match its checksum.
    """
    pointer = read_pointer(workspace)
    if pointer is None:
        raise WorkspaceError(
            f"{workspace.name}: nothing is published in this workspace yet. Build it with "
            "`python -m common_ground build --exports DIR --workspace DIR`."
        )
    path = warehouse(workspace) / pointer.name
    if not path.exists() or file_sha256(path) != pointer.sha256:
        raise WorkspaceError(
            f"{workspace.name}: {pointer.name} does not match its checksum, so no number of it is "
            "shown. Build the workspace again from its exports."
        )
    return path, pointer


def open_published(workspace: Path) -> Published:
    """Open what a workspace has published, read only and locked down.

    Raises:
        WorkspaceError: nothing is published, or the file does not match its checksum.
        OutdatedError: another version of this program built it.
    """
    path, pointer = published_file(workspace)
    published = Published(duckdb.connect(str(path), read_only=True, config=READ_ONLY), pointer)
    if not published.is_of_this_format:
        published.close()
        raise OutdatedError(
            f"{workspace.name}: {pointer.name} was built by another version of Common Ground. "
            "Build it again: python -m common_ground build --workspace DIR, with --exports DIR if "
            "the workspace keeps no copies of its exports."
        )
    return published
