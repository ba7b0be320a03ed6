"""What is done to the cells of a column before its values are read."""

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from common_ground.warehouse.readings import SHOWN_VALUES, counts, first_cells

# What tools put around a cell so that no spreadsheet runs it or makes a number of it.
GUARDS = {"'": r"^'([=+@-])", '="': r'^="([^"]*)"$'}
# Spaces of any width; not tab and line end, which somebody put there.
SPACES = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
    "\u205f\u3000"
)
# Columns that hold one thing of what a cell may name several of, and how those are told apart: by
# a semicolon or as a JSON list. A name may hold a semicolon.
LAST_SPACE, LAST_ASCII = ord(" "), 127
LIST, SEMICOLON = "{0} like '[%,%]'", "contains({0}, ';')"
SEVERAL = {
    "account_id": ("accounts", f"({SEMICOLON} or {LIST})"),
    "account_domain": ("accounts", f"({SEMICOLON} or {LIST})"),
    "area": ("areas", LIST),
    "item_key": ("items", LIST),
}


def trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells without spaces at their ends; several times quicker than trim() in SQL."""
    has_edges = any(_has_edges(chunk) for chunk in column.chunks)
    return pc.utf8_trim(column, SPACES) if has_edges else column


def _has_edges(cells: pa.StringArray) -> bool:
    """Whether a cell begins or ends with a byte that may belong to a space; quick to tell."""
    _, offsets, content = cells.buffers()
    if not len(cells) or content is None:
        return False
    ends = np.frombuffer(offsets, np.int32, len(cells) + 1, 4 * cells.offset)
    starts, stops = ends[:-1][np.diff(ends) > 0], ends[1:][np.diff(ends) > 0] - 1
    values = np.frombuffer(content, np.uint8)
    return any(
        ((edge <= LAST_SPACE) | (edge > LAST_ASCII)).any()
        for edge in (values[starts], values[stops])
    )


def without_guards(rows: pa.Table, columns: Sequence[str]) -> tuple[pa.Table, list[str]]:
    """The rows without the apostrophe of `'=1+1` and the formula of `="00123"`, and what was done.

    Args:
        rows: with the column `line`.
        columns: those that were taken from the file.
    """
    found: dict[int, str] = {}
    cells = 0
    for name in columns:
        for start, pattern in GUARDS.items():
            # Cheap where nothing is guarded, as in nearly every column
            if not pc.any(pc.starts_with(rows[name], start)).as_py():
                continue
            is_guarded = pc.match_substring_regex(rows[name], pattern)
            guarded = rows.filter(is_guarded)
            cells += guarded.num_rows
            for line, cell in zip(
                guarded["line"][:SHOWN_VALUES].to_pylist(),
                guarded[name][:SHOWN_VALUES].to_pylist(),
                strict=True,
            ):
                found.setdefault(line, cell)
            place = rows.column_names.index(name)
            freed = pc.replace_substring_regex(rows[name], pattern, r"\1")
            rows = rows.set_column(place, name, freed)
    if not cells:
        return rows, []
    shown = ", ".join(f"line {line} {found[line]}" for line in sorted(found)[:SHOWN_VALUES])
    told = f"{cells:,} cells were kept from running as a formula; the mark was taken off: {shown}"
    return rows, [told]


def of_several(
    connection: duckdb.DuckDBPyConnection, headers: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """SQL of the columns whose cells name several accounts or areas, and a sentence for each.

    The first of `8001;8002` or `["8001", "8002"]` is taken.
    """
    values, warnings = {}, []
    for name in (name for name in SEVERAL if name in headers):
        things, condition = SEVERAL[name]
        several = condition.format(name)
        cells, listed = counts(connection, name, several, f"{name} like '[%]'")
        if cells or listed:
            is_several = f"{several} or {name} like '[%]'"
            values[name] = (
                f"case when {is_several} then trim(first_of_several({name})) else {name} end"
            )
        if cells:
            shown = first_cells(connection, name, several)
            warnings.append(
                f"{cells:,} cells of '{headers[name]}' name several {things}; the first is taken: "
                f"{shown}"
            )
    return values, warnings
