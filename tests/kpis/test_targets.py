"""The goals KPIs are held against: exports and ledger, periods, segments, and the one that fits."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from common_ground import kpi_lines, kpis
from common_ground.kpis import Window
from common_ground.kpis.windows import period_days
from common_ground.ledger import NewTarget, open_ledger
from tests.kpis.worlds import AS_OF, accounts, world

YEAR = kpis.parse_window("trailing_12_months", AS_OF)
QUARTER = Window(date(2026, 4, 1), date(2026, 7, 1))
JUNE = Window(date(2026, 6, 1), date(2026, 7, 1))
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def exported(kpi, period, target, segment="", set_by=None):
    row = {"kpi": kpi, "period": period, "target": target, "segment": segment}
    return row | ({"set_by": set_by} if set_by else {})


class Edited:
    """A ledger in which people set targets, one after another."""

    def __init__(self, folder):
        self._ledger = open_ledger(folder)
        self._now = NOON

    def set(self, kpi, period, target, segment="", by="Ada Sales"):
        self._now += timedelta(minutes=1)
        number = None if target is None else Decimal(str(target))
        self._ledger.set_targets([NewTarget(kpi, period, segment, number, by)], now=self._now)
        return self

    @property
    def terms(self):
        return kpi_lines.terms(self._ledger)


@pytest.fixture
def edited(tmp_path):
    return Edited(tmp_path)


def told(data, terms=kpis.DEFAULT_TERMS):
    return [(goal.kpi, goal.period, goal.segment, goal.target) for goal in kpis.goals(data, terms)]


# ---- exports and ledger


def test_what_people_set_goes_before_what_an_export_brought(edited):
    data = world(targets=[exported("win_rate", "2026-Q2", 0.3, set_by="Plan file")])
    before = kpis.goal(data, "win_rate", QUARTER)
    assert (float(before.target), before.set_by, before.is_edited) == (0.3, "Plan file", False)
    after = kpis.goal(data, "win_rate", QUARTER, terms=edited.set("win_rate", "2026-Q2", 0.4).terms)
    assert (after.target, after.set_by, after.is_edited) == (Decimal("0.4"), "Ada Sales", True)


def test_what_people_set_takes_the_place_of_its_own_period_and_segment_only(edited):
    goals = [("2026-Q2", 0.3, ""), ("2026-Q2", 0.2, "Small"), ("2026", 0.1, "")]
    data = world(targets=[exported("win_rate", *goal) for goal in goals])
    terms = edited.set("win_rate", "2026-Q2", 0.4).terms
    assert kpis.target(data, "win_rate", QUARTER, terms=terms) == 0.4
    assert kpis.target(data, "win_rate", QUARTER, "Small", terms) == 0.2
    assert kpis.target(data, "win_rate", YEAR, terms=terms) == 0.1


def test_the_last_target_people_set_counts(edited):
    edited.set("win_rate", "2026", 0.4).set("win_rate", "2026", 0.6, by="Ben Product")
    found = kpis.goal(world(), "win_rate", YEAR, terms=edited.terms)
    assert (found.target, found.set_by) == (Decimal("0.6"), "Ben Product")


def test_a_target_taken_back_takes_back_that_of_the_export(edited):
    data = world(targets=[exported("win_rate", "2026-Q2", 0.3), exported("win_rate", "2026", 0.2)])
    terms = edited.set("win_rate", "2026-Q2", None).terms
    assert told(data, terms) == [("win_rate", "2026", "", Decimal("0.2000"))]
    assert kpis.target(data, "win_rate", QUARTER, terms=terms) == 0.2
    again = edited.set("win_rate", "2026-Q2", 0.5).terms
    assert kpis.target(data, "win_rate", QUARTER, terms=again) == 0.5


def test_a_target_of_0_is_a_target(edited):
    terms = edited.set("logo_churn", "2026", 0).terms
    assert kpis.target(world(), "logo_churn", YEAR, terms=terms) == 0


def test_goals_are_told_by_kpi_period_and_segment(edited):
    data = world(
        targets=[
            exported("win_rate", "2026-Q2", 0.3, "Small"),
            exported("won_amount", "2026", 9),
            exported("win_rate", "2026-Q2", 0.4),
            exported("win_rate", "2026-05", 0.5),
            exported("win_rate", "some day", 0.6),
        ]
    )
    assert [goal[:3] for goal in told(data, edited.set("arr", "2027", 8).terms)] == [
        ("arr", "2027", ""),
        ("win_rate", "2026-Q2", ""),
        ("win_rate", "2026-Q2", "Small"),
        ("win_rate", "2026-05", ""),
        ("won_amount", "2026", ""),
    ]


# ---- periods


@pytest.mark.parametrize(
    ("period", "start_month", "first", "end"),
    [
        ("2026", 1, "2026-01-01", "2027-01-01"),
        ("2026-Q3", 1, "2026-07-01", "2026-10-01"),
        ("2026-02", 1, "2026-02-01", "2026-03-01"),
        ("2026-12", 1, "2026-12-01", "2027-01-01"),
        # A fiscal year is named for the year it begins in; months are those of the calendar
        ("2025", 7, "2025-07-01", "2026-07-01"),
        ("2025-Q1", 7, "2025-07-01", "2025-10-01"),
        ("2025-Q4", 7, "2026-04-01", "2026-07-01"),
        ("2025-Q2", 11, "2026-02-01", "2026-05-01"),
        ("2026-06", 7, "2026-06-01", "2026-07-01"),
    ],
)
def test_days_of_a_period(period, start_month, first, end):
    days = Window(date.fromisoformat(first), date.fromisoformat(end))
    assert period_days(period, start_month) == days


@pytest.mark.parametrize(
    "text", ["", "26", "2026-Q5", "2026-Q0", "2026-13", "2026-00", "2026-6", "Q3 2026", "0026"]
)
def test_what_names_no_period_has_no_days(text):
    assert period_days(text) is None


def test_goals_of_fiscal_years_and_quarters_hold_their_own_days():
    periods = {"2025": 0.1, "2026": 0.2, "2025-Q4": 0.3, "2026-Q2": 0.4}
    goals = [exported("win_rate", *goal) for goal in periods.items()]
    data = world(workspace={"fiscal_year_start_month": 7}, targets=goals)
    assert kpis.target(data, "win_rate", YEAR) == 0.1
    assert kpis.target(data, "win_rate", QUARTER) == 0.3
    assert kpis.target(data, "win_rate", Window(date(2026, 7, 1), date(2026, 8, 1))) == 0.2


# ---- the goal that fits


def of_periods(kpi, **periods):
    """Goals by period, written y2026, y2026_Q2, y2026_06."""
    return world(
        targets=[
            exported(kpi, period[1:].replace("_", "-"), goal) for period, goal in periods.items()
        ]
    )


@pytest.mark.parametrize(
    ("window", "target"),
    [
        (YEAR, 1),
        (QUARTER, 2),
        (JUNE, 3),
        (Window(date(2026, 6, 24), date(2026, 7, 1)), 3),
        (Window(date(2026, 2, 1), date(2026, 7, 1)), 2),  # 150 days: 91 are nearer than 365
        (Window(date(2025, 11, 1), date(2026, 7, 1)), 1),  # 242 days: 365 are nearer than 91
        (Window(None, date(2026, 7, 1)), 1),
    ],
)
def test_of_goals_that_hold_the_last_day_the_one_most_like_the_window_in_length(window, target):
    data = of_periods("win_rate", y2026=1, y2026_Q2=2, y2026_06=3, y2026_07=4, y2026_Q3=5, y2025=6)
    assert kpis.target(data, "win_rate", window) == target


def test_a_goal_of_days_that_are_over_or_to_come_is_none():
    data = of_periods("win_rate", y2025=1, y2026_Q1=2, y2026_05=3, y2026_07=4, y2027=5)
    assert kpis.goal(data, "win_rate", QUARTER) is None


def test_a_goal_is_that_of_its_own_kpi():
    data = of_periods("win_rate", y2026=1)
    assert kpis.goal(data, "nrr", YEAR) is None


@pytest.mark.parametrize("kpi", [k for k in kpis.known_kpis() if kpis.definition(k).adds_up])
def test_a_sum_compares_only_with_a_goal_for_that_very_period(kpi):
    data = of_periods(kpi, y2026=1, y2026_Q2=2, y2026_06=3)
    assert kpis.target(data, kpi, QUARTER) == 2
    assert kpis.target(data, kpi, JUNE) == 3
    assert kpis.target(data, kpi, Window(date(2026, 1, 1), date(2027, 1, 1))) == 1
    assert kpis.target(data, kpi, YEAR) is None
    assert kpis.target(data, kpi, Window(date(2026, 4, 1), date(2026, 6, 30))) is None
    assert kpis.target(data, kpi, Window(None, date(2026, 7, 1))) is None


def test_only_sums_over_the_window_add_up():
    assert [k for k in kpis.known_kpis() if kpis.definition(k).adds_up] == [
        "won_amount",
        "arr_bridge",
    ]


# ---- segments


def test_a_segment_has_its_own_goal_and_not_that_of_all():
    data = world(
        targets=[
            exported("win_rate", "2026", 0.3),
            exported("win_rate", "2026", 0.4, "Small"),
            exported("nrr", "2026", 1.1),
        ]
    )
    assert kpis.target(data, "win_rate", YEAR) == 0.3
    assert kpis.target(data, "win_rate", YEAR, "Small") == 0.4
    assert kpis.target(data, "win_rate", YEAR, "Large") is None
    assert kpis.target(data, "nrr", YEAR, "Small") is None


@pytest.mark.parametrize("by", ["industry", "region", "plan", "owner"])
def test_other_divisions_have_no_goal_even_under_the_name_of_a_segment(by):
    data = world(
        targets=[exported("win_rate", "2026", 0.3), exported("win_rate", "2026", 0.4, "Small")]
    )
    assert kpis.target(data, "win_rate", YEAR, "Small", by=by) is None
    assert kpis.target(data, "win_rate", YEAR, None, by=by) == 0.3


# ---- pipeline coverage


def deal(name, stage, amount, closed, **columns):
    return {
        "deal_id": name,
        "account_id": "a",
        "stage": stage,
        "amount": amount,
        "created_date": "2026-01-01",
        "closed_date": closed,
    } | columns


DEALS = [
    deal("small won", "won", 300, "2026-04-20"),
    deal("large won", "won", 100, "2026-05-20", account_id="b"),
    deal("small open", "open", 400, "2026-06-30"),
    deal("large open", "open", 200, "2026-06-30", account_id="b"),
]
TWO_SIZES = [*accounts("a", segment="Small"), *accounts("b", segment="Large")]


def pipeline(*goals):
    return world(accounts=TWO_SIZES, deals=DEALS, targets=list(goals))


def test_coverage_is_held_against_the_goal_people_set(edited):
    data = pipeline(exported("won_amount", "2026-Q2", 1000))
    assert kpis.compute(data, "pipeline_coverage", YEAR).computed == 600 / (1000 - 400)
    terms = edited.set("won_amount", "2026-Q2", 700).terms
    assert kpis.compute(data, "pipeline_coverage", YEAR, terms=terms).computed == 600 / (700 - 400)
    terms = edited.set("won_amount", "2026-Q2", None).terms
    found = kpis.compute(data, "pipeline_coverage", YEAR, terms=terms)
    assert (found.state, found.computed, found.n) == ("missing", None, 2)


def test_coverage_of_a_segment_is_held_against_the_goal_people_set_for_it(edited):
    data = pipeline(exported("won_amount", "2026-Q2", 1000))
    terms = edited.set("won_amount", "2026-Q2", 500, "Small").terms
    small = kpis.compute(data, "pipeline_coverage", YEAR, "Small", terms)
    assert small.computed == 400 / (500 - 300)
    assert kpis.compute(data, "pipeline_coverage", YEAR, "Large", terms).computed is None
    assert kpis.compute(data, "pipeline_coverage", YEAR, terms=terms).computed == 600 / 600
    parts = kpis.by_segment(data, "pipeline_coverage", YEAR, terms).set_index("segment")["value"]
    assert parts["Small"] == 2
    assert parts.isna()["Large"]


def test_goals_of_segments_alone_are_no_goal_for_all(edited):
    data = pipeline(exported("won_amount", "2026-Q2", 450, "Small"))
    terms = edited.set("won_amount", "2026-Q2", 150, "Large").terms
    assert kpis.compute(data, "pipeline_coverage", YEAR, terms=terms).computed is None
    parts = {
        name: kpis.compute(data, "pipeline_coverage", YEAR, name, terms).computed
        for name in ("Small", "Large")
    }
    assert parts == {"Small": pytest.approx(400 / 150), "Large": pytest.approx(200 / 50)}


def test_earlier_months_of_coverage_are_held_against_the_goals_of_their_quarters(edited):
    # Edited for both quarters: what was open then is known from creation and close
    data = pipeline(exported("won_amount", "2026-Q1", 9000))
    edited.set("won_amount", "2026-Q1", 50)
    terms = edited.set("won_amount", "2026-Q2", 1000).terms
    past = kpis.history(data, "pipeline_coverage", YEAR, terms=terms, months=4)
    assert [str(day.date()) for day in past["month_end"]] == [
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
    ]
    # Nothing was expected to close in the first quarter; then 700 and 600 against what remained
    assert list(past["value"]) == [0, 700 / 700, 600 / 600, 600 / 600]
    small = edited.set("won_amount", "2026-Q2", 500, "Small").terms
    past = kpis.history(data, "pipeline_coverage", YEAR, "Small", small, months=2)
    assert list(past["value"]) == [400 / 200, 400 / 200]


def test_coverage_of_an_industry_has_no_goal(edited):
    data = world(accounts=accounts("a", industry="Small"), deals=DEALS[:1] + DEALS[2:3])
    terms = edited.set("won_amount", "2026-Q2", 500, "Small").set("won_amount", "2026-Q2", 900)
    found = kpis.compute(data, "pipeline_coverage", YEAR, "Small", terms.terms, "industry")
    assert (found.state, found.computed, found.n) == ("missing", None, 1)


def test_required_coverage_is_one_over_the_win_rate_unless_people_set_one(edited):
    deals = [
        deal(f"d{number}", "won" if number < 4 else "lost", 10, "2026-05-01")
        for number in range(10)
    ]
    data = world(accounts=accounts("a", segment="Small"), deals=deals)
    assert kpis.target(data, "pipeline_coverage", YEAR) == pytest.approx(10 / 4)
    assert kpis.target(data, "pipeline_coverage", YEAR, "Small") == pytest.approx(10 / 4)
    assert kpis.goal(data, "pipeline_coverage", YEAR) is None
    view = kpis.view("trailing_12_months", AS_OF, 1)
    for names in (["pipeline_coverage"], ["win_rate", "pipeline_coverage"]):
        told_all = kpi_lines.all_told(data, names, view, kpis.DEFAULT_TERMS)
        assert told_all["pipeline_coverage"].line.target == pytest.approx(10 / 4)
    terms = edited.set("pipeline_coverage", "2026-Q2", 3).terms
    assert kpis.target(data, "pipeline_coverage", YEAR, terms=terms) == 3
    assert kpis.target(data, "pipeline_coverage", YEAR, "Small", terms) == pytest.approx(10 / 4)


def test_a_win_rate_too_few_deals_make_requires_nothing():
    deals = [deal(f"d{number}", "won", 10, "2026-05-01") for number in range(9)]
    data = world(accounts=accounts("a"), deals=deals)
    assert kpis.target(data, "pipeline_coverage", YEAR) is None


def test_a_win_rate_of_0_requires_nothing():
    deals = [deal(f"d{number}", "lost", 10, "2026-05-01") for number in range(10)]
    data = world(accounts=accounts("a"), deals=deals)
    assert kpis.compute(data, "win_rate", YEAR).value == 0
    assert kpis.target(data, "pipeline_coverage", YEAR) is None


def test_the_page_is_told_the_same_targets(edited):
    data = pipeline(exported("won_amount", "2026-Q2", 1000))
    terms = edited.set("won_amount", "2026-Q2", 800).set("win_rate", "2026", 0.5).terms
    view = kpis.view("quarter", AS_OF, 1)
    names = ["win_rate", "won_amount", "pipeline_coverage", "arr"]
    told_all = kpi_lines.all_told(data, names, view, terms)
    assert {name: found.line.target for name, found in told_all.items()} == {
        name: kpis.target(data, name, view.window, terms=terms) for name in names
    }
    assert told_all["won_amount"].line.target == 800
    assert told_all["arr"].line.target is None


def test_goals_are_told_by_the_days_of_their_period_and_the_shorter_first():
    periods = ("2026-Q4", "2026", "2026-Q2", "2026-12", "2026-Q1", "2026-10")
    data = world(targets=[exported("win_rate", period, 1) for period in periods])
    assert [goal.period for goal in kpis.goals(data)] == [
        *("2026-Q1", "2026", "2026-Q2", "2026-10", "2026-Q4", "2026-12"),
    ]


@pytest.mark.parametrize("by", kpis.DIMENSIONS)
def test_all_deals_have_the_same_coverage_however_the_page_divides_them(by):
    data = pipeline(exported("won_amount", "2026-Q2", 1000))
    assert kpis.compute(data, "pipeline_coverage", YEAR, by=by).computed == 600 / (1000 - 400)
