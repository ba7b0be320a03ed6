"""Files that came twice, or that are older than what is published."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from common_ground.warehouse.receipts import Receipt

Span = tuple[date | None, date | None]

ENOUGH_ROWS = 20  # files with fewer rows agree in number and days by accident


def compared_with_published(
    receipts: Sequence[Receipt], loads: pd.DataFrame, spans: Mapping[str, Span]
) -> dict[str, list[str]]:
    """Files that came twice or came before, with a sentence for each finding.

    Args:
        receipts: of the files at hand.
        loads: the published load register (see `Published.loads`); may be empty.
        spans: file -> first and last day it tells of, as the load register has them.

    Returns:
        file -> sentences; a file without any is not in it.
    """
    told: dict[str, list[str]] = defaultdict(list)
    for place, receipt in enumerate(receipts):
        for other in receipts[:place]:
            if says := _twice(other, receipt, spans):
                told[receipt.file].append(says)
        if says := _before(receipt, loads, spans):
            told[receipt.file].append(says)
    return dict(told)


def _archive(file: str) -> str:
    """The file on disk; members of one archive share its checksum."""
    return file.split("/")[0]


def _twice(first: Receipt, second: Receipt, spans: Mapping[str, Span]) -> str | None:
    if _archive(first.file) != _archive(second.file) and first.sha256 == second.sha256:
        return f"The same file as '{first.file}', byte for byte: keep one of the two."
    same = all(
        (
            (first.dialect, first.table) == (second.dialect, second.table),
            first.loaded == second.loaded >= ENOUGH_ROWS,
            None not in spans.get(first.file, (None, None)),
            spans.get(first.file) == spans.get(second.file),
        )
    )
    if not same:
        return None
    return (
        f"As many rows as '{first.file}', from the same first to the same last day: is it the same "
        "export under another name?"
    )


def _before(receipt: Receipt, loads: pd.DataFrame, spans: Mapping[str, Span]) -> str | None:
    if loads.empty:
        return None
    same = loads[loads["sha256"] == receipt.sha256]
    if not same.empty:
        return f"Published already as '{same['file'].iloc[0]}', byte for byte: it changes nothing."
    alike = loads[
        (loads["dialect"] == receipt.dialect)
        & (loads["canonical_table"] == receipt.table)
        & loads["last_date"].notna()
    ]
    _, last = spans.get(receipt.file, (None, None))
    if alike.empty or last is None:
        return None
    newest = alike.sort_values(["last_date", "file"]).iloc[-1]
    published = pd.Timestamp(newest["last_date"]).date()
    if last >= published:
        return None
    return (
        f"Its last day is {last}, that of the published '{newest['file']}' is {published}: where "
        "it is the same report, it is older than what is published."
    )
