"""Bytes of a text file -> UTF-8 bytes and the name of the encoding they were in."""

import codecs
import re
from dataclasses import dataclass, replace

from charset_normalizer import from_bytes

from common_ground.errors import UnreadableExportError
from common_ground.exports import western

# Enough for a detector to decide, little enough not to be felt.
SAMPLE_BYTES = 200_000
CHECK_BLOCK_BYTES = 8_000_000
# In western European text fewer letters than this carry an accent; other scripts are far above.
WESTERN_ACCENT_SHARE = 0.25
# charset-normalizer's own measure (0..1) of how well the letters fit a language.
SURE_COHERENCE = 0.5
# From fewer words than this its guess is luck.
SURE_WORDS = 10
# Zero bytes a text may hold by accident: so many, or this share of it.
MAX_ZERO_BYTES, MAX_ZERO_SHARE = 2, 0.01
NAMED_ZERO_BYTES = 5
# In UTF-16 of any script at least so many characters are digits, marks, blanks or line ends.
MIN_HIGH_ZEROS = 0.05

# The longest mark first: UTF-32 begins with the bytes of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A program that does not know UTF-16 may put one of these single bytes behind it.
_STRAY_ENDS = (b"\n", b"\r", b"\0", b" ", b"\x1a")
_MARK = codecs.BOM_UTF8
# Western files in one of these read the same in cp1252, which is what tools on Windows write.
_READ_AS_CP1252 = {"ascii", "latin_1", "iso8859_15", "cp1252", "mac_roman"}


