"""Words that turn a wish around: who says "we do NOT want a kiosk mode" does not ask for one."""

import re
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


def turned_around_by(text: str, target: str | None = None) -> str | None:
    """The words that may turn a match around ("do not want", "instead of"), else None.

    Args:
        text: what was said.
        target: what it is matched with. "Tabs instead of windows" warns of a match with windows,
            not of one with tabs: where all words shared with the target are on the wanted side of
            "instead of", "rather than" or "without", these do not warn.
    """
    for found in _TURNS_AROUND.finditer(text):
        unwanted = _UNWANTED.match(text, found.start())
        if unwanted is None or target is None:
            return found[0].lower()
        wanted = text[: unwanted.start()] + " " + text[unwanted.end() :]
        named = set(stems(target))
        shared = named & set(stems(text))
        if not shared or (named & set(stems(unwanted["unwanted"]))) - set(stems(wanted)):
            return found[0].lower()
    return None
