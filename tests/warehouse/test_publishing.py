"""Publishing uploads: beside or in place of what is published, whole or not at all."""

import json
from datetime import date

import duckdb
import pytest

from common_ground.errors import DecisionError, ExportError, OutdatedError, WorkspaceError
from common_ground.warehouse import kept_exports
from common_ground.warehouse.build import build, preview, publish
from common_ground.warehouse.decisions import merged, parse_decisions, read_decisions
from common_ground.warehouse.published import (
    file_sha256,
    open_file,
    open_published,
    read_pointer,
    warehouse,
)

DEALS = "deal_id,account_name,stage,amount,created_date,closed_date\n"
ROWS = "D1,Acme,won,100,2026-01-02,2026-02-03\nD2,Beta,open,,2026-03-04,\n"
ASKS = "ask_id,account_name,text,asked_date\nA1,Acme,Single sign-on,2026-03-05\n"
AS_OF = date(2026, 6, 30)


@pytest.fixture
def workspace(tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "deals.csv").write_text(DEALS + ROWS)
    build(exports, tmp_path / "workspace", as_of=AS_OF)
    return tmp_path / "workspace"


def dropped(tmp_path, name, text):
    path = tmp_path / f"dropped-{name}"
    path.write_text(text)
    return path


def test_an_upload_stands_beside_what_is_published(workspace, tmp_path):
    made = publish(workspace, {"asks.csv": dropped(tmp_path, "asks.csv", ASKS)}, (), {})
    assert made.data.counts() == {"accounts": 2, "account_names": 3, "asks": 1, "deals": 2}
    assert set(made.data.exports()) == {"asks.csv", "deals.csv"}
    assert made.data.data_version == 2


def test_an_upload_of_the_same_name_replaces_the_export(workspace, tmp_path):
    newer = DEALS + "D1,Acme,lost,100,2026-01-02,2026-02-03\n"
    made = publish(workspace, {"deals.csv": dropped(tmp_path, "deals.csv", newer)}, (), {})
    changes = made.data.changes().set_index("key")["change"]
    assert changes.to_dict() == {"D1": "changed", "D2": "removed", "beta": "removed"}


def test_an_upload_takes_the_place_of_an_export_of_another_name(workspace, tmp_path):
    newer = DEALS + ROWS + "D3,Acme,won,5,2026-04-01,2026-05-01\n"
    path = dropped(tmp_path, "newer.csv", newer)
    made = publish(workspace, {"deals-2026-07.csv": path}, ("deals.csv",), {})
    assert set(made.data.exports()) == {"deals-2026-07.csv"}
    assert made.data.count("deals") == 3


def test_the_same_report_twice_is_refused_and_nothing_changes(workspace, tmp_path):
    before = read_pointer(workspace)
    again = dropped(tmp_path, "again.csv", DEALS + ROWS + "D3,Acme,won,5,2026-04-01,2026-05-01\n")
    with pytest.raises(ExportError, match="also stand in"):
        publish(workspace, {"again.csv": again}, (), {"currency": "EUR"})
    assert read_pointer(workspace) == before
    assert not (workspace / "decisions.toml").exists()


def test_two_people_who_publish_at_once_lose_nothing_of_each_other(workspace, tmp_path):
    """The second, who looked at the version before, is told and publishes nothing."""
    seen = read_pointer(workspace).name
    path = dropped(tmp_path, "asks.csv", ASKS)
    publish(workspace, {"asks.csv": path}, (), {}, seen=seen)
    other = dropped(tmp_path, "other.csv", ASKS.replace("A1", "B1"))
    with pytest.raises(WorkspaceError, match="Somebody has published another version meanwhile"):
        publish(workspace, {"asks.csv": other}, (), {}, seen=seen)
    assert open_published(workspace).table("asks")["ask_id"].tolist() == ["A1"]
    assert open_published(workspace).data_version == 2


def test_answers_are_kept_and_hold_for_next_months_file(workspace, tmp_path):
    ambiguous = "ask_id,text,asked_date\nA1,Dark mode,01/02/2026\n"
    path = dropped(tmp_path, "a.csv", ambiguous)
    said = {"files": {"asks 2026-05.csv": {"date_order": "day_first"}}}
    made = publish(workspace, {"asks 2026-05.csv": path}, (), said)
    assert str(made.data.table("asks")["asked_date"].item())[:10] == "2026-02-01"
    june = dropped(tmp_path, "b.csv", ambiguous.replace("A1", "A2"))
    made = publish(workspace, {"asks 2026-06.csv": june}, (), {})
    assert made.data.questions() == ()
    assert str(made.data.table("asks")["asked_date"].iloc[1])[:10] == "2026-02-01"
    warnings = made.data.loads().set_index("file")["warnings"]["asks 2026-06.csv"]
    assert "as a person decided for 'asks 2026-05.csv'" in warnings[0]


