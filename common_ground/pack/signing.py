"""How the definitions in a pack stand with both sides, in the words of a slide."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from common_ground.charts import format

# In a column of a table, and under a headline number, which says nothing when both have signed.
_SHORT: Final = {
    "signed": "both",
    "unsigned": "nobody",
    "changed": "changed",
    "disputed": "disputed",
}
_SIDES: Final = ("sales", "product")
_BESIDE: Final = {
    "signed": "",
    "unsigned": "Definition not signed",
    "changed": "Definition changed since signed",
    "disputed": "Definition disputed",
}


class Signature(Protocol):
    """What one side signed."""

    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def signed_by(self) -> str: ...  # noqa: D102


class Signed(Protocol):
    """How a definition stands with both sides."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> str: ...  # noqa: D102
    @property
    def sales(self) -> Signature | None: ...  # noqa: D102
    @property
    def product(self) -> Signature | None: ...  # noqa: D102


def short(signed: Signed | None) -> str:
    """Who signed, in a word or two: "both", "sales only", "nobody", "changed", "disputed"."""
    if signed is None:
        return format.NONE
    return f"{_side(signed)} only" if signed.state == "one_side" else _SHORT[signed.state]


def beside(signed: Signed | None) -> str:
    """What a reader of a headline number must know; empty when both sides signed it."""
    if signed is None:
        return ""
    if signed.state == "one_side":
        return f"Definition signed by {_side(signed)} only"
    return _BESIDE[signed.state]


def in_full(signed: Signed) -> str:
    """Version, state and who signed which version: what stands after a definition."""
    # Two signatures as computed are named in the words already.
    by = "" if signed.state == "signed" else _by_side(signed)
    return f"Version {signed.version}. {signed.words}{f' ({by})' if by else ''}."


def counted(standings: Sequence[Signed]) -> str:
    """How many are signed: "4 of 10 definitions signed by both sides; 1 changed since"."""
    if not standings:
        return ""
    states = [signed.state for signed in standings]
    first = f"{states.count('signed')} of {format.plural(len(states), 'definition')}"
    words = {"changed": "changed since", "disputed": "disputed"}
    rest = ", ".join(f"{states.count(key)} {words[key]}" for key in words if key in states)
    return f"{first} signed by both sides{f'; {rest}' if rest else ''}"


def signers(standings: Iterable[Signed | None]) -> list[str]:
    """Every person who signed, once, in name order."""
    found = {one.signed_by.strip() for signed in standings for _, one in _signatures(signed)}
    # Who signs as "Sales" is no person, and a mask of that word would hit every sentence.
    return sorted(name for name in found if name.casefold() not in _SIDES)


def _signatures(signed: Signed | None) -> list[tuple[str, Signature]]:
    """The signatures there are, each after the name of its side."""
    if signed is None:
        return []
    both = (("sales", signed.sales), ("product", signed.product))
    return [(side, one) for side, one in both if one is not None]


def _side(signed: Signed) -> str:
    return _signatures(signed)[0][0]


def _by_side(signed: Signed) -> str:
    return "; ".join(
        f"{side}: {one.signed_by}, version {one.version}" for side, one in _signatures(signed)
    )
