"""What must hold for every file: a written table is read back, and noise is a table or an error."""

import csv
import io
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common_ground.errors import CommonGroundError
from common_ground.exports import read
from common_ground.exports.records import Dialect, index_well_formed, scan

# The written file is the same for every example, so the folder may be shared between them.
RELAXED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cc", "Cs")),
    max_size=8,
)
CELLS = st.one_of(
    WORDS,
    st.sampled_from(['say "hi"', "a,b", "a;b", "x\ty", "line\nbreak", "1,5", "00123", "1E5", "'x"]),
)


LETTERS = {"cp1252": "aéÄ1ß’ ,;", "latin_1": "aéÄ1ß ,;", "mac_roman": "aéÄ1ß’ ,;"}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


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
    row = st.lists(cells, min_size=width, max_size=width).filter(lambda cells: any(cells))
    rows = draw(st.lists(row, min_size=1, max_size=8))
    delimiter = draw(st.sampled_from(",;\t|"))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    buffer = io.StringIO()
    if draw(st.booleans()):
        buffer.write(f"sep={delimiter}{line_end}")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    content = buffer.getvalue().encode(encoding)
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
    row = st.lists(PLAIN, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=3, max_size=12))
    delimiter = draw(st.sampled_from(",;\t|"))
    buffer = io.StringIO()
    title = draw(st.sampled_from(["", "Pipeline by owner\n\n"]))
    footer = draw(st.sampled_from(["", '\n"Grand Totals (12 records)"\n']))
    buffer.write(title)
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows([names, *rows])
    buffer.write(footer)
    return names, rows, buffer.getvalue().encode("utf-8")


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
    b"",
    b"\x1f\x8b\x08",
    b"PK\x03\x04",
    b"PAR1",
    b"[",
    b"{",
    b"\xff\xfe",
    b"sep=;\n",
    b"a,b\n",
]


@RELAXED
@given(st.sampled_from(MAGICS), st.binary(max_size=400))
def test_noise_is_a_table_or_an_error(tmp_path, magic, content):
    path = tmp_path / "export.csv"
    path.write_bytes(magic + content)
    try:
        tables = read(path)
    except CommonGroundError:
        return
    for table in tables:
        assert table.loaded
        assert table.loaded + len(table.rejected) + sum(table.other_lines.values()) == table.lines


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
