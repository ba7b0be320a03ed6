"""What an agreement may do, and how it is stored; each function works inside one transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from common_ground.errors import LedgerError
from common_ground.ledger.records import NewAgreement, Status
from common_ground.ledger.tables import agreement_events, agreement_items, agreements

# What may follow what. An agreement that was closed by mistake can be opened again; one that was
# renegotiated lives on in the agreement that replaced it.
NEXT_STATUSES: Mapping[str, tuple[Status, ...]] = {
    "draft": ("withdrawn",),
    "open": ("kept", "missed", "withdrawn"),
    "kept": ("open",),
    "missed": ("open",),
    "renegotiated": (),
    "withdrawn": ("open",),
}
TERMS = (
    "title",
    "give",
    "get",
    "sales_owner",
    "product_owner",
    "due_date",
    "status",
    "kpi",
    "kpi_at_agreement",
    "data_version",
)


def read_rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    """What a query returns, one dict a row."""
    return [row._asdict() for row in connection.execute(query)]


def items_of_agreements(connection: Connection) -> dict[int, tuple[str, ...]]:
    """Item ids by agreement_number, sorted; agreements without items are absent."""
    query = select(agreement_items).order_by(
        agreement_items.c.agreement_number, agreement_items.c.item_id
    )
    items: dict[int, tuple[str, ...]] = {}
    for number, item_id in connection.execute(query):
        items[number] = (*items.get(number, ()), item_id)
    return items


def as_frame_row(row: Mapping[str, Any], items: Mapping[int, tuple[str, ...]]) -> dict[str, object]:
    """A stored agreement with the ids and items that `Ledger.agreements` shows."""
    number, replaced = row["agreement_number"], row["replaces_number"]
    return {
        **row,
        "agreement_id": f"A{number}",
        "item_ids": items.get(number, ()),
        "replaces": None if replaced is None else f"A{replaced}",
    }


def _number(agreement_id: str) -> int:
    digits = agreement_id.removeprefix("A")
    # isdecimal alone accepts other scripts, and SQLite has no integer longer than 18 digits.
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 18 else -1


def find(connection: Connection, agreement_id: str, version: int | None = None) -> dict[str, Any]:
    """The agreement as it is now, provided it still has the version someone looked at.

    Raises:
        LedgerError: unknown id, or another version.
    """
    query = select(agreements).where(agreements.c.agreement_number == _number(agreement_id))
    found = connection.execute(query).mappings().first()
    if found is None:
        raise LedgerError(
            f"There is no agreement {agreement_id} in this ledger. Reload the page and choose one "
            "of those listed."
        )
    if version is not None and found["version"] != version:
        raise LedgerError(
            f"{agreement_id} was changed by someone else and is now {found['status']} (version "
            f"{found['version']}, you were looking at version {version}). Nothing was stored. "
            "Reload the page, look at it again, then decide."
        )
    return dict(found)


def insert_agreement(
    connection: Connection,
    agreement: NewAgreement,
    by: str,
    instant: datetime,
    note: str,
    replaces: int | None = None,
) -> str:
    """Store an agreement with its items and the first event of its history; its agreement_id."""
    if replaces is None and agreement.replaces is not None:
        replaces = find(connection, agreement.replaces)["agreement_number"]
    _check_import_key(connection, agreement)
    values = {field: getattr(agreement, field) for field in TERMS}
    values |= {"created_at": instant, "created_by": by.strip(), "replaces_number": replaces}
    values |= {"import_key": agreement.import_key, "version": 1}
    new_row = insert(agreements).values(values).returning(agreements.c.agreement_number)
    number = connection.execute(new_row).scalar_one()
    store_items(connection, number, agreement.item_ids)
    what = "recorded" if agreement.status == "open" else "drafted"
    add_event(connection, number, instant, by, what, note)
    return f"A{number}"


def _check_import_key(connection: Connection, agreement: NewAgreement) -> None:
    if agreement.import_key is None:
        return
    query = select(agreements.c.agreement_number).where(
        agreements.c.import_key == agreement.import_key
    )
    known = connection.execute(query).scalar()
    if known is not None:
        raise LedgerError(
            f"'{agreement.title[:60]}' ({agreement.import_key}) is in the ledger already, as "
            f"A{known}. Change it there."
        )


def store_items(connection: Connection, number: int, item_ids: tuple[str, ...]) -> None:
    """Replace the items of an agreement."""
    connection.execute(agreement_items.delete().where(agreement_items.c.agreement_number == number))
    if item_ids:
        rows = [{"agreement_number": number, "item_id": item_id} for item_id in item_ids]
        connection.execute(insert(agreement_items), rows)


def update_agreement(
    connection: Connection, found: Mapping[str, Any], values: Mapping[str, object]
) -> None:
    """Write new values and raise the version.

    Raises:
        LedgerError: someone else did so since `found` was read.
    """
    number, version = found["agreement_number"], found["version"]
    changed = connection.execute(
        update(agreements)
        .where(agreements.c.agreement_number == number, agreements.c.version == version)
        .values({**values, "version": version + 1})
    )
    # Only where a database lets two writers in at once; SQLite's immediate lock does not.
    if changed.rowcount != 1:
        raise LedgerError(
            f"A{number} was changed by someone else a moment ago. Nothing was stored. "
            "Reload the page, look at it again, then decide."
        )


def add_event(
    connection: Connection, number: int, instant: datetime, by: str, what: str, note: str
) -> None:
    """Add to the history of an agreement."""
    connection.execute(
        insert(agreement_events).values(
            agreement_number=number,
            happened_at=instant,
            by=by.strip(),
            what=what,
            note=note.strip(),
        )
    )


def check_next(found: Mapping[str, Any], agreement_id: str, status: str) -> None:
    """Refuse a status that cannot follow the present one.

    Raises:
        LedgerError: with the statuses that can.
    """
    present = found["status"]
    allowed = NEXT_STATUSES[present]
    if status in allowed:
        if status == "open" and not (found["due_date"] and found["sales_owner"]):
            raise LedgerError(
                f"{agreement_id} was withdrawn as a draft and cannot be opened. Record it anew."
            )
        return
    if not allowed:
        raise LedgerError(
            f"{agreement_id} was renegotiated; what counts now is the agreement that replaced it."
        )
    hint = "Complete the draft first. " if present == "draft" else ""
    raise LedgerError(
        f"{agreement_id} is {present} and cannot become {status}. {hint}"
        f"It can become {' or '.join(allowed)}."
    )


def check_renegotiable(found: Mapping[str, Any], agreement_id: str, on: date) -> None:
    """Refuse to renegotiate what is closed, or due before `on`.

    Raises:
        LedgerError: with what to do instead.
    """
    if found["status"] != "open":
        raise LedgerError(
            f"{agreement_id} is {found['status']}; only an open agreement can be renegotiated. "
            "Record a new one instead."
        )
    if on > found["due_date"]:
        raise LedgerError(
            f"{agreement_id} was due on {found['due_date'].isoformat()}, so on {on.isoformat()} "
            "it can only be missed. Close it as missed and record a new agreement."
        )


def check_delivery(
    found: Mapping[str, Any],
    agreement_id: str,
    status: str,
    delivered: date | None,
    on: date,
) -> None:
    """Refuse a delivery day that contradicts the status.

    Raises:
        LedgerError: kept without a day, delivered after `on`, or on the wrong side of the due date.
    """
    if status not in ("kept", "missed"):
        return
    if delivered is not None and delivered > on:
        raise LedgerError(
            f"{agreement_id} cannot have been delivered on {delivered.isoformat()}: today, for "
            f"this workspace, is {on.isoformat()}. Enter the day both sides had delivered."
        )
    if status == "kept" and delivered is None:
        raise LedgerError(
            f"{agreement_id} is kept once both sides have delivered: enter the day they had."
        )
    due: date = found["due_date"]
    if status == "kept" and delivered is not None and delivered > due:
        raise LedgerError(
            f"{agreement_id} was due on {due.isoformat()} and delivered on "
            f"{delivered.isoformat()}. Delivered late counts as missed: close it as missed with "
            "that day, so that the delay is on record."
        )
    if status == "missed" and delivered is not None and delivered <= due:
        raise LedgerError(
            f"{agreement_id} was delivered on {delivered.isoformat()}, by its due date "
            f"{due.isoformat()}: that is kept. Close it as kept, or correct the day."
        )
