"""What must hold for every file: a written table is read back, and noise is a table or an error."""

import csv
import gzip
import io
import json
import os
import zipfile
from dataclasses import dataclass

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common_ground.errors import CommonGroundError
from common_ground.exports import Limits, read
from common_ground.exports.records import Dialect, index_well_formed, scan

# The written file is the same for every example, so the folder may be shared between them.
RELAXED = settings(
    max_examples=int(os.environ.get("EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cc", "Cs")),
    max_size=8,
)
CELLS = st.one_of(
    WORDS,
    st.sampled_from(['say "hi"', "a,b", "a;b", "x\ty", "line\nbreak", "1,5", "00123", "1E5", "'x"]),
)


# What each encoding can spell; the bytes of these cannot tell by themselves which one it is.
LETTERS = {"cp1252": 'aéÄ1ß’€ ,;"\n', "latin_1": 'aéÄ1ß ,;"\n', "mac_roman": 'aéÄ1ß’€ ,;"\n'}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@dataclass(frozen=True)
class Written:
    """A table, and the bytes a careful tool would write for it."""

    names: list[str]
    rows: list[list[str]]
    content: bytes
    encoding: str | None


@st.composite
def written_tables(draw):
    """Tables in random dialects and encodings; the encoding is said where bytes cannot tell it."""
    width = draw(st.integers(2, 5))
    names = [f"name {letter}" for letter in "abcde"[:width]]
    encoding = draw(st.sampled_from([*UNICODE, *LETTERS]))
    is_said = encoding in LETTERS
    cells = st.text(LETTERS[encoding], max_size=8) if is_said else CELLS
    row = st.lists(cells, min_size=width, max_size=width).filter(any)
    rows = draw(st.lists(row, min_size=1, max_size=8))
    delimiter = draw(st.sampled_from(",;\t|"))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    buffer = io.StringIO(newline="")
    if draw(st.booleans()):
        buffer.write(f"sep={delimiter}{line_end}")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    text = buffer.getvalue()
    if line_end == "\r":
        # In a file of such line ends the breaks inside cells are written alike.
        text = text.replace("\n", "\r")
        rows = [[cell.replace("\r", "\n") for cell in row] for row in rows]
    mark = MARKS.get(encoding, b"") if draw(st.booleans()) else b""
    content = mark + text.encode(encoding)
    return Written(names, rows, content, encoding if is_said else None)


@RELAXED
@given(written_tables())
def test_what_is_written_is_read_back(tmp_path, written):
    path = tmp_path / "export.csv"
    path.write_bytes(written.content)
    (table,) = read(path, encoding=written.encoding)
    assert table.header == tuple(written.names)
    found = [[cell or "" for cell in row.values()] for row in table.rows.to_pylist()]
    assert found == written.rows
    assert table.rejected == ()


# Cells that begin or end with single quotes could as well be quoted with them.
PLAIN = st.text("abcäß 12.€-'", min_size=1, max_size=10).filter(
    lambda text: text.strip() and "'" not in (text[0], text[-1])
)


@st.composite
def plain_reports(draw):
    """What a report writes: quotes only where needed, titles above and a footer below."""
    width = draw(st.integers(3, 6))
    names = [f"Column {letter}" for letter in "ABCDEF"[:width]]
    cell = st.one_of(PLAIN, st.sampled_from(["two\nlines", "a,b;c", "a\tb|c", 'say "hi"']))
    row = st.lists(cell, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=3, max_size=12))
    delimiter = draw(st.sampled_from(",;\t|"))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    buffer = io.StringIO(newline="")
    title = draw(st.sampled_from(["", "Pipeline by owner\n\n", "Pipeline\nFrom: 1 May 2026\n\n"]))
    footer = draw(st.sampled_from(["", '\n"Grand Totals (12 records)"\n"Copyright (c) 2026"\n']))
    buffer.write(title.replace("\n", line_end))
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([names, *rows])
    buffer.write(footer.replace("\n", line_end))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return names, rows, buffer.getvalue().encode(encoding)


