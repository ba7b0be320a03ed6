from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from common_ground.errors import LedgerError
from common_ground.ledger import NewTarget, open_ledger


def target(value="0.25", kpi="win_rate", period="2026-Q3", segment="", **more):
    number = None if value is None else Decimal(value)
    return NewTarget(kpi, period, segment, number, more.pop("set_by", "Dana"), **more)


def current(ledger):
    return ledger.targets()[["kpi", "period", "segment", "target"]].values.tolist()


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("0.1234", "0.1234"),
        ("99999999999999.9999", "99999999999999.9999"),
        ("-99999999999999.9999", "-99999999999999.9999"),
        ("12345678901234.5678", "12345678901234.5678"),
        ("0.0001", "0.0001"),
        ("1E+13", "10000000000000.0000"),
        ("1.50000000", "1.5000"),
        ("-0", "0.0000"),
    ],
)
def test_a_target_loses_no_digit(tmp_path, now, number, kept):
    open_ledger(tmp_path).set_targets([target(number)], now=now)
    (found,) = open_ledger(tmp_path).targets()["target"]
    assert isinstance(found, Decimal)
    assert str(found) == kept


@settings(deadline=None, max_examples=50)
@given(
    numbers=st.lists(
        st.decimals(
            min_value=Decimal("-99999999999999.9999"),
            max_value=Decimal("99999999999999.9999"),
            places=4,
        ),
        min_size=1,
    )
)
def test_any_targets_come_back_equal(tmp_path_factory, numbers):
    ledger = open_ledger(tmp_path_factory.mktemp("ledger"))
    listed = [target(number, segment=str(place)) for place, number in enumerate(numbers)]
    assert ledger.set_targets(listed, now=datetime(2026, 10, 31, tzinfo=UTC)) == len(numbers)
    assert ledger.targets()["target"].tolist() == numbers


def test_a_target_comes_back_with_who_set_it_when_and_why(ledger, now):
    ledger.set_targets([target(segment=" EMEA ", note="Board\n2 May", set_by=" Kim ")], now=now)
    assert ledger.targets().to_dict("records") == [
        {
            "kpi": "win_rate",
            "period": "2026-Q3",
            "segment": "EMEA",
            "target": Decimal("0.2500"),
            "set_by": "Kim",
            "set_at": pd.Timestamp(2026, 10, 31, 9, 30),
            "note": "Board\n2 May",
        }
    ]


def test_the_latest_target_of_a_kpi_period_and_segment_counts(ledger, now):
    others = [target(segment="EMEA"), target(period="2026"), target(kpi="nrr")]
    assert ledger.set_targets([target("0.2"), *others], now=now) == 4
    ledger.set_targets([target("0.3", set_by="Kim")], now=now + timedelta(hours=1))
    quarter = Decimal("0.25")
    assert current(ledger) == [
        ["win_rate", "2026-Q3", "EMEA", quarter],
        ["win_rate", "2026", "", quarter],
        ["nrr", "2026-Q3", "", quarter],
        ["win_rate", "2026-Q3", "", Decimal("0.3")],
    ]
    history = ledger.target_history("win_rate")
    assert history["target_id"].tolist() == [1, 2, 3, 5]
    assert history["target"].tolist() == [Decimal(n) for n in ("0.2", "0.25", "0.25", "0.3")]
    assert len(ledger.target_history()) == 5


def test_a_removed_target_stays_listed_as_removed_until_it_is_set_again(ledger, now):
    ledger.set_targets([target(None)], now=now)  # as for one that only an export has
    assert current(ledger) == [["win_rate", "2026-Q3", "", None]]
    ledger.set_targets([target("0.2")], now=now)
    ledger.set_targets([target(None, note="Dropped")], now=now)
    assert current(ledger) == [["win_rate", "2026-Q3", "", None]]
    ledger.set_targets([target("0.4")], now=now)
    assert current(ledger) == [["win_rate", "2026-Q3", "", Decimal("0.4")]]
    assert ledger.target_history()["target"].tolist() == [
        None,
        Decimal("0.2"),
        None,
        Decimal("0.4"),
    ]


@pytest.mark.parametrize(
    ("twice", "named"),
    [
        (target("0.3"), "win_rate for 2026-Q3, segment 'all', is in the list twice"),
        (target(None, segment=" EMEA"), "win_rate for 2026-Q3, segment 'EMEA', is in the list"),
    ],
)
def test_a_list_that_sets_a_target_twice_is_named_and_none_of_it_stored(ledger, now, twice, named):
    with pytest.raises(LedgerError, match=named):
        ledger.set_targets([target(), target(segment="EMEA"), target(kpi="nrr"), twice], now=now)
    assert ledger.target_history().empty


