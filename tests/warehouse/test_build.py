"""A build is all or nothing: what is published stays whole, whatever happens to a build."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date

import pytest

from common_ground.errors import CommonGroundError, WorkspaceError
from common_ground.settings import PROJECT
from common_ground.warehouse.build import build
from common_ground.warehouse.published import open_published, read_pointer, warehouse

DEALS = "deal_id,account_name,stage,amount,created_date,closed_date\n"
ROWS = "D1,Acme,won,100,2026-01-02,2026-02-03\nD2,Beta,open,,2026-03-04,\n"
AS_OF = date(2026, 6, 30)


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "deals.csv").write_text(DEALS + ROWS)
    return folder


@pytest.fixture
def workspace(tmp_path):
    return tmp_path / "workspace"


def test_a_second_build_with_no_new_file_does_nothing(exports, workspace):
    first = build(exports, workspace, as_of=AS_OF)
    again = build(exports, workspace, as_of=AS_OF)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.data.data_version == 1
    assert len(list(warehouse(workspace).glob("*.duckdb"))) == 1


def test_another_as_of_date_is_another_build(exports, workspace):
    build(exports, workspace, as_of=AS_OF)
    assert build(exports, workspace, as_of=date(2026, 7, 1)).data.data_version == 2


def test_a_reader_keeps_its_version_while_a_new_one_is_published(exports, workspace):
    build(exports, workspace, as_of=AS_OF)
    reader = open_published(workspace)
    (exports / "deals.csv").write_text(DEALS + ROWS + "D3,Acme,lost,7,2026-01-01,2026-05-05\n")
    build(exports, workspace, as_of=AS_OF)
    assert reader.count("deals") == 2
    assert open_published(workspace).count("deals") == 3


def test_a_damaged_file_is_not_read(exports, workspace):
    build(exports, workspace, as_of=AS_OF)
    path = warehouse(workspace) / read_pointer(workspace).name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(WorkspaceError, match="does not match its checksum"):
        open_published(workspace)


def test_published_data_cannot_reach_other_files(exports, workspace, tmp_path):
    import duckdb

    data = build(exports, workspace, as_of=AS_OF).data
    cursor = data._cursor()
    for statement in (
        f"select * from read_csv('{tmp_path}/exports/deals.csv')",
        f"copy deals to '{tmp_path}/out.csv'",
        f"attach '{tmp_path}/other.duckdb' as other",
        "set enable_external_access = true",
        "delete from deals",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(statement)


def test_decisions_are_kept_with_the_workspace(exports, workspace, tmp_path):
    decisions = tmp_path / "said.toml"
    decisions.write_text('as_of = 2026-05-31\n[excluded_accounts]\n"Beta" = "internal"\n')
    data = build(exports, workspace, decisions).data
    assert data.as_of == date(2026, 5, 31)
    assert build(exports, workspace).is_new is False
    accounts = data.table("accounts").set_index("name")
    assert accounts["is_excluded"].to_dict() == {"Acme": False, "Beta": True}


BAD = {
    "not_text.csv": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "PNG picture"),
    "empty.csv": (b"", "the file is empty"),
    "header_only.csv": (b"deal_id,stage,amount\n", "only a header"),
    "no_stage.csv": (b"deal_id,amount\nD9,5\n", "needs the column 'stage'"),
    "unknown.csv": (b"foo,bar\n1,2\n", "no dialect knows the headers 'foo', 'bar'"),
    "deals (1).csv": ((DEALS + ROWS).encode(), "the same file as"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_names_the_file_and_publishes_nothing(exports, workspace, name):
    content, said = BAD[name]
    build(exports, workspace, as_of=AS_OF)
    before = read_pointer(workspace)
    (exports / name).write_bytes(content)
    with pytest.raises(CommonGroundError) as error:
        build(exports, workspace, as_of=AS_OF)
    assert said in str(error.value)
    assert name in str(error.value)
    assert read_pointer(workspace) == before
    assert open_published(workspace).count("deals") == 2


def test_every_bad_file_is_named_at_once(exports, workspace):
    (exports / "a.csv").write_bytes(b"")
    (exports / "b.csv").write_bytes(b"foo,bar\n1,2\n")
    with pytest.raises(CommonGroundError, match=r"(?s)2 files cannot be used.*a\.csv.*b\.csv"):
        build(exports, workspace, as_of=AS_OF)


def test_a_folder_without_exports_is_an_error(tmp_path):
    with pytest.raises(CommonGroundError, match="there is no export in this folder"):
        build(tmp_path, tmp_path / "w")


def command(exports, workspace):
    return [sys.executable, "-m", "common_ground", "build", "--exports", str(exports),
            "--workspace", str(workspace), "--as-of", "2026-06-30"]  # fmt: skip


def test_a_killed_build_leaves_the_published_data_as_it_was(exports, workspace):
    """Ten builds killed at random moments, from start to shortly after a whole build's time."""
    build(exports, workspace, as_of=AS_OF)
    lines = "".join(f"E{i},Acme,won,{i},2026-01-02,2026-02-03\n" for i in range(20_000))
    (exports / "deals.csv").write_text(DEALS + ROWS + lines)
    started = time.monotonic()
    subprocess.run(command(exports, workspace), cwd=PROJECT, check=True, capture_output=True)
    seconds = time.monotonic() - started
    moments = random.Random(7)
    for turn in range(10):
        before = read_pointer(workspace)
        rows_before = open_published(workspace).count("deals")
        (exports / "deals.csv").write_text(f"{DEALS}{ROWS}{lines}F{turn},Acme,won,1,2026-01-02,\n")
        with subprocess.Popen(
            command(exports, workspace),
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(moments.uniform(0.1, 1.0) * seconds)
            os.kill(process.pid, signal.SIGKILL)
        after = read_pointer(workspace)
        data = open_published(workspace)
        assert data.count("deals") == (rows_before if after == before else 20_003)
    assert build(exports, workspace, as_of=AS_OF).data.count("deals") == 20_003
    assert list(warehouse(workspace).glob(".building-*")) == []


def test_today_is_the_last_day_and_not_a_slip_of_a_hand(exports, workspace):
    rows = "".join(f"E{i},Acme,open,{i},2026-01-{i % 28 + 1:02d},\n" for i in range(200))
    (exports / "deals.csv").write_text(f"{DEALS}{rows}E900,Acme,open,1,2206-01-01,\n")
    (exports / "asks.csv").write_text("ask_id,text,asked_date\nA1,Dark mode,2027-05-06\n")
    assert build(exports, workspace).data.as_of == date(2027, 5, 6)
