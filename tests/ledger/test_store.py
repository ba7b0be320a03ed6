"""Nothing acknowledged is lost, and a broken file is said to be broken."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy

from common_ground.errors import LedgerError
from common_ground.ledger import (
    NewItem,
    NewPolicyChoice,
    NewStory,
    NewTarget,
    NewVerdict,
    open_ledger,
    tables,
)

PROJECT = Path(__file__).resolve().parents[2]

WRITER = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from common_ground.ledger import NewAgreement, open_ledger

ledger = open_ledger(Path(sys.argv[1]))
made = NewAgreement("SSO", "Waits", "SSO", "M", "J", date(2026, 11, 20), item_ids=("A", "B"))
while True:
    print(ledger.record(made, by="Dana", now=datetime(2026, 10, 31, tzinfo=UTC)), flush=True)
"""

VERDICT_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from common_ground.ledger import NewItem, NewVerdict, open_ledger

ledger, now, number = open_ledger(Path(sys.argv[1])), datetime(2026, 10, 31, tzinfo=UTC), 0
while True:
    number += 1
    said = NewVerdict("ask_item", f"ASK-{number}", "FLD-1", "different", "Dana")
    print(ledger.decide(said, now=now, seen=0), flush=True)
    print(ledger.create_item(NewItem("SSO", "Dana", f"NEXT-{number}"), now=now), flush=True)
"""

TARGET_WRITER = """
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from common_ground.ledger import NewTarget, open_ledger

ledger = open_ledger(Path(sys.argv[1]))
listed = [NewTarget("nrr", "2026", str(one), Decimal("1.05"), "Dana") for one in range(40)]
while True:
    print(ledger.set_targets(listed, now=datetime(2026, 10, 31, tzinfo=UTC)), flush=True)
