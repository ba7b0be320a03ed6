"""What of a text is compared: its title and body as word stems and character groups.

No download, no randomness: the same texts give the same counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

BODY_CHARACTERS: Final = 2_000  # beyond, a body adds cost and log output, not meaning
TITLE_CHARACTERS: Final = 120  # what stands for a title that was never given
SHORTEST_STEM: Final = 3  # letters

_WORD: Final = re.compile(r"\b\w\w+\b")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLURALS: Final = (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("us", "us"), ("s", ""))
_ENDINGS: Final = (
    ("ations", "ate"),
    ("ation", "ate"),
    ("ition", ""),
    ("ingly", ""),
    ("edly", ""),
    ("ing", ""),
    ("ed", ""),
    ("er", ""),
    ("or", ""),
    ("ment", ""),
    ("able", ""),
    ("ible", ""),
    ("ly", ""),
    ("al", ""),
    ("ion", ""),
    ("ive", ""),
)


@dataclass(frozen=True)
class Texts:
    """Titles and bodies, one each; a blank title is read from the start of its body."""

    titles: Sequence[str]
    bodies: Sequence[str]

    def __len__(self) -> int:
        return len(self.titles)

    def part(self, rows: slice) -> "Texts":
        """Some of the texts."""
        return Texts(self.titles[rows], self.bodies[rows])

    def heads(self) -> list[str]:
        """Titles, or what stands for one."""
        return [
            title.strip() or body.strip()[:TITLE_CHARACTERS]
            for title, body in zip(self.titles, self.bodies, strict=True)
        ]

    def said(self) -> list[str]:
        """Bodies, up to `BODY_CHARACTERS`."""
        return [body[:BODY_CHARACTERS] for body in self.bodies]


def stems(text: str) -> list[str]:
    """The words of a text in lower case without English stop words and endings, in order.

    Endings are cut by a short list, not by a dictionary: "imported" and "importing" become one,
    and so may two words that are not. Words of other languages are mostly left as they are.
    """
    words = _WORD.findall(_CAMEL.sub(" ", text).lower())
    return [_stem(word) for word in words if word not in ENGLISH_STOP_WORDS]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    word = _without_ending(word, _PLURALS, SHORTEST_STEM - 1)
    cut = _without_ending(word, _ENDINGS, SHORTEST_STEM)
    if cut != word and len(cut) > SHORTEST_STEM and cut[-1] == cut[-2] and cut[-1] not in "lsz":
        cut = cut[:-1]
    return cut[:-1] if cut.endswith("e") and len(cut) > SHORTEST_STEM else cut


def _without_ending(word: str, endings: Sequence[tuple[str, str]], shortest: int) -> str:
    for ending, instead in endings:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: len(word) - len(ending)] + instead
    return word
