"""Bytes of a file or archive member, held to their limits before anything is kept.

A gz of a few megabytes may unpack to gigabytes, and a file without line ends is one line: both are
noticed while the bytes go by, not when they fill the memory.
"""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO

from common_ground.child import Tell
from common_ground.errors import UnreadableExportError
from common_ground.exports.tables import MEGABYTE, Limits

BLOCK_BYTES = 4 * MEGABYTE
# Kept at once while unpacking; what is larger is looked at first and then unpacked again.
KEPT_AT_ONCE_BYTES = 150 * MEGABYTE
# Such files have no lines to hold to a limit: other archives, Parquet, and JSON as one document.
_WITHOUT_LINES = (b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"PAR1")

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


def read_within(open_: Opener, file: str, limits: Limits, limit: int, tell: Tell) -> bytes:
    """Everything of a stream, in two passes where it is long.

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
    # A line over the limit then covers at least one whole block.
    block_bytes = max(1, min(BLOCK_BYTES, limits.max_line_bytes // 2))
    with open_() as stream:
        while block := stream.read(block_bytes):
            size += len(block)
            if size > limit:
                raise UnreadableExportError(
                    f"{file}: unpacks to more than the limit of {limit / MEGABYTE:,.0f} MB. Export "
                    "a shorter period, or use the build command with --max-megabytes."
                )
            lines.pass_by(block)
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
    """Watches for a line over the limit."""

    def __init__(self, file: str, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._line = 1
        self._length = 0
        self._is_first = True
        self._has_lines = True

    def pass_by(self, block: bytes) -> None:
        if self._is_first:
            self._is_first = False
            is_document = block[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{"))
            self._has_lines = not block.startswith(_WITHOUT_LINES) and not is_document
        if not self._has_lines:
            return
        end = b"\n" if b"\n" in block else b"\r"
        first, last = block.find(end), block.rfind(end)
        longest = self._length + (len(block) if first < 0 else first)
        if longest > self._limit:
            raise UnreadableExportError(
                f"{self._file}: line {self._line:,} is longer than the limit of "
                f"{self._limit:,} bytes. This is probably not a table with one row a "
                "line; export it as CSV again."
            )
        self._length = longest if last < 0 else len(block) - last - 1
        self._line += block.count(end)
