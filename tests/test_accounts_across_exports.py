"""From an export to a suggestion, a verdict, the next build, and the exports of a year later."""

from datetime import UTC, date, datetime

import pytest

from common_ground import cli, meeting
from common_ground.ledger import NewVerdict, open_ledger
from common_ground.warehouse import schema
from common_ground.warehouse.build import build
from common_ground.warehouse.published import open_published

NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)
COMPANIES = "account_id,account_name,account_domain,country\n"
CONTRACTS = "contract_id,account_id,account_name,start_date,annual_amount\n"
FIRST = (
    "C1,Vantelo Robotics,vantelo.com,DE\nC2,Bolt Energy,bolt.com,DE\nC3,Etna Foods,etna.it,IT\n",
    "S1,77,Vantelo Robotik GmbH,2025-01-01,100\nS2,78,Bolt Energie GmbH,2025-01-01,40\n",
)
# A year later: other file names, ids of another tool, one company renamed
LATER = (
    "9001,VANTELO ROBOTICS AG,vantelo.com,Germany\n9002,Bolt Energy,bolt.com,DE\n",
    "S1,a-77,Vantelo Robotik GmbH,2025-01-01,100\nS2,a-78,BOLT ENERGIE GMBH,2025-01-01,40\n",
)


@pytest.fixture
def workspace(tmp_path):
    return tmp_path / "w"


def write(folder, texts, names=("companies.csv", "contracts.csv")):
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, header, text in zip(names, (COMPANIES, CONTRACTS), texts, strict=True):
        (folder / name).write_text(header + text)
    return folder


def built(workspace, exports):
    verdicts = open_ledger(workspace).verdicts()
    accounts = meeting.account_verdicts(verdicts)
    return build(exports, workspace, as_of=date(2026, 1, 31), accounts=accounts).data


def suggestions(data, workspace):
    found = meeting.account_suggestions(data, open_ledger(workspace).verdicts())
    return {
        tuple(sorted((one, other))): (row_one, row_other)
        for one, other, row_one, row_other in zip(
            found["from_name"], found["to_name"], found["from_id"], found["to_id"], strict=True
        )
    }


def decide(workspace, pair, verdict):
    ledger = open_ledger(workspace)
    return ledger.decide(NewVerdict("account", *pair, verdict, "Ana"), now=NOW)


def account_of(data, contract):
    contracts = data.table("contracts").set_index("contract_id")
    return contracts.loc[contract, "account_id"]


SAME = ("Vantelo Robotics", "Vantelo Robotik GmbH")
APART = ("Bolt Energie GmbH", "Bolt Energy")


def test_what_people_decide_holds_through_rebuilds_and_new_exports(tmp_path, workspace):
    exports = write(tmp_path / "exports", FIRST)
    data = built(workspace, exports)
    asked = suggestions(data, workspace)
    assert {SAME, APART} <= asked.keys()
    decide(workspace, asked[SAME], "same")
    decide(workspace, asked[APART], "different")
    assert not {SAME, APART} & suggestions(data, workspace).keys()
    assert meeting.account_verdicts_waiting(data, open_ledger(workspace).verdicts()) == 2

    data = built(workspace, exports)
    assert account_of(data, "S1") == "C1"
    assert account_of(data, "S2") != "C2"
    assert not {SAME, APART} & suggestions(data, workspace).keys()
    assert meeting.account_verdicts_waiting(data, open_ledger(workspace).verdicts()) == 0

    data = built(workspace, write(tmp_path / "exports", LATER, ("firmen.csv", "abos.csv")))
    assert account_of(data, "S1") == "9001"
    assert account_of(data, "S2") != "9002"
    assert [pair for pair in suggestions(data, workspace) if "Bolt Energy" in pair] == []


def test_a_verdict_taken_back_is_taken_back_in_the_next_build(tmp_path, workspace):
    exports = write(tmp_path / "exports", FIRST)
    asked = suggestions(built(workspace, exports), workspace)
    verdict = decide(workspace, asked[SAME], "same")
    assert account_of(built(workspace, exports), "S1") == "C1"
    open_ledger(workspace).undo(verdict, by="Ana", now=NOW)
    data = built(workspace, exports)
    assert account_of(data, "S1") != "C1"
    assert SAME in suggestions(data, workspace)


def test_the_build_command_and_a_rebuild_for_a_new_version_follow_the_ledger(
    tmp_path, workspace, monkeypatch
):
    exports = write(tmp_path / "exports", FIRST)
    arguments = ["build", "--workspace", str(workspace), "--as-of", "2026-01-31"]
    assert cli.main([*arguments, "--exports", str(exports)]) == 0
    decide(workspace, suggestions(open_published(workspace), workspace)[SAME], "same")
    assert cli.main(arguments) == 0
    assert account_of(open_published(workspace), "S1") == "C1"
    monkeypatch.setattr(schema, "FORMAT", schema.FORMAT + 1)
    monkeypatch.setattr("common_ground.warehouse.composing.FORMAT", schema.FORMAT)
    cli._bring_up_to_date(workspace)
    assert account_of(open_published(workspace), "S1") == "C1"


def test_links_are_printed_for_people_and_programs(tmp_path, workspace, capsys):
    data = built(workspace, write(tmp_path / "exports", FIRST))
    decide(workspace, suggestions(data, workspace)[APART], "different")
    assert cli.main(["links", "--workspace", str(workspace)]) == 0
    printed = capsys.readouterr().out
    assert "Vantelo Robotik GmbH; id 77" in printed
    assert "may be the same, open" in printed
    assert "different, next build" in printed
    assert "1 of the verdicts on accounts counts from the next build on" in printed
