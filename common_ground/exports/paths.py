"""Values inside JSON cells, reached by the same spelling as in JSON lines: properties.$group_0.

Only the paths somebody asks for are taken out of a cell, so a file with hundreds of properties an
event stays a table of a few columns.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from common_ground.errors import UnreadableExportError
from common_ground.exports.dialects import plain
from common_ground.exports.documents import NumberAsWritten, cell_of
from common_ground.exports.tables import TextTable

SHOWN_CELLS = 3  # lines named in a warning
ROWS_AT_ONCE = 10_000  # parsed cells take ten times the memory of their text
JSON_STARTS = ("{", "[{")
_DECODER = json.JSONDecoder(parse_float=NumberAsWritten)


def with_paths(table: TextTable, paths: Iterable[str]) -> TextTable:
    """The table with a column for each path that leads to a value inside a JSON cell.

    A path is the header of the cell, a dot, and the key inside it; keys further in follow after
    further dots. Through a list of objects it leads to the value of each, as a JSON list.

    Args:
        table: as read.
        paths: headers somebody asks for; those that are no path are passed over.

    Raises:
        UnreadableExportError: a JSON cell is nested deeper than can be written down again.
    """
    headers = {plain(header): header for header in reversed(table.header)}
    wanted: dict[str, list[tuple[str, str]]] = {}
    for path in paths:
        if plain(path) in headers:
            continue
        for outer, inner in _splits(path):
            if plain(outer) in headers:
                wanted.setdefault(headers[plain(outer)], []).append((path, inner))
                break
    for header, inside in wanted.items():
        if _holds_json(table.rows[header]):
            try:
                table = _with_columns(table, header, inside)
            except RecursionError as error:
                raise UnreadableExportError(
                    f"{table.file}: a cell of '{header}' is nested too deep. Leave "
                    "the column out of the export."
                ) from error
    return table


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """A path cut at each of its dots, the longest first part first."""
    parts = path.split(".")
    for place in range(len(parts) - 1, 0, -1):
        yield ".".join(parts[:place]), ".".join(parts[place:])


def _holds_json(column: pa.ChunkedArray) -> bool:
    filled = column.filter(pc.not_equal(column, "[]"))
    return filled.length() > 0 and str(filled[0]).lstrip().startswith(JSON_STARTS)


def _with_columns(table: TextTable, header: str, inside: list[tuple[str, str]]) -> TextTable:
    found: list[list[str | None]] = [[] for _ in inside]
    unread: list[int] = []
    for start in range(0, table.loaded, ROWS_AT_ONCE):
        texts = table.rows[header].slice(start, ROWS_AT_ONCE).to_pylist()
        values = [_value_of(text) for text in texts]
        for place, (text, value) in enumerate(zip(texts, values, strict=True), start):
            if value is None and text not in (None, "null"):
                unread.append(place)
        keys = _keys(values)
        for cells, (_, inner) in zip(found, inside, strict=True):
            cells.extend(_texts_at(values, inner, keys))
    rows = table.rows
    for cells, (path, _) in zip(found, inside, strict=True):
        if any(cell is not None for cell in cells):
            rows = rows.append_column(path, pa.array(cells, pa.string()))
    told = [*table.warnings, *([_told(table, header, unread)] if unread else [])]
    # A cell is looked into again where a person asks for more paths, and told once
    warnings = tuple(dict.fromkeys(told))
    return replace(table, header=tuple(rows.column_names), rows=rows, warnings=warnings)


def _texts_at(values: list[Any], path: str, keys: set[str] | None) -> list[str | None]:
    """The text a path leads to in each value; keys: all those of the values, None: unknown."""
    if keys is None or any(outer in keys for outer, _ in _splits(path)):
        return [_text_at(value, path) for value in values]
    if path not in keys:
        return [None] * len(values)
    found = (None if value is None else value.get(path) for value in values)
    return [each if each is None else cell_of(each) for each in found]


def _keys(values: list[Any]) -> set[str] | None:
    """The outer keys of all values; None where one of them is no object."""
    filled = [value for value in values if value is not None]
    are_objects = all(isinstance(value, dict) for value in filled)
    return set().union(*filled) if are_objects else None


def _told(table: TextTable, header: str, unread: list[int]) -> str:
    lines = ", ".join(f"line {table.line_of(index):,}" for index in unread[:SHOWN_CELLS])
    return f"{len(unread):,} cells of '{header}' are not JSON and were not looked into: {lines}"


def _value_of(cell: str | None) -> Any:  # noqa: ANN401 - JSON is any of six types
    """What a JSON cell says, numbers with the digits they were written with; None: not JSON."""
    if cell is None or cell == "null":
        return None
    try:
        return _DECODER.decode(cell)
    except (ValueError, RecursionError):
        return None


def _text_at(value: Any, path: str) -> str | None:  # noqa: ANN401 - JSON is any of six types
    if not isinstance(value, list):
        return cell_of(_at(value, path))
    texts = [text for each in value if (text := _text_at(each, path)) is not None]
    return json.dumps(texts, ensure_ascii=False) if len(texts) > 1 else "".join(texts) or None


def _at(value: Any, path: str) -> Any:  # noqa: ANN401 - JSON is any of six types
    """The value a path leads to; a key may hold dots itself. None: nowhere."""
    if not isinstance(value, dict):
        return _text_at(value, path) if isinstance(value, list) else None
    if path in value:
        return value[path]
    for outer, inner in _splits(path):
        if outer in value:
            return _at(value[outer], inner)
    return None
