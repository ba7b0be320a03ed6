"""Line ends: a text of newlines, carriage returns or both becomes one whose lines end in newlines.

A carriage return with a newline after it is left alone. One that stands by itself is a line end in
a file that two programs wrote, and a character of a cell in another: the rows decide.
"""

import numpy as np
import numpy.typing as npt

from common_ground.exports.records import NEWLINE, RETURN, index_well_formed
from common_ground.exports.separators import SAMPLE_BYTES, find_layout, records_of

_QUOTE = ord('"')


def with_newlines(data: bytes) -> bytes:
    """The text with newlines for lone carriage returns, where those end lines.

    They do where no fewer rows then have the width of the table. Those inside quotes stay.
    """
    if b"\r" not in data:
        return data
    returns = data.count(b"\r")
    if b"\n" not in data:
        return data.replace(b"\r", b"\n")
    if data.count(b"\r\n") == returns:
        return data
    ended = _lone_returns_replaced(data)
    return ended if _fitting_rows(ended) >= _fitting_rows(data) else data


def _lone_returns_replaced(data: bytes) -> bytes:
    values = np.frombuffer(data, dtype=np.uint8)
    returns = np.flatnonzero(values == RETURN)
    following = values[np.minimum(returns + 1, len(values) - 1)]
    lone = returns[following != NEWLINE]
    quotes = np.flatnonzero(values == _QUOTE)
    changed: npt.NDArray[np.uint8] = values.copy()
    changed[lone[np.searchsorted(quotes, lone) % 2 == 0]] = NEWLINE
    return changed.tobytes()


def _fitting_rows(data: bytes) -> int:
    """Rows as wide as the header, less those of another width."""
    layout = find_layout(data)
    records = index_well_formed(data, layout.dialect)
    if records is None:
        records = records_of(data[:SAMPLE_BYTES], layout.dialect, layout.width)
    fitting = int((records.widths == layout.width).sum())
    return 2 * fitting - int((records.widths != 0).sum())
