"""XLSX workbooks -> text tables, one for each visible sheet with a header and rows.

A sheet is written out as delimited text in memory and read like any other, so that titles, totals,
repeated headers and blank rows are treated and counted the same way. Line i is row i of the sheet.
"""

import datetime as dt
import io
import re
import warnings
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from common_ground.child import Tell, tell_nobody
from common_ground.errors import UnreadableExportError
from common_ground.exports.accounting import plural
from common_ground.exports.delimited import Source, encode_record, read_delimited
from common_ground.exports.encoding import Text
from common_ground.exports.records import Dialect
from common_ground.exports.tables import Limits, TextTable

# Excel keeps 15 digits of a number; what a longer one ended in is gone before we see it.
EXCEL_DIGITS = 10**15
# Progress is told once in so many rows.
ROWS_PER_WORD = 5_000
_WRITTEN = Dialect(",", '"')
# What openpyxl raises on XML that is not what Excel writes.
_DAMAGE = (
    InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError,
    OverflowError, zipfile.BadZipFile,
)  # fmt: skip
_HAS_TIME = re.compile(r"h|s{1,2}|AM/PM", re.IGNORECASE)
_QUOTED_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass
class _Sheet:
    """A sheet as text: its records, and what a person should know about its cells."""

    long_numbers: list[int]
    errors: list[str]
    text: bytes = b""
    filled_rows: int = 0

    def warnings(self) -> list[str]:
        """Sentences on cells that do not hold what they seem to."""
        found = []
        if self.long_numbers:
            found.append(
                f"Numbers of more than 15 digits: {len(self.long_numbers):,}. Excel keeps only 15: "
                "if they are ids, their last digits are lost. Export them as text or CSV."
            )
        if self.errors:
            kinds = ", ".join(sorted(set(self.errors)))
            verb = "holds" if len(self.errors) == 1 else "hold"
            found.append(
                f"{plural(len(self.errors), 'cell')} {verb} an error of Excel ({kinds}) and "
                "read as blank. Correct the formulas and save the workbook again."
            )
        return found


def read_workbook(
    data: bytes, file: str, limits: Limits, tell: Tell = tell_nobody
) -> list[TextTable]:
    """Tables of a workbook.

    Raises:
        UnreadableExportError: damaged, or no visible sheet has a header and rows.
    """
    # What openpyxl warns of, such as styles it does not know, changes no cell that is read.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tables, notes = _tables_and_notes(data, file, limits, tell)
        except _DAMAGE as error:
            raise _damaged(file, error) from error
    if not tables:
        raise UnreadableExportError(
            f"{file}: no sheet has a header and rows. {' '.join(notes[:5])}".rstrip()
        )
    if len(tables) == 1:
        sheet = tables[0].file.removeprefix(f"{file}/")
        tables = [replace(tables[0], file=file)]
        if notes:
            notes.append(f"Only the sheet '{sheet}' was read.")
    notes.extend(_formulas_without_result(data, file))
    return [replace(table, warnings=(*table.warnings, *notes)) for table in tables]


def _tables_and_notes(
    data: bytes, file: str, limits: Limits, tell: Tell
) -> tuple[list[TextTable], list[str]]:
    """Tables of the sheets that hold one, and a sentence on each of the others."""
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    tables: list[TextTable] = []
    notes: list[str] = []
    try:
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                notes.append(f"The hidden sheet '{sheet.title}' was not read.")
                continue
            tell(f"Reading the sheet '{sheet.title}'", 0.3)
            _add_tables(tables, notes, sheet, file, limits, tell)
    finally:
        workbook.close()
    return tables, notes


def _damaged(file: str, error: Exception) -> UnreadableExportError:
    return UnreadableExportError(
        f"{file}: the workbook is damaged ({error}). Open it and save it again as XLSX, or as CSV."
    )


