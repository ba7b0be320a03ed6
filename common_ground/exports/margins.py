"""Lines of a report that are no rows: titles above the header, totals and notes below the data."""

import re

from common_ground.exports.records import Records

# Reports end in a handful of such lines; a longer tail of odd lines is damage, not a footer.
MAX_FOOTER_RECORDS = 40

_NOTE = re.compile(
    r"(grand |sub)?totals?\s*(\(|:)|confidential\b|copyright\b|©|\(c\) \d{4}"
    r"|(report )?(generated|exported|downloaded|created|run) (by|on|at|from)\b"
    r"|report (generated|exported|downloaded|created|run)\b|end of (report|file|export|data)\b"
    r"|\d[\d,. ]* (records?|rows?)\b|filtered by\b|(data )?source:|all rights reserved",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(grand |sub|sub-)?(totals?|sum)\s*(\(\s*\d[\d,. ]* (records?|rows?)\s*\))?\s*:?",
    re.IGNORECASE,
)


def is_total(cells: list[str], width: int) -> bool:
    """True for a row that says "Total" in its first filled cell and leaves most others blank."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if width < 3 or not filled or len(filled) >= width:
        return False
    return len(filled) <= max(2, width // 2) and bool(_TOTAL.fullmatch(filled[0]))


def find_footer(records: Records, cells_of: dict[int, list[str]], header: int, width: int) -> int:
    """Index of the first record of the footer, or the number of records when there is none.

    A footer is a tail of odd records in which at least one says so ("Grand Totals (50 records)",
    "Copyright ..."), together with what follows it. Single cells before that one belong to it only
    when a blank line sets them apart from the data; else they may be a damaged row.

    Args:
        records: of the whole file.
        cells_of: cells of the last records, by index, as far back as a footer may reach.
        header: index of the header.
        width: cells of a row.
    """
    count = len(records)
    if width == 1:
        return count
    first, index, says_so = count, count - 1, False
    while index > header and (records.widths[index] == 0 or index in cells_of):
        if records.widths[index] == 0:
            if says_so:
                first = min(first, _next_filled(records, index))
            index -= 1
            continue
        cells = cells_of[index]
        full = len(cells) >= width
        if is_total(cells, width) or (not full and _is_note(cells)):
            says_so, first = True, index
        elif full or (says_so and len([c for c in cells if c.strip()]) > 1):
            break
        index -= 1
    return first


def _next_filled(records: Records, index: int) -> int:
    while index < len(records) and records.widths[index] == 0:
        index += 1
    return index


def _is_note(cells: list[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and bool(_NOTE.match(filled[0]) or _TOTAL.fullmatch(filled[0]))
