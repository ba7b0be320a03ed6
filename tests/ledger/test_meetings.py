from datetime import date

import pandas as pd
import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewMeeting


def test_meetings_come_earliest_first_with_the_data_they_looked_at(ledger, now):
    ledger.record_meeting(NewMeeting(date(2026, 10, 20), 7, "Agreed on SSO", "Dana"), now=now)
    ledger.record_meeting(NewMeeting(date(2026, 10, 6), None, "", "Dana"), now=now)
    found = ledger.meetings()
    assert found["meeting_id"].tolist() == ["M2", "M1"]
    assert found["held_on"].tolist() == [pd.Timestamp(2026, 10, 6), pd.Timestamp(2026, 10, 20)]
    assert found["data_version"].isna().tolist() == [True, False]


def test_no_meetings_have_the_columns_and_types_of_some(ledger, now):
    empty = ledger.meetings()
    ledger.record_meeting(NewMeeting(date(2026, 10, 20), 7, "", "Dana"), now=now)
    assert list(empty.dtypes.items()) == list(ledger.meetings().dtypes.items())


def test_an_unsigned_meeting_is_refused():
    with pytest.raises(LedgerError, match="meeting of 2026-10-20 needs the name"):
        NewMeeting(date(2026, 10, 20), 7, "", "")
