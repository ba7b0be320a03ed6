"""Where each record of a delimited text begins and ends, and how many cells it has.

Two ways to the same answer. `index_well_formed` counts quotes, delimiters and line ends with numpy
and is exact for text that keeps the rules of RFC 4180; it returns None for any other text.
`scan` walks line by line in Python and takes up again at the next line after a damaged one, so that
a stray quote costs one row, not the rest of the file.
"""

import re
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# Odd quotes, readings with so few, cells of one of them.
_Reading = tuple[int, int, tuple[str, ...]]

# Stands for "no delimiter" in a file of one column: a character that no text holds.
NO_DELIMITER = "\x1f"
# Stands for "no quote" in a file whose quotes pair nowhere: likewise.
NO_QUOTE = "\x1e"
# Width of a record whose quotes cannot be read, of one whose last quote is still open, and of one
# that can be read in two ways.
MALFORMED, OPEN, AMBIGUOUS = -1, -2, -3
NEWLINE, RETURN = 10, 13
# A quoted cell longer than this is a quote that never closes, not a text somebody typed.
MAX_CELL_BYTES = 1_000_000
# Repairs try every reading of one line; past these sizes the line is rejected instead.
MAX_REPAIR_BYTES = 20_000
MAX_REPAIR_DELIMITERS = 300


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart: single ASCII characters; quote or escape may be empty."""

    delimiter: str
    quote: str
    escape: str = ""


@dataclass(frozen=True)
class Records:
    """Records in file order; record i takes the physical lines lines[i] up to lines[i + 1] - 1.

    Attributes:
        starts: first byte.
        ends: one past the last byte, line end left out.
        lines: first physical line, from 1; one more entry than records, the last being
            one past the last line of the file.
        widths: number of cells; 0 for an empty line, MALFORMED where quotes cannot be read,
            OPEN where a quote opens on the line and meets no other, AMBIGUOUS where bare quotes
            leave open which delimiters stand inside a cell.
        is_plain: True where the bytes can go to the fast parser as they are.
    """

    starts: Integers
    ends: Integers
    lines: Integers
    widths: Integers
    is_plain: Flags

    def __len__(self) -> int:
        return len(self.starts)

    def spans(self) -> Integers:
        """Physical lines each record takes."""
        return np.diff(self.lines)


def index_well_formed(data: bytes, dialect: Dialect) -> Records | None:
    """Records of a text that keeps RFC 4180, else None. Exact, and independent of any parser."""
    values = np.frombuffer(data, dtype=np.uint8)
    newlines = np.flatnonzero(values == NEWLINE)
    delimiters = np.flatnonzero(values == ord(dialect.delimiter))
    quotes = np.empty(0, dtype=np.int64)
    if dialect.quote and dialect.quote.encode() in data:
        quotes = np.flatnonzero(values == ord(dialect.quote))
        if not _quotes_are_well_formed(values, quotes, dialect):
            return None
        delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
    is_break = np.searchsorted(quotes, newlines) % 2 == 0 if len(quotes) else None
    breaks = newlines if is_break is None else newlines[is_break]
    starts = np.concatenate(([0], breaks + 1))
    ends = np.concatenate((breaks, [len(data)]))
    lines = np.searchsorted(newlines, starts) + 1
    if starts[-1] == len(data):
        starts, ends, lines = starts[:-1], ends[:-1], lines[:-1]
    total = len(newlines) + (0 if data.endswith(b"\n") or not data else 1)
    ends = ends - _ends_with_return(values, starts, ends)
    counts = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts)
    widths = np.where(ends == starts, 0, counts + 1)
    return Records(
        starts,
        ends,
        np.concatenate((lines, [total + 1])),
        widths,
        ~_holds_lone_return(values, starts, ends, quotes),
    )


def _quotes_are_well_formed(values: npt.NDArray[np.uint8], quotes: Integers, kind: Dialect) -> bool:
    """Each opening quote follows a delimiter or line start, each closing one precedes them.

    A doubled quote is a close and an open side by side, so it needs no case of its own.
    """
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    before = values[np.maximum(opening - 1, 0)]
    doubled_open = np.concatenate(([False], opening[1:] == closing[:-1] + 1))
    open_ok = (opening == 0) | (before == ord(kind.delimiter)) | (before == NEWLINE) | doubled_open
    if not open_ok.all():
        return False
    last = len(values) - 1
    after = values[np.minimum(closing + 1, last)]
    after_next = values[np.minimum(closing + 2, last)]
    doubled_close = np.concatenate((opening[1:] == closing[:-1] + 1, [False]))
    line_ends = (after == NEWLINE) | (
        (after == RETURN) & ((after_next == NEWLINE) | (closing + 1 == last))
    )
    close_ok = (closing == last) | (after == ord(kind.delimiter)) | line_ends | doubled_close
    return bool(close_ok.all())


def _ends_with_return(
    values: npt.NDArray[np.uint8], starts: Integers, ends: Integers
) -> npt.NDArray[np.int64]:
    if not len(ends):
        return np.empty(0, dtype=np.int64)
    is_return: Flags = (ends > starts) & (values[np.maximum(ends - 1, 0)] == RETURN)
    return is_return.astype(np.int64)


def _holds_lone_return(
    values: npt.NDArray[np.uint8], starts: Integers, ends: Integers, quotes: Integers
) -> Flags:
    """Records with a carriage return outside quotes, which the fast parser takes for a line end."""
    returns = np.flatnonzero(values == RETURN)
    if len(returns):
        returns = returns[np.searchsorted(quotes, returns) % 2 == 0]
    holds: Flags = np.searchsorted(returns, ends) > np.searchsorted(returns, starts)
    return holds


@lru_cache(maxsize=64)
def cell_pattern(dialect: Dialect) -> re.Pattern[bytes]:
    """One cell at a position; group 1 is the inside of a quoted cell that closes properly."""
    delimiter = re.escape(dialect.delimiter.encode())
    if not dialect.quote:
        return re.compile(rb"()(?!)|[^%b]*+" % delimiter)
    quote = re.escape(dialect.quote.encode())
    return re.compile(
        rb"%b((?:%b)*+)%b(?=%b|\Z)|(?!%b)[^%b]*+"
        % (quote, _inside(dialect), quote, delimiter, quote, delimiter)
    )


@lru_cache(maxsize=64)
def _open_pattern(dialect: Dialect) -> re.Pattern[bytes]:
    """A quoted cell from its opening quote to the end of the text."""
    return re.compile(rb"%b(?:%b)*+\Z" % (re.escape(dialect.quote.encode()), _inside(dialect)))


def _inside(dialect: Dialect) -> bytes:
    """One character inside a quoted cell."""
    quote = re.escape(dialect.quote.encode())
    if not dialect.escape:
        return rb"[^%b]++|%b%b" % (quote, quote, quote)
    escape = re.escape(dialect.escape.encode())
    return rb"[^%b%b]++|%b[\s\S]|%b%b" % (quote, escape, escape, quote, quote)


def count_cells(record: bytes, dialect: Dialect) -> int:
    """Cells of a record, or why they cannot be counted: OPEN, MALFORMED or AMBIGUOUS.

    A cell may hold a bare quote (5" pipe). Where a later cell ends with another, the two may as
    well enclose the delimiter between them, as after a lost delimiter: name"Acme, Inc",5.
    """
    pattern, quote = cell_pattern(dialect), dialect.quote.encode()
    position, count = 0, 0
    has_bare_quote, is_ambiguous = False, False
    while True:
        cell = pattern.match(record, position)
        if cell is None:
            return OPEN if _open_pattern(dialect).match(record, position) else MALFORMED
        if quote and cell.group(1) is None and quote in cell.group():
            is_ambiguous |= has_bare_quote and cell.group().endswith(quote)
            has_bare_quote = True
        count += 1
        position = cell.end()
        if position == len(record):
            return AMBIGUOUS if is_ambiguous else count
        position += 1


def split_record(record: bytes, dialect: Dialect) -> list[str]:
    """Cells of a well-formed record as text, quotes taken off and doubled ones made one."""
    pattern = cell_pattern(dialect)
    cells: list[str] = []
    position = 0
    while True:
        cell = pattern.match(record, position)
        if cell is None:
            raise ValueError("not a well-formed record")
        inside = cell.group(1)
        cells.append(cell.group().decode() if inside is None else unquote(inside.decode(), dialect))
        position = cell.end()
        if position == len(record):
            return cells
        position += 1


def unquote(inside: str, dialect: Dialect) -> str:
    """Inside of a quoted cell: doubled quotes become one, escaped quotes and escapes too."""
    quote, escape = dialect.quote, dialect.escape
    if not escape:
        return inside.replace(quote * 2, quote)
    # Only a quote or the escape itself is unescaped: "C:\new" must stay as it is.
    marks = re.escape(quote), re.escape(escape)
    return re.sub(f"{marks[0]}({marks[0]})|{marks[1]}([{marks[0]}{marks[1]}])", r"\1\2", inside)


def scan(data: bytes, dialect: Dialect, width: int) -> Records:
    """Records of a text with damaged quotes; width is what a good record has.

    A quoted cell may run over several lines only if the record then closes properly with the
    right width. Otherwise its first line alone is damaged and reading goes on with the next.
    """
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    # Numbers side by side: a tuple for each line would take more memory than the file.
    found = array("q")
    place, start = 0, 0
    while place < len(lines):
        cells = _cells_of_line(lines[place].removesuffix(b"\r"), dialect)
        taken = 1
        if cells == OPEN:
            taken, cells = _join_lines(lines, place, dialect, width)
        size = sum(len(lines[place + more]) + 1 for more in range(taken))
        end = start + size - 1 - lines[place + taken - 1].endswith(b"\r")
        found.extend((start, end, place + 1, cells))
        start, place = start + size, place + taken
    return _as_records(data, found, len(lines), is_escaped=bool(dialect.escape))


def _cells_of_line(line: bytes, dialect: Dialect) -> int:
    if not line:
        return 0
    if dialect.quote and dialect.quote.encode() in line:
        return count_cells(line, dialect)
    return line.count(dialect.delimiter.encode()) + 1


def _join_lines(lines: list[bytes], place: int, dialect: Dialect, width: int) -> tuple[int, int]:
    """Lines a record with an open quote takes and its cells; one OPEN or MALFORMED line if none."""
    quote = dialect.quote.encode()
    record, size = [lines[place]], len(lines[place])
    for taken in range(2, len(lines) - place + 1):
        line = lines[place + taken - 1]
        record.append(line)
        size += len(line)
        if size > MAX_CELL_BYTES:
            break
        if quote not in line:
            continue
        cells = count_cells(b"\n".join(record).removesuffix(b"\r"), dialect)
        if cells == width:
            return taken, width
        if cells != OPEN:
            return 1, MALFORMED
    return 1, OPEN


def _as_records(
    data: bytes,
    found: "array[int]",
    line_count: int,
    *,
    is_escaped: bool,
) -> Records:
    table = np.array(found, dtype=np.int64).reshape(-1, 4)
    starts, ends = table[:, 0], table[:, 1]
    returns = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == RETURN)
    has_return = np.searchsorted(returns, ends) > np.searchsorted(returns, starts)
    is_plain = np.zeros(len(table), dtype=bool) if is_escaped else ~has_return
    lines = np.concatenate((table[:, 2], [line_count + 1]))
    return Records(starts, ends, lines, table[:, 3], is_plain)


def repair(line: str, dialect: Dialect, width: int) -> list[str] | None:
    """Cells of a damaged line if exactly one simplest reading has the right width, else None.

    A quote that opens a cell without closing it, or stands bare inside a quoted cell, is then kept
    as a character of the text. "Simplest" is the fewest such quotes.
    """
    if len(line) > MAX_REPAIR_BYTES or line.count(dialect.delimiter) > MAX_REPAIR_DELIMITERS:
        return None
    best = _readings(line, dialect, width)
    if best is None:
        return None
    _, ways, cells = best
    return list(cells) if ways == 1 else None


def _readings(line: str, dialect: Dialect, width: int) -> _Reading | None:
    """Fewest odd quotes, number of readings with so few, and one of them."""
    step = len(dialect.delimiter)

    @cache
    def best_from(position: int, left: int) -> _Reading | None:
        options: list[_Reading] = []
        for odd, stop, text in _cells_at(line, position, dialect):
            if left == 1 and stop == len(line):
                options.append((odd, 1, (text,)))
            elif left > 1 and stop < len(line):
                rest = best_from(stop + step, left - 1)
                if rest:
                    options.append((odd + rest[0], rest[1], (text, *rest[2])))
        if not options:
            return None
        fewest = min(options)[0]
        tied = [option for option in options if option[0] == fewest]
        return fewest, sum(option[1] for option in tied), tied[0][2]

    return best_from(0, width)


def _cells_at(line: str, position: int, dialect: Dialect) -> list[tuple[int, int, str]]:
    """Every way to read a cell that begins here: odd quotes in it, where it ends, its text."""
    quote, delimiter = dialect.quote, dialect.delimiter
    stop = line.find(delimiter, position)
    stop = len(line) if stop < 0 else stop
    is_quoted = line.startswith(quote, position)
    choices = [(int(is_quoted), stop, line[position:stop])]
    close = line.find(quote, position + 1) if is_quoted else -1
    while close >= 0:
        if close + 1 == len(line) or line.startswith(delimiter, close + 1):
            inside = line[position + 1 : close]
            odd = inside.replace(quote * 2, "").count(quote)
            choices.append((odd, close + 1, inside.replace(quote * 2, quote)))
        close = line.find(quote, close + 1)
    return choices
