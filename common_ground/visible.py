"""Characters that nobody can see, or that turn round what one sees, as text that can be read.

A name may hold a right-to-left override (U+202E), which makes a browser or a spreadsheet show
"exe.fdp" for "pdf.exe", or a zero-width space, which makes two names look alike. Where a text is
put on a page or into a file for people, such a character is written out: ‹U+202E›. The data keep
it as it was.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

import pandas as pd

# Controls but tab and line ends, format characters, line and paragraph separators, lone
# surrogates, and fillers that take the place of a letter.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_JOINERS: Final = "\u200c\u200d"  # part of emoji and of words in some scripts
_LATIN_ENDS: Final = "\u024f"


def visible(text: str) -> str:
    """The text with every unseen character written out as ‹U+202E›.

    A joiner between two characters of another script, or inside an emoji, belongs to them and
    stays.
    """
    return _UNSEEN.sub(_written_out, text) if _UNSEEN.search(text) else text


def visible_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose texts and headers have every unseen character written out."""
    texts = frame.select_dtypes(include=["object", "string"]).columns
    shown = frame.assign(**{name: frame[name].map(_visible_cell) for name in texts})
    return shown.rename(columns={name: _visible_cell(name) for name in frame.columns})


def _visible_cell(value: Any) -> Any:  # noqa: ANN401 - a cell's value is of any type
    return visible(value) if isinstance(value, str) else value


def _written_out(found: re.Match[str]) -> str:
    character, text, place = found[0], found.string, found.start()
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    if character in _JOINERS and len(around) == 2 and all(_joins(letter) for letter in around):
        return character
    return f"‹U+{ord(character):04X}›"


@lru_cache(maxsize=1024)
def _joins(character: str) -> bool:
    """Whether a joiner beside the character can mean something."""
    return character > _LATIN_ENDS and unicodedata.category(character)[0] in "LMS"
