"""What the columns of a text table hold, for a person who decides what they mean."""

import pandas as pd
import pyarrow.compute as pc

from common_ground.exports.tables import TextTable

EXAMPLES = 3
EXAMPLE_CHARACTERS = 40


def columns_of(table: TextTable) -> pd.DataFrame:
    """One row per column of the file, in its order.

    Returns:
        header (varchar), filled (share 0..1 of rows), different (count of values that differ),
        examples (up to three of them, in the order they come, cut).
    """
    rows = []
    for header, column in zip(table.header, table.rows.columns, strict=True):
        values = pc.unique(column).drop_null()
        rows.append(
            {
                "header": header,
                "filled": 1 - column.null_count / table.loaded,
                "different": len(values),
                "examples": ", ".join(map(_short, values[:EXAMPLES].to_pylist())),
            }
        )
    return pd.DataFrame(rows, columns=["header", "filled", "different", "examples"])


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    if len(one_line) <= EXAMPLE_CHARACTERS:
        return one_line
    return one_line[: EXAMPLE_CHARACTERS - 1].rstrip() + "…"