@RELAXED
@given(plain_reports())
def test_a_report_with_title_and_footer_is_read_back(tmp_path, written):
    names, rows, content = written
    path = tmp_path / "report.csv"
    path.write_bytes(content)
    (table,) = read(path)
    assert table.header == tuple(names)
    assert [list(row.values()) for row in table.rows.to_pylist()] == rows
    assert table.rejected == ()


MAGICS = [
    b"", b"\x1f\x8b\x08", b"PK\x03\x04", b"PK\x05\x06", b"PAR1", b"[", b"{", b'[{"a":', b'{"a":',
    b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"sep=;\n", b"a,b\n", b"a,b\n1,2\r",
]  # fmt: skip


def packed(content, kind):
    """Noise inside something sound: a gz, a zip, a part of a workbook."""
    if kind == "gz":
        return gzip.compress(content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if kind == "zip":
            archive.writestr("a.csv", content)
        else:
            with zipfile.ZipFile(BOOK) as book:
                for name in book.namelist():
                    archive.writestr(name, content if kind in name else book.read(name))
    return buffer.getvalue()


BOOK = io.BytesIO()
openpyxl.Workbook().save(BOOK)
XML = st.lists(
    st.sampled_from(
        ["<c ", "</c>", "<row>", "<v>", 'r="A1"', 't="s"', "<", ">", "/", "1", " ", "&"]
    )
).map("".join)


def adds_up(path):
    """A file ends in tables whose lines add up, or in an error of ours."""
    try:
        tables = read(path, Limits(max_unpacked_bytes=10_000_000))
    except CommonGroundError:
        return True
    return all(
        table.loaded
        and table.loaded + len(table.rejected) + sum(table.other_lines.values()) == table.lines
        for table in tables
    )


@RELAXED
@given(
    st.sampled_from(MAGICS),
    st.one_of(st.binary(max_size=400), XML.map(str.encode)),
    st.sampled_from(["", "gz", "zip", "sheet1.xml", "workbook.xml", "styles.xml"]),
    st.sampled_from(["export.csv", "export.json", "export.jsonl"]),
)
def test_noise_is_a_table_or_an_error(tmp_path, magic, content, kind, name):
    path = tmp_path / name
    path.write_bytes(packed(magic + content, kind) if kind else magic + content)
    assert adds_up(path)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@RELAXED
@given(JSON, st.integers(0, 3), st.sampled_from(["export.json", "export.jsonl"]))
def test_any_json_cut_anywhere_is_a_table_or_an_error(tmp_path, value, cut, name):
    path = tmp_path / name
    text = json.dumps(value)
    path.write_text(text[: len(text) - cut] or "[")
    assert adds_up(path)


@RELAXED
@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.text(min_size=1), min_size=1), min_size=1)
)
def test_objects_written_are_read_back_as_array_and_as_lines(tmp_path, rows):
    array, lines = tmp_path / "a.json", tmp_path / "a.jsonl"
    array.write_text(json.dumps(rows))
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for path in (array, lines):
        (table,) = read(path)
        found = [{k: v for k, v in row.items() if v is not None} for row in table.rows.to_pylist()]
        assert found == rows


@RELAXED
@given(st.text("ab1\",;\n\r '\\", max_size=60))
def test_damaged_text_is_a_table_or_an_error(tmp_path, text):
    path = tmp_path / "export.csv"
    path.write_text(f"id,name,note\n1,a,b\n2,c,d\n{text}", newline="")
    try:
        (table,) = read(path)
    except CommonGroundError:
        return
    assert table.loaded + len(table.rejected) + sum(table.other_lines.values()) == table.lines


@RELAXED
@given(st.text('a",\n\r', max_size=40))
def test_both_ways_of_counting_records_agree(text):
    data = text.encode()
    dialect = Dialect(",", '"')
    counted = index_well_formed(data, dialect)
    if counted is None:
        return
    for width in set(counted.widths.tolist()):
        walked = scan(data, dialect, width)
        same_width = counted.widths == width
        if not same_width.all():
            continue
        assert walked.starts.tolist() == counted.starts.tolist()
        assert walked.ends.tolist() == counted.ends.tolist()
        assert walked.lines.tolist() == counted.lines.tolist()
        assert walked.widths.tolist() == counted.widths.tolist()
