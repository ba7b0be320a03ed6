"""What both sides say about KPIs: signatures, policy choices and targets, checked when made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from common_ground.errors import LedgerError
from common_ground.ledger.records import (
    MAX_NAME,
    MAX_TEXT,
    check_author,
    check_length,
    in_words,
)
from common_ground.ledger.tables import SIDES

Side = Literal["sales", "product"]

# As an export of targets writes them.
_PERIOD = re.compile(r"[1-9][0-9]{3}(-Q[1-4]|-(0[1-9]|1[0-2]))?")
# What the column targets.target of the data holds, decimal(18, 4).
_TARGET_STEP = Decimal("0.0001")
_TARGET_LIMIT = Decimal(10) ** 14


@dataclass(frozen=True)
class NewSignature:
    """One side's signature under the definition of a KPI.

    Attributes:
        kpi: id of the KPI; not compared with the registry.
        side: sales or product.
        version: version of the definition that was signed.
        fingerprint: hexadecimal digest of what was signed.
        options: option id by policy id, as they were when it was signed.
        meaning: the words that were signed, kept as they were.
        signed_by: who signs for the side.
        note: what the signer wants remembered.

    Raises:
        LedgerError: something a signature cannot do without is missing, or a text is too long.
    """

    kpi: str
    side: Side
    version: str
    fingerprint: str
    options: Mapping[str, str]
    meaning: str
    signed_by: str
    note: str = ""

    def __post_init__(self) -> None:
        _strip(self, "kpi", "version", "signed_by", "note")
        object.__setattr__(self, "options", dict(sorted(self.options.items())))
        what = f"The signature under {self.kpi[:60] or '(no KPI)'}"
        if self.side not in SIDES:
            raise LedgerError(f"{what}: '{self.side}' is no side, use {in_words(SIDES)}.")
        _check_name(what, "KPI", self.kpi)
        self._check_signed(what)
        check_length(what, "note", self.note, MAX_TEXT)
        check_author(what, self.signed_by)

    def _check_signed(self, what: str) -> None:
        _check_name(what, "version", self.version)
        _check_name(what, "fingerprint", self.fingerprint)
        if not re.fullmatch("[0-9a-fA-F]+", self.fingerprint):
            raise LedgerError(
                f"{what}: the fingerprint '{self.fingerprint[:60]}' is not hexadecimal. "
                "Reload the page and sign what it shows."
            )
        for policy, option in self.options.items():
            _check_name(what, "policy", policy)
            _check_name(what, f"option of {policy}", option)
        if not self.meaning.strip():
            raise LedgerError(f"{what} lacks the words that are signed. Reload the page.")
        check_length(what, "meaning", self.meaning, MAX_TEXT)


@dataclass(frozen=True)
class NewPolicyChoice:
    """The option somebody chose for a policy.

    Attributes:
        policy: id of the policy; not compared with the registry.
        option: id of the option that counts from now on.
        chosen_by: who chose.
        note: why.

    Raises:
        LedgerError: an id is missing, nobody is named, or a text is too long.
    """

    policy: str
    option: str
    chosen_by: str
    note: str = ""

    def __post_init__(self) -> None:
        _strip(self, "policy", "option", "chosen_by", "note")
        what = f"The choice for {self.policy[:60] or '(no policy)'}"
        _check_name(what, "policy", self.policy)
        _check_name(what, "option", self.option)
        check_length(what, "note", self.note, MAX_TEXT)
        check_author(what, self.chosen_by)


@dataclass(frozen=True)
class NewTarget:
    """What a KPI should reach in a period, or that it has no target.

    Attributes:
        kpi: id of the KPI; not compared with the registry.
        period: a year 2026, a quarter 2026-Q3 or a month 2026-08; years and quarters are fiscal.
        segment: the segment it is for; "" means all.
        target: in the KPI's own unit, kept with 4 decimals; None removes the target, also one an
            export brought.
        set_by: who set it.
        note: why.

    Raises:
        LedgerError: the period or the number is none that can be kept, the KPI is missing, nobody
            is named, or a text is too long.
    """

    kpi: str
    period: str
    segment: str
    target: Decimal | None
    set_by: str
    note: str = ""

    def __post_init__(self) -> None:
        _strip(self, "kpi", "period", "segment", "set_by", "note")
        what = (
            f"The target of {self.kpi[:60] or '(no KPI)'} for {self.period[:60] or '(no period)'}"
        )
        _check_name(what, "KPI", self.kpi)
        if not _PERIOD.fullmatch(self.period):
            raise LedgerError(
                f"{what}: the period '{self.period[:60]}' cannot be read. Write a year as 2026, a "
                "quarter as 2026-Q3 or a month as 2026-08."
            )
        check_length(what, "segment", self.segment, MAX_NAME)
        check_length(what, "note", self.note, MAX_TEXT)
        check_author(what, self.set_by)
        if self.target is not None:
            object.__setattr__(self, "target", _with_four_decimals(what, self.target))


def _with_four_decimals(what: str, target: Decimal) -> Decimal:
    if not target.is_finite():
        raise LedgerError(
            f"{what}: {target} is no number. Enter one, or leave it empty to remove the target."
        )
    if abs(target) >= _TARGET_LIMIT:
        raise LedgerError(
            f"{what}: {target} is too large. Enter a number below {_TARGET_LIMIT:,}, in the KPI's "
            "own unit."
        )
    kept = target.quantize(_TARGET_STEP)
    if kept != target:
        raise LedgerError(f"{what}: {target} has more than the 4 decimals that are kept. Round it.")
    return kept + 0  # turns -0 into 0


def _strip(record: object, *fields: str) -> None:
    for field in fields:
        object.__setattr__(record, field, getattr(record, field).strip())


def _check_name(what: str, field: str, text: str) -> None:
    if not text:
        raise LedgerError(f"{what} lacks the {field}. Choose it again.")
    check_length(what, field, text, MAX_NAME)
