"""The rows of a file as a staged table takes them: under its column names, still text.

What a tool writes in more rows than it means, or in fewer, is put right here as its dialect says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from common_ground.exports.dialects import first_present
from common_ground.exports.mappings import TableMapping
from common_ground.exports.rules import rule_of
from common_ground.exports.tables import TextTable
from common_ground.warehouse import cells
from common_ground.warehouse.each import with_each

ANY = "*"  # in a dialect: whatever the cell says


@dataclass(frozen=True)
class TextRows:
    """Text under staged names, and the rows of the file that are none of the table's.

    Attributes:
        rows: with the column `line`.
        others: how many rows of the file were counted instead, by what they are.
    """

    rows: pa.Table
    others: Mapping[str, int]


def lines_of(table: TextTable) -> pa.Array:
    """The line of each row."""
    if table.line_numbers is not None:
        return table.line_numbers
    return pa.array(np.arange(table.first_line, table.first_line + table.loaded))


def text_rows(table: TextTable, mapping: TableMapping, headers: Mapping[str, str]) -> TextRows:
    """The mapped columns of a table under their staged names.

    Args:
        table: as read.
        mapping: of its dialect.
        headers: staged column -> header of this file.
    """
    cells_of, lines, others = _of_other_kinds(table, mapping)
    rows = _named(cells_of, lines, mapping, headers)
    if mapping.repeat is not None and mapping.repeat in headers:
        rows = _with_repeats(rows, cells_of, mapping.repeat, headers[mapping.repeat])
    if mapping.each is not None and mapping.each in headers:
        rows = with_each(rows, mapping.each, mapping)
    if mapping.one_row_per is not None and mapping.one_row_per in headers:
        first = _first_of_alike(rows, mapping.one_row_per)
        others[mapping.further_rows] = rows.num_rows - first.num_rows
        rows = first
    return TextRows(rows, {what: count for what, count in others.items() if count})


def _of_other_kinds(
    table: TextTable, mapping: TableMapping
) -> tuple[pa.Table, pa.Array, dict[str, int]]:
    """Rows and lines without those a header marks as something else, and how many those are."""
    rows, lines, others = table.rows, lines_of(table), {}
    for what, text in mapping.leave_out.items():
        rule = rule_of(text)
        header = first_present(rule.headers, table.header)
        if header is not None:
            stays = pc.invert(rule.holds(rows[header]))
            others[what] = rows.num_rows - (pc.sum(stays).as_py() or 0)
            rows, lines = rows.filter(stays), lines.filter(stays.combine_chunks())
    return rows, lines, others


def _named(
    rows: pa.Table, lines: pa.Array, mapping: TableMapping, headers: Mapping[str, str]
) -> pa.Table:
    """The mapped columns under their staged names, with line numbers and constants."""
    data = {"line": lines} | {n: cells.trimmed(rows[header]) for n, header in headers.items()}
    if mapping.gather is not None and mapping.gather in headers:
        data[mapping.gather] = _gathered(rows, headers[mapping.gather])
    for name, by_header in mapping.instead.items():
        for mark, meanings in by_header.items():
            header = first_present([mark], rows.column_names)
            if header is not None and name in data:
                data[name] = _replaced(data[name], cells.trimmed(rows[header]), meanings)
    for name, value in mapping.constants.items():
        data[name] = pa.array([value] * len(lines), pa.string())
    return pa.table(data)


def _replaced(
    column: pa.ChunkedArray, mark: pa.ChunkedArray, meanings: Mapping[str, str]
) -> pa.ChunkedArray:
    """The column with another value where a mark beside it says so; ANY is every filled mark."""
    for said, value in meanings.items():
        says = pc.is_valid(mark) if said == ANY else pc.equal(pc.utf8_lower(mark), said.casefold())
        column = pc.if_else(pc.fill_null(says, False), pa.scalar(value), column)
    return column


def _with_repeats(rows: pa.Table, table: pa.Table, name: str, first: str) -> pa.Table:
    """One row more for each further column of a repeated header."""
    position = rows.column_names.index(name)
    copies = [
        rows.set_column(position, name, cells.trimmed(table[header]))
        for header in _again(table, first)
    ]
    return pa.concat_tables([rows, *copies])


def _gathered(table: pa.Table, first: str) -> pa.ChunkedArray:
    """The column of a repeated header; where a row fills it more than once, a JSON list."""
    columns = [
        cells.trimmed(table[header]).to_pylist() for header in (first, *_again(table, first))
    ]
    filled = ([cell for cell in row if cell] for row in zip(*columns, strict=True))
    texts = [
        json.dumps(row, ensure_ascii=False) if len(row) > 1 else "".join(row) for row in filled
    ]
    return pa.chunked_array([pa.array([text or None for text in texts], pa.string())])


def _again(table: pa.Table, first: str) -> list[str]:
    """The further columns of a repeated header."""
    return [
        name
        for name in table.column_names
        if name.startswith(f"{first} (") and name[len(first) + 2 : -1].isdigit()
    ]


def _first_of_alike(rows: pa.Table, key: str) -> pa.Table:
    """Of the rows that agree in everything the first; a row without its key stays to be told."""
    same = [name for name in rows.column_names if name != "line"]
    firsts = rows.group_by(same, use_threads=False).aggregate([("line", "min")])["line_min"]
    stays = pc.or_(pc.is_in(rows["line"], value_set=firsts), pc.is_null(rows[key]))
    return rows.filter(stays)
