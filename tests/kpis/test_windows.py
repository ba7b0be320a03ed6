from datetime import date

import pytest

from common_ground import kpis
from common_ground.errors import DecisionError
from common_ground.kpis import Window

AS_OF = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("trailing_12_months", date(2025, 11, 17), date(2026, 11, 17)),
        ("quarter", date(2026, 10, 1), date(2026, 11, 17)),
        ("month", date(2026, 11, 1), date(2026, 11, 17)),
        ("all", None, date(2026, 11, 17)),
        ("2017-10-01..2018-01-01", date(2017, 10, 1), date(2018, 1, 1)),
    ],
)
def test_windows_end_with_the_as_of_day_and_leave_out_their_end(text, start, end):
    assert kpis.parse_window(text, AS_OF) == Window(start, end)


def test_quarter_follows_the_fiscal_year():
    assert kpis.quarter_of(AS_OF, 2) == Window(date(2026, 11, 1), date(2027, 2, 1))
    assert kpis.quarter_of(date(2027, 1, 31), 2) == Window(date(2026, 11, 1), date(2027, 2, 1))


@pytest.mark.parametrize(
    "text",
    ["", "year", "2018-01-01..2017-01-01", "2018-01-01..2018-01-01", "2018-13-01..2018-14-01"],
)
def test_what_is_no_window_says_what_would_be(text):
    with pytest.raises(DecisionError, match="trailing_12_months"):
        kpis.parse_window(text, AS_OF)


def test_moved_windows_keep_whole_months_whole():
    year = kpis.parse_window("trailing_12_months", date(2026, 2, 28))
    assert kpis.moved_to(year, date(2024, 2, 29)) == Window(date(2023, 3, 1), date(2024, 3, 1))
    days = Window(date(2026, 10, 1), date(2026, 11, 17))
    assert kpis.moved_to(days, date(2026, 10, 31)) == Window(date(2026, 9, 15), date(2026, 11, 1))


def test_month_ends_go_back_from_the_as_of_day():
    assert kpis.month_ends(AS_OF, 3) == [date(2026, 9, 30), date(2026, 10, 31), AS_OF]
