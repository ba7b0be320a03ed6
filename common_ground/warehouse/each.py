"""Cells that name several things, where each of them is a row of its own."""

import json

import pyarrow as pa

from common_ground.exports.documents import clean
from common_ground.exports.mappings import TableMapping


def with_each(rows: pa.Table, name: str, mapping: TableMapping) -> pa.Table:
    """One row for each thing the cells of a column name.

    The further rows of a cell get numbers behind their key where the dialect says which column
    that is, and say which row they repeat where it has a column for that.

    Args:
        rows: under staged names.
        name: the column.
        mapping: with `separator`, `numbered` and `repeats_in`.
    """
    named = [_things(cell, mapping.separator) for cell in rows[name].to_pylist()]
    if all(len(things) == 1 for things in named):
        return rows
    places = [place for place, things in enumerate(named) for _ in things]
    numbers = [number for things in named for number, _ in enumerate(things, start=1)]
    rows = _with(rows.take(places), name, [thing for things in named for thing in things])
    if mapping.numbered is None or mapping.numbered not in rows.column_names:
        return rows
    return _numbered(rows, numbers, mapping.numbered, mapping)


def _numbered(rows: pa.Table, numbers: list[int], key: str, mapping: TableMapping) -> pa.Table:
    keys = rows[key].to_pylist()
    pairs = list(zip(keys, numbers, strict=True))
    rows = _with(rows, key, [k if n == 1 or k is None else f"{k} ({n})" for k, n in pairs])
    into = mapping.repeats_in
    if into is None:
        return rows
    first = [k if n > 1 else None for k, n in pairs]
    said = rows[into].to_pylist() if into in rows.column_names else [None] * len(first)
    return _with(rows, into, [a or b for a, b in zip(said, first, strict=True)])


def _with(rows: pa.Table, name: str, values: list[str | None]) -> pa.Table:
    column = pa.array(values, pa.string())
    if name not in rows.column_names:
        return rows.append_column(name, column)
    return rows.set_column(rows.column_names.index(name), name, column)


def _things(cell: str | None, separator: str | None) -> list[str | None]:
    """What a cell names: the texts of a JSON list, or what stands between separators."""
    if cell is None:
        return [None]
    parts = _listed(cell)
    if parts is None:
        parts = cell.split(separator) if separator else [cell]
    return [part.strip() for part in parts if part.strip()] or [None]


def _listed(cell: str) -> list[str] | None:
    if not cell.startswith("["):
        return None
    try:
        found = json.loads(cell, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    is_list = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return [clean(each) for each in found] if is_list else None
