"""Files that would fill the memory end in a clear error before they do."""

import io
import json
import zipfile

import pytest

from benchmarks import hostile_files
from common_ground.errors import UnreadableExportError
from common_ground.exports import Limits, read

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("1 GB in one line", "begins at byte 1 is longer than the limit"),
        ("900 MB in one line, packed", "begins at byte 1 is longer than the limit"),
        ("1.6 GB of rows, packed", "unpacks to more than the limit of 1,000 MB"),
        ("50,000 columns", "the header has 50,000 columns, more than the limit of 2,000"),
        ("a quote that never closes, 50 MB", "loaded 1700001"),
        ("such a quote on every line, 50 MB", "loaded 1700000"),
    ],
)
def test_a_file_that_would_fill_the_memory_does_not(tmp_path, what, said):
    name, write = hostile_files.FILES[what]
    write(tmp_path / name)
    found = hostile_files.measured(tmp_path / name)
    (tmp_path / name).unlink()
    assert said in found.said
    assert found.megabytes < 600


def test_a_wide_sheet_and_wide_objects_are_refused(tmp_path):
    path = tmp_path / "wide.jsonl"
    path.write_text(json.dumps({f"key {number}": number for number in range(3_000)}) + "\n")
    with pytest.raises(UnreadableExportError, match="3,000 different keys"):
        read(path)


def test_json_as_one_long_line_is_no_line_over_the_limit(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([{"id": str(number)} for number in range(1_000)]))
    assert read(path, Limits(max_line_bytes=1_000))[0].loaded == 1_000


def test_a_long_member_of_a_zip_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
        archive.writestr("b.csv", "x" * 11 * MEGABYTE)
    path = tmp_path / "both.zip"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(UnreadableExportError, match="begins at byte 1 is longer than the limit"):
        read(path)


def test_only_line_ends_of_the_old_mac_are_lines_too(tmp_path):
    path = tmp_path / "mac.csv"
    path.write_bytes(b"a,b\r" + b"1,2\r" * 5_000)
    assert read(path, Limits(max_line_bytes=100))[0].loaded == 5_000
