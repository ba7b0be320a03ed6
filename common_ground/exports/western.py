"""Windows or Mac: which of the two western encodings a text without any other sign is in.

Each byte above 127 is a character in both, but mostly only one of them makes sense in its word:
"Müller" of a Mac reads "MŸller" on Windows, "Müller" of Windows reads "M¸ller" on a Mac.
"""

import re
from dataclasses import dataclass

from common_ground.exports.questions import Choice, Question

WINDOWS, MAC = "cp1252", "mac_roman"
LABELS = {WINDOWS: "Windows (cp1252)", MAC: "Mac (Mac Roman)"}
# With more strange words than this share, a text is in neither of the two.
MAX_STRANGE = 0.2
# One encoding is taken where it has at most this share of the strange words the other has.
CLEARLY_LESS = 0.5
# Words of other scripts are made of such letters alone; a single one may stand alone here too.
MAX_HIGH_SHARE, FEW_LETTERS = 0.7, 3
# Enough words to judge by.
MAX_WORDS = 2_000
SHOWN_WORDS = 3

_WORD = re.compile(rb'[^\x00-\x20,;|"]*[\x80-\xff][^\x00-\x20,;|"]*')
# Letters that stand alone in some western language.
_LONE_LETTERS = set("àâèéêìòóôöøåæùûÀÈÉÓÖØÅÆÁÍÚ")
# Letters of the two code pages that hardly a word has, and marks no word has.
_STRANGE_LETTERS = set("ŸÿıƒΩπµﬁﬂ")
_CONTRACTIONS = re.compile(r"(s|t|re|ve|ll|d|m)\b")
_ELISIONS = re.compile(r"\b(o|d|l|n|s|c|j|m|t|qu|jusqu|lorsqu|un|all|dell|nell|sull|dall)\Z", re.I)
_OPENING, _CLOSING = "‘“„‚‹«¿¡", "”›»"


@dataclass(frozen=True)
class Fit:
    """Which of the two a text is in.

    Attributes:
        better: the encoding with fewer strange words; Windows where they tie.
        is_open: whether a person has to say, as neither has clearly fewer.
        windows_words: the first words that differ, as Windows.
        mac_words: the same words as Mac.
    """

    better: str
    is_open: bool
    windows_words: tuple[str, ...]
    mac_words: tuple[str, ...]


def words_of(sample: bytes) -> list[bytes]:
    """Different words with a byte above 127."""
    return list(dict.fromkeys(_WORD.findall(sample)))[:MAX_WORDS]


def fit(sample: bytes) -> Fit | None:
    """Which of the two a sample is in; None where it makes no sense in either."""
    words = words_of(sample)
    high = sum(byte > 0x7F for word in words for byte in word)
    if not words or high > max(FEW_LETTERS, MAX_HIGH_SHARE * sum(map(len, words))):
        return None
    pairs = [(word.decode(WINDOWS, "replace"), word.decode(MAC)) for word in words]
    windows = sum(map(_is_strange, (pair[0] for pair in pairs)))
    mac = sum(map(_is_strange, (pair[1] for pair in pairs)))
    fewer, more = sorted((windows, mac))
    if fewer > MAX_STRANGE * len(words):
        return None
    differ = [pair for pair in pairs if pair[0] != pair[1]][:SHOWN_WORDS]
    is_clear = fewer < more and fewer <= CLEARLY_LESS * more
    return Fit(
        MAC if mac < windows else WINDOWS,
        bool(differ) and not is_clear,
        tuple(pair[0] for pair in differ),
        tuple(pair[1] for pair in differ),
    )


def questions(file: str, fit: Fit | None) -> tuple[Question, ...]:
    """The question which of the two a file is in; none where it is clear."""
    if fit is None:
        return ()
    readings = {WINDOWS: fit.windows_words, MAC: fit.mac_words}
    choices = [
        Choice(encoding, LABELS[encoding], ", ".join(f"'{word}'" for word in words))
        for encoding, words in readings.items()
    ]
    choices.sort(key=lambda choice: choice.value != fit.better)
    asks = "Which of these reads right?"
    meanwhile = f"it is read as {LABELS[fit.better]}"
    return (Question(file, "encoding", asks, tuple(choices), meanwhile),)


def _is_strange(word: str) -> bool:
    return any(
        _is_strange_letter(word, place) if letter.isalpha() else _is_strange_mark(word, place)
        for place, letter in enumerate(word)
        if letter > "\x7f"
    )


def _around(word: str, place: int) -> tuple[str, str]:
    return word[place - 1 : place] if place else "", word[place + 1 : place + 2]


def _is_strange_letter(word: str, place: int) -> bool:
    letter, (before, after) = word[place], _around(word, place)
    if letter in "ªº":
        return before.isalpha() and before not in "nN"
    if letter in _STRANGE_LETTERS or before.isdigit() or after.isdigit():
        return True
    if not before.isalpha() and not after.isalpha():
        return letter not in _LONE_LETTERS
    if letter.isupper():
        return before.islower()
    return (before.isalpha() and after.isupper()) or _is_strange_in_place(word, place)


def _is_strange_in_place(word: str, place: int) -> bool:
    """Small letters that no word has where the other encoding has a quote or another letter."""
    letter, (before, after) = word[place], _around(word, place)
    strange = {
        "ì": not before.isalpha(),
        "î": not after.isalpha(),
        "œ": before.isalpha() and after != "u",
        "ú": after == "u",
    }
    return _replaces_apostrophe(word, place) if letter == "í" else strange.get(letter, False)


def _replaces_apostrophe(word: str, place: int) -> bool:
    """Whether a word is an English one in which a letter stands for the apostrophe: donít."""
    stem, rest = word[:place], word[place + 1 :]
    is_possessive = rest == "s" and len(stem) > 4 and stem.isascii()
    return is_possessive or rest in ("re", "ve", "ll") or (stem.endswith("n") and rest == "t")


def _is_strange_mark(word: str, place: int) -> bool:
    mark, (before, after) = word[place], _around(word, place)
    if mark in "’´":
        is_joint = _CONTRACTIONS.match(word, place + 1) or _ELISIONS.search(word[:place])
        return before.isalpha() and after.islower() and not is_joint
    if mark == "°":
        has_word_after = len(word) > place + 2 and word[place + 1 : place + 3].isalpha()
        return (before.isalpha() and before not in "nN") or has_word_after
    for marks, is_strange in (
        (_OPENING, before.isalnum()),
        (_CLOSING + "…™®©²³¹", after.isalpha()),
        ("•", before.isalpha()),
        ("€£¥¢§¶¼½¾×±·‰", before.isalpha() or after.isalpha()),
        ("–—\N{NO-BREAK SPACE}\N{SOFT HYPHEN}", False),
    ):
        if mark in marks:
            return is_strange
    return True
