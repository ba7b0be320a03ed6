"""Columns that say in their header what their cells are about, as rows: Date entered "Demo"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from common_ground.exports.mappings import TableMapping
from common_ground.exports.tables import TextTable, unique_names

# Tools, and programs a file went through, write different quotes around the same name.
_QUOTES = str.maketrans("'“”„‘’", '""""""')

LONGEST = 300  # characters of a header that is matched: two stars take the square of it


def spread_over(shapes: Sequence[str], headers: Iterable[str]) -> dict[str, str]:
    """Header -> what it is about, for the headers of a file that have one of the shapes.

    Args:
        shapes: headers with a star for the part that is asked for; what further stars stand for
            is left out. The first shape that fits is taken.
        headers: of the file; one longer than LONGEST is about nothing.
    """
    patterns = [
        re.compile("(.+)".join(map(re.escape, _plain(shape).split("*"))), re.IGNORECASE)
        for shape in shapes
    ]
    found: dict[str, str] = {}
    for header in (each for each in headers if len(each) <= LONGEST):
        fitting = [match for each in patterns if (match := each.fullmatch(_plain(header)))]
        if fitting:
            # Cut out of the header itself, whose own quotes stay
            found[header] = header.strip()[slice(*fitting[0].span(1))].strip()
    return found


def _plain(header: str) -> str:
    return header.strip().translate(_QUOTES)


def with_spread(table: TextTable, mapping: TableMapping) -> tuple[TextTable, TableMapping]:
    """The table with a row for each filled cell of the spread columns, and what reads it.

    A table that is not spread comes back as it is.
    """
    if mapping.star is None or mapping.cell is None:
        return table, mapping
    about = spread_over(mapping.spread, table.header)
    places = {header: _filled(table.rows[header]) for header in about}
    long = _taken(table, list(about), places)
    shape = mapping.spread[-1]
    named = unique_names([*long.header, f"{shape} (star)", f"{shape} (cell)"])
    star, cell = named[-2:]
    names = [pa.array([about[each]] * len(found), pa.string()) for each, found in places.items()]
    cells = [table.rows[each].take(found) for each, found in places.items()]
    rows = long.rows.append_column(star, pa.chunked_array(names, pa.string()))
    rows = rows.append_column(
        cell, pa.chunked_array([chunk for column in cells for chunk in column.chunks], pa.string())
    )
    columns = {**mapping.columns, mapping.star: (star,), mapping.cell: (cell,)}
    return replace(long, header=named, rows=rows), replace(mapping, columns=columns)


def _filled(column: pa.ChunkedArray) -> pa.Array:
    return pc.indices_nonzero(pc.is_valid(column))


def _taken(table: TextTable, spread: list[str], places: dict[str, pa.Array]) -> TextTable:
    """The rows at these places, one below the other, without the columns that are spread."""
    taken = pa.chunked_array(list(places.values()), pa.uint64())
    rows = table.rows.drop_columns(spread).take(taken)
    return replace(
        table,
        header=tuple(rows.column_names),
        rows=rows,
        line_numbers=pa.array([table.line_of(place) for place in taken.to_pylist()], pa.int64()),
        lines=table.lines - table.loaded + len(taken),
    )
