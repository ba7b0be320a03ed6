"""The several wishes in one note, each with its place in the text; the note itself stays as it is.

English sentences and connectives only: a note in another language stays whole.
"""

import re
from dataclasses import dataclass
from typing import Final

from common_ground.analysis.similarity import stems

FEWEST_STEMS: Final = 2  # a part with fewer says nothing to match

# A sentence's end, a new line, a list mark, or a connective that begins another wish.
_BREAK: Final = re.compile(
    r"(?<=[.!?;])\s+|\s*\n+\s*(?:[-*•]\s+|\d+[.)]\s+)?|\s*;\s*"
    r"|,?\s+(?=(?:and|plus|but)\s+(?:also\s+)?(?:they|we|he|she|it|would|needs?|wants?|asks?|asked)\b)"
    r"|,?\s+(?=(?:and also|as well as)\b)"
    r"|,\s+(?=(?:also|plus|on top of that|besides|secondly|thirdly)\b)",
    re.IGNORECASE,
)
_WISH: Final = re.compile(
    r"\b(?:needs?|needed|wants?|wanted|wish(?:es)?|would (?:like|love|help|be (?:nice|great))"
    r"|require[sd]?|must|should|ask(?:s|ed|ing)? (?:for|if|whether|about)|looking for|missing"
    r"|lacks?|support for|allow|able to|please|can(?:no|'|’)?t|can (?:we|they|you|it)|could"
    r"|there is no|no way to|hop(?:es|ing) (?:for|to)|also|plus|as well as|secondly|thirdly"
    r"|add(?:ing)?)\b",
    re.IGNORECASE,
)
_DEAL_TALK: Final = re.compile(
    r"\b(?:call(?:ed|ing)? (?:me |us |them |him |her )?(?:back|again)|follow(?:ed|ing)?[- ]up"
    r"|next (?:call|meeting|step|week|month)|(?:send|sent) (?:the |a |an |over )*"
    r"(?:quote|contract|proposal|deck|paper\w*|nda|order form)|legal review|procurement"
    r"|sign(?:s|ed|ing)? (?:by|before|off|the (?:contract|order))|close[sd]? (?:by|this|in)"
    r"|discount|pricing|budget|good (?:call|meeting)|champion|decision maker|voicemail)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Part:
    """A wish within a note: its words and where they are.

    Attributes:
        text: equal to note[start:end].
        start: offset of the first character.
        end: offset after the last character.
    """

    text: str
    start: int
    end: int


def parts(note: str) -> list[Part]:
    """The wishes of a note that holds several, in order; none where it holds one or nothing.

    A sentence about the deal ("call back Tuesday") is no wish, nor is one without a word that
    asks for something; such sentences belong to no part.
    """
    found = [part for part in _pieces(note) if _is_wish(part.text)]
    return found if len(found) > 1 else []


def _pieces(note: str) -> list[Part]:
    ends = [*((mark.start(), mark.end()) for mark in _BREAK.finditer(note)), (len(note),) * 2]
    pieces, start = [], 0
    for end, following in ends:
        text = note[start:end]
        lead = len(text) - len(text.lstrip())
        stripped = text.strip()
        if stripped:
            pieces.append(Part(stripped, start + lead, start + lead + len(stripped)))
        start = following
    return pieces


def _is_wish(text: str) -> bool:
    if _DEAL_TALK.search(text) or not _WISH.search(text):
        return False
    return len(set(stems(text))) >= FEWEST_STEMS
