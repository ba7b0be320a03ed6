"""The words two texts have in common, and the part of a note that says it."""

import re
from collections.abc import Iterator
from typing import Final

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from common_ground.analysis import verdict_texts

STEM_CHARACTERS: Final = 6  # "invoice", "invoices" and "invoicing" are one word to a reader
_WORD: Final = re.compile(r"[^\W_]+")


def stem(word: str) -> str:
    """A word as it is compared: without case, a plural s, and its end where it is long."""
    lower = word.casefold()
    return (lower[:-1] if len(lower) > 3 and lower.endswith("s") else lower)[:STEM_CHARACTERS]


def shared(one: str, other: str) -> frozenset[str]:
    """Stems that both texts hold, English stop words and single letters left out."""
    return frozenset(_stems(one)) & frozenset(_stems(other))


def pieces(text: str, stems: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, in order: (piece, whether it is one of the shared words)."""
    end = 0
    for found in _WORD.finditer(text):
        if _counts(found[0]) and stem(found[0]) in stems:
            if found.start() > end:
                yield text[end : found.start()], False
            yield found[0], True
            end = found.end()
    if end < len(text):
        yield text[end:], False


def best_part(note: str, other: str) -> str | None:
    """The part of a note of several that shares most words with the other text, else None."""
    parts = verdict_texts.parts_of(note)
    counts = [len(shared(part, other)) for part in parts]
    if len(parts) < 2 or not any(counts):
        return None
    return parts[counts.index(max(counts))]


def _stems(text: str) -> list[str]:
    return [stem(found[0]) for found in _WORD.finditer(text) if _counts(found[0])]


def _counts(word: str) -> bool:
    return len(word) > 1 and word.casefold() not in ENGLISH_STOP_WORDS
