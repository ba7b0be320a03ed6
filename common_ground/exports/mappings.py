"""What a dialect says of a file: which staged table it fills, and which header is which column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from common_ground.settings import QUERIES

# What a tool's labels may mean, by staged table and column.
MEANINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "deals": {
        "stage": ("open", "qualified", "won", "lost", "no_decision", "disqualified"),
        "deal_type": ("new", "expansion", "renewal"),
    },
    "items": {"status": ("idea", "planned", "in_progress", "released", "declined")},
    "asks": {"side": ("sales", "product")},
    "surveys": {"kind": ("csat", "nps")},
}
AMOUNTS = ("arr", "mrr", "tcv", "one_off")  # what an amount may be for


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
        spread: shapes of headers that say what their cells are about, a star for that part; each
            filled cell becomes a row.
        star: staged column of the part at the star.
        cell: staged column of the cell.
        one_row_per: staged column of which the file has a row for each person or event; rows that
            agree in every mapped cell become one.
        further_rows: what the rows after the first are, for the receipt.
        key: staged columns an id is made of where the export has none; see made_columns.py.
        note: a sentence for everybody who loads such a file.
        leave_out: what a row is -> header that is filled where it is that, or "header is value", or
            "header is not value"; such rows are counted, not loaded.
        not_read: header -> why nothing is read from it, where people would expect it.
        instead: staged column -> header -> what it says -> value that holds then ("*": anything).
        amount_is: what a deal's amount means: arr, mrr, tcv or one_off.
        unknown_amount_when_lost: an amount of 0 on a lost deal means not known.
        because: how the tool was told, in words; empty where a person said it.
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
    spread: tuple[str, ...] = ()
    star: str | None = None
    cell: str | None = None
    one_row_per: str | None = None
    further_rows: str = "further rows"
    key: tuple[str, ...] = ()
    note: str = ""
    leave_out: Mapping[str, str] = field(default_factory=dict)
    not_read: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    amount_is: str | None = None
    unknown_amount_when_lost: bool = False
    because: str = ""


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