@dataclass(frozen=True)
class Text:
    """A text file's characters.

    Attributes:
        utf8: the characters as UTF-8, without a byte-order mark.
        encoding: what the file was in, as shown to the user.
        guessed: True when nothing in the file proves the encoding.
        fit: how the two western encodings read, where a person has to choose.
        zero_bytes: zero bytes that were taken out.
        zero_lines: lines of the first of them.
    """

    utf8: bytes
    encoding: str
    guessed: bool = False
    fit: western.Fit | None = None
    zero_bytes: int = 0
    zero_lines: tuple[int, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """Sentences on letters that were guessed and bytes that were taken out."""
        told = []
        if self.guessed:
            told.append(
                f"Nothing in the file says how its letters are encoded; read as {self.encoding}. "
                "Look at names with accents."
            )
        if self.zero_bytes:
            count = "1 zero byte" if self.zero_bytes == 1 else f"{self.zero_bytes:,} zero bytes"
            lines = ", ".join(f"{line:,}" for line in self.zero_lines)
            told.append(
                f"{count} in the text taken out (first on line {lines}); the program that wrote "
                "the file may have stumbled there."
            )
        return told


def to_utf8(data: bytes, file: str, encoding: str | None = None) -> Text:
    """Characters of a file: byte-order mark, else strict UTF-8, else UTF-16, else a detector.

    Args:
        data: the file's bytes.
        file: its name, for messages.
        encoding: what a person says it is in; None to find out.

    Raises:
        UnreadableExportError: not text in any encoding tried, or damaged in the one it declares.
    """
    if encoding is not None:
        text = Text(_decoded(data, encoding, file), encoding)
    else:
        text = _with_mark(data, file) or _without_mark(data, file)
    # Looking for one byte is ten times as fast as looking for three.
    if _MARK[:1] in text.utf8 and _MARK in text.utf8:
        # Exports put one after the other bring a mark each.
        plain = text.utf8.replace(b"\n" + _MARK, b"\n")
        text = replace(text, utf8=re.sub(rb"\A(?:%b)+" % _MARK, b"", plain))
    return _without_zero_bytes(text, file) if b"\0" in text.utf8 else text


def _decoded(data: bytes, encoding: str, file: str) -> bytes:
    """UTF-8 of bytes in the encoding a person named."""
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode("utf-8")
    except LookupError as error:
        raise UnreadableExportError(
            f"{file}: there is no encoding '{encoding}'. Say utf-8, cp1252, mac_roman, utf-16 or "
            "another name Python knows."
        ) from error
    except UnicodeError as error:
        raise UnreadableExportError(
            f"{file}: is not text in {encoding} ({error}). Say another encoding, or none."
        ) from error


def _with_mark(data: bytes, file: str) -> Text | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Text(_recode(data[len(mark) :], name, file), f"{name} (with byte-order mark)")
    return None


def _without_mark(data: bytes, file: str) -> Text:
    utf16 = _utf16_order(data)
    if utf16:
        return Text(_recode(data, utf16, file), utf16)
    if _is_utf8(data):
        return Text(data, "utf-8")
    return _detected(data, file)


def _without_zero_bytes(text: Text, file: str) -> Text:
    """A few zero bytes in a text are dirt; many mean that it is no text."""
    count = text.utf8.count(b"\0")
    if count > max(MAX_ZERO_BYTES, len(text.utf8) * MAX_ZERO_SHARE):
        raise UnreadableExportError(
            f"{file}: this is not a text file (it holds {count:,} zero bytes). Export the table as "
            "CSV, XLSX, JSON or Parquet and try again."
        )
    lines, place = [], -1
    for _ in range(min(count, NAMED_ZERO_BYTES)):
        place = text.utf8.find(b"\0", place + 1)
        lines.append(text.utf8.count(b"\n", 0, place) + 1)
    return replace(
        text,
        utf8=text.utf8.replace(b"\0", b""),
        zero_bytes=count,
        zero_lines=tuple(dict.fromkeys(lines)),
    )


def _recode(data: bytes, name: str, file: str) -> bytes:
    if name == "utf-8" and _is_utf8(data):
        return data
    if name.startswith("utf-16") and len(data) % 2 and data[-1:] in _STRAY_ENDS:
        data = data[:-1]
    try:
        return data.decode(name).encode("utf-8")
    except UnicodeError as error:
        raise UnreadableExportError(
            f"{file}: begins like {name} text but is damaged ({error}). Export it again, "
            "or save it as UTF-8."
        ) from error


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), CHECK_BLOCK_BYTES):
            decoder.decode(view[start : start + CHECK_BLOCK_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_order(data: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes at every other place, for digits, marks and line ends."""
    sample = data[: min(len(data), SAMPLE_BYTES) // 2 * 2]
    if len(sample) < 4:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    for name, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high > half * MIN_HIGH_ZEROS and high > 4 * low and _is_text_in(sample, name):
            return name
    return None


def _is_text_in(sample: bytes, name: str) -> bool:
    try:
        # The sample may end inside a character
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return False
    return not any(character < " " and character not in "\t\r\n\f\v" for character in text)


def _detected(data: bytes, file: str) -> Text:
    sample = _hard_sample(data).replace(b"\0", b"")
    fit = western.fit(sample)
    likely = fit.better if fit else _likely_encoding(sample)
    asked = fit if fit and fit.is_open else None
    for candidate in (likely, "cp1252", "latin_1"):
        try:
            decoded = data.decode(candidate)
        except UnicodeError:
            continue
        _refuse_noise(decoded, file)
        return Text(decoded.encode("utf-8"), candidate.replace("_", "-"), guessed=True, fit=asked)
    raise UnreadableExportError(f"{file}: not text in any known encoding. Save it as UTF-8.")


def _likely_encoding(sample: bytes) -> str:
    """cp1252 unless the detector has a real case for another script or region."""
    high = sum(1 for byte in sample if byte >= 0x80)
    letters = high + sum(1 for byte in sample if 0x41 <= byte <= 0x7A)
    is_western_share = high < letters * WESTERN_ACCENT_SHARE
    best = from_bytes(sample).best()
    if best is None or best.encoding in _READ_AS_CP1252 or best.encoding.startswith("utf"):
        return "cp1252"
    is_sure = best.coherence >= SURE_COHERENCE and len(western.words_of(sample)) >= SURE_WORDS
    if is_western_share and not is_sure:
        return "cp1252"
    return str(best.encoding)


def _hard_sample(data: bytes) -> bytes:
    """The bytes around the first one that is not ASCII: the start alone may say nothing."""
    if len(data) <= SAMPLE_BYTES:
        return data
    head = data[:SAMPLE_BYTES]
    if not head.isascii():
        return head
    first = next(
        place
        for place in range(0, len(data), CHECK_BLOCK_BYTES)
        if not data[place : place + CHECK_BLOCK_BYTES].isascii()
    )
    block = data[first : first + CHECK_BLOCK_BYTES]
    try:
        block.decode("ascii")
    except UnicodeDecodeError as error:
        first += error.start
    return data[max(0, first - SAMPLE_BYTES // 2) : first + SAMPLE_BYTES // 2]


def _refuse_noise(text: str, file: str) -> None:
    """Control characters in bulk mean bytes that only happen to decode."""
    sample = text[:SAMPLE_BYTES]
    controls = sum(1 for character in sample if character < " " and character not in "\t\r\n\f\v")
    if controls > max(2, len(sample) * 0.01):
        raise UnreadableExportError(
            f"{file}: this does not look like text (control characters in it). "
            "Export the table as CSV, XLSX, JSON or Parquet and try again."
        )
