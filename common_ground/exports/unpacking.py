"""Bytes of a file or archive member, held to their limits before anything is kept.

A gz of a few megabytes may unpack to gigabytes, and a file without line ends is one line: both are
noticed while the bytes go by, not when they fill the memory.
"""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from common_ground.child import Tell
from common_ground.errors import UnreadableExportError
from common_ground.exports.tables import MEGABYTE, Limits

BLOCK_BYTES = 4 * MEGABYTE
# Kept at once while unpacking; what is larger is looked at first and then unpacked again.
KEPT_AT_ONCE_BYTES = 150 * MEGABYTE
# Such files have no lines to hold to a limit: other archives and Parquet.
_WITHOUT_LINES = (b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"PAR1")

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


def read_file(path: Path, file: str, limits: Limits) -> bytes:
    """Everything of a file; a large one only once its lines are known to be within their limit.

    Raises:
        UnreadableExportError: a line longer than the limit.
    """
    lines = _Lines(file, limits.max_line_bytes)
    if path.stat().st_size <= KEPT_AT_ONCE_BYTES:
        data = path.read_bytes()
        for start in range(0, len(data), lines.block_bytes):
            lines.pass_by(data, start, min(start + lines.block_bytes, len(data)))
        return data
    with path.open("rb") as stream:
        while block := stream.read(lines.block_bytes):
            lines.pass_by(block, 0, len(block))
    return path.read_bytes()


def unpack(open_: Opener, file: str, limits: Limits, limit: int, tell: Tell) -> bytes:
    """Everything of a packed stream, in two passes where it is long.

    Args:
        open_: opens the stream at its start.
        file: name for messages.
        limits: longest line.
        limit: most bytes of the whole.
        tell: told what is being done.

    Raises:
        UnreadableExportError: longer than the limit, or a line longer than that of lines.
    """
    kept: io.BytesIO | None = io.BytesIO()
    size = 0
    lines = _Lines(file, limits.max_line_bytes)
    with open_() as stream:
        while block := stream.read(lines.block_bytes):
            size += len(block)
            if size > limit:
                raise UnreadableExportError(
                    f"{file}: unpacks to more than the limit of {limit / MEGABYTE:,.0f} MB. Export "
                    "a shorter period, or use the build command with --max-megabytes."
                )
            lines.pass_by(block, 0, len(block))
            tell(f"Unpacking, {size / MEGABYTE:,.0f} MB so far", 0.05)
            if kept is not None and size > KEPT_AT_ONCE_BYTES:
                kept = None
            if kept is not None:
                kept.write(block)
    if kept is not None:
        return kept.getvalue()
    whole = io.BytesIO()
    with open_() as stream:
        while block := stream.read(BLOCK_BYTES):
            whole.write(block)
    return whole.getvalue()


class _Lines:
    """Watches for a line over the limit; where it begins is counted in bytes, which is quick."""

    def __init__(self, file: str, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._length = 0
        self._passed = 0
        self._has_lines: bool | None = None
        self._ends: tuple[bytes, ...] = (b"\n", b"\r")
        # A line over the limit covers at least one whole block.
        self.block_bytes = max(1, min(BLOCK_BYTES, limit // 2))

    def pass_by(self, data: bytes, start: int, stop: int) -> None:
        """Look at the next bytes, those of `data` from start to stop.

        Raises:
            UnreadableExportError: a line is longer than the limit.
        """
        if self._has_lines is None:
            self._has_lines = not data.startswith(_WITHOUT_LINES)
            if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{")):
                # JSON may be one line, but no text or number in it is as long as that.
                self._ends = (*self._ends, b",", b'"')
        if not self._has_lines:
            return
        end = next((end for end in self._ends if data.find(end, start, stop) >= 0), b"\n")
        first, last = data.find(end, start, stop), data.rfind(end, start, stop)
        longest = self._length + (stop if first < 0 else first) - start
        if longest > self._limit:
            raise UnreadableExportError(
                f"{self._file}: the line that begins at byte {self._passed - self._length + 1:,} "
                f"is longer than the limit of {self._limit:,} bytes. This is probably not a table "
                "with one row a line; export it as CSV again."
            )
        self._length = longest if last < 0 else stop - last - 1
        self._passed += stop - start
