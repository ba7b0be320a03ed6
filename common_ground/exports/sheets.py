"""XLSX workbooks -> text tables, one for each visible sheet with a header and rows.

A sheet is written out as delimited text in memory and read like any other, so that titles, totals,
repeated headers and blank rows are treated and counted the same way. Line i is row i of the sheet.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from common_ground.errors import UnreadableExportError
from common_ground.exports.accounting import plural
from common_ground.exports.delimited import Source, encode_record, read_delimited
from common_ground.exports.encoding import Text
from common_ground.exports.records import Dialect
from common_ground.exports.tables import MEGABYTE, Limits, TextTable

# Excel keeps 15 digits of a number; what a longer one ended in is gone before we see it.
EXCEL_DIGITS = 10**15
_WRITTEN = Dialect(",", '"')
_HAS_TIME = re.compile(r"h|s{1,2}|AM/PM", re.IGNORECASE)
_QUOTED_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass
class _Sheet:
    """A sheet as text: its records, and what a person should know about its cells."""

    text: bytes
    filled_rows: int
    long_numbers: int
    errors: list[str]

    def warnings(self) -> list[str]:
        """Sentences on cells that do not hold what they seem to."""
        found = []
        if self.long_numbers:
            found.append(
                f"{self.long_numbers:,} numbers have more than 15 digits, and Excel keeps only 15: "
                "if they are ids, their last digits are lost. Export them as text or CSV."
            )
        if self.errors:
            kinds = ", ".join(sorted(set(self.errors)))
            found.append(
                f"{plural(len(self.errors), 'cell')} hold an error of Excel ({kinds}) and read as "
                "blank. Correct the formulas and save the workbook again."
            )
        return found


def read_workbook(data: bytes, file: str, limits: Limits) -> list[TextTable]:
    """Tables of a workbook.

    Raises:
        UnreadableExportError: damaged, or no visible sheet has a header and rows.
    """
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(file, error) from error
    tables: list[TextTable] = []
    notes: list[str] = []
    try:
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                notes.append(f"The hidden sheet '{sheet.title}' was not read.")
                continue
            _add_tables(tables, notes, sheet, file, limits)
    except (KeyError, TypeError, IndexError, SyntaxError, zipfile.BadZipFile) as error:
        raise _damaged(file, error) from error
    finally:
        workbook.close()
    if not tables:
        raise UnreadableExportError(
            f"{file}: no sheet has a header and rows. {' '.join(notes[:5])}".rstrip()
        )
    notes.extend(_formulas_without_result(data, file))
    if len(tables) == 1:
        tables = [replace(tables[0], file=file)]
    return [replace(table, warnings=(*table.warnings, *notes)) for table in tables]


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
) -> None:
    written = _write(sheet, file, limits)
    if not written.filled_rows:
        notes.append(f"The sheet '{sheet.title}' is empty.")
        return
    name = f"{file}/{sheet.title}"
    source = Source(name, "", Text(written.text, "utf-8"), limits, "xlsx", counts_rows=True)
    try:
        table = read_delimited(source)
    except UnreadableExportError as error:
        notes.append(f"The sheet '{sheet.title}' holds no table: {error}")
        return
    tables.append(replace(table, warnings=(*table.warnings, *written.warnings())))


def _write(sheet: Any, file: str, limits: Limits) -> _Sheet:  # noqa: ANN401 - as above
    """A sheet as delimited text with one record a row, all of one width."""
    written = list(_rows(sheet, file, limits))
    rows = [_filled(row) for row in written]
    while rows and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    # A sheet of one column would lose the difference between no cell and no row.
    parts = [
        encode_record(row + [""] * (width - len(row)), _WRITTEN) if row else b"\n" for row in rows
    ]
    cells = [cell for row in written for cell in row]
    return _Sheet(
        b"".join(parts),
        sum(1 for row in rows if row),
        sum(isinstance(cell, _LongNumber) for cell in cells),
        [str(cell.what) for cell in cells if isinstance(cell, _ErrorCell)],
    )


def _rows(sheet: Any, file: str, limits: Limits) -> Iterator[list[str]]:  # noqa: ANN401 - as above
    size = 0
    for row in sheet.iter_rows():
        cells = [_text(cell) for cell in row]
        size += sum(map(len, cells)) + len(cells)
        if size > limits.max_unpacked_bytes:
            raise UnreadableExportError(
                f"{file}: the sheet '{sheet.title}' holds more than the limit of "
                f"{limits.max_unpacked_bytes / MEGABYTE:,.0f} MB of text. Save it as CSV."
            )
        yield cells


def _filled(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


class _LongNumber(str):
    """Digits of a number longer than Excel can keep."""

    __slots__ = ()


class _ErrorCell(str):
    """A blank in place of an error such as #N/A."""

    what = ""

    @classmethod
    def of(cls, error: object) -> "_ErrorCell":
        """The blank for an error."""
        blank = cls()
        blank.what = str(error)
        return blank


def _text(cell: Any) -> str:  # noqa: ANN401 - a cell's value has one of eight types
    value = cell.value
    if value is None or cell.data_type == "e":
        return "" if value is None else _ErrorCell.of(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        is_percent = "%" in _QUOTED_FORMAT.sub("", cell.number_format or "")
        return _percent(value) if is_percent else _number(value)
    if isinstance(value, dt.datetime):
        has_time = value.time() != dt.time() or _shows_time(cell.number_format)
        return value.isoformat(sep=" ") if has_time else value.date().isoformat()
    # Characters Excel cannot store are spelled _x000D_ in the file; openpyxl leaves them.
    return str(value).replace("_x000D_", "\r").replace("\0", "")


def _number(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        digits = str(int(value))
        return _LongNumber(digits) if abs(value) >= EXCEL_DIGITS else digits
    return repr(value)


def _percent(value: float) -> str:
    """A cell that shows 12 % holds 0.12; it is read as it shows."""
    return f"{(Decimal(repr(value)) * 100).normalize():f}%"


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
