"""The header of a CSV that people bring into the ledger."""

from collections.abc import Sequence

from common_ground.errors import LedgerError


def check_header(
    place: str, header: Sequence[str], needed: Sequence[str], other: Sequence[str]
) -> None:
    """Refuse a header that lacks a column, or has one that nothing reads.

    Args:
        place: file, and line if there is one, as messages name it.
        header: columns of the file.
        needed: columns it must have.
        other: columns it may have.

    Raises:
        LedgerError: names both, and the columns there are.
    """
    missing = [column for column in needed if column not in header]
    unknown = [column for column in header if column not in (*needed, *other)]
    if missing or unknown:
        says = [f"lacks {', '.join(missing)}"] if missing else []
        says += [f"has {', '.join(map(repr, unknown))}, which nothing reads"] if unknown else []
        raise LedgerError(
            f"{place}: the header {' and '.join(says)}. Columns are {', '.join(needed)}, and if "
            f"you have them {', '.join(other)}."
        )
