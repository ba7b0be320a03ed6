from datetime import UTC, timedelta

import pandas as pd
import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewVerdict, import_verdicts, open_ledger
from common_ground.ui.downloads import csv_bytes

HEADER = "kind,from_id,to_id,verdict,decided_by,decided_at\n"


def verdict(says="same", from_id="ASK-1", to_id="FLD-1", **more):
    return NewVerdict("ask_item", from_id, to_id, says, "Dana", **more)


def line(says="same", at="2026-10-30 10:00:00", from_id="ASK-1"):
    return f"ask_item,{from_id},FLD-1,{says},Kim,{at}\n"


def imported(ledger, text, now):
    found = import_verdicts(ledger, "v.csv", text.encode(), now)
    return found.new, found.known, found.newer, found.kept


def test_an_export_into_an_empty_ledger_gives_the_same_verdicts(ledger, tmp_path, now):
    ledger.decide(verdict(from_text="=SUM(1)", to_text="a, “b”\n;c"), now=now)
    ledger.decide(verdict("different", to_id="-FLD-2"), now=now + timedelta(seconds=1))
    other = open_ledger(tmp_path / "other")
    found = import_verdicts(other, "v.csv", csv_bytes(ledger.verdicts()), now + timedelta(days=1))
    assert (found.new, found.known, found.newer, found.kept) == (2, 0, 0, 0)
    assert other.verdicts().equals(ledger.verdicts())


def test_importing_twice_stores_nothing_twice(ledger, now):
    assert imported(ledger, HEADER + line(), now) == (1, 0, 0, 0)
    assert imported(ledger, HEADER + line(), now) == (0, 1, 0, 0)
    assert len(ledger.verdict_history()) == 1


def test_what_was_decided_later_here_stays(ledger, now):
    ledger.decide(verdict("different"), now=now)
    assert imported(ledger, HEADER + line("same"), now) == (0, 0, 0, 1)
    assert ledger.verdicts()["verdict"].tolist() == ["different"]


def test_a_later_verdict_of_the_file_replaces_an_earlier_one_here(ledger, now):
    ledger.decide(verdict("different"), now=now - timedelta(days=9))
    assert imported(ledger, HEADER + line("same"), now) == (0, 0, 1, 0)
    assert ledger.verdicts()["verdict"].tolist() == ["same"]
    assert len(ledger.verdict_history()) == 2


def test_a_verdict_taken_back_here_does_not_return_by_an_import(ledger, now):
    imported(ledger, HEADER + line(), now)
    ledger.undo(ledger.verdicts()["verdict_id"].iloc[0], by="Dana", now=now)
    assert imported(ledger, HEADER + line(), now) == (0, 1, 0, 0)
    assert imported(ledger, HEADER + line("related", "2026-10-30 11:00"), now) == (0, 0, 0, 1)
    assert ledger.verdicts().empty


def test_the_latest_of_a_pair_within_a_file_counts_whatever_the_order(ledger, now):
    late, early = line("different", "2026-10-30 12:00"), line("same", "2026-10-30 11:00")
    imported(ledger, HEADER + late + early, now)
    assert ledger.verdicts()["verdict"].tolist() == ["different"]


def test_a_zone_is_turned_into_utc(ledger, now):
    imported(ledger, HEADER + line(at="2026-10-30T12:00:00+02:00"), now)
    assert ledger.verdicts()["decided_at"].iloc[0] == pd.Timestamp("2026-10-30 10:00")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind,from_id\n", "line 1: the header lacks to_id"),
        (HEADER.replace("kind", "kind,colour"), "line 1: the header has 'colour'"),
        (HEADER + line("maybe"), "line 2: verdict is 'maybe', expected one of same"),
        (HEADER + line(at="30.10."), "line 2: decided_at is '30.10.', expected an instant"),
        (HEADER + line() + line(from_id=""), "line 3: from_id is '', expected the id"),
        (HEADER + line().replace("Kim", ""), "line 2: .*name of the person"),
        (HEADER + "ask_item,ASK-1\n", "line 2: the line has not as many cells"),
        (HEADER + line(at="2027-01-01"), "still to come"),
        ('kind,from_id\n"x', "not readable|lacks"),
    ],
)
def test_a_file_that_cannot_be_taken_says_where_and_stores_nothing(ledger, now, text, says):
    good = line(from_id="ASK-0")
    text += good if text.startswith(HEADER) else ""
    with pytest.raises(LedgerError, match=says) as refused:
        import_verdicts(ledger, "v.csv", text.encode(), now)
    assert "v.csv" in str(refused.value) or "still to come" in says
    assert ledger.verdict_history().empty


def test_a_file_in_another_encoding_is_refused(ledger, now):
    with pytest.raises(LedgerError, match="not UTF-8"):
        import_verdicts(ledger, "v.csv", "größe".encode("latin-1"), now.astimezone(UTC))
