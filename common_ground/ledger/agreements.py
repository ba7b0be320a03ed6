"""What an agreement may do, and how it is stored; each function works inside one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from common_ground.errors import LedgerError
from common_ground.ledger.records import ListedAgreement, NewAgreement, Status
from common_ground.ledger.tables import agreement_events, agreement_items, agreements

# What may follow what. An agreement that was closed by mistake can be opened again; one that was
# renegotiated lives on in the agreement that replaced it.
NEXT_STATUSES: Mapping[str, tuple[Status, ...]] = {
    "draft": ("withdrawn",),
    "open": ("kept", "missed", "renegotiated", "withdrawn"),
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
            f"{found['version']}, you were looking at version {version}). "
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
            f"A{number} was changed by someone else a moment ago. "
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


@dataclass(frozen=True)
class StatusChange:
    """A status, who set it when, and the workspace's days it is about."""

    status: Status
    instant: datetime
    by: str
    on: date
    delivered_date: date | None
    note: str


def apply_status(connection: Connection, found: Mapping[str, Any], change: StatusChange) -> None:
    """Close an agreement, or open it again, and write it into its history.

    Raises:
        LedgerError: the status cannot follow the present one, or contradicts the days.
    """
    _check_next(found, change.status)
    _check_days(found, change)
    is_closed = change.status != "open"
    values = {
        "status": change.status,
        "closed_at": change.instant if is_closed else None,
        "closed_date": change.on if is_closed else None,
        "delivered_date": change.delivered_date if change.status in ("kept", "missed") else None,
    }
    update_agreement(connection, found, values)
    number = found["agreement_number"]
    add_event(connection, number, change.instant, change.by, change.status, change.note)


def insert_listed(
    connection: Connection,
    listed: ListedAgreement,
    known: Mapping[str | None, int],
    by: str,
    instant: datetime,
) -> str:
    """Store an agreement from a list together with what became of it; its agreement_id.

    Args:
        connection: of the one transaction for the whole list.
        listed: the agreement.
        known: agreement_number by import_key, for `listed.replaces_key`.
        by: who brings it in.
        instant: when it is written down; stands for the day it was made where the list has none.
    """
    replaces = None
    if listed.replaces_key is not None:
        replaces = known.get(listed.replaces_key)
        if replaces is None:
            raise LedgerError(
                f"'{listed.agreement.title[:60]}' replaces '{listed.replaces_key}', which neither "
                "the ledger nor an earlier line of the list has. Correct the key."
            )
    made = datetime.combine(listed.created_date, time()) if listed.created_date else instant
    new_id = insert_agreement(connection, listed.agreement, by, made, listed.note, replaces)
    if listed.status != listed.agreement.status:
        on = listed.closed_date or listed.delivered_date or listed.agreement.due_date
        if on is None:
            raise LedgerError(f"'{listed.agreement.title[:60]}' is closed without a closed_date.")
        closed = datetime.combine(on, time())
        change = StatusChange(listed.status, closed, by, on, listed.delivered_date, "")
        try:
            apply_status(connection, find(connection, new_id), change)
        except LedgerError as error:
            raise LedgerError(
                f"'{listed.agreement.title[:60]}' cannot be brought in as {listed.status}, and "
                f"nothing was. It would be {new_id}: {error}"
            ) from error
    return new_id


def _check_next(found: Mapping[str, Any], status: str) -> None:
    present, agreement_id = found["status"], f"A{found['agreement_number']}"
    allowed = NEXT_STATUSES[present]
    if status in allowed:
        is_complete = found["due_date"] and found["sales_owner"] and found["product_owner"]
        if status == "open" and not is_complete:
            raise LedgerError(
                f"{agreement_id} was a draft when it was withdrawn and cannot be opened. "
                "Record it anew."
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


def _check_days(found: Mapping[str, Any], change: StatusChange) -> None:
    agreement_id, delivered = f"A{found['agreement_number']}", change.delivered_date
    if change.status == "renegotiated" and change.on > found["due_date"]:
        raise LedgerError(
            f"{agreement_id} was due on {found['due_date'].isoformat()}, so on "
            f"{change.on.isoformat()} it can only be missed. Close it as missed and record a new "
            "agreement."
        )
    if change.status == "kept" and delivered is None:
        raise LedgerError(
            f"{agreement_id} is kept once both sides have delivered: enter the day they had."
        )
    if change.status in ("kept", "missed") and delivered is not None:
        _check_delivery(agreement_id, change.status, delivered, change.on, found["due_date"])


def _check_delivery(agreement_id: str, status: str, delivered: date, on: date, due: date) -> None:
    if delivered > on:
        raise LedgerError(
            f"{agreement_id} cannot have been delivered on {delivered.isoformat()}: today, for "
            f"this workspace, is {on.isoformat()}. Enter the day both sides had delivered."
        )
    if status == "kept" and delivered > due:
        raise LedgerError(
            f"{agreement_id} was due on {due.isoformat()} and delivered on "
            f"{delivered.isoformat()}. Delivered late counts as missed: close it as missed with "
            "that day, so that the delay is on record."
        )
    if status == "missed" and delivered <= due:
        raise LedgerError(
            f"{agreement_id} was delivered on {delivered.isoformat()}, by its due date "
            f"{due.isoformat()}: that is kept. Close it as kept, or correct the day."
        )
