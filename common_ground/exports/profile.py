"""What the cells of each column look like in rows that are beyond doubt.

A row with a cell too many or too few can be read only if it is clear where the surplus or the gap
is. Its cells are held against this profile; a number under a column of words means a shifted row.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Fewer sound rows than this say nothing about a column.
MIN_PROFILE_ROWS = 5
_VALUE = re.compile(r"\s*[$€£+-]*\d[\d.,:/%\sTZ+-]*")


@dataclass(frozen=True)
class _Column:
    """Share of a column's sound cells that are blank, and of the filled ones that are values."""

    has_blanks: bool
    has_filled: bool
    has_values: bool
    has_words: bool

    def fits(self, cell: str) -> bool:
        if not cell.strip():
            return self.has_blanks
        if not self.has_filled:
            return False
        return self.has_values if _VALUE.fullmatch(cell) else self.has_words


@dataclass(frozen=True)
class Profile:
    """Columns as sound rows show them."""

    rows: int
    columns: tuple[_Column, ...]

    def fits(self, cells: list[str], checked: int | None = None) -> bool:
        """True when the first cells (all by default) look like those of the sound rows."""
        if self.rows < MIN_PROFILE_ROWS:
            return all(cell.strip() for cell in cells[:checked])
        pairs = zip(self.columns, cells[:checked], strict=False)
        return all(column.fits(cell) for column, cell in pairs)


def profile_of(rows: Iterable[list[str]], width: int) -> Profile:
    """Profile of sound rows, each of `width` cells."""
    sound = list(rows)
    return Profile(len(sound), tuple(_column([row[i] for row in sound]) for i in range(width)))


def _column(cells: list[str]) -> _Column:
    filled = [cell for cell in cells if cell.strip()]
    values = sum(1 for cell in filled if _VALUE.fullmatch(cell))
    return _Column(len(filled) < len(cells), bool(filled), values > 0, values < len(filled))
