"""What must hold for every file: a written table is read back, and noise is a table or an error."""

import csv
import io

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


@st.composite
def written_tables(draw):
    """A table, and the bytes a careful tool would write for it."""
    width = draw(st.integers(2, 5))
    names = [f"name {letter}" for letter in "abcde"[:width]]
    row = st.lists(CELLS, min_size=width, max_size=width).filter(lambda cells: any(cells))
    rows = draw(st.lists(row, min_size=1, max_size=8))
    delimiter = draw(st.sampled_from(",;\t|"))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    return names, rows, buffer.getvalue().encode(encoding)


@RELAXED
@given(written_tables())
def test_what_is_written_is_read_back(tmp_path, written):
    names, rows, content = written
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    (table,) = read(path)
    assert table.header == tuple(names)
    assert [[cell or "" for cell in row.values()] for row in table.rows.to_pylist()] == rows
    assert table.rejected == ()


@RELAXED
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_noise_is_a_table_or_an_error(tmp_path, content):
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    try:
        tables = read(path)
    except CommonGroundError:
        return
    assert all(table.loaded for table in tables)


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
