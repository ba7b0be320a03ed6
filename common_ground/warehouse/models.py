"""The SQL files of queries/ as models: name, grain, inputs, parameters, columns, text.

A file opens with a block of comment lines (see queries/README.md); `read_model` parses it, and
tests/warehouse compares it with what DuckDB says of the select.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from common_ground.settings import QUERIES

_FIELD = re.compile(r"^-- (model|grain|inputs|params|columns|check|label|severity|says): ?(.*)$")
_COLUMN = re.compile(r"^--   (\S+)\s{2,}(\S+(?: \S+)*?)\s{2,}(.*)$")
_CONTINUED = re.compile(r"^--\s{3,}(\S.*)$")


@dataclass(frozen=True)
class Column:
    """One output column as its header promises it."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class Model:
    """One mart: a select with a parsed header.

    Attributes:
        name: file name without ending.
        grain: what one row is, in words.
        inputs: canonical tables and marts it reads.
        params: DuckDB named parameters it needs, without the dollar sign.
        columns: output columns in order.
        sql: the whole text of the file.
    """

    name: str
    grain: str
    inputs: tuple[str, ...]
    params: tuple[str, ...]
    columns: tuple[Column, ...]
    sql: str


@dataclass(frozen=True)
class Check:
    """One rule on the data: the rows its select returns are the violations.

    Attributes:
        name: file name, `<table>__<what_is_wrong>`.
        label: what is wrong, in words, as a page shows it.
        severity: "fail" where rows contradict each other, "warn" where they are incomplete.
        says: what it means for the numbers and what to do.
        params: named parameters, a subset of as_of.
        sql: the whole text of the file.
    """

    name: str
    label: str
    severity: str
    says: str
    params: tuple[str, ...]
    sql: str


def _header(text: str) -> dict[str, list[str]]:
    """Fields of the leading comment block; each with its lines in order."""
    fields: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        if found := _FIELD.match(line):
            current = fields.setdefault(found[1], [])
            if found[2]:
                current.append(found[2])
        else:
            current.append(line)
    return fields


def _one_line(lines: list[str]) -> str:
    return " ".join(line.removeprefix("--").strip() for line in lines)


def _names(lines: list[str]) -> tuple[str, ...]:
    """Names before any bracketed type or colon, comma or line separated."""
    names: list[str] = []
    for line in lines:
        text = re.sub(r"\([^)]*\)", "", line.removeprefix("--").strip()).split(":")[0]
        names += [name.strip().removeprefix("$") for name in text.split(",") if name.strip()]
    return tuple(names)


def _columns(lines: list[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    for line in lines:
        if found := _COLUMN.match(line):
            columns.append(Column(found[1], found[2], found[3].strip()))
        elif columns and (more := _CONTINUED.match(line)):
            last = columns[-1]
            columns[-1] = Column(last.name, last.type, f"{last.meaning} {more[1]}")
    return tuple(columns)


def read_model(path: Path) -> Model:
    """The mart in a file.

    Raises:
        ValueError: the header lacks a field or names another model; a mistake in this project.
    """
    text = path.read_text(encoding="utf-8")
    header = _header(text)
    if header.get("model") != [path.stem] or not header.get("grain"):
        raise ValueError(f"{path.name}: the header must open with model: {path.stem} and a grain")
    return Model(
        name=path.stem,
        grain=_one_line(header["grain"]),
        inputs=_names(header.get("inputs", [])),
        params=_names(header.get("params", [])),
        columns=_columns(header.get("columns", [])),
        sql=text,
    )


def read_check(path: Path) -> Check:
    """The rule in a file.

    Raises:
        ValueError: the header lacks a field; a mistake in this project.
    """
    text = path.read_text(encoding="utf-8")
    header = _header(text)
    if header.get("check") != [path.stem] or not {"label", "severity", "says"} <= header.keys():
        raise ValueError(f"{path.name}: the header needs check: {path.stem}, label, severity, says")
    return Check(
        name=path.stem,
        label=_one_line(header["label"]),
        severity=_one_line(header["severity"]),
        says=_one_line(header["says"]),
        params=_names(header.get("params", [])),
        sql=text,
    )


@cache
def marts() -> dict[str, Model]:
    """Every mart by name, each after the marts it reads."""
    found = {path.stem: read_model(path) for path in sorted((QUERIES / "marts").glob("*.sql"))}
    ordered: dict[str, Model] = {}

    def add(model: Model) -> None:
        for name in model.inputs:
            if name in found and name not in ordered:
                add(found[name])
        ordered.setdefault(model.name, model)

    for model in found.values():
        add(model)
    return ordered


@cache
def checks() -> dict[str, Check]:
    """Every rule by name."""
    return {path.stem: read_check(path) for path in sorted((QUERIES / "checks").glob("*.sql"))}


@cache
def canonical_ddl() -> dict[str, str]:
    """`create table` text of every canonical table by name."""
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((QUERIES / "canonical").glob("*.sql"))
    }
