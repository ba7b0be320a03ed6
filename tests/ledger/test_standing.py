from datetime import date

import pandas as pd
import pytest

from common_ground.ledger import NewAgreement, standing

AS_OF = date(2026, 10, 31)


@pytest.fixture
def stands(ledger, agreed, now):
    """Where agreements due on these days stand."""

    def of(*due_days):
        for due in due_days:
            ledger.record(agreed(due_date=date.fromisoformat(due)), by="Dana", now=now)
        return standing(ledger.agreements(), AS_OF)

    return of


def test_due_today_is_not_late_and_due_yesterday_is(stands):
    found = stands("2026-10-31", "2026-10-30")
    assert found.rows[["agreement_id", "days_left", "is_late"]].values.tolist() == [
        ["A2", -1, True],
        ["A1", 0, False],
    ]
    assert (found.open_count, found.late_count, found.oldest_late_days) == (2, 1, 1)


def test_the_longest_late_comes_first_then_what_is_due_next(stands):
    found = stands("2026-12-02", "2026-10-29", "2026-11-07", "2026-10-25", "2026-11-08")
    assert found.rows["agreement_id"].tolist() == ["A4", "A2", "A3", "A5", "A1"]
    assert found.oldest_late_days == 6
    assert found.due_soon_count == 1
    assert found.next_due == date(2026, 11, 7)


def test_closed_ones_are_never_late_and_come_last_latest_first(ledger, stands, now):
    stands("2026-10-01", "2026-10-02", "2026-10-03")
    for agreement_id, on in (("A1", date(2026, 10, 5)), ("A2", date(2026, 10, 9))):
        ledger.change_status(agreement_id, "missed", by="Dana", version=1, now=now, on=on)
    draft = NewAgreement(title="Swap", give="Waits", get="SSO", status="draft")
    ledger.record(draft, by="Dana", now=now)
    found = standing(ledger.agreements(), AS_OF)
    assert found.rows["agreement_id"].tolist() == ["A3", "A4", "A2", "A1"]
    assert found.rows["is_late"].tolist() == [True, False, False, False]
    assert found.rows["days_left"].isna().tolist() == [False, True, True, True]
    assert (found.missed_count, found.draft_count, found.kept_count) == (2, 1, 0)


def test_no_agreements_stand_nowhere(ledger):
    found = standing(ledger.agreements(), AS_OF)
    assert found.rows.empty
    assert (found.open_count, found.late_count, found.oldest_late_days) == (0, 0, 0)
    assert found.next_due is None


def test_the_frame_given_is_left_as_it_was(ledger, stands):
    stands("2026-10-29")
    before = ledger.agreements()
    kept = before.copy()
    standing(before, AS_OF)
    pd.testing.assert_frame_equal(before, kept)
