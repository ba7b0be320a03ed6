"""JSON, JSON lines and Parquet -> text tables.

A number keeps the digits it was written with: an id of 18 digits, 1E5 and 1.50 stay as they are.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from common_ground.errors import UnreadableExportError
from common_ground.exports.encoding import Text
from common_ground.exports.joined import joined
from common_ground.exports.tables import (
    MEGABYTE,
    REJECTED_TEXT_CHARACTERS,
    Limits,
    RejectedLine,
    TextTable,
    unique_names,
    without_blank_rows,
)

# Above this a float no longer tells neighbouring whole numbers apart.
EXACT_INTEGERS = 2**53
_NAMED_JSON_LINES = (".jsonl", ".ndjson")


class NumberAsWritten(str):
    """A JSON number as it was written."""

    __slots__ = ()


@dataclass(frozen=True)
class _Objects:
    """Flat objects with the line (or place) each came from."""

    rows: list[dict[str, str | None]]
    numbers: list[int]
    lines: int
    blank: int
    rejected: list[RejectedLine]
    warnings: list[str]


def looks_like_json(utf8: bytes, file: str) -> bool:
    """True when the text begins as JSON does: an object, or an array that is not a CSV cell."""
    start = utf8[:4096].lstrip()
    if file.lower().endswith((".json", *_NAMED_JSON_LINES, ".json.gz", ".jsonl.gz", ".ndjson.gz")):
        return True
    return bool(re.match(rb'\{\s*"|\{\s*\}|\[\s*[\{\]]', start))


def read_json(text: Text, file: str, limits: Limits) -> list[TextTable]:
    """Tables of an array of objects, an object with lists of objects, or one object a line.

    Lists that a dialect knows to belong together, as those of a Trello board, become one table.

    Objects inside an object become columns "properties.time", one level deep; deeper ones and
    lists stay JSON text. A line that is not an object is rejected with its number.

    Raises:
        UnreadableExportError: not JSON, no list of objects, nested too deep, or no object fits.
    """
    if _is_json_lines(text.utf8, file):
        return [_table(_read_lines(text.utf8, file, limits), file, text, "json lines", limits)]
    document = _parse_document(text.utf8, file)
    if isinstance(document, dict) and _is_record(document):
        document = [document]
    if isinstance(document, list):
        return [_table(_read_array(document, file, limits), file, text, "json", limits)]
    document = joined(document)
    lists = {
        key: value
        for key, value in document.items()
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
    }
    if not lists:
        raise UnreadableExportError(
            f"{file}: the JSON holds no list of objects, only {', '.join(list(document)[:5])}. "
            "Expected an array of objects, an object with one such list, or one object a line."
        )
    unread = [key for key, value in document.items() if key not in lists and _says(value)]
    note = [f"Keys beside the lists were not read: {', '.join(unread[:8])}."] if unread else []
    tables = []
    for key, value in lists.items():
        objects = _read_array(value, file, limits)
        objects.warnings.extend(note)
        name = file if len(lists) == 1 else f"{file}/{key}"
        tables.append(_table(objects, name, text, "json", limits))
    return tables


def _says(value: Any) -> bool:  # noqa: ANN401 - JSON is any of six types
    """Whether there is anything in a value; no next page is nothing to tell."""
    inside = value.values() if isinstance(value, dict) else [value]
    return any(each not in (None, False, "", [], {}) for each in inside)


def _is_record(document: dict[str, Any]) -> bool:
    """One event alone in its file: objects inside it, but no list of objects and no empty list."""
    lists = [value for value in document.values() if isinstance(value, list)]
    return any(isinstance(value, dict) for value in document.values()) and not any(
        not value or isinstance(value[0], dict) for value in lists
    )


def _is_json_lines(utf8: bytes, file: str) -> bool:
    """One object a line: named so, or the first filled line is an object on its own."""
    if file.lower().removesuffix(".gz").endswith(_NAMED_JSON_LINES):
        return True
    start = utf8.lstrip()
    if not start.startswith(b"{"):
        return False
    first, _, rest = start.partition(b"\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        # A damaged first line among others is still a file of lines, and a rejected line.
        return bool(re.match(rb'\s*\{"', rest)) and first.rstrip().endswith(b"}")
    return bool(rest.strip())


def _parse_document(utf8: bytes, file: str) -> Any:  # noqa: ANN401 - JSON is any of six types
    try:
        document = _loads(utf8)
    except (ValueError, RecursionError) as error:
        raise UnreadableExportError(
            f"{file}: not valid JSON ({error}). The file may be cut off: export it again."
        ) from error
    if isinstance(document, dict | list):
        return document
    raise UnreadableExportError(
        f"{file}: the JSON is a single value, not a table. Expected an array of objects."
    )


def _loads(text: bytes | str) -> Any:  # noqa: ANN401 - JSON is any of six types
    return json.loads(
        text,
        parse_int=NumberAsWritten,
        parse_float=NumberAsWritten,
        parse_constant=NumberAsWritten,
        object_pairs_hook=_object_of,
    )


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Object of its pairs; a repeated key is kept as "key (2)" instead of the last one winning."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        name, number = key, 1
        while name in found:
            number += 1
            name = f"{key} ({number})"
        found[name] = value
    return found


def _read_array(items: list[Any], file: str, limits: Limits) -> _Objects:
    found = _Objects([], [], len(items), 0, [], [])
    for place, item in enumerate(items, start=1):
        if isinstance(item, dict):
            _add(found, item, place, file)
        else:
            _reject(found, place, _json_text(item), "not an object", limits, file)
    return found


def _read_lines(utf8: bytes, file: str, limits: Limits) -> _Objects:
    lines = utf8.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    blank = sum(1 for line in lines if not line.strip())
    found = _Objects([], [], len(lines), blank, [], [])
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = _loads(line)
        except (ValueError, RecursionError) as error:
            _reject(found, place, line.decode(), f"not valid JSON ({error})", limits, file)
            continue
        if isinstance(item, dict):
            _add(found, item, place, file)
        else:
            _reject(found, place, line.decode(), "not an object", limits, file)
    return found


def _add(found: _Objects, item: dict[str, Any], place: int, file: str) -> None:
    found.rows.append(_flatten(item, file, place))
    found.numbers.append(place)


def _reject(found: _Objects, place: int, text: str, reason: str, limits: Limits, file: str) -> None:
    found.rejected.append(RejectedLine(place, text[:REJECTED_TEXT_CHARACTERS], reason))
    if len(found.rejected) > limits.max_rejected_lines:
        first = found.rejected[0]
        raise UnreadableExportError(
            f"{file}: more than {limits.max_rejected_lines:,} lines are no JSON objects. "
            f"First: line {first.line:,}, {first.reason}."
        )


def _flatten(item: dict[str, Any], file: str, place: int) -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for key, value in item.items():
        if isinstance(value, dict) and value:
            for inner, deeper in value.items():
                _put(flat, f"{key}.{inner}", deeper, file, place)
        else:
            _put(flat, key, value, file, place)
    return flat


def _put(
    flat: dict[str, str | None],
    key: str,
    value: Any,  # noqa: ANN401 - JSON is any of six types
    file: str,
    place: int,
) -> None:
    name, number = key.strip() or "Column", 1
    while name in flat:
        number += 1
        name = f"{key.strip()} ({number})"
    try:
        flat[name] = cell_of(value)
    except RecursionError as error:
        raise UnreadableExportError(f"{file}: object {place:,} is nested too deep.") from error


def cell_of(value: Any) -> str | None:  # noqa: ANN401 - JSON is any of six types
    """The cell of a JSON value: text without its quotes, lists and objects as JSON; "" is blank."""
    if value is None or value == "":
        return None
    if isinstance(value, NumberAsWritten):
        return str(value)
    return clean(value) if isinstance(value, str) else _json_text(value)


def clean(text: str) -> str:
    """Text that can be stored: a lone surrogate, which JSON can spell, is no character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _json_text(value: Any) -> str:  # noqa: ANN401 - JSON is any of six types
    """JSON text of a value, numbers as they were written."""
    if isinstance(value, NumberAsWritten):
        return str(value)
    if isinstance(value, dict):
        pairs = (
            f"{json.dumps(clean(k), ensure_ascii=False)}: {_json_text(v)}" for k, v in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json_text, value)) + "]"
    return json.dumps(clean(value) if isinstance(value, str) else value, ensure_ascii=False)


