"""JSON and JSON lines -> text tables.

A number keeps the digits it was written with: an id of 18 digits, 1E5 and 1.50 stay as they are.
"""

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Never

import pyarrow as pa

from common_ground.child import Tell, tell_nobody
from common_ground.errors import UnreadableExportError
from common_ground.exports.encoding import Text
from common_ground.exports.joined import joined
from common_ground.exports.json_items import Rows, array_items, begins_array
from common_ground.exports.tables import (
    MEGABYTE,
    REJECTED_TEXT_CHARACTERS,
    Limits,
    RejectedLine,
    TextTable,
    without_blank_rows,
)

# An object is parsed as a whole, which takes about so many times its size.
DOCUMENT_MEMORY = 12
_NAMED_JSON_LINES = (".jsonl", ".ndjson")


class NumberAsWritten(str):
    """A JSON number as it was written."""

    __slots__ = ()


@dataclass
class _Objects:
    """Flat objects with the line (or place) each came from, and the lines that are none."""

    rows: Rows
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


def read_json(text: Text, file: str, limits: Limits, tell: Tell = tell_nobody) -> list[TextTable]:
    """Tables of an array of objects, an object with lists of objects, or one object a line.

    Lists that a dialect knows to belong together, as those of a Trello board, become one table.

    Objects inside an object become columns "properties.time", one level deep; deeper ones and
    lists stay JSON text. A line that is not an object is rejected with its number.

    Raises:
        UnreadableExportError: not JSON, no list of objects, nested too deep, or no object fits.
    """
    if _is_json_lines(text.utf8, file):
        return [_table(_read_lines(text.utf8, file, limits, tell), file, text, "json lines")]
    if begins_array(text.utf8):
        items = array_items(text.utf8, _DECODER.raw_decode, file, limits)
        return [_table(_read_array(items, file, limits, tell), file, text, "json")]
    document = _parse_document(text.utf8, file, limits)
    if _is_record(document):
        return [_table(_read_array([document], file, limits, tell), file, text, "json")]
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
        objects = _read_array(value, file, limits, tell)
        objects.warnings.extend(note)
        name = file if len(lists) == 1 else f"{file}/{key}"
        tables.append(_table(objects, name, text, "json"))
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
    start = re.match(rb"\s*", utf8)
    begin = start.end() if start else 0
    if not utf8.startswith(b"{", begin):
        return False
    end = utf8.find(b"\n", begin)
    rest = re.compile(rb"\s*").match(utf8, end) if end >= 0 else None
    if rest is None or rest.end() == len(utf8):
        return False
    first = utf8[begin:end]
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        # A damaged first line among others is still a file of lines, and a rejected line.
        return utf8.startswith(b'{"', rest.end()) and first.rstrip().endswith(b"}")
    return True


def _parse_document(utf8: bytes, file: str, limits: Limits) -> dict[str, Any]:
    limit = limits.max_bytes // DOCUMENT_MEMORY
    if len(utf8) > limit:
        raise UnreadableExportError(
            f"{file}: {len(utf8) / MEGABYTE:,.0f} MB of JSON in a single object, more than the "
            f"{limit / MEGABYTE:,.0f} MB that can be taken apart at once. Export an array, one "
            "object a line, or CSV."
        )
    try:
        document = _loads(utf8)
    except (ValueError, RecursionError) as error:
        raise UnreadableExportError(
            f"{file}: not valid JSON ({error}). The file may be cut off: export it again."
        ) from error
    if isinstance(document, dict):
        return document
    raise UnreadableExportError(
        f"{file}: the JSON is a single value, not a table. Expected an array of objects."
    )


def _loads(text: bytes) -> Any:  # noqa: ANN401 - JSON is any of six types
    return _DECODER.decode(text.decode("utf-8", "surrogatepass"))


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Object of its pairs; a repeated key is kept as "key (2)" instead of the last one winning."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        name, number = key, 1
        while name in found:
            number += 1
            name = f"{key} ({number})"
        found[name] = value
    return found


# Below _object_of, which it calls.
_DECODER = json.JSONDecoder(
    parse_int=NumberAsWritten,
    parse_float=NumberAsWritten,
    parse_constant=NumberAsWritten,
    object_pairs_hook=_object_of,
)


def _read_array(items: Iterable[Any], file: str, limits: Limits, tell: Tell) -> _Objects:
    found = _Objects(Rows(file, limits, tell), 0, 0, [], [])
    for place, item in enumerate(items, start=1):
        if isinstance(item, dict):
            found.rows.add(_flatten(item, file, place), place)
        else:
            _reject(found, place, _json_text(item), "not an object", limits, file)
        found.lines = place
    return found


def _read_lines(utf8: bytes, file: str, limits: Limits, tell: Tell) -> _Objects:
    found = _Objects(Rows(file, limits, tell), 0, 0, [], [])
    for place, line in enumerate(io.BytesIO(utf8), start=1):
        found.lines = place
        if line.isspace():
            found.blank += 1
            continue
        try:
            item = _loads(line)
        except (ValueError, RecursionError) as error:
            _reject(found, place, _shown(line), f"not valid JSON ({error})", limits, file)
            continue
        if isinstance(item, dict):
            found.rows.add(_flatten(item, file, place), place)
        else:
            _reject(found, place, _shown(line), "not an object", limits, file)
    return found


def _shown(line: bytes) -> str:
    return line.removesuffix(b"\n").decode()


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
    try:
        for key, value in item.items():
            if isinstance(value, dict) and value:
                for inner, deeper in value.items():
                    flat[_free_name(flat, f"{key}.{inner}")] = cell_of(deeper)
            else:
                flat[_free_name(flat, key)] = cell_of(value)
    except RecursionError as error:
        raise UnreadableExportError(f"{file}: object {place:,} is nested too deep.") from error
    return flat


def _free_name(flat: dict[str, str | None], key: str) -> str:
    name, number = clean(key.strip()) or "Column", 1
    while name in flat:
        number += 1
        name = f"{key.strip()} ({number})"
    return name


def cell_of(value: Any) -> str | None:  # noqa: ANN401 - JSON is any of six types
    """The cell of a JSON value: text without its quotes, lists and objects as JSON; "" is blank."""
    if value is None or value == "":
        return None
    return clean(value) if isinstance(value, str) else _json_text(value)


def clean(text: str) -> str:
    """Text that can be stored: a lone surrogate, which JSON can spell, is no character."""
    if text.isascii():
        return str(text)
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


def _table(found: _Objects, file: str, text: Text, kind: str) -> TextTable:
    rows, numbers, empty = without_blank_rows(found.rows.table(), found.rows.numbers())
    if not rows.num_rows:
        _refuse_no_objects(found, file)
    is_run = int(numbers[-1]) - int(numbers[0]) == len(numbers) - 1
    other = {"blank": found.blank + empty}
    return TextTable(
        file=file,
        sha256="",
        kind=kind,
        encoding=text.encoding,
        delimiter=None,
        quote=None,
        header=tuple(rows.column_names),
        rows=rows,
        line_numbers=None if is_run else pa.array(numbers, pa.int64()),
        first_line=int(numbers[0]),
        lines=found.lines,
        other_lines={what: count for what, count in other.items() if count},
        rejected=tuple(found.rejected),
        warnings=(*text.warnings, *found.warnings),
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
