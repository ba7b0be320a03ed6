"""Words that turn a wish around: who says "we do NOT want a kiosk mode" does not ask for one."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from common_ground.analysis.similarity import stems

_TURNS_AROUND: Final = re.compile(
    r"\b(?:(?:do|does|did|should|must|can|will|would)(?: not|n[o'’]?t)\b|not (?:want|need)\w*"
    r"|instead of|rather than|without|no longer|never|stop \w+ing|get rid of)",
    re.IGNORECASE,
)
# After these stands what is not wanted, and before them, or after the next comma, what is.
_UNWANTED: Final = re.compile(
    r"\b(?:instead of|rather than|without)\s+(?P<unwanted>[^,.;:!?\n]+)", re.IGNORECASE
)


_KEPT_TEXTS: Final = 20_000  # an ask is matched with many things


@dataclass(frozen=True)
class _Turn:
    """Words that may turn a wish around; stems of what they turn away from, None for all of it."""

    words: str
    unwanted: frozenset[str] | None
    wanted: frozenset[str]


def turned_around_by(text: str, target: str | None = None) -> str | None:
    """The words that may turn a match around ("do not want", "instead of"), else None.

    Args:
        text: what was said.
        target: what it is matched with. "Tabs instead of windows" warns of a match with windows,
            not of one with tabs: where all words shared with the target are on the wanted side of
            "instead of", "rather than" or "without", these do not warn.
    """
    for turn in _turns(text):
        if turn.unwanted is None or target is None:
            return turn.words
        named = set(stems(target))
        if not named & set(stems(text)) or (named & turn.unwanted) - turn.wanted:
            return turn.words
    return None


@lru_cache(maxsize=_KEPT_TEXTS)
def _turns(text: str) -> tuple[_Turn, ...]:
    turns = []
    for found in _TURNS_AROUND.finditer(text):
        unwanted = _UNWANTED.match(text, found.start())
        if unwanted is None:
            turns.append(_Turn(found[0].lower(), None, frozenset()))
            continue
        wanted = text[: unwanted.start()] + " " + text[unwanted.end() :]
        turned_from = frozenset(stems(unwanted["unwanted"]))
        turns.append(_Turn(found[0].lower(), turned_from, frozenset(stems(wanted))))
    return tuple(turns)
