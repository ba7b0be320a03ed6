"""KPI values, their targets and their changes as words, by unit, as the cards write them."""

from dataclasses import dataclass
from typing import Final

from common_ground.charts import format

# A share of a hundred rows or more moves in tenths of a percent; of fewer it would feign precision.
_DECIMAL_FROM_ROWS: Final = 100
_AFTER: Final = {
    "share": "%",
    "days": "days",
    "ratio": "×",
    "currency_per_day": "a day",
    "per_week": "a week",
}


@dataclass(frozen=True)
class Writer:
    """Writes values of one KPI, all with the same decimals.

    Attributes:
        unit: share, count, days, currency, ratio, currency_per_day, score or per_week.
        currency: ISO code.
        n: rows behind the value, which decide the decimals of a share.
    """

    unit: str
    currency: str
    n: int

    @property
    def after(self) -> str:
        """The unit as it stands small after the number; empty for counts, scores and money."""
        return _AFTER.get(self.unit, "").replace(" ", format.NO_BREAK)

    def number(self, value: float) -> str:
        """A value without its unit; money with its symbol."""
        if self.unit == "share":
            return format.count(100 * value, 1 if self.n >= _DECIMAL_FROM_ROWS else 0)
        if self.unit in ("currency", "currency_per_day"):
            return format.money_short(value, self.currency)
        return format.count(value, 1 if self.unit in ("ratio", "per_week") else 0)

    def full(self, value: float) -> str:
        """A value with its unit: 104.2 %, 71 days, €1.42M."""
        return f"{self.number(value)}{format.NO_BREAK}{self.after}".rstrip(format.NO_BREAK)

    def change(self, now: float, before: float) -> str:
        """What changed: "+0.9 pt", "−6 days", "unchanged"."""
        if self._is_nothing(now - before):
            return "unchanged"
        word = "pt" if self.unit == "share" else self.after
        shown = format.signed(self.number(now - before))
        return f"{shown}{format.NO_BREAK}{word}".rstrip(format.NO_BREAK)

    def distance(self, now: float, target: float, better: str) -> str:
        """The target and how far it is: "106 %, 1.8 short", "60 days, 11 over", "35 %, met"."""
        gap = self._gap(now, target, better)
        if gap is None:
            return f"{self.full(target)}, met"
        return f"{self.full(target)}, {self.number(gap)} {'short' if better == 'up' else 'over'}"

    def is_met(self, now: float, target: float, better: str) -> bool:
        """Whether a value is at its target or on its better side, in the decimals shown."""
        return self._gap(now, target, better) is None

    def _gap(self, now: float, target: float, better: str) -> float | None:
        gap = target - now if better == "up" else now - target
        return None if gap <= 0 or self._is_nothing(gap) else gap

    def _is_nothing(self, value: float) -> bool:
        return not any(digit in self.number(value) for digit in "123456789")


def value(number: float, unit: str, currency: str, n: int = _DECIMAL_FROM_ROWS) -> str:
    """A value of a KPI with its unit; see `Writer`."""
    return Writer(unit, currency, n).full(number)
