"""Uploads are read in a process that can be watched and stopped."""

import time

import pytest

from common_ground.child import Bounds
from common_ground.errors import UnreadableExportError
from common_ground.exports import read, start_reading, tables_of


def read_in_child(path, bounds=None):
    child = start_reading(path, path.parent / "handed", bounds=bounds)
    child.wait()
    return tables_of(child)


def test_the_child_hands_over_what_read_returns(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text('id,note\n1,"a\nb"\n2,c,d\n3,e\n')
    (table,) = read_in_child(path)
    (expected,) = read(path)
    assert table.rows.equals(expected.rows)
    assert table.line_numbers.equals(expected.line_numbers)
    assert table.rejected == expected.rejected
    assert (table.header, table.lines, table.sha256) == (
        expected.header,
        expected.lines,
        expected.sha256,
    )


def test_an_unreadable_file_says_why(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text("a,b\n")
    with pytest.raises(UnreadableExportError, match="only a header, no rows"):
        read_in_child(path)


def test_a_child_over_time_is_ended(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableExportError, match="took longer than 0.01 seconds"):
        read_in_child(path, Bounds(seconds=0.01))


def test_a_child_over_memory_is_named(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 2_000_000)
    with pytest.raises(UnreadableExportError, match="needs more than"):
        read_in_child(path, Bounds(memory_bytes=300_000_000))


def test_a_stopped_child_ends_at_once_and_says_so(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_bytes(b"a,b\n" + b'1,"2\n' * 400_000)
    child = start_reading(path, tmp_path / "handed")
    assert child.is_running()
    began = time.monotonic()
    child.stop()
    assert time.monotonic() - began < 2
    with pytest.raises(UnreadableExportError, match="stopped before the end, as asked"):
        tables_of(child)
    assert not (tmp_path / "handed" / "tables.json").exists()


def test_modules_of_the_folder_somebody_works_in_stay_out_of_the_child(tmp_path, monkeypatch):
    (tmp_path / "pyarrow.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "deals.csv"
    path.write_text("a,b\n1,2\n")
    assert read_in_child(path)[0].loaded == 1
