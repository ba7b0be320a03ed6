"""Reading an upload in a process of its own, which can be stopped and cannot eat the machine.

The child hands its tables back as Arrow files and a JSON description, never as pickled objects. It
is started as a program, not forked: a server's threads and open files stay out of it.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow as pa

from common_ground.errors import UnreadableExportError
from common_ground.exports.questions import Choice, Question
from common_ground.exports.reader import read
from common_ground.exports.tables import Limits, RejectedLine, TextTable
from common_ground.settings import PROJECT

CHILD_SECONDS = 120
CHILD_MEMORY_BYTES = 4_000_000_000
_PROGRAM = "from common_ground.exports.child import main; main()"
_DESCRIPTION, _FAILURE = "tables.json", "failure.txt"
_OUT_OF_MEMORY = 77


def read_in_child(
    path: Path,
    limits: Limits | None = None,
    seconds: float = CHILD_SECONDS,
    memory_bytes: int = CHILD_MEMORY_BYTES,
) -> list[TextTable]:
    """Tables of a file, read in a child process that is killed past its limits.

    Args:
        path: the file.
        limits: as for `read`.
        seconds: wall-clock time; CPU time too where the system can limit it.
        memory_bytes: address space, where the system can limit it.

    Raises:
        UnreadableExportError: as `read`, or the child ran out of time or memory.
    """
    with tempfile.TemporaryDirectory(prefix="common-ground-") as folder:
        task = {
            "path": str(path.absolute()),
            "limits": asdict(limits or Limits()),
            "folder": folder,
            "cpu_seconds": 2 * (int(seconds) + 1),
            "memory_bytes": memory_bytes,
        }
        child = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, json.dumps(task)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )
        try:
            exit_code = child.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise UnreadableExportError(
                f"{path.name}: reading took longer than {seconds:g} seconds and was stopped. "
                "Export a shorter period, or run the build command, which has no time limit."
            ) from error
        finally:
            child.kill()
            child.wait()
        return _collect(Path(folder), path, exit_code, memory_bytes)


def main() -> None:
    """Runs in the child: read, then write Arrow files and their description into the folder."""
    task = json.loads(sys.argv[1])
    _limit_self(task["cpu_seconds"], task["memory_bytes"])
    target = Path(task["folder"])
    try:
        tables = read(Path(task["path"]), Limits(**task["limits"]))
        for number, table in enumerate(tables):
            _write(table, target, number)
        described = [_describe(table) for table in tables]
        (target / _DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")
    except UnreadableExportError as error:
        (target / _FAILURE).write_text(str(error), encoding="utf-8")
    except (MemoryError, pa.ArrowMemoryError):
        sys.exit(_OUT_OF_MEMORY)


def _limit_self(cpu_seconds: int, memory_bytes: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


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


def _collect(folder: Path, path: Path, exit_code: int | None, memory_bytes: int) -> list[TextTable]:
    failure = folder / _FAILURE
    if failure.exists():
        raise UnreadableExportError(failure.read_text(encoding="utf-8"))
    if exit_code != 0 or not (folder / _DESCRIPTION).exists():
        raise UnreadableExportError(
            f"{path.name}: reading stopped before the end (exit {exit_code}); the file probably "
            f"needs more than the {memory_bytes / 1e9:.1f} GB an upload may use. Export a shorter "
            "period, or run the build command, which has no such limit."
        )
    described = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    return [_load(folder, number, plain) for number, plain in enumerate(described)]


def _load(folder: Path, number: int, plain: dict[str, Any]) -> TextTable:
    lines = folder / f"{number}.lines.arrow"
    return TextTable(
        **{
            **plain,
            "header": tuple(plain["header"]),
            "warnings": tuple(plain["warnings"]),
            "rejected": tuple(RejectedLine(**line) for line in plain["rejected"]),
            "questions": tuple(_question(asked) for asked in plain["questions"]),
            "rows": _table_of(folder / f"{number}.arrow"),
            "line_numbers": _table_of(lines)["line"].combine_chunks() if lines.exists() else None,
        }
    )


def _question(plain: dict[str, Any]) -> Question:
    choices = tuple(Choice(**choice) for choice in plain["choices"])
    return Question(**{**plain, "choices": choices})


def _table_of(path: Path) -> pa.Table:
    # Read into memory, not mapped: the folder is gone when the caller looks at the rows.
    with pa.ipc.open_file(pa.py_buffer(path.read_bytes())) as reader:
        return reader.read_all()
