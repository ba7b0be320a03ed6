"""KPI values, their targets and their changes as words, by unit."""

import math
from collections.abc import Callable
from typing import Final

from common_ground.charts import format

_WRITTEN: Final[dict[str, Callable[[float], str]]] = {
    "share": lambda number: format.share(number, 1),
    "count": format.count,
    "days": format.days,
    "per_week": lambda number: f"{format.count(number, 1)} a{format.NO_BREAK}week",
    "ratio": lambda number: f"{format.count(number, 2)}{format.NO_BREAK}×",
}


def value(number: float, unit: str, currency: str) -> str:
    """A KPI value with its unit: 104.2 %, 71 days, €1.42M.

    Args:
        number: in `unit`; shares are 0..1.
        unit: share, count, days, currency, ratio, currency_per_day, score or per_week.
        currency: ISO code.
    """
    if unit in ("currency", "currency_per_day"):
        shown = format.money_short(number, currency)
        return shown if unit == "currency" else f"{shown} a{format.NO_BREAK}day"
    write = _WRITTEN.get(unit)
    return write(number) if write else format.count(number, 1)


def _distance(number: float, unit: str, currency: str) -> str:
    """A difference of two values, without its sign."""
    size = abs(number)
    if unit == "share":
        return f"{format.count(size * 100, 1)}{format.NO_BREAK}pt"
    return value(size, unit, currency)


def change(now: float, before: float, unit: str, currency: str) -> str:
    """What changed: "+0.9 pt", "−6 days", "no change"."""
    shown = _distance(now - before, unit, currency)
    if math.isclose(now, before, rel_tol=1e-9, abs_tol=1e-12) or not _says_something(shown):
        return "no change"
    return f"{'+' if now > before else format.MINUS}{shown}"


def against_target(number: float, target: float, unit: str, better: str, currency: str) -> str:
    """The target and the distance to it: "106 %, 1.8 pt short", "60 days, 11 days over"."""
    shown = value(target, unit, currency)
    if is_met(number, target, better):
        return f"{shown}, met"
    missing = _distance(number - target, unit, currency)
    return f"{shown}, {missing} {'short' if better == 'up' else 'over'}"


def is_met(number: float, target: float, better: str) -> bool:
    """Whether a value is at its target or on the better side of it."""
    return number >= target if better == "up" else number <= target


def _says_something(shown: str) -> bool:
    return any(digit in shown for digit in "123456789")
