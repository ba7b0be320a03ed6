"""What goes into the ledger: agreements, verdicts and meetings, checked when they are made."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from common_ground.errors import LedgerError
from common_ground.ledger.tables import LINK_KINDS, VERDICTS

LinkKind = Literal["ask_item", "ask_feature", "ask_ask", "account"]
Verdict = Literal["same", "related", "different", "unsure"]
Status = Literal["draft", "open", "kept", "missed", "renegotiated", "withdrawn"]

# Longer than anything said in a meeting; keeps a pasted document out of the table.
MAX_TEXT = 4_000
MAX_NAME = 200


@dataclass(frozen=True)
class NewAgreement:
    """An agreement as two sides made it, or the draft of one.

    Attributes:
        title: what it is about, in a few words.
        give: what sales gives, delivered by `sales_owner`.
        get: what product gives in return, delivered by `product_owner`.
        sales_owner: who answers for `give`; a draft may leave it empty.
        product_owner: who answers for `get`; a draft may leave it empty.
        due_date: last day on which delivering counts as kept; a draft may leave it out.
        kpi: id of the KPI it should move.
        kpi_at_agreement: value of that KPI when it was made, in the KPI's own unit.
        data_version: data it was made on.
        item_ids: items it covers; kept sorted, each once.
        status: "open", or "draft" while someone still has to complete it.
        replaces: id of the agreement this one was renegotiated from.
        import_key: what identifies it in a list it was imported from.

    Raises:
        LedgerError: something an agreement cannot do without is missing, or a text is too long.
    """

    title: str
    give: str
    get: str
    sales_owner: str = ""
    product_owner: str = ""
    due_date: date | None = None
    kpi: str | None = None
    kpi_at_agreement: float | None = None
    data_version: int | None = None
    item_ids: tuple[str, ...] = ()
    status: Literal["draft", "open"] = "open"
    replaces: str | None = None
    import_key: str | None = None

    def __post_init__(self) -> None:
        for field in ("title", "give", "get", "sales_owner", "product_owner"):
            object.__setattr__(self, field, getattr(self, field).strip())
        object.__setattr__(self, "item_ids", tuple(sorted(set(self.item_ids))))
        self._check_complete()
        what = f"The agreement '{self.title[:60]}'"
        for field, limit in (
            ("title", MAX_NAME),
            ("give", MAX_TEXT),
            ("get", MAX_TEXT),
            ("sales_owner", MAX_NAME),
            ("product_owner", MAX_NAME),
        ):
            check_length(what, field.replace("_", " "), getattr(self, field), limit)
        if self.kpi_at_agreement is not None and not math.isfinite(self.kpi_at_agreement):
            raise LedgerError(
                f"{what}: the KPI value {self.kpi_at_agreement} is no number. "
                "Leave it out when the KPI cannot be computed."
            )

    def _check_complete(self) -> None:
        needed = {"a title": self.title, "what sales gives": self.give}
        needed["what product gives"] = self.get
        if self.status == "open":
            needed["the sales owner"] = self.sales_owner
            needed["the product owner"] = self.product_owner
            needed["the due date"] = "set" if self.due_date else ""
        missing = [name for name, value in needed.items() if not value]
        if missing:
            named = f"agreement '{self.title[:60]}'" if self.title else "agreement"
            raise LedgerError(
                f"The {named} lacks {in_words(missing)}. Both sides owe something by a day with a "
                "name on it: fill it in, or keep it as a draft until you can."
            )


@dataclass(frozen=True)
class ListedAgreement:
    """An agreement from a list kept elsewhere, and what has become of it.

    Attributes:
        agreement: the agreement; its import_key says which one it is.
        status: what it is today.
        created_date: day it was made; None counts it from the day it is brought in.
        closed_date: day it was closed; None: the day it was delivered, or else due.
        delivered_date: day both sides had delivered.
        replaces_key: import_key of the agreement it was renegotiated from.
        note: kept in its history.
    """

    agreement: NewAgreement
    status: Status
    created_date: date | None = None
    closed_date: date | None = None
    delivered_date: date | None = None
    replaces_key: str | None = None
    note: str = ""


@dataclass(frozen=True)
class NewVerdict:
    """What a person decided about two things.

    Attributes:
        kind: ask_item, ask_feature, ask_ask or account.
        from_id: the ask, or the account's name in a source.
        to_id: the item, feature, ask or account it was compared with.
        verdict: same, related, different or unsure.
        decided_by: who decided.
        from_text: text behind `from_id` as it was shown.
        to_text: text behind `to_id` as it was shown.

    Raises:
        LedgerError: an unknown kind or verdict, no author, or a thing compared with itself.
    """

    kind: LinkKind
    from_id: str
    to_id: str
    verdict: Verdict
    decided_by: str
    from_text: str = ""
    to_text: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "decided_by", self.decided_by.strip())
        what = f"The verdict on {self.from_id or '(no id)'} and {self.to_id or '(no id)'}"
        if self.kind not in LINK_KINDS:
            raise LedgerError(
                f"{what}: '{self.kind}' is no kind of link, use {in_words(LINK_KINDS)}."
            )
        if self.verdict not in VERDICTS:
            raise LedgerError(f"{what}: '{self.verdict}' is no verdict, use {in_words(VERDICTS)}.")
        if not self.from_id or not self.to_id:
            raise LedgerError(f"{what} needs both ids. Choose the two things again.")
        if self.from_id == self.to_id and self.kind in ("ask_ask", "account"):
            raise LedgerError(f"{what} compares a thing with itself. Choose two different ones.")
        check_author(what, self.decided_by)


@dataclass(frozen=True)
class ListedVerdict:
    """A verdict from a list kept elsewhere, and when it was given (UTC, without a zone)."""

    verdict: NewVerdict
    decided_at: datetime


@dataclass(frozen=True)
class NewMeeting:
    """A joint meeting and the data it looked at.

    Attributes:
        held_on: day of the meeting.
        data_version: data that was on the screen; None when nothing was published.
        note: what should be remembered.
        recorded_by: who wrote it down.

    Raises:
        LedgerError: nobody is named, or the note is too long.
    """

    held_on: date
    data_version: int | None
    note: str
    recorded_by: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "recorded_by", self.recorded_by.strip())
        what = f"The meeting of {self.held_on.isoformat()}"
        check_author(what, self.recorded_by)
        check_length(what, "note", self.note, MAX_TEXT)


def utc_instant(now: datetime) -> datetime:
    """The instant as the ledger stores it: UTC, without a zone.

    Raises:
        ValueError: `now` carries no time zone, so nobody can tell which instant it is.
    """
    if now.tzinfo is None:
        raise ValueError(f"now must carry its time zone, {now.isoformat()} has none")
    return now.astimezone(UTC).replace(tzinfo=None)


def check_author(what: str, by: str) -> None:
    """Refuse a change nobody signs.

    Raises:
        LedgerError: `by` is empty or longer than a name.
    """
    if not by.strip():
        raise LedgerError(f"{what} needs the name of the person who decides. Enter it.")
    check_length(what, "name", by, MAX_NAME)


def check_length(what: str, field: str, text: str, limit: int) -> None:
    """Refuse a text longer than the ledger keeps.

    Raises:
        LedgerError: it has more than `limit` characters.
    """
    if len(text) > limit:
        raise LedgerError(
            f"{what}: the {field} has {len(text):,} characters, at most {limit:,} are kept. "
            "Shorten it and link to the rest."
        )


def in_words(names: list[str] | tuple[str, ...]) -> str:
    """The names as a sentence lists them: "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
