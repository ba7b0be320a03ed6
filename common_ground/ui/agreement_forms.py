"""The forms that write into the ledger: terms, what became of them, meetings.

Each form keeps the version of the agreement it shows, so that what somebody else changed in the
meantime is refused instead of overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

import pandas as pd
import streamlit as st

from common_ground.ledger import NEXT_STATUSES, NewAgreement, NewMeeting, Status
from common_ground.ui import cache, html, ledger_forms
from common_ground.ui.agreements import Background, due_or_none

_DAY_FORMAT: Final = "YYYY-MM-DD"
_ACTIONS: Final[dict[str, str]] = {
    "kept": "Kept: both sides delivered by the due date",
    "missed": "Missed: late, or not at all",
    "withdrawn": "Withdrawn: neither side wants it now",
    "open": "Open again: it was closed by mistake",
}


@dataclass(frozen=True)
class Terms:
    """Which agreement the terms are for: a new one, a draft, or one that replaces another."""

    task: Literal["record", "complete", "renegotiate"] = "record"
    agreement_id: str = ""
    version: int = 0
    title: str = ""
    give: str = ""
    get: str = ""
    sales_owner: str = ""
    product_owner: str = ""
    due_date: date | None = None
    kpi: str | None = None
    item_ids: tuple[str, ...] = ()


def terms_of(row: Mapping[Any, Any], task: Literal["complete", "renegotiate"]) -> Terms:
    """The terms an agreement has now, to be completed or replaced."""
    words = ("title", "give", "get", "sales_owner", "product_owner", "agreement_id", "version")
    return Terms(
        task=task,
        due_date=due_or_none(row),
        kpi=None if pd.isna(row["kpi"]) else row["kpi"],
        item_ids=row["item_ids"],
        **{name: row[name] for name in words},
    )


@st.dialog("Terms of an agreement", width="large")
def write_terms(terms: Terms, background: Background) -> None:
    """A form for the terms; stores them and closes, or says what is missing and stays."""
    refusal = st.empty()
    with st.form("agreement_terms", border=False):
        title = st.text_input("What it is about, in a few words", terms.title, max_chars=200)
        sales, product = st.columns(2)
        give = sales.text_area("■ Sales gives", terms.give, height=110, max_chars=4000)
        sales_owner = sales.text_input("■ Sales owner", terms.sales_owner, max_chars=200)
        get = product.text_area("● Product gives", terms.get, height=110, max_chars=4000)
        product_owner = product.text_input("● Product owner", terms.product_owner, max_chars=200)
        due = sales.date_input(
            "Due, the last day that counts as kept", terms.due_date, format=_DAY_FORMAT
        )
        known: dict[str | None, str] = {None: "None"}
        known |= {kpi: one.label for kpi, one in background.definitions.items()}
        kpi = product.selectbox(
            "KPI it should move",
            list(known),
            index=list(known).index(terms.kpi) if terms.kpi in known else 0,
            format_func=known.__getitem__,
        )
        items = {item_id: f"{item_id} {title}" for item_id, title in background.items.items()}
        items |= {item_id: item_id for item_id in terms.item_ids if item_id not in items}
        item_ids = st.multiselect(
            "Items it covers", list(items), terms.item_ids, format_func=items.__getitem__
        )
        by = ledger_forms.name("terms")
        with st.container(horizontal=True):
            is_agreed = st.form_submit_button("Both sides agree", type="primary")
            is_draft = terms.task != "renegotiate" and st.form_submit_button("Keep as a draft")
    if not (is_agreed or is_draft):
        return
    written = replace(
        terms,
        title=title,
        give=give or "",
        get=get or "",
        sales_owner=sales_owner,
        product_owner=product_owner,
        due_date=due if isinstance(due, date) else None,
        kpi=kpi,
        item_ids=tuple(item_ids),
    )
    ledger_forms.store(
        refusal, by, lambda: _write(written, background, by, "open" if is_agreed else "draft")
    )


def _write(terms: Terms, background: Background, by: str, status: Literal["open", "draft"]) -> str:
    now_at = background.kpi_now(terms.kpi) if terms.kpi else None
    agreement = NewAgreement(
        title=terms.title,
        give=terms.give,
        get=terms.get,
        sales_owner=terms.sales_owner,
        product_owner=terms.product_owner,
        due_date=terms.due_date,
        kpi=terms.kpi,
        kpi_at_agreement=now_at.value if now_at else None,
        data_version=background.data_version,
        item_ids=terms.item_ids,
        status=status,
    )
    ledger, now = cache.ledger(), datetime.now(UTC)
    if terms.task == "complete":
        ledger.complete(terms.agreement_id, agreement, by=by, version=terms.version, now=now)
        return f"{terms.agreement_id} is {'agreed' if status == 'open' else 'kept as a draft'}."
    if terms.task == "renegotiate":
        new_id = ledger.renegotiate(
            terms.agreement_id,
            agreement,
            by=by,
            version=terms.version,
            now=now,
            on=background.as_of,
        )
        return f"{terms.agreement_id} is renegotiated, {new_id} replaces it."
    return f"{ledger.record(agreement, by=by, now=now)} is recorded."


def choose(rows: pd.DataFrame) -> Mapping[Any, Any]:
    """The agreement the reader looks at: the one a link names, "?agreement=A11", else the first."""
    by_id = {row["agreement_id"]: row for row in rows.to_dict("records")}
    labels = {agreement_id: f"{agreement_id} {row['title']}" for agreement_id, row in by_id.items()}
    asked = st.query_params.get("agreement")
    chosen = st.selectbox(
        "Agreement",
        list(by_id),
        index=list(by_id).index(asked) if asked in by_id else 0,
        format_func=labels.__getitem__,
        key="chosen_agreement",
        width=520,
    )
    return by_id[chosen]


def offer_changes(row: Mapping[Any, Any], background: Background) -> None:
    """Buttons for what can be done with an agreement; each opens its form."""
    if row["status"] == "draft" and st.button("Complete the draft"):
        write_terms(terms_of(row, "complete"), background)
    if _possible(row) and st.button("What became of it"):
        change_status(row, background.as_of)
    in_time = row["status"] == "open" and not row["is_late"]
    if in_time and st.button("Renegotiate"):
        write_terms(terms_of(row, "renegotiate"), background)


def _possible(row: Mapping[Any, Any]) -> list[Status]:
    return [status for status in NEXT_STATUSES[row["status"]] if status in _ACTIONS]


@st.dialog("What became of it")
def change_status(row: Mapping[Any, Any], as_of: date) -> None:
    """A form that closes an agreement, or opens it again.

    Args:
        row: of `Ledger.agreements`, as the reader sees it.
        as_of: the workspace's day.
    """
    possible, refusal = _possible(row), st.empty()
    with st.form("status", border=False):
        html.show(html.strong(f"{row['agreement_id']} {row['title']}"))
        status = st.selectbox(
            f"It is {row['status']} and becomes",
            possible,
            format_func=_ACTIONS.__getitem__,
        )
        delivered = None
        if "kept" in possible:
            delivered = st.date_input(
                "Day both sides had delivered, empty if they have not",
                None,
                max_value=as_of,
                format=_DAY_FORMAT,
            )
        note, by = st.text_input("Note, if any", max_chars=500), ledger_forms.name("status")
        stores = st.form_submit_button("Store", type="primary")
    if stores:
        ledger_forms.store(refusal, by, lambda: _change(row, status, by, note, delivered, as_of))


def _change(
    row: Mapping[Any, Any], status: Status, by: str, note: str, delivered: object, as_of: date
) -> str:
    cache.ledger().change_status(
        row["agreement_id"],
        status,
        by=by,
        version=row["version"],
        now=datetime.now(UTC),
        on=as_of,
        delivered_date=delivered if isinstance(delivered, date) else None,
        note=note,
    )
    return f"{row['agreement_id']} is {status}."


@st.dialog("A meeting")
def write_meeting(background: Background) -> None:
    """A form for a meeting that took place; the data on the screen is noted with it."""
    refusal = st.empty()
    with st.form("meeting", border=False):
        held_on = st.date_input("Held on", background.as_of, format=_DAY_FORMAT)
        note = st.text_area("What should be remembered", height=120, max_chars=4000)
        by = ledger_forms.name("meeting")
        stores = st.form_submit_button("Record the meeting", type="primary")
    if stores and isinstance(held_on, date):
        meeting_day = held_on
        ledger_forms.store(
            refusal, by, lambda: _hold(meeting_day, background.data_version, note or "", by)
        )


def _hold(held_on: date, data_version: int, note: str, by: str) -> str:
    meeting = NewMeeting(held_on, data_version, note, by)
    return f"Meeting {cache.ledger().record_meeting(meeting, now=datetime.now(UTC))} is recorded."
