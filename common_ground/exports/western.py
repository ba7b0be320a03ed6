"""Windows or Mac: which of the two western encodings a text without any other sign is in.

Each byte above 127 is a letter in both, but mostly only one of the letters fits the word around it:
"Müller" of a Mac reads "MŸller" on Windows, "Müller" of Windows reads "M¸ller" on a Mac.
"""

import re
from dataclasses import dataclass

WINDOWS, MAC = "cp1252", "mac_roman"
LABELS = {WINDOWS: "Windows (cp1252)", MAC: "Mac (Mac Roman)"}
# A Mac reading is worth a question from this share of fitting letters up, and if it is at most this
# much behind the Windows one.
MIN_FIT = 0.6
MARGIN = 0.2
SURE_FIT = 0.85
# Words of other scripts are made of such letters alone.
MAX_HIGH_SHARE = 0.7
# Enough words to judge by.
MAX_WORDS = 2_000
SHOWN_WORDS = 3

_WORD = re.compile(rb"[A-Za-z\x80-\xff'.-]*[\x80-\xff][A-Za-z\x80-\xff'.-]*")
_LOWER = set("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœþð")
_UPPER = set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŸŒÞÐ")
_RARE_LOWER = set("šžıªº")
_BETWEEN_LETTERS = set("’")
_ALONE = set("–—€£¥¢§©®™°·•¿¡«»“”‘’‚„…²³½¼±×\N{NO-BREAK SPACE}")


@dataclass(frozen=True)
class Fit:
    """How well a text fits both.

    Attributes:
        windows: share (0..1) of the letters above 127 that fit their word, read as Windows.
        mac: the same, read as Mac.
        windows_words: the first words that differ, as Windows.
        mac_words: the same words as Mac.
    """

    windows: float
    mac: float
    windows_words: tuple[str, ...]
    mac_words: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the text is in one of the two, as letters of no other encoding fit so well."""
        return max(self.windows, self.mac) >= SURE_FIT

    @property
    def is_open(self) -> bool:
        """Whether a person has to say which of the two it is."""
        return self.mac >= MIN_FIT and self.mac >= self.windows - MARGIN

    @property
    def better(self) -> str:
        """The encoding that fits better; Windows where they tie."""
        return MAC if self.mac > self.windows else WINDOWS


def fit(sample: bytes) -> Fit:
    """How well a sample fits both encodings, by the words with letters above 127."""
    words = list(dict.fromkeys(_WORD.findall(sample)))[:MAX_WORDS]
    windows = [word.decode(WINDOWS, "replace") for word in words]
    mac = [word.decode(MAC) for word in words]
    high = sum(byte > 0x7F for word in words for byte in word)
    is_western = high <= MAX_HIGH_SHARE * sum(map(len, words))
    return Fit(
        _share(windows) if is_western else 0.0,
        _share(mac) if is_western else 0.0,
        tuple(windows[:SHOWN_WORDS]),
        tuple(mac[:SHOWN_WORDS]),
    )


def _share(words: list[str]) -> float:
    scores = [
        _fits(word, place) for word in words for place, letter in enumerate(word) if letter > "\x7f"
    ]
    return sum(scores) / len(scores) if scores else 0.0


def _fits(word: str, place: int) -> float:
    """How well a letter fits its word: 1 well, 0 not at all."""
    letter = word[place]
    before, after = word[place - 1 : place], word[place + 1 : place + 2]
    is_inside = before.isalpha() and after.isalpha()
    if letter in _LOWER:
        return 0.0 if before.isupper() and after.isupper() else 1.0
    if letter in _UPPER:
        follows_small = before.islower()
        return 0.0 if follows_small else 1.0
    if letter in _RARE_LOWER:
        return 0.5
    if letter in _BETWEEN_LETTERS and is_inside:
        return 0.5 if before.islower() or len(word) < 4 else 1.0
    return 1.0 if letter in _ALONE and not is_inside else 0.0
