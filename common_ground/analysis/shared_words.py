"""The words two texts have in common, as the ranker compares them, to be marked in both."""

import re
from collections.abc import Iterator
from typing import Final

from common_ground.analysis.similarity import stems

_WORD: Final = re.compile(r"[^\W_]+")


def shared(one: str, other: str) -> frozenset[str]:
    """Stems that both texts hold, English stop words and single letters left out."""
    return frozenset(stems(one)) & frozenset(stems(other))


def pieces(text: str, common: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, in order: (piece, whether it is one of the shared words)."""
    end = 0
    for found in _WORD.finditer(text):
        if common.intersection(stems(found[0])):
            if found.start() > end:
                yield text[end : found.start()], False
            yield found[0], True
            end = found.end()
    if end < len(text):
        yield text[end:], False
