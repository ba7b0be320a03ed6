"""Sorts every record of a delimited text: a row, or something else that is named and counted."""

from dataclasses import dataclass, field

import numpy as np

from common_ground.errors import UnreadableExportError
from common_ground.exports.margins import MAX_FOOTER_RECORDS, find_footer, is_total
from common_ground.exports.profile import Profile, profile_of
from common_ground.exports.records import OPEN, Flags, Integers, Records
from common_ground.exports.separators import Layout, record_cells
from common_ground.exports.tables import REJECTED_TEXT_CHARACTERS, Limits, RejectedLine

# Trailing blanks are believed to be left out on purpose from this share of rows up.
MIN_SHORT_SHARE = 0.1
MIN_SHORT_ROWS = 3
# A repair tries every reading of a line; past this many the rest is rejected unread.
MAX_REPAIRS = 5_000
PROFILED_ROWS = 2_000
NAMED_IN_WARNING = 5


@dataclass
class Account:
    """What became of the records that are no plain row; numbers are indices of records.

    Attributes:
        rejected: lines that should be rows and could not be read as one.
        warnings: sentences about everything that was read in another way than line by line.
        preamble: lines above the header.
        footer: lines below the data.
        repeated: the header once more.
        blank: empty lines, and lines of nothing but delimiters.
        fixed: cells of rows that only a second look could read.
    """

    rejected: list[RejectedLine] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    preamble: list[int] = field(default_factory=list)
    footer: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    blank: int = 0
    fixed: dict[int, list[str]] = field(default_factory=dict)


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 row", "2,000 rows"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class Sorter:
    """Sorts the records of one text. `sort` is called once; `account` then holds the result."""

    def __init__(
        self, data: bytes, records: Records, layout: Layout, file: str, limits: Limits
    ) -> None:
        self.account = Account()
        self._data = data
        self._records = records
        self._layout = layout
        self._file = file
        self._limits = limits
        self._repaired: list[int] = []
        self._trimmed: list[int] = []
        self._short: dict[int, list[str]] = {}
        self._second_table: int | None = None

    def sort(self) -> Flags:
        """True for every record that is a row, plain or fixed; the others are in the account.

        Raises:
            UnreadableExportError: a quote never closes, or too many lines do not fit.
        """
        records, header, account = self._records, self._layout.header, self.account
        places = np.arange(len(records))
        blank = records.widths == 0
        account.blank = int(blank.sum())
        account.preamble = [int(i) for i in np.flatnonzero((places < header) & ~blank)]
        account.repeated = self._repeated_headers()
        is_row: Flags = (places > header) & ~blank
        is_row[account.repeated] = False
        odd = is_row & ((records.widths != self._layout.width) | ~records.is_plain)
        footer = find_footer(records, self._tail_cells(odd), header, self._layout.width)
        account.footer = [i for i in range(footer, len(records)) if is_row[i]]
        is_row[footer:] = False
        odd &= is_row
        if odd.any():
            self._sort_odd(np.flatnonzero(odd), np.flatnonzero(is_row & ~odd))
        is_row &= ~odd
        is_row[list(account.fixed)] = True
        self._tell()
        self._refuse_too_many()
        return is_row

    def _cells(self, index: int) -> list[str] | None:
        layout = self._layout
        return record_cells(self._data, self._records, index, layout.dialect, layout.width)

    def _raw(self, index: int) -> bytes:
        return self._data[int(self._records.starts[index]) : int(self._records.ends[index])]

    def _line(self, index: int) -> int:
        return int(self._records.lines[index])

    def _text(self, index: int) -> str:
        start = self._raw(index)[: 4 * REJECTED_TEXT_CHARACTERS]
        return start.decode(errors="ignore")[:REJECTED_TEXT_CHARACTERS]

    def _repeated_headers(self) -> list[int]:
        records, line = self._records, self._raw(self._layout.header)
        # With its line start, a short header is not looked for inside every cell.
        wanted = b"\n" + line
        found: list[int] = []
        place = self._data.find(wanted, int(records.ends[self._layout.header]))
        while place >= 0:
            index = int(np.searchsorted(records.starts, place + 1))
            is_start = index < len(records) and records.starts[index] == place + 1
            if is_start and records.ends[index] == place + len(wanted):
                found.append(index)
            place = self._data.find(wanted, place + 1)
        return found

    def _tail_cells(self, odd: Flags) -> dict[int, list[str]]:
        """Cells of the last records that could be a footer: odd ones, and totals."""
        tail: dict[int, list[str]] = {}
        for index in range(len(self._records) - 1, self._layout.header, -1):
            if self._records.widths[index] == 0:
                continue
            cells = self._cells(index)
            if cells is None or not (odd[index] or is_total(cells, self._layout.width)):
                break
            tail[index] = cells
            if len(tail) >= MAX_FOOTER_RECORDS:
                break
        return tail

    def _sort_odd(self, odd: Integers, sound: Integers) -> None:
        step = max(1, len(sound) // PROFILED_ROWS)
        rows = (self._cells(int(index)) for index in sound[::step])
        profile = profile_of((row for row in rows if row is not None), self._layout.width)
        header = self._cells(self._layout.header) or []
        names = {name.strip() for name in header if name.strip()}
        damaged = 0
        for index in map(int, odd):
            is_damaged = self._records.widths[index] < 0
            damaged += is_damaged
            cells = None if is_damaged and damaged > MAX_REPAIRS else self._cells(index)
            if self._records.widths[index] == OPEN:
                self._refuse_if_unclosed(index, rescued=cells is not None)
            if cells is None:
                self._reject(index, "a quote inside a cell leaves unclear where its cells end")
            elif self._second_table is not None:
                begins = f"{self._second_table:,}"
                self._reject(index, f"belongs to a second table that begins on line {begins}")
            elif is_damaged:
                self.account.fixed[index] = cells
                self._repaired.append(index)
            else:
                self._sort_by_width(index, cells, names, profile)
        self._accept_short_rows(sound, profile)
        for index, cells in self._short.items():
            self._reject(index, self._width_reason(cells))

    def _sort_by_width(
        self, index: int, cells: list[str], names: set[str], profile: Profile
    ) -> None:
        width = self._layout.width
        if not any(cell.strip() for cell in cells):
            self.account.blank += 1
        elif len(cells) != width and _is_other_header(cells, names):
            self._second_table = self._line(index)
            self._reject(index, "header of a second table in the same file")
        elif len(cells) < width:
            self._short[index] = cells
        elif any(cell.strip() for cell in cells[width:]):
            self._reject(index, self._width_reason(cells))
        elif len(cells) > width and not (profile.rows and profile.fits(cells[:width])):
            # The blank cell too many may be in the middle; then all after it have shifted.
            unclear = "and it is not clear which one is too many"
            self._reject(index, f"{self._width_reason(cells)}, {unclear}")
        else:
            self.account.fixed[index] = cells[:width]
            if len(cells) > width:
                self._trimmed.append(index)

    def _width_reason(self, cells: list[str]) -> str:
        return f"{plural(len(cells), 'cell')} where the header has {self._layout.width}"

    def _reject(self, index: int, reason: str) -> None:
        self.account.rejected.append(RejectedLine(self._line(index), self._text(index), reason))

    def _refuse_if_unclosed(self, index: int, *, rescued: bool) -> None:
        """A quote that never closes may have swallowed rows, unless all that follow are rows."""
        following = self._records.widths[index + 1 :]
        following = following[following != 0][:MAX_FOOTER_RECORDS]
        if rescued and len(following) and (following == self._layout.width).all():
            return
        raise UnreadableExportError(
            f"{self._file}: a quote opens on line {self._line(index):,} and never closes, so what "
            "follows cannot be told apart into rows. The file may be cut off: export it again, or "
            "correct that line."
        )

    def _accept_short_rows(self, sound: Integers, profile: Profile) -> None:
        """Load short rows when the file itself shows that its writer leaves out trailing blanks.

        That is so when many rows are short and not one row of the file ends in a blank cell. A
        writer that does write blanks lost something in a short row, and nobody knows which cell.
        """
        rows = len(sound) + len(self._short) + len(self.account.fixed)
        if len(self._short) < max(MIN_SHORT_ROWS, rows * MIN_SHORT_SHARE):
            return
        values = np.frombuffer(self._data, dtype=np.uint8)
        last_bytes = values[self._records.ends[sound] - 1]
        if (last_bytes == ord(self._layout.dialect.delimiter)).any():
            return
        if any(not cells[-1].strip() for cells in self._short.values()):
            return
        fitting = {i: cells for i, cells in self._short.items() if profile.fits(cells)}
        for index, cells in fitting.items():
            self.account.fixed[index] = cells + [""] * (self._layout.width - len(cells))
            del self._short[index]
        if fitting:
            self._warn_of_rows(
                list(fitting),
                f"fewer cells than the header's {self._layout.width}; as no row of the file ends "
                "in a blank cell, the missing ones were read as trailing blanks",
            )

    def _refuse_too_many(self) -> None:
        rejected, limit = self.account.rejected, self._limits.max_rejected_lines
        if len(rejected) > limit:
            first = min(rejected, key=lambda line: line.line)
            raise UnreadableExportError(
                f"{self._file}: {len(rejected):,} lines do not fit the header of "
                f"{plural(self._layout.width, 'column')}, more than can be set aside ({limit:,}). "
                f"First: line {first.line:,}, {first.reason}."
            )

    def _tell(self) -> None:
        account = self.account
        self._warn_of_margin(account.preamble, "above the header")
        self._warn_of_margin(account.footer, "below the data")
        if account.repeated:
            account.warnings.append(
                f"The header is repeated {plural(len(account.repeated), 'time')} among the rows "
                f"({self._lines_of(account.repeated)}); the repeats were left out."
            )
        if self._records.widths[self._layout.header] < 0:
            account.warnings.append(
                f"The header on line {self._line(self._layout.header):,} has a stray quote, which "
                "was read as a character of a name."
            )
        self._warn_of_rows(
            self._trimmed,
            f"more cells than the header's {self._layout.width}, all of them blank; those were "
            "dropped",
        )
        self._warn_of_rows(
            self._repaired,
            "a stray quote, which was read as a character of the text; look at them",
        )
        self._warn_of_swallowed_lines()

    def _warn_of_margin(self, places: list[int], where: str) -> None:
        if not places:
            return
        quoted = "; ".join(
            f"line {self._line(i):,} '{self._text(i)[:80]}'" for i in places[:NAMED_IN_WARNING]
        )
        more = len(places) - NAMED_IN_WARNING
        self.account.warnings.append(
            f"{plural(len(places), 'line')} {where} left out: {quoted}"
            + (f" and {more:,} more." if more > 0 else ".")
        )

    def _warn_of_rows(self, places: list[int], what: str) -> None:
        if places:
            verb = "has" if len(places) == 1 else "have"
            self.account.warnings.append(
                f"{plural(len(places), 'row')} {verb} {what} ({self._lines_of(places)})."
            )

    def _lines_of(self, places: list[int]) -> str:
        named = ", ".join(f"{self._line(i):,}" for i in places[:NAMED_IN_WARNING])
        more = len(places) - NAMED_IN_WARNING
        word = "line" if len(places) == 1 else "lines"
        return f"{word} {named}" + (f" and {more:,} more" if more > 0 else "")

    def _warn_of_swallowed_lines(self) -> None:
        """A cell over several lines that look like rows themselves is probably a stray quote."""
        records, width = self._records, self._layout.width
        if width == 1:
            return
        delimiter = self._layout.dialect.delimiter.encode()
        for index in map(int, np.flatnonzero(records.spans() > 1)[:PROFILED_ROWS]):
            inner = self._raw(index).split(b"\n")[1:-1]
            row_like = sum(line.count(delimiter) == width - 1 for line in inner)
            if row_like:
                self.account.warnings.append(
                    f"The row on line {self._line(index):,} goes on to line "
                    f"{self._line(index + 1) - 1:,}, and {plural(row_like, 'line')} inside its "
                    "quotes could be rows themselves. Check that line for a stray quote."
                )


def _is_other_header(cells: list[str], names: set[str]) -> bool:
    shared = {cell.strip() for cell in cells} & names
    return len(shared) >= max(2, (len(names) + 1) // 2)
