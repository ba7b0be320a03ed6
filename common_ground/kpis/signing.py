"""Who has signed which definition of a KPI, and whether it is still the one that is computed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import pandas as pd

from common_ground.kpis.registry import Definition
from common_ground.kpis.terms import Terms

State = Literal["signed", "one_side", "unsigned", "changed", "disputed"]
SIGNING_SIDES: Final = ("sales", "product")


@dataclass(frozen=True)
class Signature:
    """One side's standing signature.

    Attributes:
        signature_id: in the ledger.
        side: sales or product.
        version: of the definition as signed.
        fingerprint: of what was signed.
        options: of its policies as signed.
        meaning: definition and rules as signed.
        signed_by: person.
        signed_on: day.
    """

    signature_id: int
    side: str
    version: str
    fingerprint: str
    options: Mapping[str, str]
    meaning: str
    signed_by: str
    signed_on: date


@dataclass(frozen=True)
class Standing:
    """How a definition stands with both sides.

    Attributes:
        state: signed (by both, as computed), one_side (as computed, the other has not signed),
            unsigned, changed (what was signed is not what is computed), disputed (the sides signed
            different options of one version).
        version: of the definition computed.
        fingerprint: of the definition and options computed.
        sales, product: standing signatures; None where a side has not signed.
    """

    state: State
    version: str
    fingerprint: str
    sales: Signature | None
    product: Signature | None

    @property
    def words(self) -> str:
        """The state in words, with who signed: what stands beside the number."""
        by = {side: getattr(self, side) for side in SIGNING_SIDES}
        if self.state == "signed":
            assert self.sales is not None
            assert self.product is not None
            return f"Signed by {self.sales.signed_by} (sales), {self.product.signed_by} (product)"
        if self.state == "disputed":
            return "Disputed: sales and product signed different rules"
        if self.state == "changed":
            sides = [side for side, signed in by.items() if signed and not self._is_current(signed)]
            return f"Changed since {' and '.join(sides)} signed"
        if self.state == "one_side":
            side = next(side for side, signed in by.items() if signed)
            other = "product" if side == "sales" else "sales"
            return f"Signed by {side}, not by {other}"
        return "Not signed"

    def _is_current(self, signed: Signature) -> bool:
        return signed.fingerprint == self.fingerprint


def fingerprint(definition: Definition, options: Mapping[str, str]) -> str:
    """What two definitions share that give the same number from the same rows.

    Args:
        definition: of the KPI.
        options: of its policies; defaults where not named.

    Returns:
        Hex of a SHA-256 over version, words, expressions and options.
    """
    meant = {
        "kpi": definition.kpi,
        "version": definition.version,
        "definition": definition.definition,
        "formula": definition.formula,
        "mart": definition.mart,
        "value": definition.value,
        "n": definition.n,
        "rows": definition.rows,
        "time": definition.time,
        "covers": definition.covers,
        "leave_out": definition.leave_out,
        "hits": definition.hits,
        "beside": [(part.label, part.value) for part in definition.beside],
        "rules": definition.rules(options),
        "options": definition.options(options),
    }
    text = json.dumps(meant, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def meaning(definition: Definition, options: Mapping[str, str]) -> str:
    """Definition and rules in full, as both sides read it before they sign."""
    rules = ". ".join(definition.rules(options).values())
    return f"{definition.definition} Formula: {definition.formula}. Rules: {rules}."


def standing(definition: Definition, terms: Terms) -> Standing:
    """How a definition, under the options chosen, stands with both sides."""
    now = fingerprint(definition, terms.policies)
    found = {side: _of_side(definition.kpi, side, terms) for side in SIGNING_SIDES}
    sales, product = found["sales"], found["product"]
    return Standing(
        state=_state(definition, now, sales, product),
        version=definition.version,
        fingerprint=now,
        sales=sales,
        product=product,
    )


def _state(
    definition: Definition, now: str, sales: Signature | None, product: Signature | None
) -> State:
    signed = [one for one in (sales, product) if one is not None]
    if not signed:
        return "unsigned"
    is_of_this_version = all(one.version == definition.version for one in signed)
    if len(signed) == 2 and is_of_this_version and _options_differ(definition, signed):
        return "disputed"
    if any(one.fingerprint != now for one in signed):
        return "changed"
    return "signed" if len(signed) == 2 else "one_side"


def _options_differ(definition: Definition, signed: list[Signature]) -> bool:
    first, second = (definition.options(one.options) for one in signed)
    return first != second


def _of_side(kpi: str, side: str, terms: Terms) -> Signature | None:
    row = terms.standing_signatures.get((kpi, side))
    if row is None:
        return None
    return Signature(
        signature_id=int(row["signature_id"]),
        side=side,
        version=str(row["version"]),
        fingerprint=str(row["fingerprint"]),
        options=dict(row["options"]),
        meaning=str(row["meaning"]),
        signed_by=str(row["signed_by"]),
        signed_on=pd.Timestamp(row["signed_at"]).date(),
    )
