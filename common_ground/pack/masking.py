"""Names of accounts and persons replaced by letters, everywhere in a deck.

A name is found as a whole word, in any case and with any white space between its parts, also
where a chart holds it with HTML escapes or a line break inside.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any, Final, TypeVar, cast

import plotly.graph_objects as go

from common_ground.pack.slides import Deck, Slide

# "Harbour Lifts GmbH" is called "Harbour Lifts" in deal names and notes.
_LEGAL_FORMS: Final = re.compile(
    r"[\s,]+(?:inc|incorporated|llc|llp|ltd|limited|plc|corp|corporation|company|co|gmbh|ag|kg"
    r"|se|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|aps|pty|kk|s\.a|s\.p\.a|b\.v|n\.v)\.?$",
    re.IGNORECASE,
)
# Shorter names ("Go", "AT") are words too; they are replaced only as written.
_SHORT: Final = 3
_SPACE: Final = r"(?:\s|&nbsp;|<br\s*/?>)+"
_WORD: Final = re.compile(r"\w+")
# Nobody's address belongs in a pack, whoever the person is.
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PERSON: Final = "Person "
_INITIAL: Final = re.compile(r"(\w)\w*\s+(.*\w.*)")

Part = TypeVar("Part")


@dataclass(frozen=True)
class Mask:
    """What stands in for one account or person, and every name it replaces."""

    shown: str
    names: tuple[str, ...]


def letters(position: int) -> str:
    """Letters of a position that starts at 0: A, B, ... Z, AA, AB."""
    text = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def masks(
    accounts: Iterable[Sequence[str]], people: Iterable[Sequence[str]] = ()
) -> tuple[Mask, ...]:
    """A letter for each account and person, in the order they are given.

    Args:
        accounts: every name of each account (as exported, in other exports, its domain), sorted
            by account_id, so that an account has the same letter in every pack of the same data.
        people: every name of each person (full name, e-mail address), sorted likewise.
    """
    return (
        *(Mask(f"Account {letters(at)}", _names(names)) for at, names in enumerate(accounts)),
        *_people_masks(people),
    )


def with_people(chosen: Sequence[Mask], people: Iterable[str]) -> tuple[Mask, ...]:
    """The masks, and a letter for each person none of them names, after the letters given."""
    known = {_key(name) for mask in chosen for name in mask.names}
    given = sum(mask.shown.startswith(_PERSON) for mask in chosen)
    new = [name for name in people if _key(name) not in known]
    return (*chosen, *_people_masks([[name] for name in new], given))


def _people_masks(people: Iterable[Sequence[str]], given: int = 0) -> tuple[Mask, ...]:
    return tuple(
        Mask(f"{_PERSON}{letters(at)}", _person_names(names))
        for at, names in enumerate(people, start=given)
    )


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """The names that hold a letter, and what is left of them without a legal form."""
    found: dict[str, None] = {}
    for name in names:
        text = " ".join(name.split())
        # A number is an id in some export; replacing it would hit the numbers of the pack.
        while any(sign.isalpha() for sign in text):
            found[text] = None
            shorter = _LEGAL_FORMS.sub("", text)
            if shorter == text:
                break
            text = shorter
    return tuple(found)


def _person_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, and each with its first name as an initial: M. Okafor."""
    initials = [
        f"{parts[1]}{dot} {parts[2]}"
        for name in names
        if (parts := _INITIAL.fullmatch(" ".join(name.split())))
        for dot in (".", "")
    ]
    return _names([*names, *initials])


