"""Files that would fill the memory end in a clear error before they do."""

import gzip
import io
import json
import os
import subprocess
import sys
import time
import zipfile

import pytest

from common_ground.errors import UnreadableExportError
from common_ground.exports import Limits, read
from common_ground.settings import PROJECT

MEGABYTE = 1_000_000
# Reads a file in a process of its own and prints the memory it took beyond what importing takes.
MEASURED = """
import resource, sys
from pathlib import Path
from common_ground.errors import UnreadableExportError
from common_ground.exports import Limits, read
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
try:
    tables = read(Path(sys.argv[1]), Limits(max_bytes=2_000_000_000))
    print("loaded", sum(table.loaded for table in tables))
except UnreadableExportError as error:
    print("refused", error)
print(peak() - before)
"""


def measured(path):
    """What reading says, the seconds and the megabytes it took."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    said, megabytes = done.stdout.rsplit("\n", 2)[:2]
    return said, time.monotonic() - began, int(megabytes)


def one_line(path):
    with path.open("wb") as stream:
        for _ in range(1000):
            stream.write(b"a" * MEGABYTE)


def packed_line(path):
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(900):
            stream.write(b"a" * MEGABYTE)


def packed_rows(path):
    rows = b"12345,67890\n" * 100_000
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(b"a,b\n")
        for _ in range(1_600 * MEGABYTE // len(rows)):
            stream.write(rows)


def wide(path):
    with path.open("w") as stream:
        stream.write(",".join(f"c{number}" for number in range(50_000)) + "\n")
        for _ in range(20):
            stream.write(",".join(map(str, range(50_000))) + "\n")


def open_quote(path):
    with path.open("w") as stream:
        stream.write("id,name\n")
        stream.write('1,"never closed\n')
        stream.write("".join(f"{number},some name of a company\n" for number in range(1_700_000)))


@pytest.mark.parametrize(
    ("write", "name", "said"),
    [
        (
            one_line,
            "line.csv",
            "begins at byte 1 is longer than the limit",
        ),
        (
            packed_line,
            "line.csv.gz",
            "begins at byte 1 is longer than the limit",
        ),
        (packed_rows, "rows.csv.gz", "unpacks to more than the limit of 1,000 MB"),
        (wide, "wide.csv", "the header has 50,000 columns, more than the limit of 2,000"),
        (open_quote, "quote.csv", "loaded 1700001"),
    ],
)
def test_a_file_that_would_fill_the_memory_does_not(tmp_path, write, name, said):
    path = tmp_path / name
    write(path)
    found, seconds, megabytes = measured(path)
    path.unlink()
    assert said in found
    assert megabytes < 600
    # Bounds of the machine, not of the code: the benchmark prints the figures.
    assert seconds < 60


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
