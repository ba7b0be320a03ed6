"""The parts of a workbook, looked at while they unpack: how much is in them before they are parsed.

A workbook is a zip of XML files. A few kilobytes of it may hold millions of cells or one cell of a
gigabyte, and the parser would take all of it into memory.
"""

import zipfile
from dataclasses import dataclass
from typing import IO

from common_ground.errors import UnreadableExportError
from common_ground.exports.tables import MEGABYTE, Limits

BLOCK_BYTES = MEGABYTE
# A cell has four tags, one of text six and up to four more in the list of texts.
TAGS_PER_CELL = 10
# Some 40 with a short text; pictures in the workbook count too.
BYTES_PER_CELL = 200
EXCEL_ROWS = 1_048_576
_CELLS, _ROWS = (b"<c ", b"<c>", b":c "), (b"<row", b":row ")


@dataclass
class _Found:
    """What was counted in the parts so far."""

    tags: int = 0
    cells: int = 0
    rows: int = 0

    def add(self, block: bytes) -> None:
        """Count the next block; a tag cut by its edge does not matter to a limit."""
        self.tags += block.count(b"<")
        self.cells += sum(map(block.count, _CELLS))
        self.rows += sum(map(block.count, _ROWS))


def check_parts(archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
    """Hold the parts of a workbook to the limits, in bounded memory.

    Raises:
        UnreadableExportError: too large, too many cells, a text too long, or XML that Excel does
            not write.
    """
    unpacked = sum(member.file_size for member in archive.infolist())
    limit = min(limits.max_unpacked_bytes, limits.max_workbook_cells * BYTES_PER_CELL)
    if unpacked > limit:
        raise UnreadableExportError(
            f"{file}: unpacks to {unpacked / MEGABYTE:,.0f} MB, more than the limit of "
            f"{limit / MEGABYTE:,.0f} MB for a workbook. Save the sheet as CSV."
        )
    found = _Found()
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels")):
            with archive.open(member) as part:
                _check_part(part, member.filename, found, file, limits)


def _check_part(part: IO[bytes], name: str, found: _Found, file: str, limits: Limits) -> None:
    """Count one part; none of its texts may be longer than a line."""
    since_tag = 0
    # A text over the limit covers at least one whole block.
    while block := part.read(max(1, min(BLOCK_BYTES, limits.max_line_bytes // 2))):
        # Entities can unfold to gigabytes; text in another encoding hides them.
        if b"<!DOCTYPE" in block or b"\0" in block:
            raise UnreadableExportError(
                f"{file}: the part {name} is not XML as Excel writes it. Open the file in Excel "
                "and save it again as XLSX, or as CSV."
            )
        found.add(block)
        _check_count(found, file, limits)
        first, last = block.find(b"<"), block.rfind(b"<")
        if since_tag + (len(block) if first < 0 else first) > limits.max_line_bytes:
            raise UnreadableExportError(
                f"{file}: the part {name} holds a text of more than {limits.max_line_bytes:,} "
                "bytes, which no cell of Excel can. Save the sheet as CSV."
            )
        since_tag = since_tag + len(block) if last < 0 else len(block) - last


def _check_count(found: _Found, file: str, limits: Limits) -> None:
    limit = limits.max_workbook_cells
    if found.cells > limit or found.tags > limit * TAGS_PER_CELL or found.rows > EXCEL_ROWS:
        raise UnreadableExportError(
            f"{file}: the workbook holds more than {limit:,} cells, or more rows than Excel. Save "
            "the sheet as CSV, which is read ten times as fast."
        )