def test_of_a_list_that_cannot_be_written_whole_nothing_is(ledger, now):
    with ledger._store.writing() as connection:
        connection.exec_driver_sql(
            "create trigger full_disk before insert on kpi_targets when new.kpi = 'nrr' "
            "begin select raise(abort, 'database or disk is full'); end"
        )
    with pytest.raises(IntegrityError, match="disk is full"):
        ledger.set_targets([target(), target(kpi="nrr")], now=now)
    assert ledger.target_history().empty
    assert ledger.set_targets([target()], now=now) == 1


def test_an_empty_list_sets_nothing(ledger, now):
    assert ledger.set_targets([], now=now) == 0
    assert ledger.target_history().empty


def test_setting_targets_needs_the_zone_of_the_instant(ledger, now):
    with pytest.raises(ValueError, match="time zone"):
        ledger.set_targets([target()], now=now.replace(tzinfo=None))
    assert ledger.target_history().empty


def test_no_targets_have_the_columns_and_types_of_some(ledger, now):
    empty = ledger.targets(), ledger.target_history()
    ledger.set_targets([target()], now=now)
    for none, one in zip(empty, (ledger.targets(), ledger.target_history()), strict=True):
        assert list(none.dtypes.items()) == list(one.dtypes.items())
    assert empty[0]["target"].dtype == object


@pytest.mark.parametrize("period", ["2026", "2026-Q1", "2026-Q4", "2026-01", "2026-12", " 2026 "])
def test_a_year_a_quarter_and_a_month_are_periods(period):
    assert target(period=period).period == period.strip()


@pytest.mark.parametrize(
    "period",
    ["", "26", "Q3 2026", "2026Q3", "2026-q3", "2026-Q5", "2026-Q0", "2026-13", "2026-00"]
    + ["2026-8", "2026-08-01", "FY2026", "0026", "٢٠٢٦", "2026-08\n2027"],
)
def test_any_other_period_is_refused_with_the_forms_that_can_be_read(period):
    with pytest.raises(LedgerError, match=r"as 2026, a quarter as 2026-Q3 or a month as 2026-08"):
        target(period=period)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("NaN", "NaN is no number"),
        ("sNaN", "sNaN is no number"),
        ("Infinity", "Infinity is no number"),
        ("-Infinity", "-Infinity is no number"),
        ("1E14", "below 100,000,000,000,000"),
        ("-100000000000000", "too large"),
        ("1E+999999", "too large"),
        ("0.12345", "more than the 4 decimals"),
        ("99999999999999.99994", "more than the 4 decimals"),
        ("0.1234000000000000000000000000000000000001", "more than the 4 decimals"),
        ("1E-999999", "more than the 4 decimals"),
    ],
)
def test_a_number_that_cannot_be_kept_whole_is_refused(number, says):
    with pytest.raises(LedgerError, match=f"The target of win_rate for 2026-Q3: .*{says}"):
        target(number)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"kpi": " "}, "lacks the KPI"),
        ({"kpi": "k" * 201}, "the KPI has 201 characters"),
        ({"segment": "s" * 201}, "the segment has 201 characters"),
        ({"set_by": ""}, "win_rate for 2026-Q3 needs the name of the person"),
        ({"set_by": "D" * 201}, "the name has 201 characters"),
        ({"note": "n" * 4001}, "the note has 4,001 characters"),
    ],
)
def test_a_target_that_cannot_be_is_refused(made, says):
    with pytest.raises(LedgerError, match=says):
        target(**made)


def test_of_twenty_people_setting_the_same_targets_one_persons_list_counts_whole(tmp_path, now):
    def set_three(person):
        listed = [target(person, segment=one, set_by=f"P{person}") for one in ("", "A", "B")]
        return open_ledger(tmp_path).set_targets(listed, now=now)

    with ThreadPoolExecutor(20) as threads:
        stored = list(threads.map(set_three, range(20)))
    assert stored == [3] * 20
    found = open_ledger(tmp_path)
    assert len(found.target_history()) == 60
    assert found.targets()["segment"].tolist() == ["", "A", "B"]
    assert found.targets()["set_by"].nunique() == 1
