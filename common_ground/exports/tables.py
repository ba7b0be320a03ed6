"""What a reader hands on: a table of text, and where every line of the file went."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from common_ground.errors import UnreadableExportError
from common_ground.exports.questions import Question

MEGABYTE = 1_000_000
# A rejected line is kept to be looked at, not to be loaded again.
REJECTED_TEXT_CHARACTERS = 500


@dataclass(frozen=True)
class Limits:
    """How big a file may be before anything of it is parsed.

    Attributes:
        max_bytes: size on disk.
        max_unpacked_bytes: size after unpacking gz, zip or xlsx, over all members together.
        max_columns: cells in the widest header.
        max_line_bytes: longest line; a file without line ends must not fill the memory.
        max_workbook_cells: filled cells of a workbook, over all sheets.
        max_objects: objects of a JSON file.
        max_rejected_lines: past this the file is refused instead of loaded in part.
    """

    max_bytes: int = 500 * MEGABYTE
    max_unpacked_bytes: int = 1_000 * MEGABYTE
    max_columns: int = 2_000
    max_line_bytes: int = 10 * MEGABYTE
    max_workbook_cells: int = 1_000_000
    max_objects: int = 2_000_000
    max_rejected_lines: int = 100_000


@dataclass(frozen=True)
class RejectedLine:
    """A line that was not loaded: where it is, what it says (cut), and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class TextTable:
    """One table of a file, every cell text, and the account of the file's lines.

    Attributes:
        file: base name; for a member of an archive or a sheet "archive.zip/member.csv".
        sha256: of the bytes on disk (of the archive, for a member).
        kind: csv, xlsx, json, json lines or parquet.
        encoding: how the bytes were read, as shown to the user.
        delimiter: between cells; None where the kind has none.
        quote: around cells; None where the kind has none.
        header: column names as in the file; a repeated name becomes "Labels (2)".
        rows: one string column per name of header; a blank cell is null.
        line_numbers: line of each row (int64), or None when row i is at first_line + i.
        first_line: line of the first row.
        lines: physical lines of the file; rows or objects where the kind has no lines.
        other_lines: lines that are no row: header, preamble, footer, blank, inside a cell, ...
        rejected: lines that should be rows and could not be read as one.
        warnings: sentences a person should read before trusting the table.
        questions: what a person has to decide before the table can be trusted.
    """

    file: str
    sha256: str
    kind: str
    encoding: str
    delimiter: str | None
    quote: str | None
    header: tuple[str, ...]
    rows: pa.Table
    line_numbers: pa.Array | None
    first_line: int
    lines: int
    other_lines: Mapping[str, int]
    rejected: tuple[RejectedLine, ...]
    warnings: tuple[str, ...]
    questions: tuple[Question, ...] = ()

    def __post_init__(self) -> None:
        accounted = self.loaded + len(self.rejected) + sum(self.other_lines.values())
        if accounted != self.lines:
            others = ", ".join(f"{count} {what}" for what, count in self.other_lines.items())
            raise UnreadableExportError(
                f"{self.file}: the lines do not add up, so nothing was loaded. The file has "
                f"{self.lines:,} lines, but {self.loaded:,} rows + {len(self.rejected):,} rejected "
                f"+ {others or '0 others'} make {accounted:,}. Please report this file as a bug."
            )

    @property
    def loaded(self) -> int:
        """Rows in the table."""
        return int(self.rows.num_rows)

    def line_of(self, row_index: int) -> int:
        """Line of the file (from 1) at which a row begins; row_index counts from 0."""
        if self.line_numbers is None:
            return self.first_line + row_index
        return int(self.line_numbers[row_index].as_py())


def unique_names(cells: list[str]) -> tuple[str, ...]:
    """Column names without edge blanks; a repeat becomes "Labels (2)", a blank "Column 3"."""
    names = [cell.strip() or f"Column {place}" for place, cell in enumerate(cells, start=1)]
    taken = set(names)
    seen: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate in seen or (number > 1 and candidate in taken):
            number += 1
            candidate = f"{name} ({number})"
        seen.add(candidate)
        unique.append(candidate)
    return tuple(unique)


def without_blank_rows(
    rows: pa.Table, numbers: npt.NDArray[np.int64]
) -> tuple[pa.Table, npt.NDArray[np.int64], int]:
    """Rows with at least one filled cell, their line numbers, and how many were left out.

    A row of blanks says nothing; it is counted among the blank lines.
    """
    if not rows.num_rows or any(column.null_count == 0 for column in rows.columns):
        return rows, numbers, 0
    filled = np.zeros(rows.num_rows, dtype=bool)
    for column in rows.columns:
        filled |= pc.is_valid(column).to_numpy()
    if filled.all():
        return rows, numbers, 0
    return rows.filter(pa.array(filled)), numbers[filled], int(np.count_nonzero(~filled))
