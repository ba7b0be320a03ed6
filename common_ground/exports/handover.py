"""Text tables handed from one process to another: Arrow files and a JSON description in a folder.

An upload is read in a child process (`start_reading`); the server and later children look at what
it left (`load_tables`), without reading the export again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow as pa

from common_ground.child import Bounds, Child, Tell
from common_ground.errors import CommonGroundError, UnreadableExportError
from common_ground.exports.questions import question_of
from common_ground.exports.reader import read
from common_ground.exports.tables import Limits, RejectedLine, TextTable

_DESCRIPTION = "tables.json"
_READ = "common_ground.exports.handover:read_into"


def start_reading(
    path: Path,
    folder: Path,
    limits: Limits | None = None,
    bounds: Bounds | None = None,
    encoding: str | Mapping[str, str] | None = None,
) -> Child:
    """A child that reads a file; once it has ended, `tables_of` takes what it left.

    Args:
        path: the file.
        folder: where the tables are left.
        limits: as for `read`.
        bounds: time and memory of the child.
        encoding: as for `read`.
    """
    arguments = {
        "path": str(path.absolute()),
        "limits": asdict(limits or Limits()),
        "encoding": encoding if encoding is None or isinstance(encoding, str) else dict(encoding),
    }
    return Child(_READ, arguments, folder, path.name, bounds)


def tables_of(child: Child) -> list[TextTable]:
    """Tables a reading child has left.

    Raises:
        UnreadableExportError: as `read`, or the child was stopped, or ran out of time or memory.
    """
    try:
        child.result()
    except CommonGroundError as error:
        raise UnreadableExportError(str(error)) from error
    return load_tables(child.folder)


def read_into(arguments: dict[str, Any], folder: Path, progress: Tell) -> int:
    """The task of a reading child: tables of a file into a folder; how many."""
    path, limits = Path(arguments["path"]), Limits(**arguments["limits"])
    tables = read(path, limits, encoding=arguments["encoding"], tell=progress)
    progress("Handing over", 0.95)
    for number, table in enumerate(tables):
        _write(table, folder, number)
    described = [_describe(table) for table in tables]
    (folder / _DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")
    return len(tables)


def load_tables(folder: Path) -> list[TextTable]:
    """Tables left in a folder; their cells stay on disk and are mapped into memory when used."""
    described = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    return [_load(folder, number, plain) for number, plain in enumerate(described)]


def _write(table: TextTable, folder: Path, number: int) -> None:
    _write_arrow(table.rows, folder / f"{number}.arrow")
    if table.line_numbers is not None:
        numbers = pa.table({"line": table.line_numbers})
        _write_arrow(numbers, folder / f"{number}.lines.arrow")


def _write_arrow(rows: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)


def _describe(table: TextTable) -> dict[str, Any]:
    plain = {
        field.name: getattr(table, field.name)
        for field in fields(table)
        if field.name not in {"rows", "line_numbers", "rejected"}
    }
    plain["other_lines"] = dict(table.other_lines)
    plain["rejected"] = [asdict(line) for line in table.rejected]
    plain["questions"] = [asdict(question) for question in table.questions]
    return plain


def _load(folder: Path, number: int, plain: dict[str, Any]) -> TextTable:
    lines = folder / f"{number}.lines.arrow"
    return TextTable(
        **{
            **plain,
            "header": tuple(plain["header"]),
            "warnings": tuple(plain["warnings"]),
            "rejected": tuple(RejectedLine(**line) for line in plain["rejected"]),
            "questions": tuple(question_of(asked) for asked in plain["questions"]),
            "rows": _table_of(folder / f"{number}.arrow"),
            "line_numbers": _table_of(lines)["line"].combine_chunks() if lines.exists() else None,
        }
    )


def _table_of(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as reader:
        return reader.read_all()
