"""Dialects: which tool wrote a file, and which header is which canonical column.

A dialect is one TOML file in queries/dialects (see queries/README.md). Beside those, every table
of queries/staging is a generic dialect of its own: its column names as headers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache

from common_ground.errors import MissingColumnsError, UnknownDialectError
from common_ground.exports.dialect_files import read_dialect
from common_ground.exports.mappings import StagedColumn, TableMapping, staged_tables
from common_ground.exports.questions import Choice, Question
from common_ground.exports.rules import either, read_from, rule_of
from common_ground.exports.spread import spread_over
from common_ground.settings import QUERIES

LIKE_ENOUGH = 0.75  # likeness of two headers (0..1) above which one is guessed for the other
NEARLY = 0.5  # share of a dialect's marks above which a file is that dialect with columns missing
OWN_HEADERS = 0.5  # share of a file's headers that must be ours for a generic table


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
            *(rule_of(rule).headers for rule in mapping.leave_out.values()),
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


def marks(mapping: TableMapping, headers: tuple[str, ...]) -> set[str]:
    """The headers of a file that say what a row or another cell is."""
    named = [rule_of(rule).headers for rule in mapping.leave_out.values()]
    named += [(header,) for by_header in mapping.instead.values() for header in by_header]
    found = (first_present(names, headers) for names in named)
    return {header for header in found if header is not None}


def _used(mapping: TableMapping, headers: Iterable[str]) -> int:
    """How many columns of a mapping a file fills."""
    listed = list(headers)
    named = ([h for n in names for h in (n, *read_from(n))] for names in mapping.columns.values())
    return sum(first_present(names, listed) is not None for names in named)


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
    best = _best(file, headers, fitting, own)
    companions = [
        m
        for m in every
        if m.companion_of == best.table and m.dialect == best.dialect and _is_filled(m, headers)
    ]
    best = replace(best, because="" if dialect else _because(best, headers))
    return tuple(_with_extra(m, extra or {}) for m in (best, *companions))


def _is_filled(companion: TableMapping, headers: tuple[str, ...]) -> bool:
    """Whether a file has what a mapping beside the first one reads."""
    if companion.spread:
        return bool(spread_over(companion.spread, headers))
    return all(header_of(companion, need, headers) for need in companion.needs)


def _best(
    file: str,
    headers: tuple[str, ...],
    fitting: list[TableMapping],
    own: tuple[TableMapping, ...],
) -> TableMapping:
    """The mapping that uses the most headers; those made for the workspace go before all others.

    Raises:
        UnknownDialectError: two of different tools or tables use as many.
    """

    def rank(mapping: TableMapping) -> tuple[bool, int, bool]:
        return (mapping in own, _used(mapping, headers), mapping.dialect != "generic")

    first = max(map(rank, fitting))
    equal = {(m.dialect, m.table): m for m in reversed(fitting) if rank(m) == first}
    if len(equal) > 1:
        raise _tie(file, headers, list(reversed(equal.values())))
    return next(iter(equal.values()))


def _because(mapping: TableMapping, headers: tuple[str, ...]) -> str:
    """Which tool it is, and the headers that say so."""
    named = [first_present(either(mark), headers) for mark in mapping.detect]
    marks = ", ".join(f"'{header}'" for header in named if header)
    return f"{mapping.label}, because it has the headers {marks}"


def _tie(
    file: str, headers: tuple[str, ...], rivals: Sequence[TableMapping]
) -> UnknownDialectError:
    """The error for headers that several tools know equally well, with the question to ask."""
    choices = tuple(
        Choice(
            f"{m.dialect}.{m.table}",
            f"{m.label}, {m.table.replace('_', ' ')}",
            f"{_used(m, headers)} of {len(headers)} headers used",
        )
        for m in rivals
    )
    is_one_tool = len({m.dialect for m in rivals}) == 1
    names = [f"{m.dialect}.{m.table}" if is_one_tool else m.dialect for m in rivals]
    asks = Question(file, "dialect", "Which tool wrote it?", choices, "it cannot be used")
    return UnknownDialectError(
        f"{file}: the headers fit {' and '.join(names)} equally well. Say "
        f'which on the Data page, or under [files."{file}"] dialect in decisions.toml.',
        asks,
    )


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
    return any(plain(name) in present for name in either(mark))


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
                names |= {
                    h for n in mapping.columns.get(column.name, ()) for h in (n, *read_from(n))
                }
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
