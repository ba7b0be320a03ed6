"""What the labels of a tool mean: stages, deal types, statuses, sides, kinds of survey.

A label nobody mapped stays what it is, is reported, and can be decided once for all files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from common_ground.exports.mappings import MEANINGS, TableMapping


@dataclass(frozen=True)
class Labelled:
    """A column whose labels mean something.

    Attributes:
        table: staged table.
        column: staged column.
        section: of decisions.toml, label -> meaning.
        meanings: what a label may mean; a label that is one of these words means itself.
        stays: what holds for rows whose label nobody mapped.
    """

    table: str
    column: str
    section: str
    meanings: tuple[str, ...]
    stays: str


LABELLED = (
    Labelled(
        "deals",
        "stage",
        "stages",
        MEANINGS["deals"]["stage"],
        "they stay open without a probability",
    ),
    Labelled(
        "deals",
        "deal_type",
        "deal_types",
        MEANINGS["deals"]["deal_type"],
        "they count as neither new, expansion nor renewal",
    ),
    Labelled(
        "items",
        "status",
        "statuses",
        MEANINGS["items"]["status"],
        "they count as ideas, not as planned",
    ),
    Labelled("asks", "side", "sides", MEANINGS["asks"]["side"], "they count as asked by sales"),
    Labelled(
        "surveys",
        "kind",
        "survey_kinds",
        MEANINGS["surveys"]["kind"],
        "they count in no survey figure",
    ),
)
SECTIONS = {labelled.section: labelled.meanings for labelled in LABELLED}


@dataclass(frozen=True)
class LabelUse:
    """A label of one file and what it means.

    Attributes:
        table: staged table.
        section: of decisions.toml.
        label: as the tool says.
        rows: rows that carry it.
        meaning: what it means; None: nobody mapped it.
        meanings: what it may mean.
        stays: what holds for its rows while nobody mapped it.
    """

    table: str
    section: str
    label: str
    rows: int
    meaning: str | None
    meanings: tuple[str, ...]
    stays: str

    @property
    def sentence(self) -> str:
        """That nobody mapped it, what follows, and where to say it."""
        column = next(each.column for each in LABELLED if each.section == self.section)
        return (
            f"{self.rows:,} {self.table} have the {column.replace('_', ' ')} '{self.label}', "
            f"which nobody mapped: {self.stays}. Say what it means under [{self.section}]."
        )


def label_use_of(plain: Mapping[str, Any]) -> LabelUse:
    """A use of a label from the JSON of its `dataclasses.asdict`."""
    return LabelUse(**{**plain, "meanings": tuple(plain["meanings"])})


def register(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    mapping: TableMapping,
    decided: Mapping[str, Mapping[str, str]],
) -> tuple[LabelUse, ...]:
    """Keep what each label of a file means, where the loading selects read it.

    Args:
        connection: with the rows of the file staged.
        file: of the rows.
        mapping: what the dialect says of labels.
        decided: section -> label -> meaning, as a person decided; goes before the dialect.
    """
    found = []
    for labelled in LABELLED:
        if labelled.table == mapping.table:
            found += _register_column(connection, file, mapping, labelled, decided)
    return tuple(found)


def _register_column(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    mapping: TableMapping,
    labelled: Labelled,
    decided: Mapping[str, Mapping[str, str]],
) -> list[LabelUse]:
    column = labelled.column
    meanings = {word: word for word in labelled.meanings}
    meanings |= {
        label.casefold(): meaning
        for meaning, labels in mapping.values.get(column, {}).items()
        for label in (meaning, *labels)
    }
    meanings |= {k.casefold(): v for k, v in decided.get(labelled.section, {}).items()}
    counted = connection.execute(
        f"select {column}, count(*) from staging.{labelled.table} "  # noqa: S608
        f"where source = $source and {column} is not null group by {column} order by {column}",
        {"source": file},
    ).fetchall()
    uses = []
    for label, rows in counted:
        meaning = meanings.get(label.casefold())
        connection.execute(
            "insert into staging.labels values (?, ?, ?, ?)", [file, column, label, meaning]
        )
        uses.append(
            LabelUse(
                labelled.table,
                labelled.section,
                label,
                rows,
                meaning,
                labelled.meanings,
                labelled.stays,
            )
        )
    return uses