def _table(found: _Objects, file: str, text: Text, kind: str, limits: Limits) -> TextTable:
    header: dict[str, None] = {}
    for row in found.rows:
        header.update(dict.fromkeys(row))
    _check_columns(len(header), file, limits)
    places = [i for i, row in enumerate(found.rows) if any(v is not None for v in row.values())]
    empty = len(found.rows) - len(places)
    if not places:
        _refuse_no_objects(found, file)
    names = tuple(header)
    columns = [pa.array([found.rows[i].get(name) for i in places], pa.string()) for name in names]
    numbers = [found.numbers[i] for i in places]
    is_run = numbers[-1] - numbers[0] == len(numbers) - 1
    other = {"blank": found.blank + empty}
    return TextTable(
        file=file,
        sha256="",
        kind=kind,
        encoding=text.encoding,
        delimiter=None,
        quote=None,
        header=names,
        rows=pa.Table.from_arrays(columns, names=list(names)),
        line_numbers=None if is_run else pa.array(numbers, pa.int64()),
        first_line=numbers[0],
        lines=found.lines,
        other_lines={what: count for what, count in other.items() if count},
        rejected=tuple(found.rejected),
        warnings=tuple(found.warnings),
    )


def _check_columns(count: int, file: str, limits: Limits) -> None:
    if count > limits.max_columns:
        raise UnreadableExportError(
            f"{file}: the objects have {count:,} different keys, more than the limit of "
            f"{limits.max_columns:,}. Export fewer properties, or raise the limit."
        )


