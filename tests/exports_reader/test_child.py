"""Uploads are read in a process that can be stopped."""

import pytest

from common_ground.errors import UnreadableExportError
from common_ground.exports import read, read_in_child


def test_the_child_hands_back_what_read_returns(tmp_path):
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


def test_a_child_over_time_is_killed(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableExportError, match="took longer than 0.01 seconds"):
        read_in_child(path, seconds=0.01)


def test_a_child_over_memory_is_named(tmp_path):
    path = tmp_path / "deals.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 2_000_000)
    with pytest.raises(UnreadableExportError, match="needs more than"):
        read_in_child(path, memory_bytes=300_000_000)
