"""Numbers as words: money, counts, shares, days and changes, the same on every page.

A number and its unit never break over a line: the space between them is a no-break space.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
NONE: Final = "\N{EN DASH}"  # what is not known

_SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}

# From this amount up, divided by this, with this letter and these decimals; largest first.
# 999.5 of a unit already rounds to the next one, so that "€1,000k" is never written.
_STEPS: Final = (
    (999_500_000, 1e9, "B", 2),
    (99_950_000, 1e6, "M", 0),
    (9_995_000, 1e6, "M", 1),
    (999_500, 1e6, "M", 2),
    (9_950, 1e3, "k", 0),
    (999.5, 1e3, "k", 1),
    (0, 1, "", 0),
)


def _sign(value: float, shown: str) -> str:
    """A true minus for what is negative and does not round to nothing."""
    return MINUS if value < 0 and any(digit in shown for digit in "123456789") else ""


def _digits(size: float, decimals: int = 0) -> str:
    """Digits with thousands separated; a half rounds up, as people and browsers round."""
    step = Decimal(1).scaleb(-decimals)
    return f"{Decimal(repr(float(size))).quantize(step, ROUND_HALF_UP):,}"


def _symbol(currency: str) -> str:
    return _SYMBOLS.get(currency, f"{currency}{NO_BREAK}")


def money_short(value: float, currency: str) -> str:
    """Money in at most four characters after the symbol: €580k, $1.42M, −£4.5k, CHF 310k.

    Args:
        value: money in `currency`.
        currency: ISO code.
    """
    size = abs(value)
    _, unit, letter, decimals = next(step for step in _STEPS if size >= step[0])
    shown = _digits(size / unit, decimals)
    if letter == "k":
        shown = shown.removesuffix(".0")
    return f"{_sign(value, shown)}{_symbol(currency)}{shown}{letter}"


def money(value: float, currency: str) -> str:
    """Money to the whole unit: €1,150,000."""
    shown = _digits(abs(value))
    return f"{_sign(value, shown)}{_symbol(currency)}{shown}"


def count(value: float, decimals: int = 0) -> str:
    """A count or measure with thousands separated: 1,535 or 17.5."""
    shown = _digits(abs(value), decimals)
    return f"{_sign(value, shown)}{shown}"


def share(value: float, decimals: int = 0) -> str:
    """A share of 0..1 as percent with a space: 35 % or 104.2 %."""
    return f"{count(round(value * 100, 9), decimals)}{NO_BREAK}%"


def days(value: float, decimals: int = 0) -> str:
    """Days with their word: 71 days, 1 day."""
    shown = count(value, decimals)
    return f"{shown}{NO_BREAK}{'day' if shown == '1' else 'days'}"


def signed(shown: str) -> str:
    """A formatted number with a plus when it is a gain: "425" is +425, "−6" and "0" stay.

    Args:
        shown: what one of the functions here returned.
    """
    gains = not shown.startswith(MINUS) and any(digit in shown for digit in "123456789")
    return f"+{shown}" if gains else shown


def plural(number: float, one: str, many: str | None = None) -> str:
    """A count with its word: "1 item", "34 items".

    Args:
        number: how many.
        one: word for one.
        many: word for any other number; `one` with an s unless given.
    """
    shown = count(number)
    return f"{shown}{NO_BREAK}{one if shown == '1' else many or one + 's'}"
