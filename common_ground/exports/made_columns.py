"""Columns a dialect makes of others: an id where the export has none, a second best for blanks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from common_ground.exports.dialects import first_present, header_of
from common_ground.exports.mappings import TableMapping, staged_tables
from common_ground.exports.rules import AND, ELSE, WHERE, rule_of
from common_ground.exports.tables import TextTable

BETWEEN = " / "  # cells of a made id
NAMED = re.compile(r"<(\w+)>")  # in a dialect: the header that another staged column is read from
SHOWN_CELLS = 3  # examples in a sentence


def with_made_columns(table: TextTable, mapping: TableMapping) -> tuple[TextTable, TableMapping]:
    """The table with the columns its dialect makes of others, and the mapping that reads them.

    Args:
        table: as read.
        mapping: of its dialect. Among the headers of a column, "A else B" is A, and B where A is
            blank; "A where C is x" is A in the rows in which C says x; "<amount> Currency" is the
            header of the amount with that word behind it. `key` are the columns an id is made of
            where the file has none.
    """
    made: dict[str, _Made] = {}
    for column, headers in mapping.columns.items():
        choices = [_made(header, table) for header in headers if _is_made(header, table)]
        best = max(choices, key=lambda choice: len(choice.parts), default=None)
        if best is not None and best.parts:
            made[column] = best
            table = _with(table, best.name, best.cells)
        # It takes the place of the choices: what a person said stands before them
        names = [best.name if best and _is_made(header, table) else header for header in headers]
        mapping = _reading(mapping, column, tuple(dict.fromkeys(filter(None, names))))
    mapping = _with_named(table, mapping)
    warnings = _told_of_left_out(table, list(made.values()))
    table = replace(table, warnings=(*table.warnings, *warnings))
    return _with_key(table, mapping)


@dataclass(frozen=True)
class _Part:
    """One header of a made column, with the rule under which its cells count."""

    header: str
    cells: pa.ChunkedArray
    rule: str = ""
    marker: str = ""

    @property
    def name(self) -> str:
        return f"{self.header}{WHERE}{self.rule}" if self.rule else self.header


@dataclass(frozen=True)
class _Made:
    """A column made of the headers a file has of those its dialect names."""

    parts: tuple[_Part, ...]

    @property
    def name(self) -> str:
        return ELSE.join(part.name for part in self.parts)

    @property
    def cells(self) -> pa.ChunkedArray:
        return pc.coalesce(*(part.cells for part in self.parts))


def _is_made(header: str, table: TextTable) -> bool:
    """Whether a dialect means a made column; a header of the file may hold these words too."""
    says_so = ELSE in header or WHERE in header
    return says_so and first_present([header], table.header) is None


def _made(header: str, table: TextTable) -> _Made:
    parts = [_part(choice, table) for choice in header.split(ELSE)]
    return _Made(tuple(part for part in parts if part is not None))


def _part(choice: str, table: TextTable) -> _Part | None:
    """A header and its cells that count; None where the file lacks it or what its rule is about."""
    name, _, text = choice.partition(WHERE)
    header = first_present([name], table.header)
    if header is None or not text:
        return None if header is None else _Part(header, table.rows[header])
    rule = rule_of(text)
    marker = first_present(rule.headers, table.header)
    if marker is None:
        return None
    holds = rule.holds(table.rows[marker])
    cells = pc.if_else(holds, table.rows[header], pa.scalar(None, pa.string()))
    return _Part(header, cells, text.replace(rule.headers[0], marker, 1), marker)


def _told_of_left_out(table: TextTable, made: Sequence[_Made]) -> list[str]:
    """A sentence for each header with cells that no rule lets into a column."""
    warnings = []
    ruled = {part.header: part.marker for each in made for part in each.parts if part.rule}
    for header, marker in ruled.items():
        taken = [each.cells for each in made if header in {part.header for part in each.parts}]
        left = pc.and_(pc.is_null(pc.coalesce(*taken)), pc.is_valid(table.rows[header]))
        places = pc.indices_nonzero(left).to_pylist()
        if places:
            says = table.rows[marker].take(places[:SHOWN_CELLS]).to_pylist()
            shown = ", ".join(
                f"line {table.line_of(place)} '{said or ''}'"
                for place, said in zip(places, says, strict=False)
            )
            warnings.append(
                f"{len(places):,} cells of '{header}' were left out, because of what '{marker}' "
                f"says there: {shown}"
            )
    return warnings


def _with_named(table: TextTable, mapping: TableMapping) -> TableMapping:
    """The mapping with <column> replaced by the header that column is read from."""
    columns = {
        column: tuple(_named(name, table, mapping) for name in headers)
        for column, headers in mapping.columns.items()
    }
    return replace(mapping, columns=columns)


def _named(name: str, table: TextTable, mapping: TableMapping) -> str:
    is_literal = first_present([name], table.header) is not None
    found = None if is_literal else NAMED.search(name)
    header = header_of(mapping, found[1], table.header) if found else None
    return name if found is None or header is None else name.replace(found[0], header, 1)


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
    table = _with(
        replace(table, warnings=(*table.warnings, warning)), name := AND.join(present), made
    )
    return table, _reading(mapping, column, (name, *mapping.columns.get(column, ())))


def _with(table: TextTable, header: str, cells: pa.ChunkedArray) -> TextTable:
    """The table with one more column, unless it has it."""
    if header in table.header:
        return table
    return replace(
        table,
        header=(*table.header, header),
        rows=table.rows.append_column(header, cells),
    )


def _reading(mapping: TableMapping, column: str, headers: tuple[str, ...]) -> TableMapping:
    return replace(mapping, columns={**mapping.columns, column: headers})


def _quoted(headers: Sequence[str]) -> str:
    return " and ".join(f"'{header}'" for header in headers)