"""


def test_twenty_threads_writing_lose_nothing(tmp_path, agreed, now):
    def write(thread):
        ledger = open_ledger(tmp_path)
        return [
            ledger.record(agreed(title=f"{thread}/{number}"), by=f"T{thread}", now=now)
            for number in range(10)
        ]

    with ThreadPoolExecutor(20) as threads:
        ids = [one for some in threads.map(write, range(20)) for one in some]
    found = open_ledger(tmp_path).agreements()
    assert len(set(ids)) == 200
    assert set(found["agreement_id"]) == set(ids)
    assert found["title"].nunique() == 200
    assert len(open_ledger(tmp_path).history()) == 200


def test_of_twenty_people_closing_one_agreement_one_succeeds(tmp_path, agreed, now):
    ledger = open_ledger(tmp_path)
    ledger.record(agreed(), by="Dana", now=now)

    def close(person):
        try:
            ledger.change_status(
                "A1", "withdrawn", by=f"P{person}", version=1, now=now, on=date(2026, 10, 31)
            )
        except LedgerError as error:
            return str(error)
        return "stored"

    with ThreadPoolExecutor(20) as threads:
        results = list(threads.map(close, range(20)))
    assert results.count("stored") == 1
    assert sum("changed by someone else" in result for result in results) == 19
    assert ledger.agreements()["version"].tolist() == [2]
    assert len(ledger.history("A1")) == 2


@pytest.mark.parametrize("after", [1, 7, 25])
def test_a_killed_program_loses_no_acknowledged_agreement(tmp_path, after):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        acknowledged = [program.stdout.readline().strip() for _ in range(after)]
        os.kill(program.pid, signal.SIGKILL)
        acknowledged += [line for line in program.stdout.read().split("\n")[:-1] if line]
    found = open_ledger(tmp_path).agreements()
    assert set(acknowledged) <= set(found["agreement_id"])
    assert len(found) - len(acknowledged) in (0, 1)
    assert set(found["item_ids"]) == {("A", "B")}


def test_a_killed_program_leaves_every_list_of_targets_whole(tmp_path):
    command = [sys.executable, "-c", TARGET_WRITER, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        acknowledged = [program.stdout.readline() for _ in range(7)]
        os.kill(program.pid, signal.SIGKILL)
        acknowledged += [line for line in program.stdout.read().split("\n")[:-1] if line]
    stored = len(open_ledger(tmp_path).target_history())
    assert stored % 40 == 0
    assert stored // 40 - len(acknowledged) in (0, 1)


@pytest.mark.parametrize("after", [1, 8, 25])
def test_a_killed_program_loses_no_acknowledged_verdict_or_item(tmp_path, after):
    command = [sys.executable, "-c", VERDICT_WRITER, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        acknowledged = [program.stdout.readline().strip() for _ in range(after)]
        os.kill(program.pid, signal.SIGKILL)
        acknowledged += [line for line in program.stdout.read().split("\n")[:-1] if line]
    ledger = open_ledger(tmp_path)
    given, made = ledger.verdicts(), ledger.items()
    stored = {*given.loc[given["verdict"] == "different", "verdict_id"].astype(str), *made.item_id}
    assert set(acknowledged) <= stored
    assert len(stored) - len(acknowledged) in (0, 1)
    # An item is never there without the link to the ask it was made from.
    assert set(made["item_id"]) == set(given.loc[given["verdict"] == "same", "to_id"])


def test_of_twenty_people_deciding_one_pair_one_is_first_and_the_others_are_told(tmp_path, now):
    ledger = open_ledger(tmp_path)

    def decide(person):
        said = "same" if person % 2 else "different"
        verdict = NewVerdict("ask_item", "ASK-1", "FLD-1", said, f"P{person}")
        try:
            return ledger.decide(verdict, now=now, seen=0)
        except LedgerError as error:
            return str(error)

    with ThreadPoolExecutor(20) as threads:
        results = list(threads.map(decide, range(20)))
    assert sum(isinstance(result, int) for result in results) == 1
    first = ledger.verdicts().iloc[0]
    assert sum(f"{first['decided_by']} decided" in str(result) for result in results) == 19
    assert len(ledger.verdict_history()) == 1


def test_the_file_is_set_up_to_survive_a_power_cut(tmp_path):
    ledger = open_ledger(tmp_path)
    with ledger._store.reading() as connection:
        read = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert read == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10000,
    }


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("agreement_events", "update agreement_events set by = 'Nobody'"),
        ("agreement_events", "delete from agreement_events"),
        ("agreements", "delete from agreements"),
        *(
            (table, statement)
            for table, who in (
                ("kpi_signatures", "signed_by"),
                ("signature_withdrawals", "withdrawn_by"),
                ("policy_choices", "chosen_by"),
                ("kpi_targets", "set_by"),
                ("brief_stories", "decided_by"),
                ("own_items", "created_by"),
                ("item_withdrawals", "withdrawn_by"),
            )
            for statement in (f"update {table} set {who} = 'Nobody'", f"delete from {table}")
        ),
    ],
)
def test_history_cannot_be_rewritten(tmp_path, agreed, signature, now, table, statement):
    ledger = open_ledger(tmp_path)
    ledger.record(agreed(), by="Dana", now=now)
    ledger.withdraw_signature(ledger.sign(signature(), now=now), by="Dana", now=now)
    ledger.choose_policy(NewPolicyChoice("currency", "floating", "Dana"), now=now)
    ledger.set_targets([NewTarget("win_rate", "2026", "", None, "Dana")], now=now)
    ledger.put_story(NewStory("P-1", "a1", "Roles", "They sign.", "Dana"), now=now)
    made = ledger.create_item(NewItem("SSO", "Dana", "ASK-1"), now=now)
    ledger.withdraw_item(made, by="Dana", now=now)
    with (
        pytest.raises(sqlalchemy.exc.IntegrityError, match=f"{table} is history"),
        ledger._store.writing() as connection,
    ):
        connection.exec_driver_sql(statement)
    assert ledger.history()["by"].tolist() == ["Dana"]
    assert ledger.signature_history()["signed_by"].tolist() == ["Dana"]
    assert ledger.signature_history()["withdrawn_by"].tolist() == ["Dana"]
    assert ledger.policies()["chosen_by"].tolist() == ["Dana"]
    assert ledger.targets()["set_by"].tolist() == ["Dana"]
    assert ledger.stories()["decided_by"].tolist() == ["Dana"]
    assert ledger.item_history()["withdrawn_by"].tolist() == ["Dana"]


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path):
    damaged = tmp_path / "ledger.db"
    damaged.write_text("Agreements of last year\n" * 500)
    before = damaged.read_bytes()
    with pytest.raises(LedgerError, match=r"ledger\.db: the ledger is damaged"):
        open_ledger(tmp_path)
    assert damaged.read_bytes() == before


def test_a_torn_file_is_named(tmp_path, agreed, now):
    ledger = open_ledger(tmp_path)
    for _ in range(60):
        ledger.record(agreed(give="x" * 900), by="Dana", now=now)
    file = tmp_path / "ledger.db"
    content = bytearray(file.read_bytes())
    content[4096 : len(content) // 2] = bytes(len(content) // 2 - 4096)
    file.write_bytes(content)
    with pytest.raises(LedgerError, match="put back your last copy"):
        open_ledger(tmp_path)


def test_a_ledger_of_a_newer_program_is_refused(tmp_path):
    open_ledger(tmp_path)
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("update ledger_format set format = ?", [tables.FORMAT + 1])
    connection.close()
    with pytest.raises(LedgerError, match="newer Common Ground"):
        open_ledger(tmp_path)


def test_a_ledger_made_before_kpis_were_signed_opens_and_works(tmp_path, agreed, signature, now):
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.executescript((Path(__file__).parent / "before_kpi_terms.sql").read_text())
    connection.close()
    ledger = open_ledger(tmp_path)
    assert ledger.agreements()["title"].tolist() == ["Mobile search"]
    assert ledger.history()["by"].tolist() == ["Dana"]
    assert ledger.verdicts()["verdict"].tolist() == ["same"]
    assert ledger.meetings()["note"].tolist() == ["Agreed"]
    assert ledger.signatures().empty
    assert ledger.policies().empty
    assert ledger.targets().empty
    assert ledger.record(agreed(), by="Kim", now=now) == "A2"
    assert ledger.sign(signature(), now=now) == 1
    assert ledger.choose_policy(NewPolicyChoice("currency", "floating", "Kim"), now=now) == 1
    assert ledger.set_targets([NewTarget("nrr", "2026", "", None, "Kim")], now=now) == 1
    again = open_ledger(tmp_path)
    assert [len(found) for found in (again.signatures(), again.policies(), again.targets())] == [
        1,
        1,
        1,
    ]


def test_a_ledger_with_signed_kpis_is_still_read_by_the_program_before(tmp_path, signature, now):
    open_ledger(tmp_path).sign(signature(), now=now)
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        assert connection.execute("select format from ledger_format").fetchall() == [(1,)]
    connection.close()


def test_a_workspace_that_is_a_file_is_named(tmp_path):
    (tmp_path / "workspace").write_text("")
    with pytest.raises(LedgerError, match="the folder cannot be made"):
        open_ledger(tmp_path / "workspace")


def test_a_ledger_another_program_holds_says_so(tmp_path, agreed, now, monkeypatch):
    monkeypatch.setattr("common_ground.ledger.store.BUSY_TIMEOUT_SECONDS", 0)
    ledger = open_ledger(tmp_path)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("begin immediate")
    try:
        with pytest.raises(LedgerError, match="another program has been writing"):
            ledger.record(agreed(), by="Dana", now=now)
        assert ledger.agreements().empty  # reading goes on
    finally:
        other.close()


def test_a_copied_workspace_carries_everything_in_one_file(tmp_path, agreed, now):
    open_ledger(tmp_path / "one").record(agreed(), by="Dana", now=now)
    (tmp_path / "two").mkdir()
    shutil.copy(tmp_path / "one" / "ledger.db", tmp_path / "two")
    assert len(open_ledger(tmp_path / "two").agreements()) == 1
