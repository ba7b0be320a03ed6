"""Brings a list of agreements kept elsewhere into the ledger."""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast, get_args

from common_ground.errors import LedgerError
from common_ground.ledger.csv_headers import check_header
from common_ground.ledger.ledger import Ledger
from common_ground.ledger.records import ListedAgreement, NewAgreement, Status

NEEDED_COLUMNS = ("title", "give", "get", "sales_owner", "product_owner", "due_date")
OTHER_COLUMNS = (
    "key",
    "status",
    "kpi",
    "kpi_at_agreement",
    "data_version",
    "item_ids",
    "created_date",
    "closed_date",
    "delivered_date",
    "replaces",
    "note",
)
# A list people keep by hand; anything larger is the wrong file.
MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Imported:
    """What an import did: the ids it recorded, and how many lines were in the ledger before."""

    recorded: tuple[str, ...]
    already_there: int


def import_agreements(ledger: Ledger, csv_path: Path, now: datetime) -> Imported:
    """Record each agreement of a CSV file that the ledger does not have yet.

    The file has a header with title, give, get, sales_owner, product_owner and due_date, and may
    have key, status (open where empty), kpi, kpi_at_agreement, data_version, item_ids (separated
    by ";"), created_date, closed_date, delivered_date, replaces (key of an earlier line) and note.
    Dates are written 2026-10-31. A line is known again by its key, or without one by its title,
    give, get and owners; a known agreement is left as it is in the ledger.

    Args:
        ledger: where they go.
        csv_path: comma or semicolon separated, UTF-8.
        now: instant they are written down.

    Raises:
        LedgerError: the file cannot be read or a line cannot be stored; nothing was recorded.
    """
    text = _read(csv_path)
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        check_header(csv_path.name, reader.fieldnames or (), NEEDED_COLUMNS, OTHER_COLUMNS)
        listed = [_Line(csv_path.name, reader.line_num, row).listed() for row in reader]
    except csv.Error as error:
        raise LedgerError(
            f"{csv_path.name}, line {reader.line_num}: not readable as CSV ({error}). Save the "
            "list as CSV again; nothing was recorded."
        ) from error
    recorded = ledger.record_all(listed, by=f"Import of {csv_path.name}", now=now)
    return Imported(recorded=recorded, already_there=len(listed) - len(recorded))


def _read(csv_path: Path) -> str:
    try:
        if csv_path.stat().st_size > MAX_BYTES:
            raise LedgerError(
                f"{csv_path.name} is larger than {MAX_BYTES:,} bytes, which no list of agreements "
                "is. Choose another file."
            )
        return csv_path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LedgerError(
            f"{csv_path.name} cannot be read ({error.strerror}). Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise LedgerError(
            f"{csv_path.name} is not UTF-8 (byte {error.start}). Save it as CSV UTF-8."
        ) from error


class _Line:
    """One line of the file, and where it is for messages."""

    def __init__(self, file: str, line: int, row: dict[str, str | None]) -> None:
        self._place = f"{file}, line {line}"
        # DictReader files surplus cells under None and gives None for absent ones.
        if None in row or any(
            value is None for column, value in row.items() if column in NEEDED_COLUMNS
        ):
            raise LedgerError(
                f"{self._place}: the line has not as many cells as the header. Put quotes around "
                "a text that holds the separator."
            )
        self._row = {column: (value or "").strip() for column, value in row.items()}

    def listed(self) -> ListedAgreement:
        """The line as an agreement, or a LedgerError that names the place."""
        status = self._status()
        key = self._text("key") or self._fingerprint()
        try:
            agreement = NewAgreement(
                title=self._text("title"),
                give=self._text("give"),
                get=self._text("get"),
                sales_owner=self._text("sales_owner"),
                product_owner=self._text("product_owner"),
                due_date=self._date("due_date"),
                kpi=self._text("kpi") or None,
                kpi_at_agreement=self._number("kpi_at_agreement"),
                data_version=self._whole("data_version"),
                item_ids=tuple(filter(None, map(str.strip, self._text("item_ids").split(";")))),
                status="draft" if status == "draft" else "open",
                import_key=key,
            )
        except LedgerError as error:
            raise LedgerError(f"{self._place}: {error}") from error
        return ListedAgreement(
            agreement=agreement,
            status=status,
            created_date=self._date("created_date"),
            closed_date=self._date("closed_date"),
            delivered_date=self._date("delivered_date"),
            replaces_key=self._text("replaces") or None,
            note=self._text("note"),
        )

    def _text(self, column: str) -> str:
        return self._row.get(column, "")

    def _fingerprint(self) -> str:
        columns = ("title", "give", "get", "sales_owner", "product_owner")
        words = "\x1f".join(self._text(column) for column in columns)
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    def _status(self) -> Status:
        status = self._text("status").lower() or "open"
        if status not in get_args(Status):
            raise self._refused("status", f"one of {', '.join(get_args(Status))}")
        return cast("Status", status)

    def _date(self, column: str) -> date | None:
        text = self._text(column)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self._refused(column, "a day such as 2026-10-31") from None

    def _number(self, column: str) -> float | None:
        text = self._text(column)
        try:
            return float(text) if text else None
        except ValueError:
            raise self._refused(column, "a number such as 0.31") from None

    def _whole(self, column: str) -> int | None:
        text = self._text(column)
        if text and not (text.isascii() and text.isdecimal()):
            raise self._refused(column, "a whole number")
        return int(text) if text else None

    def _refused(self, column: str, expected: str) -> LedgerError:
        return LedgerError(
            f"{self._place}: {column} is '{self._text(column)}', expected {expected}. Correct it; "
            "nothing was recorded."
        )
