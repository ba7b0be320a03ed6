"""Dialect files: mappings as TOML that people write, keep and share.

What a file may say stands in queries/README.md. A file that says anything else is refused with
the place and what to do about it, because people send these files to each other.
"""

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomlkit

from common_ground.errors import DecisionError
from common_ground.exports.mappings import AMOUNTS, MEANINGS, TableMapping, staged_tables


def read_dialect(path: Path) -> tuple[TableMapping, ...]:
    """The mappings of one dialect file, in the order they stand there.

    Raises:
        DecisionError: not TOML, or it says something that cannot be; with the place.
    """
    return parse_dialect(path.read_bytes(), path.name)


def parse_dialect(written: bytes, name: str) -> tuple[TableMapping, ...]:
    """The mappings in the bytes of a dialect file.

    Args:
        written: of the file.
        name: of the file; without its ending it is the name of the dialect.

    Raises:
        DecisionError: not TOML, or it says something that cannot be; with the place.
    """
    content = _content(written, name)
    label = content.pop("label", None)
    content.pop(DOCUMENT, None)
    if not isinstance(label, str) or not label.strip():
        raise DecisionError(f'{name}: it needs label = "the tool in words" in its first line.')
    if not content:
        raise DecisionError(
            f"{name}: it maps nothing. Add a section such as [deals] with detect and columns."
        )
    return tuple(
        mapping
        for table, sections in content.items()
        for mapping in _mappings(_Place(name, table), Path(name).stem, label, sections)
    )