def _refuse_no_objects(found: _Objects, file: str) -> Never:
    if found.rejected:
        first = found.rejected[0]
        raise UnreadableExportError(
            f"{file}: no line is a JSON object. First: line {first.line:,}, {first.reason}: "
            f"'{first.text[:80]}'."
        )
    raise UnreadableExportError(
        f"{file}: the JSON holds no objects with a value. Export it again and check that it has "
        "rows."
    )


def read_parquet(data: bytes, file: str, limits: Limits) -> TextTable:
    """Table of a Parquet file, every column as text, lists and structures as JSON text.

    Raises:
        UnreadableExportError: damaged, over a limit, or without rows.
    """
    try:
        parquet = pq.ParquetFile(pa.BufferReader(data))
        groups = range(parquet.metadata.num_row_groups)
        unpacked = sum(parquet.metadata.row_group(i).total_byte_size for i in groups)
        if unpacked > limits.max_unpacked_bytes:
            raise UnreadableExportError(
                f"{file}: unpacks to {unpacked / MEGABYTE:,.0f} MB, more than the limit of "
                f"{limits.max_unpacked_bytes / MEGABYTE:,.0f} MB. Export a shorter period."
            )
        table = parquet.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableExportError(
            f"{file}: the Parquet file is damaged ({error}). Export it again."
        ) from error
    if not table.num_rows:
        raise UnreadableExportError(f"{file}: only a header, no rows. Export it again.")
    _check_columns(table.num_columns, file, limits)
    texts = [_text_column(column) for column in table.columns]
    header = unique_names(table.column_names)
    rows, numbers, blank = without_blank_rows(
        pa.Table.from_arrays(texts, names=list(header)),
        np.arange(1, table.num_rows + 1, dtype=np.int64),
    )
    if not rows.num_rows:
        raise UnreadableExportError(f"{file}: every row is blank. Export it again.")
    return TextTable(
        file=file,
        sha256="",
        kind="parquet",
        encoding="utf-8",
        delimiter=None,
        quote=None,
        header=header,
        rows=rows,
        line_numbers=pa.array(numbers, pa.int64()) if blank else None,
        first_line=int(numbers[0]),
        lines=table.num_rows,
        other_lines={"blank": blank} if blank else {},
        rejected=(),
        warnings=(),
    )


def _text_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text: lists and structures as JSON, whole floats without ".0", "" as null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind):
        texts = pa.chunked_array(
            [[_float_text(value) for value in column.to_pylist()]], pa.string()
        )
    elif pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = pa.chunked_array(
            [[_nested_text(value) for value in column.to_pylist()]], pa.string()
        )
    else:
        texts = column.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _float_text(value: float | None) -> str | None:
    if value is None or math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < EXACT_INTEGERS else repr(value)


def _nested_text(value: object) -> str | None:
    if value is None or isinstance(value, bytes):
        return value.decode("utf-8", "replace") if value else None
    return json.dumps(value, ensure_ascii=False, default=str)
