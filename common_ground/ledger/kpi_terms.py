"""Signatures, policy choices and targets of KPIs; each function works inside one transaction."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import pandas as pd
from sqlalchemy import Connection, insert, select

from common_ground.errors import LedgerError
from common_ground.ledger import frames
from common_ground.ledger.agreements import read_rows
from common_ground.ledger.kpi_records import NewPolicyChoice, NewSignature, NewTarget
from common_ground.ledger.records import MAX_TEXT, check_length
from common_ground.ledger.tables import (
    kpi_signatures,
    kpi_targets,
    policy_choices,
    signature_withdrawals,
)


def insert_signature(connection: Connection, signature: NewSignature, instant: datetime) -> int:
    """Store a signature; its signature_id."""
    options = json.dumps(dict(signature.options), sort_keys=True, ensure_ascii=False)
    values = {**vars(signature), "options": options, "signed_at": instant}
    new_row = insert(kpi_signatures).values(values).returning(kpi_signatures.c.signature_id)
    return int(connection.execute(new_row).scalar_one())


def insert_withdrawal(
    connection: Connection, signature_id: int, by: str, instant: datetime, note: str
) -> None:
    """Take a signature back that still stands.

    Raises:
        LedgerError: no such signature, it was withdrawn already, or a later one replaced it.
    """
    check_length(f"Withdrawing signature {signature_id}", "note", note, MAX_TEXT)
    _check_stands(connection, signature_id)
    connection.execute(
        insert(signature_withdrawals).values(
            signature_id=int(signature_id),  # taken from a frame it is numpy's, unknown to SQLite
            withdrawn_by=by.strip(),
            withdrawn_at=instant,
            withdrawn_note=note.strip(),
        )
    )


def _check_stands(connection: Connection, signature_id: int) -> None:
    history = signature_history(connection).set_index("signature_id")
    if signature_id not in history.index:
        raise LedgerError(f"There is no signature {signature_id}. Reload the page.")
    found = history.loc[signature_id]
    if found["is_standing"]:
        return
    if pd.notna(found["withdrawn_at"]):
        raise LedgerError(
            f"Signature {signature_id} was already withdrawn by {found['withdrawn_by']}. "
            "Reload the page to see what stands now."
        )
    raise LedgerError(
        f"Signature {signature_id} no longer stands: {found['side']} signed {found['kpi']} again "
        "later. Reload the page to see what stands now."
    )


def signature_history(connection: Connection, kpi: str | None = None) -> pd.DataFrame:
    """Every signature, oldest first, with the columns of `Ledger.signature_history`."""
    query = (
        select(
            kpi_signatures,
            signature_withdrawals.c.withdrawn_by,
            signature_withdrawals.c.withdrawn_at,
            signature_withdrawals.c.withdrawn_note,
        )
        .select_from(kpi_signatures.join(signature_withdrawals, isouter=True))
        .order_by(kpi_signatures.c.signature_id)
    )
    if kpi is not None:
        query = query.where(kpi_signatures.c.kpi == kpi)
    rows = read_rows(connection, query)
    # What a side withdraws was its word on the KPI; the signatures before it do not come back.
    latest = {(row["kpi"], row["side"]): row["signature_id"] for row in rows}
    for row in rows:
        is_latest = latest[row["kpi"], row["side"]] == row["signature_id"]
        row["is_standing"] = is_latest and row["withdrawn_at"] is None
        row["options"] = json.loads(row["options"])
    return frames.frame(rows, frames.SIGNATURE_HISTORY)


def insert_choice(connection: Connection, choice: NewPolicyChoice, instant: datetime) -> int:
    """Store the choice of an option; its choice_id."""
    values = {**vars(choice), "chosen_at": instant}
    new_row = insert(policy_choices).values(values).returning(policy_choices.c.choice_id)
    return int(connection.execute(new_row).scalar_one())


def policy_history(connection: Connection) -> pd.DataFrame:
    """Every choice, oldest first, with the columns of `Ledger.policy_history`."""
    rows = read_rows(connection, select(policy_choices).order_by(policy_choices.c.choice_id))
    return frames.frame(rows, frames.POLICY_HISTORY)


def check_each_once(targets: Iterable[NewTarget]) -> None:
    """Refuse a list that sets the same target twice.

    Raises:
        LedgerError: a KPI, period and segment is in it more than once.
    """
    seen = set()
    for one in targets:
        key = (one.kpi, one.period, one.segment)
        if key in seen:
            raise LedgerError(
                f"The target of {one.kpi} for {one.period}, segment '{one.segment or 'all'}', is "
                "in the list twice. Keep one of them; nothing was stored."
            )
        seen.add(key)


def insert_targets(connection: Connection, targets: Sequence[NewTarget], instant: datetime) -> None:
    """Store targets and removals of targets."""
    rows = [{**vars(one), "target": _as_text(one.target), "set_at": instant} for one in targets]
    if rows:
        connection.execute(insert(kpi_targets), rows)


def _as_text(target: Decimal | None) -> str | None:
    return None if target is None else str(target)


def target_history(connection: Connection, kpi: str | None = None) -> pd.DataFrame:
    """Every target ever set, oldest first, with the columns of `Ledger.target_history`."""
    query = select(kpi_targets).order_by(kpi_targets.c.target_id)
    if kpi is not None:
        query = query.where(kpi_targets.c.kpi == kpi)
    rows = read_rows(connection, query)
    for row in rows:
        row["target"] = None if row["target"] is None else Decimal(row["target"])
    return frames.frame(rows, frames.TARGET_HISTORY)


def latest_of_each(history: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The last row of each key, in the order they were written down."""
    return history.drop_duplicates(keys, keep="last").reset_index(drop=True)
