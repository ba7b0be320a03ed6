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
        ("last_quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("month", date(2026, 11, 1), date(2026, 11, 17)),
        ("last_month", date(2026, 10, 1), date(2026, 11, 1)),
        ("year", date(2026, 1, 1), date(2026, 11, 17)),
        ("last_year", date(2025, 1, 1), date(2026, 1, 1)),
        ("all", None, date(2026, 11, 17)),
        ("2017-10-01..2018-01-01", date(2017, 10, 1), date(2018, 1, 1)),
    ],
)
def test_windows_end_with_the_as_of_day_and_leave_out_their_end(text, start, end):
    assert kpis.parse_window(text, AS_OF) == Window(start, end)


def test_quarter_follows_the_fiscal_year():
    assert kpis.quarter_of(AS_OF, 2) == Window(date(2026, 11, 1), date(2027, 2, 1))
    assert kpis.quarter_of(date(2027, 1, 31), 2) == Window(date(2026, 11, 1), date(2027, 2, 1))


def test_quarters_and_years_follow_the_fiscal_calendar():
    assert kpis.parse_window("quarter", AS_OF, 2) == Window(date(2026, 11, 1), date(2026, 11, 17))
    assert kpis.parse_window("last_quarter", AS_OF, 2) == Window(
        date(2026, 8, 1), date(2026, 11, 1)
    )
    assert kpis.parse_window("year", AS_OF, 2) == Window(date(2026, 2, 1), date(2026, 11, 17))
    assert kpis.parse_window("last_year", AS_OF, 2) == Window(date(2025, 2, 1), date(2026, 2, 1))


def test_a_period_that_ends_with_the_as_of_day_is_the_last_full_one():
    month_end = date(2026, 10, 31)
    assert kpis.parse_window("last_month", month_end) == Window(
        date(2026, 10, 1), date(2026, 11, 1)
    )


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("month", date(2026, 10, 1), date(2026, 10, 17)),
        ("last_month", date(2026, 9, 1), date(2026, 10, 1)),
        ("quarter", date(2026, 7, 1), date(2026, 8, 17)),
        ("trailing_12_months", date(2024, 11, 17), date(2025, 11, 17)),
        ("2026-03-01..2026-03-11", date(2026, 2, 19), date(2026, 3, 1)),
    ],
)
def test_the_period_before_is_as_long_and_as_far_in(name, start, end):
    window = kpis.parse_window(name, AS_OF)
    assert kpis.period_before(name, window) == Window(start, end)


def test_nothing_comes_before_all_time():
    everything = kpis.parse_window("all", AS_OF)
    assert kpis.period_before("all", everything) is None
    assert kpis.year_before(everything) is None


def test_a_year_before_keeps_whole_months_whole():
    february = Window(date(2025, 2, 1), date(2025, 3, 1))
    assert kpis.year_before(february) == Window(date(2024, 2, 1), date(2024, 3, 1))
    to_date = Window(date(2026, 10, 1), date(2026, 11, 17))
    assert kpis.year_before(to_date) == Window(date(2025, 10, 1), date(2025, 11, 17))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "decade",
        "last_all",
        "2018-01-01..2017-01-01",
        "2018-01-01..2018-01-01",
        "2018-13-01..2018-14-01",
    ],
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