def _content(written: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(written.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DecisionError(
            f"{name}: not a TOML file ({error}). Correct it there, or ask for the file again."
        ) from error


@dataclass(frozen=True)
class _Place:
    """Where in which file something stands; makes the errors about it."""

    file: str
    section: str

    def wrong(self, key: str, what: str) -> DecisionError:
        return DecisionError(f"{self.file}: [{self.section}] {key} {what}")

    def unknown(self, key: str, name: str, known: Collection[str]) -> DecisionError:
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}."
        return self.wrong(key, f"names '{name}', which does not exist. {hint}")


DOCUMENT = "document"  # section that joined.py reads

MOST_STARS = 2  # in the shape of a header
_TOGETHER = ("spread", "star", "cell")  # keys of which one says nothing without the others

_Reader = Callable[[_Place, str, object], Any]


def _mappings(place: _Place, dialect: str, label: str, sections: object) -> Iterator[TableMapping]:
    """One mapping of a [table], or one of each [[table]]."""
    listed: list[Any] = sections if isinstance(sections, list) else [sections]
    if not all(isinstance(section, dict) for section in listed):
        raise DecisionError(
            f"{place.file}: {place.section} is not a section. Write [{place.section}] above its "
            "keys, or take it out; only label stands outside of sections."
        )
    if place.section not in staged_tables():
        tables = staged_tables()
        close = get_close_matches(place.section, tables, n=1)
        hint = f"Did you mean [{close[0]}]?" if close else f"Known: {', '.join(tables)}."
        raise DecisionError(f"{place.file}: there is no table '{place.section}' to fill. {hint}")
    for section in listed:
        yield _mapping(place, dialect, label, section)


def _mapping(place: _Place, dialect: str, label: str, section: Mapping[str, Any]) -> TableMapping:
    for key in section:
        if key not in _READERS:
            close = get_close_matches(key, _READERS, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(_READERS)}."
            raise place.wrong(f"'{key}'", f"is a key nobody reads. {hint}")
    lacking = [key for key in _TOGETHER if not section.get(key)]
    if lacking and len(lacking) < len(_TOGETHER):
        raise place.wrong(lacking[0], f"is missing: {', '.join(_TOGETHER)} go together.")
    fields = {
        name: read(place, key, section[key])
        for key, (name, read) in _READERS.items()
        if key in section
    }
    mapping = TableMapping(dialect, label, place.section, **fields)
    if not mapping.detect and mapping.companion_of is None:
        raise place.wrong(
            "detect", 'is missing. List the headers that mark the file, detect = ["Deal ID"].'
        )
    for column in mapping.key:
        if column not in mapping.columns:
            raise place.wrong("key", f"names '{column}', which needs its headers under columns.")
    return mapping


def _text(place: _Place, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise place.wrong(key, f'must be a text in quotes such as "…"; it is {value!r}.')
    return value


def _by_name(read: _Reader) -> _Reader:
    """A reader of any name, such as a header, -> what `read` reads."""

    def reader(place: _Place, key: str, value: object) -> dict[str, Any]:
        return {
            name: read(place, f"{key} '{name}'", entry)
            for name, entry in _entries(place, key, value).items()
        }

    return reader


def _texts(place: _Place, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise place.wrong(key, f'must be a list of texts such as ["…", "…"]; it is {value!r}.')
    return tuple(value)


def _shapes(place: _Place, key: str, value: object) -> tuple[str, ...]:
    """Shapes of headers; with more stars one could be matched to a header in too many ways."""
    shapes = _texts(place, key, value)
    for shape in shapes:
        if not 1 <= shape.count("*") <= MOST_STARS:
            raise place.wrong(key, f"names '{shape}', which must have one star or two.")
    return shapes


def _flag(place: _Place, key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise place.wrong(key, f"must be true or false; it is {value!r}.")
    return value


def _table(place: _Place, key: str, value: object) -> str:
    if (name := _text(place, key, value)) not in staged_tables():
        raise place.unknown(key, name, staged_tables())
    return name


def _amount(place: _Place, key: str, value: object) -> str:
    if (name := _text(place, key, value)) not in AMOUNTS:
        raise place.unknown(key, name, AMOUNTS)
    return name


def _names(place: _Place) -> list[str]:
    return [column.name for column in staged_tables()[place.section]]


def _column(place: _Place, key: str, value: object) -> str:
    if (name := _text(place, key, value)) not in _names(place):
        raise place.unknown(key, name, _names(place))
    return name


def _columns(place: _Place, key: str, value: object) -> tuple[str, ...]:
    return tuple(_column(place, key, name) for name in _texts(place, key, value))


def _entries(place: _Place, key: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise place.wrong(key, f"must be a section [{place.section}.{key}]; it is {value!r}.")
    return value


def _by_column(read: _Reader) -> _Reader:
    """A reader of staged column -> what `read` reads."""

    def reader(place: _Place, key: str, value: object) -> dict[str, Any]:
        return {
            _column(place, key, column): read(place, f"{key}.{column}", entry)
            for column, entry in _entries(place, key, value).items()
        }

    return reader


def _values(place: _Place, key: str, value: object) -> dict[str, dict[str, tuple[str, ...]]]:
    """Staged column -> meaning -> labels."""
    found: dict[str, dict[str, tuple[str, ...]]] = _by_column(_by_name(_texts))(place, key, value)
    meant = MEANINGS.get(place.section, {})
    for column, labels in found.items():
        if column not in meant:
            raise place.wrong(
                f"{key}.{column}",
                f"is read by nobody. Labels have a meaning in: {', '.join(meant) or 'no column'}.",
            )
        for meaning in labels:
            if meaning not in meant[column]:
                raise place.unknown(f"{key}.{column}", meaning, meant[column])
    return found


# Key of a section -> attribute of a mapping, and what reads it; in the order they are written.
_READERS: dict[str, tuple[str, _Reader]] = {
    "detect": ("detect", _texts),
    "key": ("key", _columns),
    "note": ("note", _text),
    "amount_is": ("amount_is", _amount),
    "unknown_amount_when_lost": ("unknown_amount_when_lost", _flag),
    "with": ("companion_of", _table),
    "needs": ("needs", _columns),
    "repeat": ("repeat", _column),
    "gather": ("gather", _column),
    "each": ("each", _column),
    "separator": ("separator", _text),
    "numbered": ("numbered", _column),
    "repeats_in": ("repeats_in", _column),
    "spread": ("spread", _shapes),
    "star": ("star", _column),
    "cell": ("cell", _column),
    "one_row_per": ("one_row_per", _column),
    "further_rows": ("further_rows", _text),
    "leave_out": ("leave_out", _by_name(_text)),
    "not_read": ("not_read", _by_name(_text)),
    "columns": ("columns", _by_column(_texts)),
    "constants": ("constants", _by_column(_text)),
    "instead": ("instead", _by_column(_by_name(_by_name(_text)))),
    "values": ("values", _values),
}
KEYS = tuple(_READERS)  # of a section, in the order they are written


def as_toml(mapping: TableMapping) -> str:
    """A mapping as the text of a dialect file; `read_dialect` gives the same mapping again."""
    written = {key: getattr(mapping, name) for key, (name, _) in _READERS.items()}
    default = TableMapping("", "", "")
    section = {
        key: _plain(value)
        for key, value in written.items()
        if value != getattr(default, _READERS[key][0])
    }
    return tomlkit.dumps({"label": mapping.label, mapping.table: section})


def _plain(value: object) -> object:
    """Tuples as lists, mappings as dicts, as TOML has them."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return list(value) if isinstance(value, tuple) else value
