"""Where an uploaded export goes among those already published: in place of one, or beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from common_ground.warehouse.changes import KEYS
from common_ground.warehouse.decisions import is_same_series
from common_ground.warehouse.published import Data, Published
from common_ground.warehouse.receipts import Receipt

# Share of the smaller export's rows that makes the other one the same report again.
SAME_REPORT = 0.5


@dataclass(frozen=True)
class Place:
    """Where one upload goes.

    Attributes:
        file: the upload.
        replaces: published export that stays out from then on; None: it stands beside the others.
        because: why, in a few words.
        is_published: True when it is published already, byte for byte.
    """

    file: str
    replaces: str | None
    because: str
    is_published: bool = False


def propose(receipts: Sequence[Receipt], data: Data | None, published: Published | None) -> Place:
    """Where an upload should go; a person may decide otherwise.

    Args:
        receipts: of one file, at least one.
        data: of all uploads together; None without a date in them.
        published: the workspace's data; None where nothing is published.
    """
    file = receipts[0].file.split("/")[0]
    if published is None:
        return Place(file, None, "nothing is published yet")
    exports = published.exports()
    for name, checksum in exports.items():
        if checksum == receipts[0].sha256:
            return Place(file, None, f"published already as {name}, byte for byte", True)
    if file in exports:
        return Place(file, file, "has the same name")
    return _by_content(file, receipts, data, published)


def _by_content(
    file: str, receipts: Sequence[Receipt], data: Data | None, published: Published
) -> Place:
    """The published export of the same tool and table that this one continues, if any."""
    loads = published.loads()
    for receipt in receipts:
        is_same = (loads["dialect"] == receipt.dialect) & (
            loads["canonical_table"] == receipt.table
        )
        rivals = sorted({name.split("/")[0] for name in loads.loc[is_same, "file"]})
        if not rivals:
            continue
        alike = [name for name in rivals if is_same_series(name, file)]
        found = _shared_rows(receipt.table, data, published)
        if found:
            return Place(file, (alike or rivals)[-1], found)
        if receipt.table in KEYS and alike:
            return Place(file, alike[-1], "its name differs in digits only")
    return Place(file, None, "holds rows that are not published yet")


def _shared_rows(table: str, data: Data | None, published: Published) -> str:
    """How many of an upload's rows are published, in words; empty when they are few."""
    if data is None or table not in KEYS:
        return ""
    ours = set(data.table(table)[KEYS[table]])
    theirs = set(published.table(table)[KEYS[table]])
    shared = len(ours & theirs)
    if not ours or shared <= SAME_REPORT * min(len(ours), len(theirs)):
        return ""
    return f"holds {shared:,} of the {len(theirs):,} {table} published"
