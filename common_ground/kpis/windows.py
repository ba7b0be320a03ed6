"""Spans of days that KPIs are about: half-open, end excluded."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from common_ground.errors import DecisionError

DAY = timedelta(days=1)
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Window:
    """Days from `start` to the day before `end`; start None: everything before `end`."""

    start: date | None
    end: date

    @property
    def last_day(self) -> date:
        """The last day counted."""
        return self.end - DAY


def parse_window(text: str, as_of: date, fiscal_year_start_month: int = 1) -> Window:
    """The window a text names, ending with the as-of day unless it is two days.

    Args:
        text: trailing_12_months, quarter (fiscal, to date), month (to date), all, or
            2017-10-01..2018-01-01 with the end excluded.
        as_of: last day counted.
        fiscal_year_start_month: 1 to 12, for the quarter.

    Raises:
        DecisionError: the text names no window.
    """
    end = as_of + DAY
    if text == "all":
        return Window(None, end)
    if text == "trailing_12_months":
        return Window(add_months(end, -12), end)
    if text == "quarter":
        return Window(quarter_of(as_of, fiscal_year_start_month).start, end)
    if text == "month":
        return Window(as_of.replace(day=1), end)
    found = _RANGE.fullmatch(text)
    try:
        days = [date.fromisoformat(part) for part in found.groups()] if found else []
    except ValueError:
        days = []
    if len(days) != 2 or days[0] >= days[1]:
        raise DecisionError(
            f"The window {text!r} cannot be read. Use trailing_12_months, quarter, month, all, or "
            "two days such as 2017-10-01..2018-01-01, the second after the first and not counted."
        )
    return Window(days[0], days[1])


def quarter_of(day: date, fiscal_year_start_month: int = 1) -> Window:
    """The whole fiscal quarter a day is in."""
    first = day.replace(day=1)
    start = add_months(first, -((day.month - fiscal_year_start_month) % 3))
    return Window(start, add_months(start, 3))


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it has no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def moved_to(window: Window, last_day: date) -> Window:
    """A window as long as `window` that ends with `last_day`: whole months stay whole months."""
    end = last_day + DAY
    if window.start is None:
        return Window(None, end)
    months = (window.end.year - window.start.year) * 12 + window.end.month - window.start.month
    if months > 0 and add_months(window.end, -months) == window.start:
        return Window(add_months(end, -months), end)
    return Window(end - (window.end - window.start), end)


def month_ends(as_of: date, months: int) -> list[date]:
    """The as-of day and the month ends before it, oldest first, `months` days in all."""
    days = [as_of]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - DAY)
    return days[::-1]
