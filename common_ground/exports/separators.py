"""Which delimiter, quote and escape a text uses, and which of its records is the header.

Every candidate splits the first part of the file; the one whose records agree most on a width
wins. Nothing is left to an engine's own guess.
"""

import re
from collections import Counter
from dataclasses import dataclass

from common_ground.exports.records import (
    AMBIGUOUS,
    NO_DELIMITER,
    NO_QUOTE,
    Dialect,
    Records,
    count_cells,
    index_well_formed,
    repair,
    scan,
    split_record,
)

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 262_144
# A title or filter block above the header, or a footer below the data, is rarely longer.
MAX_MARGIN_RECORDS = 20
# Share of records that must have the same width before a character is believed to separate cells.
MIN_AGREEMENT = 0.5
# The same where quotes pair nowhere and are read as characters: there the rows must speak for it.
MIN_AGREEMENT_WITHOUT_QUOTES = 0.9
# Prose has a blank after nearly every comma; exports have one after hardly any.
PROSE_SHARE = 0.8

_SEP_LINE = re.compile(rb'"?sep=(.)"?\r?\n', re.IGNORECASE)
_NUMBER_OR_DATE = re.compile(r"[\s$€£+-]*\d[\d.,:/ %TZ+-]*")


@dataclass(frozen=True)
class Layout:
    """How a text is read: its dialect, the width of its rows and where its header is.

    Attributes:
        dialect: delimiter, quote, escape.
        width: names in the header.
        header: index of the header among the records.
        has_sep_line: True when the first line is "sep=;", as Excel writes it.
    """

    dialect: Dialect
    width: int
    header: int
    has_sep_line: bool


@dataclass(frozen=True)
class _Candidate:
    dialect: Dialect
    width: int
    coverage: float
    damaged: int

    def rank(self) -> tuple[float, int, int]:
        """Share of all filled records of the common width first; titles count against it."""
        return (round(self.coverage, 2), -self.damaged, self.width)


def find_layout(data: bytes) -> Layout:
    """Dialect, width and header of a text, from its first part."""
    sample = _whole_lines(data)
    declared = _SEP_LINE.match(sample)
    if declared and not declared.group(1).isalnum() and declared.group(1) != b'"':
        sample = sample[declared.end() :]
        best = _best_candidate(sample, (declared.group(1).decode(),), is_declared=True)
    else:
        declared = None
    if declared is None or best.width == 1:
        # A declared character that separates nothing may have been overtaken by another program.
        best = _best_candidate(sample, DELIMITERS, is_declared=False)
    skipped = 1 if declared else 0
    records = records_of(sample, best.dialect, best.width)
    header, width = _find_header(sample, records, best)
    return Layout(best.dialect, width, header + skipped, declared is not None)


def records_of(data: bytes, dialect: Dialect, width: int) -> Records:
    """Records of a text: counted with numpy where it is well-formed, else walked line by line."""
    if not dialect.escape:
        records = index_well_formed(data, dialect)
        if records is not None:
            return records
    return scan(data, dialect, width)


def looks_like_data(cells: list[str]) -> bool:
    """True when at least half of the cells that are not blank are numbers or dates."""
    filled = [cell for cell in cells if cell.strip()]
    values = sum(1 for cell in filled if _NUMBER_OR_DATE.fullmatch(cell.strip()))
    return bool(filled) and values * 2 >= len(filled)


def _whole_lines(data: bytes) -> bytes:
    if len(data) <= SAMPLE_BYTES:
        return data
    cut = data.rfind(b"\n", 0, SAMPLE_BYTES)
    if cut <= 0:  # a header longer than the sample
        cut = data.find(b"\n", SAMPLE_BYTES)
    return data[: cut + 1] if cut > 0 else data


def _best_candidate(sample: bytes, delimiters: tuple[str, ...], *, is_declared: bool) -> _Candidate:
    quotes = _quotes_of(sample, delimiters)
    candidates = _candidates(sample, delimiters, quotes, is_declared=is_declared)
    if not candidates:
        candidates = [
            candidate
            for candidate in _candidates(sample, delimiters, (NO_QUOTE,), is_declared=is_declared)
            if candidate.coverage >= MIN_AGREEMENT_WITHOUT_QUOTES
            and _first_width(sample, candidate.dialect) == candidate.width
        ]
    if not candidates:
        delimiter = delimiters[0] if is_declared else NO_DELIMITER
        return _Candidate(Dialect(delimiter, quotes[0]), 1, 1.0, 0)
    best = max(candidates, key=_Candidate.rank)
    if b'\\"' in sample and best.damaged:
        escaped = _measure(
            sample,
            Dialect(best.dialect.delimiter, best.dialect.quote, "\\"),
            is_declared=is_declared,
        )
        if escaped and escaped.damaged < best.damaged:
            return escaped
    return best


def _candidates(
    sample: bytes, delimiters: tuple[str, ...], quotes: tuple[str, ...], *, is_declared: bool
) -> list[_Candidate]:
    """Every pair of a delimiter and a quote that separates cells."""
    found = (
        _measure(sample, Dialect(delimiter, quote), is_declared=is_declared)
        for quote in quotes
        for delimiter in delimiters
        if delimiter.encode() in sample
    )
    return [candidate for candidate in found if candidate is not None]


def _first_width(sample: bytes, dialect: Dialect) -> int:
    """Cells of the first line that is not empty."""
    return count_cells(sample.lstrip(b"\r\n").partition(b"\n")[0].removesuffix(b"\r"), dialect)


