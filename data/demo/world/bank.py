"""The word bank, the dates of the demo, and the few draws everything else is made of."""

import functools
import math
import random
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SEED = "oakspindle-787"
START = date(2024, 11, 1)  # first day deals are created
AS_OF = date(2026, 10, 31)  # last day anything happens
USAGE_START = date(2025, 9, 1)  # 14 months: a year of month ends with 28 days before each

WORDS = Path(__file__).resolve().parent.parent / "words"


@functools.cache
def words(name: str) -> dict[str, Any]:
    """The word bank `words/<name>.toml`, read once; nobody changes it."""
    with (WORDS / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def header(export: str) -> list[str]:
    """Column names of an export of `words/headers.toml`."""
    return str(words("headers")[export]).split(",")


def draws(part: str) -> random.Random:
    """Random numbers of one part, so that changing a part leaves the others as they were."""
    return random.Random(f"{SEED}/{part}")


def day_between(rng: random.Random, first: date, last: date) -> date:
    """A day from first to last, both included; first where last comes before it."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def workday(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def year_later(day: date) -> date:
    """The same day a year later; 28 February stands for the 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)


def poisson(rng: random.Random, mean: float) -> int:
    """A Poisson draw; rounded normal above 30, where the product method is slow."""
    if mean <= 0:
        return 0
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def slug(text: str) -> str:
    """Letters and digits of a name in lower case, for domains and mail addresses."""
    plain = text.lower().translate(str.maketrans("äöüéèáíóúñç", "aoueeaiounc"))
    return "".join(letter for letter in plain if letter.isalnum() and letter.isascii())
