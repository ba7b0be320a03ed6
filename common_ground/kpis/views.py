"""What a reader looks at: a window by its name, a segment, and what values are compared with."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from common_ground.kpis.windows import (
    Window,
    month_ends,
    moved_to,
    parse_window,
    period_before,
    year_before,
)

# What a value is compared with: words of the choice, and words after a change.
COMPARISONS: Final = {
    "3_months": ("3 months before", "in 3 months"),
    "period": ("Period before", "on the period before"),
    "year": ("A year before", "on a year before"),
    "target": ("Target", "on target"),
}
CHANGE_MONTHS: Final = 3
_MONTHS_BACK: Final = 24


@dataclass(frozen=True)
class View:
    """What a reader chose.

    Attributes:
        window: the days.
        name: of the window, see `windows.NAMED`, or its two days.
        by: what segments are: segment, industry, region, plan or owner.
        segment: None for all.
        compare: key of COMPARISONS.
    """

    window: Window
    name: str = "trailing_12_months"
    by: str = "segment"
    segment: str | None = None
    compare: str = "3_months"

    @property
    def compared(self) -> Window | None:
        """The window values are compared with; None for the target, or where none comes before."""
        if self.compare == "period":
            return period_before(self.name, self.window)
        if self.compare == "year":
            return year_before(self.window)
        if self.compare == "target":
            return None
        return moved_to(self.window, month_ends(self.window.last_day, CHANGE_MONTHS + 1)[0])


def view(
    name: str,
    as_of: date,
    fiscal_year_start_month: int,
    by: str = "segment",
    segment: str | None = None,
    compare: str = "3_months",
) -> View:
    """A view of a window by its name; see `parse_window` for names and errors."""
    window = parse_window(name, as_of, fiscal_year_start_month)
    return View(window, name, by, segment, compare)


def days_offered(as_of: date) -> list[date]:
    """Days everything can be counted to: the data's own and month ends before it, last first."""
    return month_ends(as_of, _MONTHS_BACK + 1)[::-1]
