"""Files that would fill the memory end in a clear error before they do."""

import io
import json
import zipfile

import openpyxl
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


def packed(folder, name, write):
    """A zip with one member, written by a function."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        write(archive)
    return path


def sheet(folder, rows):
    """A workbook of one sheet with these rows of XML."""
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'

    def write(archive):
        with zipfile.ZipFile(book) as source:
            for name in source.namelist():
                if name != "xl/worksheets/sheet1.xml":
                    archive.writestr(name, source.read(name))
        body = head + b"<sheetData>" + rows + b"</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", body)

    return packed(folder, "book.xlsx", write)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b"<row><c><v>1</v></c></row>" * 2_000, "more than 1,000 cells"),
        (b"<row/>" * 20_000, "more than 1,000 cells"),
        (b"<row><c><v>" + b"1" * 2_000 + b"</v></c></row>", "holds a text of more than 1,000"),
        (b'<row><c r="XFD1"><v>1</v></c></row>' * 50, "a cell in column 16,384"),
        (b"<row><c a='" + b"x" * 900 + b"'/></row>" * 500, "for a workbook"),
        (b"<!DOCTYPE x>", "is not XML as Excel writes it"),
    ],
)
def test_a_workbook_is_held_to_its_limits_before_it_is_parsed(tmp_path, rows, said):
    path = sheet(tmp_path, rows if said != "for a workbook" else rows * 300)
    with pytest.raises(UnreadableExportError, match=said):
        read(path, Limits(max_workbook_cells=1_000, max_line_bytes=1_000))


def test_a_zip_of_very_many_members_is_refused(tmp_path):
    def write(archive):
        for number in range(501):
            archive.writestr(f"{number}.csv", "a,b\n1,2\n")

    with pytest.raises(UnreadableExportError, match="holds 501 tables, more than 500"):
        read(packed(tmp_path, "many.zip", write))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", '[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}]', "more than 3 objects"),
        ("a.jsonl", '{"a": 1}\n' * 4, "more than 3 objects"),
        ("a.json", '[{"a": "' + "x" * 300 + '"}]', "the line that begins at byte"),
        ("a.json", '{"a": [' + '{"b": 1},' * 30 + '{"b": 1}]}', "in a single object"),
        ("a.json", "[" + "1," * 30 + "1]", "more than 5 lines are no JSON objects"),
        ("a.json", "[" * 90_000, "longer than the limit"),
        ("a.json", "[" * 90, "not valid JSON"),
    ],
)
def test_json_is_held_to_its_limits(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_text(content)
    limits = Limits(
        max_bytes=100_000 if "single" not in said else 1_200,
        max_objects=3,
        max_line_bytes=200,
        max_rejected_lines=5,
    )
    with pytest.raises(UnreadableExportError, match=said):
        read(path, limits)


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
