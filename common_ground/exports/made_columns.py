"""Columns a dialect makes of others: an id where the export has none, a second best for blanks."""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from common_ground.exports.dialects import first_present, header_of
from common_ground.exports.mappings import TableMapping, staged_tables
from common_ground.exports.tables import TextTable

BETWEEN = " / "  # cells of a made id
ELSE = " else "  # in a dialect: headers whose first filled cell is taken
AND = " + "


def with_made_columns(table: TextTable, mapping: TableMapping) -> tuple[TextTable, TableMapping]:
    """The table with the columns its dialect makes of others, and the mapping that reads them.

    Args:
        table: as read.
        mapping: of its dialect; "A else B" among the headers of a column is A, and B where A is
            blank; `key` are the columns an id is made of where the file has none.
    """
    for column, headers in mapping.columns.items():
        chains = [header.split(ELSE) for header in headers if ELSE in header]
        found = [[h for name in chain if (h := first_present([name], table.header))]
                 for chain in chains]  # fmt: skip
        if best := max(found, key=len, default=[]):
            made = pc.coalesce(*(table.rows[header] for header in best))
            table, mapping = _with(table, mapping, column, ELSE.join(best), made)
    return _with_key(table, mapping)


def parts_of(header: str) -> list[str]:
    """Headers of the file behind a header that may be a made one."""
    return [part for each in header.split(ELSE) for part in each.split(AND)]


def _with_key(table: TextTable, mapping: TableMapping) -> tuple[TextTable, TableMapping]:
    """With an id made of other cells; a row whose first cell of the key is blank gets none."""
    column = next((c.name for c in staged_tables()[mapping.table] if c.is_required), "")
    headers = [header_of(mapping, name, table.header) for name in mapping.key]
    present = [header for header in headers if header is not None]
    if not mapping.key or header_of(mapping, column, table.header) or headers[0] is None:
        return table, mapping
    cells = [table.rows[headers[0]], *(pc.fill_null(table.rows[h], "") for h in present[1:])]
    made = pc.binary_join_element_wise(*cells, BETWEEN) if len(cells) > 1 else cells[0]
    warning = (
        f"The file has no id, so ids are made of {_quoted(present)}: a row that is renamed counts "
        "as another. Export it with its id column."
    )
    table = replace(table, warnings=(*table.warnings, warning))
    return _with(table, mapping, column, AND.join(present), made)


def _with(
    table: TextTable, mapping: TableMapping, column: str, header: str, cells: pa.ChunkedArray
) -> tuple[TextTable, TableMapping]:
    """The table with one more column, which the mapping then reads first."""
    if header not in table.header:
        table = replace(
            table,
            header=(*table.header, header),
            rows=table.rows.append_column(header, cells),
        )
    columns = {**mapping.columns, column: (header, *mapping.columns.get(column, ()))}
    return table, replace(mapping, columns=columns)


def _quoted(headers: Sequence[str]) -> str:
    return " and ".join(f"'{header}'" for header in headers)
