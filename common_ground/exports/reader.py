"""A file of any kind -> text tables, every line accounted for."""

import gzip
import hashlib
import io
import threading
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

from common_ground.errors import UnreadableExportError
from common_ground.exports.delimited import Source, read_delimited
from common_ground.exports.dialects import known, paths
from common_ground.exports.documents import looks_like_json, read_json, read_parquet
from common_ground.exports.encoding import to_utf8
from common_ground.exports.paths import with_paths
from common_ground.exports.sheets import read_workbook
from common_ground.exports.tables import MEGABYTE, Limits, TextTable

READ_BLOCK_BYTES = 1_000_000
# Members of an archive with another ending are named in a warning and not read.
DATA_SUFFIXES = {".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx"}

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


def read(path: Path, limits: Limits | None = None, name: str | None = None) -> list[TextTable]:
    """Tables of a file; several only for archives, workbooks and JSON with several lists.

    Args:
        path: the file.
        limits: how big it may be.
        name: what the file is called; its own name unless given.

    Raises:
        UnreadableExportError: over a limit, not a table, empty, or lines that do not add up.
    """
    limits, name = limits or Limits(), name or path.name
    data = _bytes_of(path, name, limits)
    digest = hashlib.sha256()
    # Hashing lets go of the interpreter lock, so it costs nothing beside the parsing.
    hashing = threading.Thread(target=digest.update, args=(data,))
    hashing.start()
    try:
        tables = _read_bytes(data, name, limits)
    finally:
        hashing.join()
    asked = paths(known())
    return [replace(with_paths(table, asked), sha256=digest.hexdigest()) for table in tables]


def _bytes_of(path: Path, name: str, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise UnreadableExportError(
                f"{name}: {size / MEGABYTE:,.1f} MB, more than the limit of "
                f"{limits.max_bytes / MEGABYTE:,.0f} MB. Export a shorter period, or raise the "
                "limit."
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableExportError(
            f"{name}: cannot be opened ({error.strerror}). Check that it is a file and that "
            "you may read it."
        ) from error


def _read_bytes(data: bytes, file: str, limits: Limits) -> list[TextTable]:
    """Tables of a file's bytes, told apart by what is in them, not by the name."""
    if not data:
        raise UnreadableExportError(
            f"{file}: the file is empty (0 bytes). Export it again and check that it has rows."
        )
    readers: tuple[tuple[bytes, Callable[[bytes, str, Limits], list[TextTable]]], ...] = (
        (b"\x1f\x8b", _read_gzip),
        (b"PK\x03\x04", _read_zip),
        (b"PK\x05\x06", _read_zip),
        (b"PAR1", _read_parquet),
    )
    for magic, reader in readers:
        if data.startswith(magic):
            return reader(data, file, limits)
    _refuse_other_kinds(data, file)
    return _read_text(data, file, limits)


def _refuse_other_kinds(data: bytes, file: str) -> None:
    for magic, what, instead in _NOT_TABLES:
        if data.startswith(magic):
            raise UnreadableExportError(f"{file}: this is {what}, not a table; {instead}.")
    if data[:200].lstrip().lower().startswith(_HTML):
        raise UnreadableExportError(
            f"{file}: this is a web page, not a table (a login page saved by mistake?); "
            "export the table as CSV or XLSX."
        )


def _read_text(data: bytes, file: str, limits: Limits) -> list[TextTable]:
    text = to_utf8(data, file)
    if looks_like_json(text.utf8, file):
        return read_json(text, file, limits)
    return [read_delimited(Source(file, "", text, limits))]


def _read_parquet(data: bytes, file: str, limits: Limits) -> list[TextTable]:
    return [read_parquet(data, file, limits)]


def _read_gzip(data: bytes, file: str, limits: Limits) -> list[TextTable]:
    unpacked = _unpack_gzip(data, file, limits.max_unpacked_bytes)
    if unpacked.startswith(_ARCHIVES):
        raise UnreadableExportError(f"{file}: an archive inside an archive; unpack it first.")
    return _read_bytes(unpacked, file, limits)


def _unpack_gzip(data: bytes, file: str, limit: int) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            return _read_up_to(cast(IO[bytes], stream), limit, file)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableExportError(
            f"{file}: the gz archive is damaged ({error}). Download it again."
        ) from error


def _read_up_to(stream: IO[bytes], limit: int, file: str) -> bytes:
    """Everything of a stream, stopped as soon as it grows past the limit."""
    blocks: list[bytes] = []
    size = 0
    while block := stream.read(READ_BLOCK_BYTES):
        size += len(block)
        if size > limit:
            raise UnreadableExportError(
                f"{file}: unpacks to more than the limit of {limit / MEGABYTE:,.0f} MB. "
                "Export a shorter period, or raise the limit."
            )
        blocks.append(block)
    return b"".join(blocks)


def _read_zip(data: bytes, file: str, limits: Limits) -> list[TextTable]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return _read_workbook(data, archive, file, limits)
            return _read_members(archive, file, limits)
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
            f"{file}: the zip archive cannot be unpacked ({error}). Download it again, or unpack "
            "it and choose the file inside."
        ) from error


def _read_workbook(
    data: bytes, archive: zipfile.ZipFile, file: str, limits: Limits
) -> list[TextTable]:
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > limits.max_unpacked_bytes:
        raise UnreadableExportError(
            f"{file}: unpacks to {unpacked / MEGABYTE:,.0f} MB, more than the limit of "
            f"{limits.max_unpacked_bytes / MEGABYTE:,.0f} MB. Save the sheet as CSV."
        )
    return read_workbook(data, file, limits)


def _read_members(archive: zipfile.ZipFile, file: str, limits: Limits) -> list[TextTable]:
    members = [m for m in archive.infolist() if not m.is_dir() and not _is_litter(m.filename)]
    data_members = [m for m in members if _suffix(m.filename) in DATA_SUFFIXES]
    others = [m.filename for m in members if m not in data_members]
    if not data_members:
        raise UnreadableExportError(
            f"{file}: the zip archive holds no table (it holds {', '.join(others[:5]) or 'nothing'}"
            f"). Expected files ending in {', '.join(sorted(DATA_SUFFIXES))}."
        )
    left = limits.max_unpacked_bytes
    tables: list[TextTable] = []
    for member in data_members:
        with archive.open(member) as stream:
            unpacked = _read_up_to(stream, left, file)
        left -= len(unpacked)
        if unpacked.startswith(b"\x1f\x8b"):
            unpacked = _unpack_gzip(unpacked, f"{file}/{member.filename}", left)
            left -= len(unpacked)
        if unpacked.startswith(_ARCHIVES) and not member.filename.lower().endswith(".xlsx"):
            raise UnreadableExportError(f"{file}: an archive inside an archive; unpack it first.")
        tables.extend(_read_bytes(unpacked, f"{file}/{member.filename}", limits))
    if others:
        note = f"The archive also holds files that were not read: {', '.join(others[:5])}."
        tables = [replace(table, warnings=(*table.warnings, note)) for table in tables]
    return tables


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in {".DS_Store", "Thumbs.db"}


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix
