"""Delimited text -> a table and the account of its lines.

The fast parser (pyarrow) is only ever given records that were counted independently of it, and
its rows are compared with that count. What does not fit a row is repaired when there is exactly one
way to read it, and rejected with its line otherwise.
"""

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from common_ground.errors import UnreadableExportError
from common_ground.exports.encoding import Text
from common_ground.exports.margins import MAX_FOOTER_RECORDS, find_footer, is_total
from common_ground.exports.records import (
    NO_DELIMITER,
    OPEN,
    Dialect,
    Integers,
    Records,
    split_record,
)
from common_ground.exports.separators import (
    Layout,
    find_layout,
    looks_like_data,
    record_cells,
    records_of,
)
from common_ground.exports.tables import (
    REJECTED_TEXT_CHARACTERS,
    Limits,
    RejectedLine,
    TextTable,
    unique_names,
)

BLOCK_BYTES = 4_000_000
# Trailing blanks are believed to be left out on purpose from this share of rows up.
MIN_SHORT_SHARE = 0.1
MIN_SHORT_ROWS = 3
# A repair tries every reading of a line; a file with more damage than this is rejected line by line.
MAX_REPAIRS = 5_000
NAMED_IN_WARNING = 5


@dataclass
class _Account:
    """What became of every record while a file is read."""

    rejected: list[RejectedLine] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    preamble: list[int] = field(default_factory=list)
    footer: list[int] = field(default_factory=list)
    blank: int = 0
    repeated: list[int] = field(default_factory=list)
    fixed: dict[int, list[str]] = field(default_factory=dict)
    repaired: list[int] = field(default_factory=list)
    trimmed: list[int] = field(default_factory=list)
    short: dict[int, list[str]] = field(default_factory=dict)


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
    data = _with_newlines(source.text.utf8)
    if not data.strip():
        raise UnreadableExportError(
            f"{source.file}: the file is empty. Export it again and check that it has rows."
        )
    _check_line_length(data, source)
    layout = find_layout(data)
    if layout.width > source.limits.max_columns:
        raise UnreadableExportError(
            f"{source.file}: the header has {layout.width:,} columns, more than the limit of "
            f"{source.limits.max_columns:,}. Export fewer columns, or raise the limit."
        )
    table = None if source.counts_rows else _read_plain(data, layout, source)
    return table or _read_indexed(data, layout, source)


def _with_newlines(data: bytes) -> bytes:
    """Text whose only line end is the carriage return, with newlines instead."""
    if b"\n" not in data and b"\r" in data:
        return data.replace(b"\r", b"\n")
    return data


def _check_line_length(data: bytes, source: Source) -> None:
    limit = source.limits.max_line_bytes
    step = max(1, limit // 2)
    for start in range(0, max(0, len(data) - step), step):
        # A line over the limit covers at least one whole step.
        if data.find(b"\n", start, start + step) >= 0:
            continue
        begin = data.rfind(b"\n", 0, start) + 1
        end = data.find(b"\n", start + step)
        size = (len(data) if end < 0 else end) - begin
        if size > limit:
            line = data.count(b"\n", 0, begin) + 1
            raise UnreadableExportError(
                f"{source.file}: line {line:,} is {size:,} bytes long, "
                f"more than the limit of {limit:,}. This is probably not a table with one row a "
                "line; export it as CSV again."
            )


def _read_plain(data: bytes, layout: Layout, source: Source) -> TextTable | None:
    """The quick way for a file without quotes or oddities; None sends it the long way."""
    quote = layout.dialect.quote
    header_end = _end_of_line(data, layout.header)
    if header_end is None or layout.header > 0 or (quote and quote.encode() in data):
        return None
    header_line = data[:header_end].rstrip(b"\r\n")
    has_odd_lines = (
        b"\n\n" in data
        or b"\n\r\n" in data
        or data.count(b"\r") != data.count(b"\r\n")
        or data.find(b"\n" + header_line + b"\n") >= 0
        or data.find(b"\n" + header_line + b"\r") >= 0
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
    account = _Account()
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
    header = record_cells(data, records, layout.header, layout.dialect, layout.width)
    if header is None:
        raise UnreadableExportError(
            f"{source.file}: the header on line {int(records.lines[layout.header]):,} cannot be "
            "read, a quote in it is not closed. Correct that line and try again."
        )
    account = _Account()
    is_row = _set_apart(data, records, layout, source, account)
    names = unique_names(header[: layout.width])
    kept = np.flatnonzero(is_row)
    longest = int((records.ends - records.starts).max(initial=0))
    body = _body(data, records, kept, account, layout.dialect)
    spans = bool((records.spans()[kept] > 1).any()) or bool(account.fixed)
    if source.counts_rows:
        spans = True
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


def _set_apart(
    data: bytes, records: Records, layout: Layout, source: Source, account: _Account
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Sort every record that is not a plain row into the account; True where a row remains."""
    places = np.arange(len(records))
    after = places > layout.header
    blank = records.widths == 0
    account.blank = int(blank.sum())
    account.preamble = [int(i) for i in np.flatnonzero((places < layout.header) & ~blank)]
    account.repeated = _repeated_headers(data, records, layout.header)
    is_row = after & ~blank
    is_row[account.repeated] = False
    odd = is_row & ((records.widths != layout.width) | ~records.is_plain)
    tail = _tail_cells(data, records, layout, odd)
    footer = find_footer(records, tail, layout.header, layout.width)
    account.footer = [i for i in range(footer, len(records)) if is_row[i]]
    is_row[footer:] = False
    odd[footer:] = False
    _sort_odd(data, records, layout, source, account, np.flatnonzero(odd))
    _accept_short_rows(data, records, layout, account, is_row & ~odd)
    _reject_short_rows(data, records, layout, account)
    is_row &= ~odd
    is_row[list(account.fixed)] = True
    _tell(data, records, layout, account)
    if len(account.rejected) > source.limits.max_rejected_lines:
        first = min(account.rejected, key=lambda rejected: rejected.line)
        raise UnreadableExportError(
            f"{source.file}: {len(account.rejected):,} lines do not fit the header of "
            f"{layout.width} columns, more than can be set aside "
            f"({source.limits.max_rejected_lines:,}). First: line {first.line:,}, {first.reason}."
        )
    return is_row


def _repeated_headers(data: bytes, records: Records, header: int) -> list[int]:
    line = data[int(records.starts[header]) : int(records.ends[header])]
    found: list[int] = []
    place = data.find(line, int(records.ends[header])) if line else -1
    while place >= 0:
        index = int(np.searchsorted(records.starts, place))
        if index < len(records) and records.starts[index] == place:
            if records.ends[index] == place + len(line):
                found.append(index)
        place = data.find(line, place + 1)
    return found


def _tail_cells(
    data: bytes, records: Records, layout: Layout, odd: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> dict[int, list[str]]:
    """Cells of the last records that could be a footer: odd ones, and rows that say "Total"."""
    tail: dict[int, list[str]] = {}
    for index in range(len(records) - 1, layout.header, -1):
        if records.widths[index] == 0:
            continue
        cells = record_cells(data, records, index, layout.dialect, layout.width)
        is_candidate = cells is not None and (odd[index] or is_total(cells, layout.width))
        if not is_candidate or len(tail) >= MAX_FOOTER_RECORDS:
            break
        tail[index] = cast(list[str], cells)
    return tail


def _sort_odd(
    data: bytes,
    records: Records,
    layout: Layout,
    source: Source,
    account: _Account,
    odd: Integers,
) -> None:
    header = record_cells(data, records, layout.header, layout.dialect, layout.width) or []
    names = {name.strip() for name in header if name.strip()}
    second_table: int | None = None
    repairs = 0
    for index in map(int, odd):
        damaged = records.widths[index] < 0
        repairs += damaged
        cells = (
            None
            if damaged and repairs > MAX_REPAIRS
            else record_cells(data, records, index, layout.dialect, layout.width)
        )
        if records.widths[index] == OPEN:
            _refuse_if_unclosed(records, index, layout, source, rescued=cells is not None)
        if cells is None:
            _reject(data, records, account, index, "a quote opens or closes inside a cell")
        elif second_table is not None:
            reason = f"belongs to a second table that begins on line {second_table:,}"
            _reject(data, records, account, index, reason)
        elif damaged:
            account.fixed[index] = cells
            account.repaired.append(index)
        elif not any(cell.strip() for cell in cells):
            account.blank += 1
        elif len(cells) != layout.width and _is_other_header(cells, names):
            second_table = int(records.lines[index])
            _reject(data, records, account, index, "header of a second table in the same file")
        elif len(cells) < layout.width:
            account.short[index] = cells
        elif any(cell.strip() for cell in cells[layout.width :]):
            reason = f"{len(cells)} cells where the header has {layout.width}"
            _reject(data, records, account, index, reason)
        else:
            account.fixed[index] = cells[: layout.width]
            if len(cells) > layout.width:
                account.trimmed.append(index)


def _is_other_header(cells: list[str], names: set[str]) -> bool:
    shared = {cell.strip() for cell in cells} & names
    return len(shared) >= max(2, (len(names) + 1) // 2)


def _refuse_if_unclosed(
    records: Records, index: int, layout: Layout, source: Source, *, rescued: bool
) -> None:
    """A quote that never closes may have swallowed rows, unless every line after it is a row."""
    following = records.widths[index + 1 :]
    following = following[following != 0]
    if rescued and len(following) and (following[:MAX_FOOTER_RECORDS] == layout.width).all():
        return
    raise UnreadableExportError(
        f"{source.file}: a quote opens on line {int(records.lines[index]):,} and never closes, so "
        "what follows cannot be told apart into rows. The file may be cut off: export it again, or "
        "correct that line."
    )


def _accept_short_rows(
    data: bytes,
    records: Records,
    layout: Layout,
    account: _Account,
    full: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> None:
    """Load short rows when the file itself shows that its writer leaves out trailing blanks.

    That is so when many rows are short and not one row of the file ends in a blank cell. A writer
    that does write blanks lost something in a short row, and which cell is unknown.
    """
    rows = int(full.sum()) + len(account.short) + len(account.fixed)
    if len(account.short) < max(MIN_SHORT_ROWS, rows * MIN_SHORT_SHARE):
        return
    values = np.frombuffer(data, dtype=np.uint8)
    last = values[records.ends[np.flatnonzero(full)] - 1]
    ends_blank = bool((last == ord(layout.dialect.delimiter)).any())
    if ends_blank or any(not cells[-1].strip() for cells in account.short.values()):
        return
    for index, cells in account.short.items():
        account.fixed[index] = cells + [""] * (layout.width - len(cells))
    account.warnings.append(
        f"{len(account.short):,} rows have fewer cells than the header's {layout.width}; as no row "
        "ends in a blank cell, the missing ones were read as trailing blanks "
        f"({_name_lines(records, list(account.short))})."
    )
    account.short.clear()


def _reject_short_rows(
    data: bytes, records: Records, layout: Layout, account: _Account
) -> None:
    for index, cells in account.short.items():
        reason = f"{len(cells)} cell{'s' * (len(cells) != 1)} where the header has {layout.width}"
        _reject(data, records, account, index, reason)


def _reject(data: bytes, records: Records, account: _Account, index: int, reason: str) -> None:
    text = _text_of(data, records, index)
    account.rejected.append(RejectedLine(int(records.lines[index]), text, reason))


def _text_of(data: bytes, records: Records, index: int) -> str:
    raw = data[int(records.starts[index]) : int(records.ends[index])]
    return raw[: 4 * REJECTED_TEXT_CHARACTERS].decode(errors="ignore")[:REJECTED_TEXT_CHARACTERS]


def _tell(data: bytes, records: Records, layout: Layout, account: _Account) -> None:
    """Warnings for everything that was read in another way than line by line."""
    for places, what in (
        (account.preamble, "above the header left out"),
        (account.footer, "below the data left out"),
    ):
        if places:
            quoted = "; ".join(
                f"line {int(records.lines[i]):,} '{_text_of(data, records, i)[:80]}'"
                for i in places[:NAMED_IN_WARNING]
            )
            more = f" and {len(places) - NAMED_IN_WARNING} more" * (len(places) > NAMED_IN_WARNING)
            account.warnings.append(f"{_count(places)} {what}: {quoted}{more}.")
    if account.repeated:
        account.warnings.append(
            f"The header is repeated {len(account.repeated):,} times among the rows "
            f"({_name_lines(records, account.repeated)}); the repeats were left out."
        )
    if account.trimmed:
        account.warnings.append(
            f"{len(account.trimmed):,} rows have more cells than the header's {layout.width}, all "
            f"of them blank; those were dropped ({_name_lines(records, account.trimmed)})."
        )
    if account.repaired:
        account.warnings.append(
            f"{len(account.repaired):,} rows have a stray quote that was read as a character of "
            f"the text ({_name_lines(records, account.repaired)}). Look at them."
        )
    _warn_of_swallowed_lines(data, records, layout, account)


def _count(places: list[int]) -> str:
    return f"{len(places):,} line{'s' * (len(places) != 1)}"


def _name_lines(records: Records, places: list[int]) -> str:
    named = ", ".join(f"{int(records.lines[i]):,}" for i in places[:NAMED_IN_WARNING])
    more = len(places) - NAMED_IN_WARNING
    return f"line{'s' * (len(places) != 1)} {named}" + (f" and {more:,} more" if more > 0 else "")


def _warn_of_swallowed_lines(
    data: bytes, records: Records, layout: Layout, account: _Account
) -> None:
    """A cell over several lines that look like rows themselves is probably a stray quote."""
    if layout.width < 2:
        return
    for index in map(int, np.flatnonzero(records.spans() > 1)[:1000]):
        raw = data[int(records.starts[index]) : int(records.ends[index])]
        row_like = sum(
            line.count(layout.dialect.delimiter.encode()) == layout.width - 1
            for line in raw.split(b"\n")[1:-1]
        )
        if row_like:
            account.warnings.append(
                f"The row on line {int(records.lines[index]):,} goes on to line "
                f"{int(records.lines[index + 1]) - 1:,}, and {row_like:,} of the lines inside its "
                "quotes look like rows themselves. Check that line for a stray quote."
            )


def _body(
    data: bytes, records: Records, kept: Integers, account: _Account, dialect: Dialect
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
    account: _Account,
) -> TextTable:
    rows, numbers, empty = _without_empty_rows(rows, numbers)
    names = unique_names(header[: layout.width])
    if not rows.num_rows:
        _refuse_no_rows(source, layout, account)
    _warn_of_header(header[: layout.width], names, layout, account)
    if source.text.guessed:
        account.warnings.insert(
            0,
            f"Nothing in the file says how its letters are encoded; read as "
            f"{source.text.encoding}. Look at names with accents.",
        )
    other = {
        "header": 1,
        "preamble": len(account.preamble),
        "footer": len(account.footer),
        "blank": account.blank + empty,
        "inside a cell": inside,
        "repeated header": len(account.repeated),
    }
    is_run = bool(len(numbers)) and int(numbers[-1]) - int(numbers[0]) == len(numbers) - 1
    delimiter = layout.dialect.delimiter
    has_no_delimiter = delimiter == NO_DELIMITER or source.kind != "csv"
    return TextTable(
        file=source.file,
        sha256=source.sha256,
        kind=source.kind,
        encoding=source.text.encoding,
        delimiter=None if has_no_delimiter else delimiter,
        quote=None if source.kind != "csv" else layout.dialect.quote,
        header=names,
        rows=rows,
        line_numbers=None if is_run else pa.array(numbers, pa.int64()),
        first_line=int(numbers[0]),
        lines=lines,
        other_lines={what: count for what, count in other.items() if count},
        rejected=tuple(sorted(account.rejected, key=lambda rejected: rejected.line)),
        warnings=tuple(account.warnings),
    )


def _without_empty_rows(rows: pa.Table, numbers: Integers) -> tuple[pa.Table, Integers, int]:
    """Rows with at least one filled cell; a row of blanks says nothing and counts as blank."""
    if not rows.num_rows or any(column.null_count == 0 for column in rows.columns):
        return rows, numbers, 0
    is_empty = None
    for column in rows.columns:
        null = pc.is_null(column)
        is_empty = null if is_empty is None else pc.and_(is_empty, null)
    empty = pc.sum(is_empty).as_py() or 0
    if not empty:
        return rows, numbers, 0
    filled = pc.invert(is_empty)
    return rows.filter(filled), numbers[filled.to_numpy()], int(empty)


def _refuse_no_rows(source: Source, layout: Layout, account: _Account) -> None:
    if not account.rejected:
        raise UnreadableExportError(
            f"{source.file}: only a header, no rows ({layout.width} columns). Check the filter of "
            "the export and export it again."
        )
    first = min(account.rejected, key=lambda rejected: rejected.line)
    raise UnreadableExportError(
        f"{source.file}: no row fits the header of {layout.width} columns; all "
        f"{len(account.rejected):,} were rejected. First: line {first.line:,}, {first.reason}: "
        f"'{first.text[:80]}'. Check the header line and export the file again."
    )


def _warn_of_header(
    cells: list[str], names: tuple[str, ...], layout: Layout, account: _Account
) -> None:
    if looks_like_data(cells):
        account.warnings.append(
            f"The header looks like a row of data ({', '.join(cells[:4])}): does the file have "
            "a header line? Its first row may be missing from the rows."
        )
    unnamed = [name for cell, name in zip(cells, names, strict=True) if not cell.strip()]
    if unnamed:
        account.warnings.append(
            f"{len(unnamed)} columns have no name in the header and are called "
            f"{', '.join(unnamed[:NAMED_IN_WARNING])}."
        )
    if layout.dialect.escape:
        account.warnings.append("Quotes inside cells are escaped with a backslash in this file.")


