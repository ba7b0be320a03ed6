"""JSON piece by piece: the items of a long array one by one, and their rows gathered in batches.

An array of 100 MB parsed at once takes fifteen times that in memory; its cells as text take once.
"""

import codecs
import re
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from common_ground.child import Tell
from common_ground.errors import UnreadableExportError
from common_ground.exports.tables import Limits

WINDOW_BYTES = 1_000_000
ROWS_PER_BATCH = 20_000

_BLANK = re.compile(r"[ \t\n\r]*")

Decode = Callable[[str, int], tuple[Any, int]]


def begins_array(utf8: bytes) -> bool:
    """Whether the first character that is not blank opens an array."""
    return re.match(rb"\s*\[", utf8) is not None


def array_items(utf8: bytes, decode: Decode, file: str, limits: Limits) -> Iterator[Any]:
    """Items of the array that a text is.

    Args:
        utf8: the text; its first character that is not blank is "[".
        decode: `raw_decode` of a JSON decoder.
        file: name for messages.
        limits: of which an item may be as long as a line.

    Raises:
        UnreadableExportError: not JSON, nested too deep, or an item over the limit.
    """
    window = _Window(utf8)
    window.at = window.text.index("[") + 1
    place = 0
    while window.next_character() != "]" or place:
        place += 1
        yield _next_item(window, decode, file, place, limits)
        end = window.next_character()
        window.at += 1
        if end == "]":
            break
        if end != ",":
            raise _not_json(file, "a comma or the end of the array is missing", place)
    else:
        window.at += 1
    if window.next_character():
        raise _not_json(file, "there is more after the end of the array", place)


class _Window:
    """A part of a text; `at` is where reading goes on in it."""

    def __init__(self, utf8: bytes) -> None:
        self._utf8 = utf8
        self._taken = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.text = ""
        self.at = 0
        while "[" not in self.text and self.grow():
            pass

    def grow(self) -> bool:
        """Let go of what was read and take more in; False when there is no more."""
        if self._taken >= len(self._utf8):
            return False
        rest = self.text[self.at :]
        size = max(WINDOW_BYTES, len(rest))
        block = self._utf8[self._taken : self._taken + size]
        self._taken += len(block)
        self.text, self.at = rest + self._decoder.decode(block), 0
        return True

    def next_character(self) -> str:
        """The next character that is not blank, which `at` then points to; "" at the end."""
        while True:
            blank = _BLANK.match(self.text, self.at)
            self.at = blank.end() if blank else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.grow():
                return ""


def _next_item(window: _Window, decode: Decode, file: str, place: int, limits: Limits) -> Any:  # noqa: ANN401 - JSON is any of six types
    window.next_character()
    while True:
        try:
            item, end = decode(window.text, window.at)
        except RecursionError as error:
            raise _not_json(file, "nested too deep", place) from error
        except ValueError as error:
            is_long = len(window.text) - window.at > limits.max_line_bytes
            if is_long or not window.grow():
                reason = str(error).split(":")[0]
                raise _not_json(file, reason, place) from error
            continue
        # A number at the edge may go on behind it.
        if end < len(window.text) or not window.grow():
            window.at = min(end, len(window.text))
            return item


def _not_json(file: str, reason: str, place: int) -> UnreadableExportError:
    return UnreadableExportError(
        f"{file}: not valid JSON ({reason}, in item {place:,} of the array). The file may be cut "
        "off: export it again."
    )


class Rows:
    """Gathers flat objects, each with its number, into a table of text."""

    def __init__(self, file: str, limits: Limits, tell: Tell) -> None:
        self._file = file
        self._limits = limits
        self._tell = tell
        self._pending: list[dict[str, str | None]] = []
        self._header: dict[str, object] = {}
        self._batches: list[pa.Table] = []
        self._numbers = array("q")

    def add(self, row: dict[str, str | None], number: int) -> None:
        """Take one more object in.

        Raises:
            UnreadableExportError: more objects or more different keys than the limits.
        """
        self._pending.append(row)
        self._numbers.append(number)
        if len(self._pending) >= ROWS_PER_BATCH or len(row) > self._limits.max_columns:
            self._put_away()
        if len(self._numbers) > self._limits.max_objects:
            raise UnreadableExportError(
                f"{self._file}: more than {self._limits.max_objects:,} objects. Export a shorter "
                "period, or as CSV."
            )

    def numbers(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Number of each row."""
        return np.array(self._numbers, dtype=np.int64)

    def table(self) -> pa.Table:
        """All rows, columns in the order in which their names came; a missing cell is null."""
        self._put_away()
        if not self._batches:
            return pa.table({})
        return pa.concat_tables(self._batches, promote_options="default")

    def _put_away(self) -> None:
        for row in self._pending:
            self._header.update(row)
        if len(self._header) > self._limits.max_columns:
            raise UnreadableExportError(
                f"{self._file}: the objects have {len(self._header):,} different keys, more than "
                f"the limit of {self._limits.max_columns:,}. Export fewer properties."
            )
        if self._pending:
            names = list(self._header)
            columns = [
                pa.array([row.get(name) for row in self._pending], pa.string()) for name in names
            ]
            self._batches.append(pa.Table.from_arrays(columns, names=names))
            self._header = dict.fromkeys(names)
            self._pending.clear()
            self._tell(f"Reading, {len(self._numbers):,} objects so far", 0.5)