def _quotes_of(sample: bytes, delimiters: tuple[str, ...]) -> tuple[str, ...]:
    """Quotes to try: single ones only where cells keep beginning and ending with them."""
    edge = b"[" + re.escape("".join(delimiters).encode()) + rb"\r\n]"
    opened = len(re.findall(rb"(?:\A|(?<=%b))'" % edge, sample))
    closed = len(re.findall(rb"'(?=\Z|%b)" % edge, sample))
    if opened < 2 or closed < opened:
        return ('"',)
    if re.search(rb'(?:\A|%b)"' % edge, sample):
        return ('"', "'")
    wrapped = len(re.findall(rb"(?:\A|(?<=%b))'(?:[^']|'')*'(?=\Z|%b)" % (edge, edge), sample))
    return ("'",) if wrapped == opened else ('"', "'")


def _measure(sample: bytes, dialect: Dialect, *, is_declared: bool) -> _Candidate | None:
    """How well a dialect fits, or None when it does not separate cells at all."""
    records = records_of(sample, dialect, _common_width(sample, dialect))
    widths = [int(width) for width in records.widths if width]
    if is_declared:
        commonest = Counter(width for width in widths if width > 0).most_common(1)
        return _Candidate(dialect, commonest[0][0] if commonest else 1, 1.0, 0)
    top, bottom = _margins(widths)
    body = widths[top : len(widths) - bottom]
    wide = Counter(width for width in body if width > 1)
    if not wide:
        return None
    width = max(wide, key=lambda each: (wide[each], each))
    agreement = wide[width] / len(body)
    damaged = sum(1 for each in body if each < 0)
    if agreement < MIN_AGREEMENT or (top and _is_prose(sample, dialect, agreement)):
        return None
    return _Candidate(dialect, width, wide[width] / len(widths), damaged)


def _common_width(sample: bytes, dialect: Dialect) -> int:
    """Commonest number of cells among single lines, for a first look at damaged text."""
    widths = Counter(
        count_cells(line.removesuffix(b"\r"), dialect) for line in sample.split(b"\n") if line
    )
    wide = Counter({width: count for width, count in widths.items() if width > 1})
    return wide.most_common(1)[0][0] if wide else 1


def _margins(widths: list[int]) -> tuple[int, int]:
    """Lines of one cell at the top and at the bottom, which say nothing about the width."""
    top = bottom = 0
    while top < min(len(widths) - 1, MAX_MARGIN_RECORDS) and widths[top] == 1:
        top += 1
    while bottom < min(len(widths) - top - 1, MAX_MARGIN_RECORDS) and widths[-1 - bottom] == 1:
        bottom += 1
    return top, bottom


def _is_prose(sample: bytes, dialect: Dialect, agreement: float) -> bool:
    delimiter = dialect.delimiter.encode()
    if delimiter == b"\t":
        return False
    followed = sample.count(delimiter + b" ")
    return (
        agreement < 1
        and followed >= sample.count(delimiter) * PROSE_SHARE
        or (followed == sample.count(delimiter))
    )


def _find_header(sample: bytes, records: Records, best: _Candidate) -> tuple[int, int]:
    """Index of the header and its width.

    The first record that can be a header is one. A title padded to full width
    ("Pipeline report,,,,") is passed over only when a fuller record of words follows.
    """
    looked_at = [
        (index, cells)
        for index in range(min(len(records), 3 * MAX_MARGIN_RECORDS))
        if records.widths[index]
        for cells in [record_cells(sample, records, index, best.dialect, best.width)]
        if cells is not None
    ]
    for place, (index, cells) in enumerate(looked_at[: MAX_MARGIN_RECORDS + 1]):
        following = [later for _, later in looked_at[place + 1 :]]
        width = _header_width(cells, best.width, following)
        if width is None:
            continue
        if 2 * _filled(cells) <= width and width > 1:
            fuller = _fuller_header(looked_at[place + 1 :], best.width, _filled(cells))
            if fuller is not None:
                return fuller, best.width
        return index, width
    return (looked_at[0][0] if looked_at else 0), best.width


def _header_width(cells: list[str], width: int, following: list[list[str]]) -> int | None:
    """Names in a record if it can be the header above rows of this width, else None."""
    names = len(cells)
    while names > width and not cells[names - 1].strip():
        names -= 1
    if names == width:
        return width
    if names > width:
        # Rows may leave out trailing blanks; a header of words is believed over them.
        is_header = _filled(cells) >= max(2, width // 2) and not looks_like_data(cells)
        return names if is_header else None
    # A header one name short is no title: better to find no row that fits than to lose it.
    surplus = [later[names:] for later in following if len(later) == width]
    is_short = bool(surplus) and not any(any(map(str.strip, each)) for each in surplus)
    is_row_next = bool(following) and looks_like_data(following[0])
    # Else it may be the header of a first table, with a wider one of the same names below.
    is_of_these = bool(following) and (
        len(following[0]) == width or any(set(cells) < set(later) for later in following)
    )
    is_one_short = names == width - 1 and is_row_next and is_of_these
    return names if names > 1 and (is_short or is_one_short) else None


def _fuller_header(looked_at: list[tuple[int, list[str]]], width: int, filled: int) -> int | None:
    for index, cells in looked_at[:MAX_MARGIN_RECORDS]:
        if len(cells) != width or _filled(cells) < max(2, 2 * filled):
            continue
        if not any(_NUMBER_OR_DATE.fullmatch(cell.strip()) for cell in cells):
            return index
        if _filled(cells) == width:
            return None
    return None


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def record_cells(
    data: bytes, records: Records, index: int, dialect: Dialect, width: int
) -> list[str] | None:
    """Cells of one record, repaired if its quotes are damaged; None when that cannot be done."""
    raw = data[int(records.starts[index]) : int(records.ends[index])]
    if records.widths[index] == AMBIGUOUS:
        return None
    if records.widths[index] < 0:
        return repair(raw.decode(), dialect, width)
    return split_record(raw, dialect)
