"""Spans of days that KPIs are about: half-open, end excluded."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from common_ground.errors import DecisionError

DAY = timedelta(days=1)
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_PERIOD = re.compile(r"([1-9]\d{3})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Window:
    """Days from `start` to the day before `end`; start None: everything before `end`."""

    start: date | None
    end: date

    @property
    def last_day(self) -> date:
        """The last day counted."""
        return self.end - DAY


# What a window may be called, with its words: ending with the as-of day, or whole.
NAMED: Final = {
    "trailing_12_months": "Last 12 months",
    "quarter": "This quarter so far",
    "last_quarter": "Last full quarter",
    "month": "This month so far",
    "last_month": "Last full month",
    "year": "This fiscal year so far",
    "last_year": "Last full fiscal year",
    "all": "All time",
}
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12, "trailing_12_months": 12}


def parse_window(text: str, as_of: date, fiscal_year_start_month: int = 1) -> Window:
    """The window a text names.

    Args:
        text: trailing_12_months; month, quarter, year (fiscal, to the as-of day); last_month,
            last_quarter, last_year (the last that is over); all; or 2017-10-01..2018-01-01 with
            the end excluded.
        as_of: last day counted.
        fiscal_year_start_month: 1 to 12, for quarters and years.

    Raises:
        DecisionError: the text names no window.
    """
    end = as_of + DAY
    if text == "all":
        return Window(None, end)
    if text == "trailing_12_months":
        return Window(add_months(end, -12), end)
    is_whole = text.startswith("last_")
    period = text.removeprefix("last_")
    if text in NAMED:
        start = _start_of(period, end if is_whole else as_of, fiscal_year_start_month)
        return (
            Window(add_months(start, -_MONTHS[period]), start) if is_whole else Window(start, end)
        )
    return _two_days(text)


def _start_of(period: str, day: date, fiscal_year_start_month: int) -> date:
    """First day of the month, fiscal quarter or fiscal year a day is in."""
    months = (day.month - fiscal_year_start_month) % _MONTHS[period]
    return add_months(day.replace(day=1), -months)


def _two_days(text: str) -> Window:
    found = _RANGE.fullmatch(text)
    try:
        days = [date.fromisoformat(part) for part in found.groups()] if found else []
    except ValueError:
        days = []
    if len(days) != 2 or days[0] >= days[1]:
        raise DecisionError(
            f"The window {text!r} cannot be read. Use {', '.join(NAMED)}, or two days such as "
            "2017-10-01..2018-01-01, the second after the first and not counted."
        )
    return Window(days[0], days[1])


def period_before(text: str, window: Window) -> Window | None:
    """The period before a window, as long: a month so far against as much of the month before.

    Args:
        text: name of the window.
        window: what `parse_window` made of it.

    Returns:
        None for all time, which nothing comes before.
    """
    if window.start is None:
        return None
    months = _MONTHS.get(text.removeprefix("last_"))
    if months is None:
        return moved_to(window, window.start - DAY)
    return _moved_by(window, -months)


def year_before(window: Window) -> Window | None:
    """The same days a year before; None for all time."""
    return None if window.start is None else _moved_by(window, -12)


def _moved_by(window: Window, months: int) -> Window:
    """A window some months on; whole months stay whole months."""
    assert window.start is not None
    last = window.last_day
    is_month_end = window.end.day == 1
    end = add_months(window.end, months) if is_month_end else add_months(last, months) + DAY
    return Window(add_months(window.start, months), end)


def period_days(text: str, fiscal_year_start_month: int = 1) -> Window | None:
    """The days of a period of a target: 2026 (fiscal year), 2026-Q3 (fiscal) or 2026-08.

    Returns:
        None where the text names no period.
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year, quarter, month = (int(part) if part else None for part in found.groups())
    assert year is not None
    if month is not None:
        return Window(date(year, month, 1), add_months(date(year, month, 1), 1))
    start = date(year, fiscal_year_start_month, 1)
    if quarter is not None:
        start = add_months(start, 3 * (quarter - 1))
    return Window(start, add_months(start, 12 if quarter is None else 3))


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