def test_without_new_files_answers_alone_make_a_new_version(workspace):
    made = publish(workspace, {}, (), {"as_of": date(2026, 7, 31), "currency": "EUR"})
    assert (made.data.as_of, made.data.currency) == (date(2026, 7, 31), "EUR")
    assert read_decisions(workspace / "decisions.toml").currency == "EUR"


def test_an_answer_that_cannot_be_leaves_everything_as_it_was(workspace):
    before = read_pointer(workspace)
    with pytest.raises(DecisionError, match="must be one of"):
        publish(workspace, {}, (), {"stages": {"Legal": "almost"}})
    assert read_pointer(workspace) == before


def test_a_preview_says_what_would_change_and_touches_nothing(workspace, tmp_path):
    files = {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file()}
    newer = dropped(tmp_path, "deals.csv", DEALS + ROWS.replace("100", "120"))
    preview(workspace, {"deals.csv": newer}, (), {"as_of": AS_OF}, tmp_path / "ahead.duckdb")
    ahead = open_file(tmp_path / "ahead.duckdb")
    assert ahead.changes()["what"].tolist() == ["amount 100.00 → 120.00"]
    assert {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file()} == files
    shown = ahead.table("deals").drop(columns="stage_label")
    made = publish(workspace, {"deals.csv": newer}, (), {"as_of": AS_OF})
    assert made.data.table("deals").drop(columns="stage_label").equals(shown)


def test_exports_no_kept_version_was_built_from_are_forgotten(workspace, tmp_path):
    for number in range(6):
        text = DEALS + ROWS + f"E{number},Acme,won,{number},2026-01-02,2026-02-03\n"
        publish(workspace, {"deals.csv": dropped(tmp_path, "d.csv", text)}, (), {})
    kept = {path.name for path in kept_exports.folder_of(workspace).iterdir()}
    assert len(kept) == 5
    assert set(open_published(workspace).exports().values()) <= kept


def test_a_kept_export_that_was_changed_is_not_built_from(workspace, tmp_path):
    (path,) = kept_exports.folder_of(workspace).iterdir()
    path.write_text(DEALS + ROWS.replace("100", "900"))
    with pytest.raises(WorkspaceError, match=r"deals\.csv: the copy this workspace keeps"):
        publish(workspace, {"asks.csv": dropped(tmp_path, "asks.csv", ASKS)}, (), {})


def test_merging_answers_keeps_comments_and_what_stands_there():
    text = '# ours\ncurrency = "USD" # dollars\n[stages]\n"Legal" = "qualified"\n'
    said = {
        "as_of": date(2026, 1, 31),
        "stages": {"Paused": "open", "Dropped": None},
        "files": {'a "b".csv': {"columns": {"Wert (€)": "amount"}, "encoding": None}},
    }
    found = merged(text, said)
    assert "# ours" in found
    assert "# dollars" in found
    decisions = parse_decisions(found, "decisions.toml")
    assert decisions.labels == {"stages": {"Legal": "qualified", "Paused": "open"}}
    assert decisions.as_of == date(2026, 1, 31)
    assert decisions.files['a "b".csv'].columns == {"Wert (€)": "amount"}
    assert merged(found, said) == found


def test_a_file_that_is_left_out_is_counted(workspace, tmp_path):
    path = dropped(tmp_path, "x.csv", "foo,bar\n1,2\n3,4\n")
    said = {"files": {"x.csv": {"dialect": "left_out"}}}
    made = publish(workspace, {"x.csv": path}, (), said)
    row = made.data.loads().set_index("file").loc["x.csv"]
    assert (row["lines"], row["loaded"], row["other_lines"]) == (3, 0, 3)
    assert "2 left out as decided" in row["other_kinds"]


def test_questions_and_labels_of_the_published_data_can_be_asked_again(workspace, tmp_path):
    text = "deal_id,stage,created_date\nD7,Legal review,01/02/2026\n"
    made = publish(workspace, {"more.csv": dropped(tmp_path, "m.csv", text)}, (), {})
    (question,) = made.data.questions()
    assert (question.file, question.key) == ("more.csv", "date_order")
    (open_label,) = [use for use in made.data.label_uses() if use.meaning is None]
    assert (open_label.section, open_label.label, open_label.rows) == ("stages", "Legal review", 1)
    assert json.dumps(question.sentence)


def test_what_another_version_built_is_refused_and_built_again_from_its_exports(workspace):
    path = warehouse(workspace) / read_pointer(workspace).name
    with duckdb.connect(str(path)) as connection:
        connection.execute("update build_info set format = 1")
    checksum = file_sha256(path)
    (warehouse(workspace) / "CURRENT").write_text(f"{path.name} {checksum}\n")
    with pytest.raises(OutdatedError, match="built by another version of Common Ground"):
        open_published(workspace)
    made = build(None, workspace, as_of=AS_OF)
    assert made.data.count("deals") == 2
    assert open_published(workspace).data_version == 2