def _add_tables(
    tables: list[TextTable],
    notes: list[str],
    sheet: Any,  # noqa: ANN401 - openpyxl's read-only sheets have no public type
    file: str,
    limits: Limits,
    tell: Tell,
) -> None:
    written = _write(sheet, file, limits, tell)
    if not written.filled_rows:
        notes.append(f"The sheet '{sheet.title}' is empty.")
        return
    name = f"{file}/{sheet.title}"
    source = Source(name, "", Text(written.text, "utf-8"), limits, "xlsx", counts_rows=True)
    try:
        table = read_delimited(source)
    except UnreadableExportError as error:
        why = str(error).removeprefix(f"{name}: ")
        notes.append(f"The sheet '{sheet.title}' holds no table: {why}")
        return
    tables.append(replace(table, warnings=(*table.warnings, *written.warnings())))


def _write(sheet: Any, file: str, limits: Limits, tell: Tell) -> _Sheet:  # noqa: ANN401 - as above
    """A sheet as delimited text with one record a row, all of one width."""
    # The size a sheet claims may be that of all Excel; its rows are as wide as they are.
    sheet.reset_dimensions()
    written = _Sheet([], [])
    rows: list[list[str]] = []
    for cells in sheet.iter_rows():
        rows.append(_row(cells, written, sheet.title, file, limits))
        if len(rows) % ROWS_PER_WORD == 0:
            tell(f"Reading the sheet '{sheet.title}', {len(rows):,} rows so far", 0.5)
    while rows and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    # A sheet of one column would lose the difference between no cell and no row.
    parts = [
        encode_record(row + [""] * (width - len(row)), _WRITTEN) if row else b"\n" for row in rows
    ]
    return replace(written, text=b"".join(parts), filled_rows=sum(1 for row in rows if row))


def _row(
    cells: tuple[Any, ...], written: _Sheet, title: str, file: str, limits: Limits
) -> list[str]:
    """The texts of a row up to the last that is filled; what is odd is noted in `written`."""
    texts = [_text(cell, written) for cell in cells]
    row = _filled(texts)
    if len(row) > limits.max_columns:
        raise UnreadableExportError(
            f"{file}: the sheet '{title}' has a cell in column {len(row):,}, more than the limit "
            f"of {limits.max_columns:,}. Export fewer columns."
        )
    return row


def _filled(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _text(cell: Any, written: _Sheet) -> str:  # noqa: ANN401 - a value has one of eight types
    value = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            written.errors.append(value)
            return ""
        # Characters Excel cannot store are spelled _x000D_ in the file; openpyxl leaves them.
        return value.replace("_x000D_", "\r").replace("\0", "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _percent(value) if _shows_percent(cell.number_format) else _number(value, written)
    if isinstance(value, dt.datetime):
        has_time = value.time() != dt.time() or _shows_time(cell.number_format)
        return value.isoformat(sep=" ") if has_time else value.date().isoformat()
    return "" if value is None else str(value).lower()


def _number(value: float, written: _Sheet) -> str:
    if isinstance(value, int) or value.is_integer():
        if abs(value) >= EXCEL_DIGITS:
            written.long_numbers.append(int(value))
        return str(int(value))
    return repr(value)


def _percent(value: float) -> str:
    """A cell that shows 12 % holds 0.12; it is read as it shows."""
    return f"{(Decimal(repr(value)) * 100).normalize():f}%"


@lru_cache(maxsize=256)
def _shows_percent(number_format: str | None) -> bool:
    return "%" in _QUOTED_FORMAT.sub("", number_format or "")


@lru_cache(maxsize=256)
def _shows_time(number_format: str | None) -> bool:
    return bool(_HAS_TIME.search(_QUOTED_FORMAT.sub("", number_format or "")))


def _formulas_without_result(data: bytes, file: str) -> list[str]:
    """A warning when formulas were saved without their results, which read as blank cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        count = sum(
            len(
                re.findall(
                    rb"<f[ >/][^<]*(?:</f>)?<v\s*/>|</f></c>|</f><v></v>", archive.read(name)
                )
            )
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        )
    if not count:
        return []
    return [
        f"{count:,} formulas were saved without a result and read as blank. Open {file} in Excel, "
        "save it, and import it again."
    ]
