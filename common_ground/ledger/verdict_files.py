"""Brings verdicts that were given elsewhere into the ledger, from the CSV the page exports."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, cast

from common_ground.errors import LedgerError
from common_ground.ledger.csv_headers import check_header
from common_ground.ledger.ledger import Ledger
from common_ground.ledger.records import LinkKind, ListedVerdict, NewVerdict, Verdict, in_words
from common_ground.ledger.tables import LINK_KINDS, VERDICTS
from common_ground.ledger.verdicts import TakenOver

NEEDED_COLUMNS: Final = ("kind", "from_id", "to_id", "verdict", "decided_by", "decided_at")
OTHER_COLUMNS: Final = ("verdict_id", "from_text", "to_text")
# Ten thousand verdicts with both texts are 20 MB; anything larger is the wrong file.
MAX_BYTES: Final = 50_000_000
# The export puts an apostrophe before what a spreadsheet would run as a formula.
_MADE_HARMLESS: Final = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'\n", "'＝", "'＋", "'－", "'＠")


def import_verdicts(ledger: Ledger, name: str, content: bytes, now: datetime) -> TakenOver:
    """Store the verdicts of a CSV file that the ledger does not have, all or none.

    The file has a header with kind (ask_item, ask_feature, ask_ask or account), from_id, to_id,
    verdict (same, related, different or unsure), decided_by and decided_at (2026-10-31 09:30:00,
    UTC), and may have from_text and to_text. A pair that was decided later here stays as it is.

    Args:
        ledger: where they go.
        name: of the file, for messages.
        content: comma or semicolon separated, UTF-8.
        now: instant they are brought in.

    Raises:
        LedgerError: the file cannot be read or a line cannot be stored; nothing was stored.
    """
    text = _text(name, content)
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        check_header(f"{name}, line 1", reader.fieldnames or (), NEEDED_COLUMNS, OTHER_COLUMNS)
        listed = [_Line(name, reader.line_num, row).listed() for row in reader]
    except csv.Error as error:
        raise LedgerError(
            f"{name}, line {reader.line_num}: not readable as CSV ({error}). Save the verdicts as "
            "CSV again; nothing was stored."
        ) from error
    return ledger.take_over_verdicts(listed, now=now)


def _text(name: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise LedgerError(
            f"{name} is larger than {MAX_BYTES:,} bytes, which no list of verdicts is. Choose "
            "another file."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LedgerError(
            f"{name} is not UTF-8 (byte {error.start}). Save it as CSV UTF-8."
        ) from error


class _Line:
    """One line of the file, and where it is for messages."""

    def __init__(self, name: str, line: int, row: dict[str, str | None]) -> None:
        self._place = f"{name}, line {line}"
        # DictReader files surplus cells under None and gives None for absent ones.
        if None in row or None in row.values():
            raise LedgerError(
                f"{self._place}: the line has not as many cells as the header. Put quotes around "
                "a text that holds the separator."
            )
        self._row = {column: _plain(value or "") for column, value in row.items()}

    def listed(self) -> ListedVerdict:
        """The line as a verdict, or a LedgerError that names the place."""
        kind = self._one_of("kind", LINK_KINDS)
        verdict = self._one_of("verdict", VERDICTS)
        try:
            made = NewVerdict(
                cast("LinkKind", kind),
                self._id("from_id"),
                self._id("to_id"),
                cast("Verdict", verdict),
                self._row["decided_by"],
                from_text=self._row.get("from_text", ""),
                to_text=self._row.get("to_text", ""),
            )
        except LedgerError as error:
            raise LedgerError(f"{self._place}: {error}") from error
        return ListedVerdict(made, self._instant())

    def _one_of(self, column: str, allowed: Sequence[str]) -> str:
        value = self._row[column].strip().lower()
        if value not in allowed:
            raise self._refused(column, f"one of {in_words(tuple(allowed))}")
        return value

    def _id(self, column: str) -> str:
        value = self._row[column].strip()
        if not value:
            raise self._refused(column, "the id of an ask, item, feature or account")
        return value

    def _instant(self) -> datetime:
        try:
            found = datetime.fromisoformat(self._row["decided_at"].strip())
        except ValueError:
            raise self._refused("decided_at", "an instant such as 2026-10-31 09:30:00") from None
        return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)

    def _refused(self, column: str, expected: str) -> LedgerError:
        return LedgerError(
            f"{self._place}: {column} is '{self._row[column][:80]}', expected {expected}. Correct "
            "it; nothing was stored."
        )


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith(_MADE_HARMLESS) else cell