class _Replacer:
    """Replaces every name in one pass, the longest first, so that no name hides inside another.

    Names are looked up by their first word: a workspace can hold ten thousand of them.
    """

    def __init__(self, chosen: Iterable[Mask]) -> None:
        shown: dict[str, str] = {}
        for mask in chosen:
            for name in mask.names:
                for written in (name, escape(name), escape(name, quote=False)):
                    # Two accounts of one name: the first letter stands for both.
                    shown.setdefault(_key(written), mask.shown)
                # A title cut at a word may end inside a name: "Sign-on for Harbour…"
                for start in _starts(name):
                    shown.setdefault(_key(start), f"{mask.shown}…")
        self._by_word: dict[str, list[tuple[int, str, str]]] = {}
        for key in sorted(shown, key=lambda key: (-len(key), key)):
            word = _WORD.search(key)
            if word is not None:
                entry = (word.start(), key, shown[key])
                self._by_word.setdefault(word[0].casefold(), []).append(entry)

    def __call__(self, text: str) -> str:
        parts: list[str] = []
        done = 0
        for word in _WORD.finditer(text):
            if word.start() < done:
                continue
            for before, key, shown in self._by_word.get(word[0].casefold(), ()):
                found = _pattern(key).match(text, max(word.start() - before, done))
                if found is not None:
                    parts += [text[done : found.start()], shown]
                    done = found.end()
                    break
        return _EMAIL.sub("(e-mail address)", "".join([*parts, text[done:]]))


def _starts(name: str) -> list[str]:
    """A name cut after each of its words but the last, as `shorten` cuts a title."""
    words = name.split()
    return [
        " ".join(words[:count]).rstrip(",.;:") + "…"
        for count in range(1, len(words))
        if len(words[0]) > _SHORT
    ]


def _key(name: str) -> str:
    """How a name is looked up: white space made one, and case left out unless it is short."""
    words = " ".join(re.sub(_SPACE, " ", name).split())
    return words if len(words) <= _SHORT else words.casefold()


# Compiled only when a text holds the first word: most names never come up.
@lru_cache(maxsize=20_000)
def _pattern(key: str) -> re.Pattern[str]:
    bounded = rf"(?<!\w){_SPACE.join(map(re.escape, key.split()))}(?!\w)"
    return re.compile(bounded, re.NOFLAG if len(key) <= _SHORT else re.IGNORECASE)


def mask(deck: Deck, chosen: Sequence[Mask]) -> Deck:
    """The deck with every name replaced: texts, tables, chart labels and hover texts, notes."""
    replacer = _Replacer(chosen)
    slides = tuple(_mask_slide(slide, replacer) for slide in deck.slides)
    return replace(deck, slides=slides, masked=True)


def _mask_slide(slide: Slide, replacer: _Replacer) -> Slide:
    figure = slide.figure
    if figure is not None:
        # Through JSON: data that Plotly keeps as arrays of objects turns into plain lists.
        figure = go.Figure(_mask_tree(json.loads(str(figure.to_json())), replacer))
    return replace(_mask_part(replace(slide, figure=None), replacer), figure=figure)


def _mask_part(part: Part, replacer: _Replacer) -> Part:
    """A dataclass, tuple or text of the deck with the names in it replaced."""
    if isinstance(part, str):
        return cast(Part, replacer(part))
    if isinstance(part, tuple):
        return cast(Part, tuple(_mask_part(inner, replacer) for inner in part))
    if is_dataclass(part) and not isinstance(part, type):
        changed = {
            item.name: _mask_part(getattr(part, item.name), replacer)
            for item in fields(part)
            if item.name not in ("mark", "key")
        }
        return cast(Part, replace(part, **changed))
    return part


def _mask_tree(tree: Any, replacer: _Replacer) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(tree, str):
        return replacer(tree)
    if isinstance(tree, list):
        return [_mask_tree(inner, replacer) for inner in tree]
    if isinstance(tree, dict):
        return {
            name: inner if name in _KEPT else _mask_tree(inner, replacer)
            for name, inner in tree.items()
        }
    return tree


# Values that are Plotly's own words; an account called "Square" must not break the marker.
_KEPT: Final = frozenset(
    {"type", "mode", "symbol", "family", "color", "bdata", "dtype", "shape", "dash"}
    | {"xref", "yref", "axref", "ayref", "anchor", "xanchor", "yanchor", "align"}
    | {"textposition", "hoverinfo", "orientation", "side", "layer", "template"}
)
