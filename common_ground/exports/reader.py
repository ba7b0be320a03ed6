"""A file of any kind -> text tables, every line accounted for."""

import gzip
import hashlib
import io
import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from common_ground.child import Tell, tell_nobody
from common_ground.errors import UnreadableExportError
from common_ground.exports.delimited import Source, read_delimited
from common_ground.exports.dialects import known, paths
from common_ground.exports.documents import looks_like_json, read_json
from common_ground.exports.encoding import to_utf8
from common_ground.exports.parquet import read_parquet
from common_ground.exports.paths import with_paths
from common_ground.exports.sheets import read_workbook
from common_ground.exports.tables import MEGABYTE, Limits, TextTable
from common_ground.exports.unpacking import read_file, unpack
from common_ground.exports.workbook_parts import check_parts

# Members of an archive with another ending are named in a warning and not read.
DATA_SUFFIXES = {".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx"}

# An export of more files than this is no export somebody looks at.
MAX_MEMBERS = 500

_NOT_TABLES = (
    (b"%PDF", "a PDF document", "export the table as CSV or XLSX"),
    (b"\x89PNG", "a PNG picture", "export the table as CSV or XLSX"),
    (b"\xff\xd8\xff", "a JPEG picture", "export the table as CSV or XLSX"),
    (b"GIF8", "a GIF picture", "export the table as CSV or XLSX"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel workbook (.xls) or one with a password",
        "save it as XLSX or CSV without a password",
    ),
    (b"Rar!", "a RAR archive", "unpack it, or pack it as zip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it, or pack it as zip"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it, or pack it as gz"),
    (b"BZh", "a bzip2 archive", "unpack it, or pack it as gz"),
    (b"\xfd7zXZ\x00", "an xz archive", "unpack it, or pack it as gz"),
    (b"SQLite format 3\x00", "a SQLite database", "export the table as CSV"),
    (b"\x7fELF", "a program", "choose the export file"),
)
_ARCHIVES = (b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06")
_HTML = (b"<!doctype html", b"<html")


def read(
    path: Path,
    limits: Limits | None = None,
    name: str | None = None,
    encoding: str | Mapping[str, str] | None = None,
    tell: Tell = tell_nobody,
) -> list[TextTable]:
    """Tables of a file; several only for archives, workbooks and JSON with several lists.

    Args:
        path: the file.
        limits: how big it may be.
        name: what the file is called; its own name unless given.
        encoding: what a person says its text is in, or that of each member of an archive by
            its whole name or its own; None to find out.
        tell: told what is being done and the share (0..1) that is.

    Raises:
        UnreadableExportError: over a limit, not a table, empty, or lines that do not add up.
    """
    how = How(name or path.name, limits or Limits(), encoding, tell)
    data = _bytes_of(path, how)
    digest = hashlib.sha256()
    # Hashing lets go of the interpreter lock, so it costs nothing beside the parsing.
    hashing = threading.Thread(target=digest.update, args=(data,))
    hashing.start()
    try:
        tables = _read_bytes(data, how)
    finally:
        hashing.join()
    asked = paths(known())
    return [replace(with_paths(table, asked), sha256=digest.hexdigest()) for table in tables]


@dataclass(frozen=True)
class How:
    """How a file, or a member of an archive, is read.

    Attributes:
        file: name for messages.
        limits: how big it may be.
        encodings: what a person says of it, or of members of it; see `read`.
        tell: told what is being done.
    """

    file: str
    limits: Limits
    encodings: str | Mapping[str, str] | None
    tell: Tell

    @property
    def encoding(self) -> str | None:
        """What a person says its text is in; None where nobody did."""
        if self.encodings is None or isinstance(self.encodings, str):
            return self.encodings
        archive, _, own = self.file.partition("/")
        names = (self.file, own, PurePosixPath(own).name, archive)
        return next((self.encodings[name] for name in names if name in self.encodings), None)


def _bytes_of(path: Path, how: How) -> bytes:
    limit = how.limits.max_bytes
    try:
        size = path.stat().st_size
        if size > limit:
            raise UnreadableExportError(
                f"{how.file}: {size / MEGABYTE:,.1f} MB, more than the limit of "
                f"{limit / MEGABYTE:,.0f} MB. Export a shorter period, or use the build command "
                "with --max-megabytes."
            )
        return read_file(path, how.file, how.limits)
    except OSError as error:
        raise UnreadableExportError(
            f"{how.file}: cannot be opened ({error.strerror}). Check that it is a file and that "
            "you may read it."
        ) from error


def _read_bytes(data: bytes, how: How) -> list[TextTable]:
    """Tables of a file's bytes, told apart by what is in them, not by the name."""
    if not data:
        raise UnreadableExportError(
            f"{how.file}: the file is empty (0 bytes). Export it again and check that it has rows."
        )
    readers: tuple[tuple[bytes, Callable[[bytes, How], list[TextTable]]], ...] = (
        (b"\x1f\x8b", _read_gzip),
        (b"PK\x03\x04", _read_zip),
        (b"PK\x05\x06", _read_zip),
        (b"PAR1", _read_parquet),
    )
    for magic, reader in readers:
        if data.startswith(magic):
            return reader(data, how)
    _refuse_other_kinds(data, how.file)
    return _read_text(data, how)


def _refuse_other_kinds(data: bytes, file: str) -> None:
    for magic, what, instead in _NOT_TABLES:
        if data.startswith(magic):
            raise UnreadableExportError(f"{file}: this is {what}, not a table; {instead}.")
    if data[:200].lstrip().lower().startswith(_HTML):
        raise UnreadableExportError(
            f"{file}: this is a web page, not a table (a login page saved by mistake?); "
            "export the table as CSV or XLSX."
        )


def _read_text(data: bytes, how: How) -> list[TextTable]:
    how.tell("Finding its encoding and columns", 0.1)
    text = to_utf8(data, how.file, how.encoding)
    how.tell("Splitting rows", 0.3)
    if looks_like_json(text.utf8, how.file):
        return read_json(text, how.file, how.limits, how.tell)
    return [read_delimited(Source(how.file, "", text, how.limits))]


def _read_parquet(data: bytes, how: How) -> list[TextTable]:
    return [read_parquet(data, how.file, how.limits)]


def _read_gzip(data: bytes, how: How) -> list[TextTable]:
    unpacked = _unpack_gzip(data, how, how.limits.max_unpacked_bytes)
    if unpacked.startswith(_ARCHIVES):
        raise UnreadableExportError(f"{how.file}: an archive inside an archive; unpack it first.")
    return _read_bytes(unpacked, how)


def _unpack_gzip(data: bytes, how: How, limit: int) -> bytes:
    def unpacking() -> IO[bytes]:
        return cast(IO[bytes], gzip.open(io.BytesIO(data)))

    try:
        return unpack(unpacking, how.file, how.limits, limit, how.tell)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableExportError(
            f"{how.file}: the gz archive is damaged ({error}). Download it again."
        ) from error


def _read_zip(data: bytes, how: How) -> list[TextTable]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return _read_workbook(data, archive, how)
            return _read_members(archive, how)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        raise UnreadableExportError(
            f"{how.file}: the zip archive cannot be unpacked ({error}). Download it again, or "
            "unpack it and choose the file inside."
        ) from error


def _read_workbook(data: bytes, archive: zipfile.ZipFile, how: How) -> list[TextTable]:
    check_parts(archive, how.file, how.limits)
    return read_workbook(data, how.file, how.limits, how.tell)


def _read_members(archive: zipfile.ZipFile, how: How) -> list[TextTable]:
    members = [m for m in archive.infolist() if not m.is_dir() and not _is_litter(m.filename)]
    data_members = [m for m in members if _suffix(m.filename) in DATA_SUFFIXES]
    others = [m.filename for m in members if _suffix(m.filename) not in DATA_SUFFIXES]
    if len(data_members) > MAX_MEMBERS:
        raise UnreadableExportError(
            f"{how.file}: the zip archive holds {len(data_members):,} tables, more than "
            f"{MAX_MEMBERS:,}. Unpack it and put tables of one kind together."
        )
    if not data_members:
        raise UnreadableExportError(
            f"{how.file}: the zip archive holds no table (it holds "
            f"{', '.join(others[:5]) or 'nothing'}"
            f"). Expected files ending in {', '.join(sorted(DATA_SUFFIXES))}."
        )
    left = how.limits.max_unpacked_bytes
    tables: list[TextTable] = []
    for member in data_members:
        inside = replace(how, file=f"{how.file}/{member.filename}")
        unpacked = unpack(partial(archive.open, member), how.file, how.limits, left, how.tell)
        left -= len(unpacked)
        if unpacked.startswith(b"\x1f\x8b"):
            unpacked = _unpack_gzip(unpacked, inside, left)
            left -= len(unpacked)
        if unpacked.startswith(_ARCHIVES) and not member.filename.lower().endswith(".xlsx"):
            raise UnreadableExportError(
                f"{how.file}: an archive inside an archive; unpack it first."
            )
        tables.extend(_read_bytes(unpacked, inside))
    if others:
        note = f"The archive also holds files that were not read: {', '.join(others[:5])}."
        tables = [replace(table, warnings=(*table.warnings, note)) for table in tables]
    return tables


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in {".DS_Store", "Thumbs.db"}


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix
