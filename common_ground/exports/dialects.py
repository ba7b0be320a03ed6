"""Dialects: which tool wrote a file, and which header is which canonical column.

A dialect is one TOML file in queries/dialects (see queries/README.md). Beside those, every table
of queries/staging is a generic dialect of its own: its column names as headers.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import tomlkit

from common_ground.errors import MissingColumnsError, UnknownDialectError
from common_ground.settings import QUERIES

LIKE_ENOUGH = 0.75  # likeness of two headers (0..1) above which one is guessed for the other
NEARLY = 0.5  # share of a dialect's marks above which a file is that dialect with columns missing
OWN_HEADERS = 0.5  # share of a file's headers that must be ours for a generic table
DOCUMENT = "document"  # section of a dialect file that joined.py reads


@dataclass(frozen=True)
class StagedColumn:
    """A column that a file may fill.

    Attributes:
        name: name in queries/staging.
        type: DuckDB type its text is cast to.
        is_required: a row without it is rejected, a file without it cannot be used.
    """

    name: str
    type: str
    is_required: bool


@dataclass(frozen=True)
class TableMapping:
    """How one kind of file fills one staged table.

    Attributes:
        dialect: name of the TOML file, or "generic".
        label: the tool in words.
        table: table of queries/staging.
        detect: headers that mark the file, all of them needed; "id or Id" is either of the two.
        columns: staged column -> headers, the first one present is taken.
        values: staged column -> canonical value -> labels of the tool.
        constants: staged column -> value of every row.
        needs: staged columns without which a row holds nothing for this table.
        companion_of: table whose file this mapping reads too.
        repeat: staged column whose header repeats; each filled cell becomes a row.
        gather: staged column whose header repeats; the filled cells of a row become a JSON list.
        each: staged column whose cells may name several things; each becomes a row.
        separator: between the things, where the cell is no JSON list.
        numbered: staged key that tells the rows of one cell apart by a number behind it.
        repeats_in: staged column in which the further rows of a cell name the first.
        one_row_per: staged column of which the file has a row for each person or event; rows that
            agree in every mapped cell become one.
        further_rows: what the rows after the first are, for the receipt.
        leave_out: what a row is -> header that is filled where it is that; counted, not loaded.
        not_read: header -> why nothing is read from it, where people would expect it.
        instead: staged column -> header -> what it says -> value that holds then ("*": anything).
        amount_is: what a deal's amount means: arr, mrr, tcv or one_off.
        unknown_amount_when_lost: an amount of 0 on a lost deal means not known.
    """

    dialect: str
    label: str
    table: str
    detect: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    companion_of: str | None = None
    repeat: str | None = None
    gather: str | None = None
    each: str | None = None
    separator: str | None = None
    numbered: str | None = None
    repeats_in: str | None = None
    one_row_per: str | None = None
    further_rows: str = "further rows"
    leave_out: Mapping[str, str] = field(default_factory=dict)
    not_read: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    amount_is: str | None = None
    unknown_amount_when_lost: bool = False


@cache
def staged_tables() -> dict[str, tuple[StagedColumn, ...]]:
    """Columns a file may fill, by staged table, read from queries/staging."""
    line = re.compile(
        r"^    (\w+) ([a-z]+(?:\(\d+, \d+\))?)( not null)?,?(?: --.*)?$", re.MULTILINE
    )
    return {
        path.stem: tuple(
            StagedColumn(name, kind, bool(required))
            for name, kind, required in line.findall(path.read_text(encoding="utf-8"))
            if name not in ("source", "line")
        )
        for path in sorted((QUERIES / "staging").glob("*.sql"))
    }


def _mapping(dialect: str, label: str, table: str, section: Mapping[str, Any]) -> TableMapping:
    values = section.get("values", {})
    return TableMapping(
        dialect=dialect,
        label=label,
        table=table,
        detect=tuple(section.get("detect", ())),
        columns=_tuples(section.get("columns", {})),
        values={column: _tuples(labels) for column, labels in values.items()},
        constants=section.get("constants", {}),
        needs=tuple(section.get("needs", ())),
        companion_of=section.get("with"),
        repeat=section.get("repeat"),
        gather=section.get("gather"),
        each=section.get("each"),
        separator=section.get("separator"),
        numbered=section.get("numbered"),
        repeats_in=section.get("repeats_in"),
        one_row_per=section.get("one_row_per"),
        further_rows=section.get("further_rows", "further rows"),
        leave_out=section.get("leave_out", {}),
        not_read=section.get("not_read", {}),
        instead=section.get("instead", {}),
        amount_is=section.get("amount_is"),
        unknown_amount_when_lost=section.get("unknown_amount_when_lost", False),
    )


def _tuples(entry: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(value) for key, value in entry.items()}


def read_dialect(path: Path) -> tuple[TableMapping, ...]:
    """The mappings of one dialect file, in the order they stand there."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        _mapping(path.stem, content["label"], table, section)
        for table, section in content.items()
        if isinstance(section, dict) and table != DOCUMENT
    )


def as_toml(mapping: TableMapping) -> str:
    """A mapping as the text of a dialect file."""
    section: dict[str, Any] = {"detect": list(mapping.detect)}
    if mapping.amount_is:
        section["amount_is"] = mapping.amount_is
    section["columns"] = {column: list(headers) for column, headers in mapping.columns.items()}
    return tomlkit.dumps({"label": mapping.label, mapping.table: section})


def _generic(table: str, columns: tuple[StagedColumn, ...]) -> TableMapping:
    return TableMapping(
        dialect="generic",
        label=f"Generic {table.replace('_', ' ')}",
        table=table,
        detect=tuple(column.name for column in columns if column.is_required),
        columns={column.name: (column.name,) for column in columns},
    )


@cache
def known() -> tuple[TableMapping, ...]:
    """Every mapping this installation knows; tools first, generic tables last."""
    tools = [
        m for path in sorted((QUERIES / "dialects").glob("*.toml")) for m in read_dialect(path)
    ]
    return (*tools, *(_generic(table, columns) for table, columns in staged_tables().items()))


def paths(mappings: Iterable[TableMapping]) -> tuple[str, ...]:
    """The headers of dialects that may lead into a JSON cell, in the order they stand there."""
    found = (
        header
        for mapping in mappings
        for headers in (
            mapping.detect,
            *mapping.columns.values(),
            mapping.leave_out.values(),
            *mapping.instead.values(),
        )
        for names in headers
        for header in names.split(" or ")
        if "." in header
    )
    return tuple(dict.fromkeys(found))


def plain(header: str) -> str:
    """A header without case, outer space and the star some tools append."""
    return header.strip().rstrip("*").strip().casefold()


def header_of(mapping: TableMapping, column: str, headers: Iterable[str]) -> str | None:
    """The header of a file that fills a staged column; None where the file has none."""
    return first_present(mapping.columns.get(column, ()), headers)


def first_present(names: Iterable[str], headers: Iterable[str]) -> str | None:
    """The first of a dialect's names that is a header of a file, as the file writes it."""
    present = {plain(header): header for header in reversed(list(headers))}
    return next((present[plain(name)] for name in names if plain(name) in present), None)


def _used(mapping: TableMapping, headers: Iterable[str]) -> int:
    listed = list(headers)
    return sum(header_of(mapping, column, listed) is not None for column in mapping.columns)


def detect(
    file: str,
    headers: tuple[str, ...],
    dialect: str | None = None,
    extra: Mapping[str, str] | None = None,
    own: tuple[TableMapping, ...] = (),
) -> tuple[TableMapping, ...]:
    """The mapping a file calls for, first, and those that read the same file beside it.

    Args:
        file: name of the file, for messages.
        headers: its headers in order.
        dialect: "tool" or "tool.table" that a person decided; None to find out.
        extra: header -> staged column that a person decided.
        own: mappings made for this workspace.

    Raises:
        UnknownDialectError: no dialect knows the headers, or two know them equally well.
        MissingColumnsError: it is clearly one tool's file, with a column missing.
    """
    present = {plain(header) for header in headers}
    added = set((extra or {}).values())
    every = (*own, *known())
    pool = [m for m in every if m.companion_of is None and _is_named(m, dialect)]
    if not pool:
        raise UnknownDialectError(f"{file}: there is no dialect '{dialect}'. Known: {_names()}.")
    fitting = [
        m
        for m in pool
        if all(_has(m, mark, present, added) for mark in m.detect)
        and (dialect is not None or _speaks_our_words(m, headers))
    ]
    if not fitting:
        raise _no_fit(file, headers, pool, present)
    ranked = sorted(fitting, key=lambda m: (-_used(m, headers), m.dialect == "generic"))
    best = ranked[0]
    rivals = {
        m.dialect
        for m in ranked
        if m.dialect not in (best.dialect, "generic") and _used(m, headers) == _used(best, headers)
    }
    if rivals:
        raise UnknownDialectError(
            f"{file}: the headers fit {best.dialect} and {', '.join(sorted(rivals))} equally well. "
            f'Say which under [files."{file}"] dialect in decisions.toml.'
        )
    companions = [
        m
        for m in every
        if m.companion_of == best.table
        and m.dialect == best.dialect
        and all(header_of(m, need, headers) for need in m.needs)
    ]
    return tuple(_with_extra(m, extra or {}) for m in (best, *companions))


def _is_named(mapping: TableMapping, dialect: str | None) -> bool:
    return dialect in (
        None,
        mapping.dialect,
        f"{mapping.dialect}.{mapping.table}",
        f"{mapping.dialect}_{mapping.table}",
    )


def _speaks_our_words(mapping: TableMapping, headers: tuple[str, ...]) -> bool:
    """One common header does not make a file a generic table; half of them do."""
    return mapping.dialect != "generic" or _used(mapping, headers) >= OWN_HEADERS * len(headers)


def _has(mapping: TableMapping, mark: str, present: set[str], added: set[str]) -> bool:
    """The header is there, or a person said which other header stands for its column."""
    if _is_there(mark, present):
        return True
    return any(
        column in added and plain(mark) in {plain(name) for name in names}
        for column, names in mapping.columns.items()
    )


def _is_there(mark: str, present: set[str]) -> bool:
    return any(plain(name) in present for name in mark.split(" or "))


def _with_extra(mapping: TableMapping, extra: Mapping[str, str]) -> TableMapping:
    """A person's choice of header goes before those of the dialect."""
    columns = dict(mapping.columns)
    for header, column in extra.items():
        columns[column] = (header, *columns.get(column, ()))
    return replace(mapping, columns=columns)


def guess(table: str, headers: Iterable[str]) -> dict[str, str | None]:
    """For each column of a staged table the header that seems to hold it; None where none does.

    What any known dialect calls the column comes first, then likeness of the words. No header
    serves twice.
    """
    free = list(headers)
    found: dict[str, str | None] = {}
    for column in staged_tables()[table]:
        names = {column.name, column.name.replace("_", " ")}
        for mapping in known():
            if mapping.table == table:
                names |= set(mapping.columns.get(column.name, ()))
        close = [header for header in free if plain(header) in {plain(name) for name in names}]
        if not close:
            by_words = {plain(header).replace("_", " "): header for header in free}
            like = get_close_matches(
                column.name.replace("_", " "), by_words, n=1, cutoff=LIKE_ENOUGH
            )
            close = [by_words[words] for words in like]
        found[column.name] = close[0] if close else None
        if close:
            free.remove(close[0])
    return found


def _no_fit(
    file: str, headers: tuple[str, ...], pool: list[TableMapping], present: set[str]
) -> UnknownDialectError | MissingColumnsError:
    def share(mapping: TableMapping) -> float:
        if not mapping.detect or not _speaks_our_words(mapping, headers):
            return 0.0
        return sum(_is_there(mark, present) for mark in mapping.detect) / len(mapping.detect)

    closest = max(pool, key=lambda m: (share(m), _used(m, headers)))
    if share(closest) > NEARLY or (share(closest) == NEARLY and closest.dialect == "generic"):
        missing = [mark for mark in closest.detect if not _is_there(mark, present)]
        return MissingColumnsError.from_missing_and_present(
            file, f"{closest.label} {closest.table}", missing, headers
        )
    shown = ", ".join(repr(header) for header in headers[:12])
    more = f" and {len(headers) - 12} more" if len(headers) > 12 else ""
    return UnknownDialectError(
        f"{file}: no dialect knows the headers {shown}{more}. Map it on the Data page, name a "
        f'dialect under [files."{file}"] in decisions.toml, or rename its headers to those of a '
        "generic table (README, Your own exports)."
    )


def _names() -> str:
    return ", ".join(sorted({m.dialect for m in known()}))
