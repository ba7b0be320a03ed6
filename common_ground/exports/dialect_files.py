"""Dialect files: a mapping for each table of one tool, as TOML that people can write and share."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import tomlkit

from common_ground.errors import DecisionError
from common_ground.exports.mappings import TableMapping, staged_tables

DOCUMENT = "document"  # section that joined.py reads
# Names in the file that would be no names of a column or clause in the program.
_IN_FILE = {"companion_of": "with"}
_NOT_IN_FILE = {"dialect", "label", "table", "because"}
_LISTS = {"detect", "needs", "key"}
_TABLES = {"columns", "values", "constants", "leave_out", "not_read", "instead"}
_NAME_COLUMNS = {"repeat", "gather", "each", "numbered", "repeats_in", "one_row_per"}
_OF_TEXTS = {"constants", "leave_out", "not_read", "instead"}
_OF_COLUMNS = ("columns", "values", "constants", "instead")


def read_dialect(path: Path) -> tuple[TableMapping, ...]:
    """The mappings of one dialect file, in the order they stand there.

    Raises:
        DecisionError: not TOML, or a key, table or column that nobody knows.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, f"not a TOML file ({error}). Correct it there") from error
    label = content.get("label")
    if not isinstance(label, str) or not label.strip():
        raise _wrong(path, 'it needs label = "the tool in words"')
    sections = {k: v for k, v in content.items() if k not in ("label", DOCUMENT)}
    if not sections:
        raise _wrong(path, f"it maps no table; add one of {', '.join(staged_tables())}")
    return tuple(_mapping(path, label, table, section) for table, section in sections.items())


def as_toml(mapping: TableMapping) -> str:
    """A mapping as the text of a dialect file, which `read_dialect` reads back."""
    section = {
        _IN_FILE.get(field.name, field.name): _plain(getattr(mapping, field.name))
        for field in fields(TableMapping)
        if field.name not in _NOT_IN_FILE and getattr(mapping, field.name) != _default(field)
    }
    return tomlkit.dumps({"label": mapping.label, mapping.table: section})


def _default(field: Any) -> Any:  # noqa: ANN401 - a dataclass field's default is of any type
    return field.default if field.default is not MISSING else field.default_factory()


def _plain(value: Any) -> Any:  # noqa: ANN401 - what TOML can hold
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _mapping(path: Path, label: str, table: str, section: Any) -> TableMapping:  # noqa: ANN401
    if table not in staged_tables() or not isinstance(section, dict):
        known = ", ".join(staged_tables())
        raise _wrong(path, f"[{table}] is no table. Known: {known}")
    names = {_IN_FILE.get(f.name, f.name): f for f in fields(TableMapping)}
    for key, value in section.items():
        if key not in names or key in _NOT_IN_FILE:
            known = ", ".join(sorted(set(names) - _NOT_IN_FILE))
            raise _wrong(path, f"[{table}] has {key}, which nobody reads. Known: {known}")
        _check_kind(path, table, key, value)
    _check_columns(path, table, section)
    if not section.get("detect") and "with" not in section:
        raise _wrong(path, f"[{table}] needs detect = [...], the headers that mark such a file")
    given = {names[key].name: _tuples(value) for key, value in section.items()}
    return TableMapping(dialect=path.stem, label=label, table=table, **given)


def _check_kind(path: Path, table: str, key: str, value: Any) -> None:  # noqa: ANN401
    if key in _LISTS:
        is_right = isinstance(value, list) and all(isinstance(part, str) for part in value)
        wanted = 'a list such as ["a", "b"]'
    elif key in _TABLES:
        is_right, wanted = isinstance(value, dict), "a table"
    elif key == "unknown_amount_when_lost":
        is_right, wanted = isinstance(value, bool), "true or false"
    else:
        is_right, wanted = isinstance(value, str), "a text"
    if not is_right:
        raise _wrong(path, f"[{table}] {key} = {value!r}; it must be {wanted}")


def _check_columns(path: Path, table: str, section: Mapping[str, Any]) -> None:
    known = {column.name for column in staged_tables()[table]}
    for key in _OF_COLUMNS:
        if wrong := sorted(section.get(key, {}).keys() - known):
            raise _wrong(
                path,
                f"[{table}.{key}] names {', '.join(wrong)}, which the table does not have. Known: "
                f"{', '.join(sorted(known))}",
            )
    for key in _NAME_COLUMNS & section.keys():
        if section[key] not in known:
            raise _wrong(
                path,
                f"[{table}] {key} = {section[key]!r}; the table has no such column. Known: "
                f"{', '.join(sorted(known))}",
            )
    for key in _OF_TEXTS & section.keys():
        if not _are_texts(section[key], depth=3 if key == "instead" else 1):
            raise _wrong(path, f"[{table}.{key}] must lead to texts only")
    for column, headers in section.get("columns", {}).items():
        if not isinstance(headers, list) or not all(isinstance(name, str) for name in headers):
            raise _wrong(
                path, f"[{table}.columns] {column} = {headers!r}; it must be a list of headers"
            )


def _are_texts(value: Any, depth: int) -> bool:  # noqa: ANN401 - what TOML can hold
    if depth == 0:
        return isinstance(value, str)
    return isinstance(value, dict) and all(_are_texts(v, depth - 1) for v in value.values())


def _tuples(value: Any) -> Any:  # noqa: ANN401 - what TOML can hold
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _wrong(path: Path, what: str) -> DecisionError:
    return DecisionError(f"{path.name}: {what}.")
