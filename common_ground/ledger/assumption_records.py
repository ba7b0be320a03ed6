"""What people assume in place of an export's value, checked when it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from common_ground.errors import LedgerError
from common_ground.ledger.records import MAX_NAME, MAX_TEXT, check_author, check_length, in_words

Field = Literal[
    "reach",
    "impact",
    "confidence",
    "effort_low",
    "effort_likely",
    "effort_high",
    "weight_sales",
    "weight_product",
    "weight_effort",
]
FIELDS: Final = get_args(Field)
IMPACTS: Final = tuple(Decimal(text) for text in ("0.25", "0.5", "1", "2", "3"))


@dataclass(frozen=True)
class _Range:
    """What a field may be: at least `low` (or above it), at most `high`, in steps of `step`."""

    unit: str
    low: Decimal
    high: Decimal
    step: Decimal
    is_above: bool = False


# Steps and ends are those of the columns the values stand in for, see queries/canonical/items.sql.
_WEEKS: Final = _Range("person-weeks", Decimal(0), Decimal(10_000), Decimal("0.01"), is_above=True)
_WEIGHT: Final = _Range("", Decimal(0), Decimal(100), Decimal("0.01"))
_RANGES: Final[Mapping[str, _Range]] = {
    "reach": _Range("accounts", Decimal(0), Decimal(10) ** 9, Decimal("0.01")),
    "impact": _Range("", IMPACTS[0], IMPACTS[-1], Decimal("0.01")),
    "confidence": _Range("", Decimal(0), Decimal(1), Decimal("0.0001")),
    "effort_low": _WEEKS,
    "effort_likely": _WEEKS,
    "effort_high": _WEEKS,
    "weight_sales": _WEIGHT,
    "weight_product": _WEIGHT,
    "weight_effort": _WEIGHT,
}


@dataclass(frozen=True)
class NewAssumption:
    """A value somebody assumes in place of the export's, or that one is taken back.

    Attributes:
        item_id: of the backlog; "" for a weight. Not compared with the data.
        field: what is assumed, of FIELDS.
        value: in the field's unit (accounts, person-weeks; impact 0.25, 0.5, 1, 2 or 3; confidence
            0..1; a weight is a multiplier); None takes the assumption back.
        set_by: who assumes it.
        note: why; a value needs a reason.

    Raises:
        LedgerError: the value is none the field can have, the item, the name or the reason is
            missing, or a text is too long.
    """

    item_id: str
    field: Field
    value: Decimal | None
    set_by: str
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("item_id", "set_by", "note"):
            object.__setattr__(self, name, getattr(self, name).strip())
        if self.field not in FIELDS:
            raise LedgerError(f"'{self.field}' cannot be assumed, use {in_words(FIELDS)}.")
        of = f" of {self.item_id[:60]}" if self.item_id else ""
        what = f"The assumed {self.field.replace('_', ' ')}{of}"
        if self.field.startswith("weight_") == bool(self.item_id):
            raise LedgerError(f"{what}: weights belong to no item, all else to one. Choose again.")
        check_length(what, "item", self.item_id, MAX_NAME)
        check_length(what, "reason", self.note, MAX_TEXT)
        check_author(what, self.set_by)
        if self.value is not None:
            object.__setattr__(self, "value", _checked(what, self.field, self.value))
            if not self.note:
                raise LedgerError(f"{what} lacks a reason. Say why, so that it can be checked.")


def _checked(what: str, field: str, value: Decimal) -> Decimal:
    """The value with the decimals its field keeps."""
    allowed = _RANGES[field]
    too_low = value.is_finite() and (
        value <= allowed.low if allowed.is_above else value < allowed.low
    )
    if not value.is_finite() or too_low or value > allowed.high:
        least = f"above {allowed.low}" if allowed.is_above else f"at least {allowed.low}"
        unit = f" {allowed.unit}" if allowed.unit else ""
        raise LedgerError(f"{what}: {value} must be {least} and at most {allowed.high:,f}{unit}.")
    if field == "impact" and value not in IMPACTS:
        raise LedgerError(f"{what}: {value} is none of {in_words(tuple(map(str, IMPACTS)))}.")
    kept = value.quantize(allowed.step)
    if kept != value:
        raise LedgerError(f"{what}: {value} has more decimals than {allowed.step}. Round it.")
    return kept + 0  # turns -0 into 0
