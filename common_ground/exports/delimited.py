"""Delimited text -> a table and the account of its lines.

The fast parser (pyarrow) is only ever given records that were counted independently of it, and
its rows are compared with that count. What does not fit a row is repaired when there is exactly one
way to read it, and rejected with its line otherwise.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from common_ground.errors import UnreadableExportError
from common_ground.exports import western
from common_ground.exports.accounting import NAMED_IN_WARNING, Account, Sorter, plural
from common_ground.exports.encoding import Text
from common_ground.exports.line_ends import with_newlines
from common_ground.exports.margins import is_total
from common_ground.exports.records import (
    NO_DELIMITER,
    NO_QUOTE,
    Dialect,
    Integers,
    Records,
    split_record,
)
from common_ground.exports.separators import (
    DELIMITERS,
    Layout,
    find_layout,
    looks_like_data,
    record_cells,
    records_of,
)
from common_ground.exports.tables import Limits, TextTable, unique_names, without_blank_rows

BLOCK_BYTES = 4_000_000


@dataclass(frozen=True)
class Source:
    """A delimited text and what is known about it before it is read.

    Attributes:
        file: name shown to the user.
        sha256: of the bytes on disk.
        text: the characters.
        kind: csv, or xlsx for a sheet turned into text.
        counts_rows: True when line i means record i (a sheet), not physical line i.
        limits: how wide and long it may be.
    """

    file: str
    sha256: str
    text: Text
    limits: Limits
    kind: str = "csv"
    counts_rows: bool = False


def read_delimited(source: Source) -> TextTable:
    """Table of a delimited text.

    Raises:
        UnreadableExportError: empty, only a header, no row fits the header, over a limit, a quote
            that never closes, or lines that do not add up.
    """
    data = source.text.utf8 if source.counts_rows else with_newlines(source.text.utf8)
    if not data or data.isspace():
        raise UnreadableExportError(
            f"{source.file}: the file is empty. Export it again and check that it has rows."
        )
    layout = find_layout(data)
    if layout.width > source.limits.max_columns:
        raise UnreadableExportError(
            f"{source.file}: the header has {layout.width:,} columns, more than the limit of "
            f"{source.limits.max_columns:,}. Export fewer columns."
        )
    table = None if source.counts_rows else _read_plain(data, layout, source)
    return table or _read_indexed(data, layout, source)


def _read_plain(data: bytes, layout: Layout, source: Source) -> TextTable | None:
    """The quick way for a file without quotes or oddities; None sends it the long way."""
    quote = layout.dialect.quote
    header_end = _end_of_line(data, layout.header)
    if header_end is None or layout.header > 0 or (quote and quote.encode() in data):
        return None
    header_line = data[:header_end].rstrip(b"\r\n")
    # With two columns or more the parser itself stops at a blank line.
    has_odd_lines = (
        layout.width == 1
        or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n"))
        or b"\n" + header_line in data
    )
    if has_odd_lines:
        return None
    lines = data.count(b"\n") + (0 if data.endswith(b"\n") else 1)
    header = split_record(header_line, layout.dialect)
    names = unique_names(header[: layout.width])
    try:
        rows = _parse(pa.py_buffer(data).slice(header_end), names, layout.dialect, BLOCK_BYTES)
    except pa.ArrowInvalid:
        return None
    last = rows.slice(rows.num_rows - 1).to_pylist() if rows.num_rows else []
    if rows.num_rows != lines - 1 or (
        last and is_total([cell or "" for cell in last[0].values()], layout.width)
    ):
        return None
    account = Account()
    numbers = np.arange(2, lines + 1, dtype=np.int64)
    return _finish(source, layout, header, rows, numbers, lines, 0, account)


def _end_of_line(data: bytes, index: int) -> int | None:
    end = -1
    for _ in range(index + 1):
        end = data.find(b"\n", end + 1)
        if end < 0:
            return None
    return end + 1


def _parse(
    body: pa.Buffer, names: tuple[str, ...], dialect: Dialect, block: int, *, spans: bool = False
) -> pa.Table:
    """Rows of well-formed records, every column text, empty cells null."""
    return arrow_csv.read_csv(
        pa.BufferReader(body),
        read_options=arrow_csv.ReadOptions(column_names=list(names), block_size=block),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            double_quote=True,
            escape_char=False,
            newlines_in_values=spans,
            ignore_empty_lines=False,
        ),
        convert_options=arrow_csv.ConvertOptions(
            # The encoding step proved the text; checking each cell again costs a fifth of the time.
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _read_indexed(data: bytes, layout: Layout, source: Source) -> TextTable:
    """The long way: count every record, set the odd ones apart, parse the rest."""
    records = records_of(data, layout.dialect, layout.width)
    if source.counts_rows:
        lines = np.arange(1, len(records) + 2, dtype=np.int64)
        records = Records(records.starts, records.ends, lines, records.widths, records.is_plain)
    if layout.header >= len(records):
        raise UnreadableExportError(
            f"{source.file}: only a line that names the separator, no header and no rows. Check "
            "the filter of the export and export it again."
        )
    header = record_cells(data, records, layout.header, layout.dialect, layout.width)
    if header is None:
        raise UnreadableExportError(
            f"{source.file}: the header on line {int(records.lines[layout.header]):,} cannot be "
            "read, a quote in it is not closed. Correct that line and try again."
        )
    sorter = Sorter(data, records, layout, source.file, source.limits)
    kept = np.flatnonzero(sorter.sort())
    account = sorter.account
    names = unique_names(header[: layout.width])
    longest = int((records.ends - records.starts).max(initial=0))
    body = _body(data, records, kept, account, layout.dialect)
    # A fixed row may hold a line end that stood outside quotes; a sheet's rows any number.
    has_breaks = bool((records.spans()[kept] > 1).any()) or bool(account.fixed)
    spans = has_breaks or source.counts_rows
    rows = (
        _parse(body, names, layout.dialect, max(BLOCK_BYTES, 4 * longest), spans=spans)
        if len(kept)
        else pa.table({name: pa.array([], pa.string()) for name in names})
    )
    if rows.num_rows != len(kept):
        raise UnreadableExportError(
            f"{source.file}: {len(kept):,} rows were counted but {rows.num_rows:,} were read, so "
            "nothing was loaded. Please report this file as a bug."
        )
    total = int(records.lines[-1]) - 1
    inside = int((records.spans() - 1).sum())
    return _finish(source, layout, header, rows, records.lines[kept], total, inside, account)


def _body(
    data: bytes, records: Records, kept: Integers, account: Account, dialect: Dialect
) -> pa.Buffer:
    """Bytes of all rows: plain ones as they are, in runs; the others written out properly."""
    is_fixed = np.isin(kept, np.fromiter(account.fixed, dtype=np.int64, count=len(account.fixed)))
    jumps = np.diff(kept) != 1
    run_starts = np.flatnonzero(np.concatenate(([True], jumps | is_fixed[1:] | is_fixed[:-1])))
    run_ends = np.concatenate((run_starts[1:], [len(kept)])) if len(kept) else run_starts[:0]
    view = memoryview(data)
    pieces: list[bytes | memoryview] = []
    for first, last in zip(kept[run_starts[: len(run_ends)]], kept[run_ends - 1], strict=True):
        fixed = account.fixed.get(int(first))
        if fixed is not None:
            pieces.append(encode_record(fixed, dialect))
        elif last + 1 < len(records):
            pieces.append(view[int(records.starts[first]) : int(records.starts[last + 1])])
        else:
            pieces.append(view[int(records.starts[first]) :])
    if len(pieces) == 1 and isinstance(pieces[0], memoryview):
        return pa.py_buffer(pieces[0])
    return pa.py_buffer(b"".join(piece for piece in pieces))


def encode_record(cells: list[str], dialect: Dialect) -> bytes:
    """Cells as one well-formed record, every cell quoted, with a line end."""
    quote = dialect.quote or '"'
    quoted = (f"{quote}{cell.replace(quote, quote * 2)}{quote}" for cell in cells)
    return (dialect.delimiter.join(quoted) + "\n").encode()


def _finish(
    source: Source,
    layout: Layout,
    header: list[str],
    rows: pa.Table,
    numbers: Integers,
    lines: int,
    inside: int,
    account: Account,
) -> TextTable:
    rows, numbers, empty = without_blank_rows(rows, numbers)
    names = unique_names(header[: layout.width])
    if not rows.num_rows:
        _refuse_no_rows(source, layout, account)
    _warn_of_header(source, header[: layout.width], names, layout, account)
    account.warnings[:0] = source.text.warnings
    other = {
        "header": 1,
        "preamble": len(account.preamble),
        "footer": len(account.footer),
        "blank": account.blank + empty,
        "inside a cell": inside,
        "repeated header": len(account.repeated),
    }
    is_run = bool(len(numbers)) and int(numbers[-1]) - int(numbers[0]) == len(numbers) - 1
    delimiter, quote = layout.dialect.delimiter, layout.dialect.quote
    has_no_delimiter = delimiter == NO_DELIMITER or source.kind != "csv"
    return TextTable(
        file=source.file,
        sha256=source.sha256,
        kind=source.kind,
        encoding=source.text.encoding,
        delimiter=None if has_no_delimiter else delimiter,
        quote=None if source.kind != "csv" or quote == NO_QUOTE else quote,
        header=names,
        rows=rows,
        line_numbers=None if is_run else pa.array(numbers, pa.int64()),
        first_line=int(numbers[0]),
        lines=lines,
        other_lines={what: count for what, count in other.items() if count},
        rejected=tuple(sorted(account.rejected, key=lambda rejected: rejected.line)),
        warnings=tuple(account.warnings),
        questions=western.questions(source.file, source.text.fit),
    )


def _refuse_no_rows(source: Source, layout: Layout, account: Account) -> None:
    if not account.rejected:
        raise UnreadableExportError(
            f"{source.file}: only a header, no rows ({plural(layout.width, 'column')}). Check the "
            "filter of the export and export it again."
        )
    first = min(account.rejected, key=lambda rejected: rejected.line)
    raise UnreadableExportError(
        f"{source.file}: no row fits the header of {plural(layout.width, 'column')}; all "
        f"{len(account.rejected):,} were rejected. First: line {first.line:,}, {first.reason}: "
        f"'{first.text[:80]}'. Check the header line and export the file again."
    )


def _warn_of_header(
    source: Source, cells: list[str], names: tuple[str, ...], layout: Layout, account: Account
) -> None:
    if looks_like_data(cells) and account.preamble:
        raise UnreadableExportError(
            f"{source.file}: no header line found. The first line with "
            f"{plural(layout.width, 'cell')} like the rows holds data ({', '.join(cells[:4])}); "
            "the lines above it have another number of cells. Correct the header line and try "
            "again."
        )
    if looks_like_data(cells):
        account.warnings.append(
            f"The header looks like a row of data ({', '.join(cells[:4])}): does the file have "
            "a header line? Its first row may be missing from the rows."
        )
    unnamed = [name for cell, name in zip(cells, names, strict=True) if not cell.strip()]
    if unnamed:
        account.warnings.append(
            f"{plural(len(unnamed), 'column')} without a name in the header: called "
            f"{', '.join(unnamed[:NAMED_IN_WARNING])}."
        )
    account.warnings.extend(_told_of_dialect(cells, layout))


def _told_of_dialect(cells: list[str], layout: Layout) -> list[str]:
    """Sentences on a way of telling cells apart that a person should look at."""
    told = []
    if layout.dialect.escape:
        told.append("Quotes inside cells are escaped with a backslash in this file.")
    if layout.dialect.quote == NO_QUOTE:
        told.append(
            "The quotes of this file do not pair, so each was read as a character of the text."
        )
    held = [each for each in DELIMITERS if each in cells[0]]
    if layout.dialect.delimiter == NO_DELIMITER and held:
        told.append(
            f"The header holds {held[0]!r}, but the lines do not agree on cells between them, so "
            "the file was read as a single column. If it has more, export it again."
        )
    return told
