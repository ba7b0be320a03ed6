"""Archives, workbooks, JSON, JSON lines and Parquet."""

import datetime as dt
import gzip
import io
import json
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from common_ground.errors import UnreadableExportError
from common_ground.exports import Limits, json_items


def cells(table):
    return [list(row.values()) for row in table.rows.to_pylist()]


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_gz_is_unpacked(table_of):
    table = table_of(gzip.compress(b"a,b\n1,2\n"), "deals.csv.gz")
    assert (table.file, cells(table)) == ("deals.csv.gz", [["1", "2"]])


def test_a_gz_bomb_stops_at_the_limit(table_of):
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000)
    with pytest.raises(UnreadableExportError, match="unpacks to more than the limit"):
        table_of(bomb, "bomb.csv.gz", Limits(max_unpacked_bytes=100_000))


def test_a_damaged_gz_is_refused(table_of):
    with pytest.raises(UnreadableExportError, match="damaged"):
        table_of(gzip.compress(b"a,b\n1,2\n" * 100)[:-12], "deals.csv.gz")


def test_each_member_of_a_zip_is_a_table(tables_of):
    content = zipped(deals__csv="a,b\n1,2\n", users__csv="c,d\n3,4\n", readme__md="# hi")
    deals, users = tables_of(content, "export.zip")
    assert (deals.file, users.file) == ("export.zip/deals.csv", "export.zip/users.csv")
    assert deals.sha256 == users.sha256
    assert "readme.md" in deals.warnings[0]


def test_a_zip_bomb_stops_at_the_limit(tables_of):
    content = zipped(a__csv="a,b\n" + "1,2\n" * 30_000, b__csv="a,b\n" + "1,2\n" * 30_000)
    with pytest.raises(UnreadableExportError, match="unpacks to more than the limit"):
        tables_of(content, "bomb.zip", Limits(max_unpacked_bytes=200_000))


def test_an_archive_in_an_archive_and_an_archive_without_tables_are_refused(tables_of):
    with pytest.raises(UnreadableExportError, match="archive inside an archive"):
        tables_of(zipped(inner__csv=zipped(a__csv="a,b\n1,2\n")), "outer.zip")
    with pytest.raises(UnreadableExportError, match=r"holds no table \(it holds photo\.png"):
        tables_of(zipped(photo__png="x"), "outer.zip")


def test_an_unreadable_member_is_named(tables_of):
    with pytest.raises(UnreadableExportError, match=r"export\.zip/bad\.csv: only a header"):
        tables_of(zipped(good__csv="a,b\n1,2\n", bad__csv="a,b\n"), "export.zip")


def test_sheets_become_tables_with_rows_as_lines(tables_of):
    content = saved(
        workbook(
            Deals=[
                ["Pipeline", None, None],
                [None, None, None],
                ["ID", "Amount", "Close Date"],
                ["007", 1500.0, dt.date(2026, 1, 31)],
                ["008", 12.5, "2026-02-01 09:30"],
                ["Total", 1512.5, None],
            ],
            Users=[["Name", "Active"], ["Ann\nLee", True], ["Bo", None]],
            Notes=[],
        )
    )
    deals, users = tables_of(content, "book.xlsx")
    assert (deals.file, users.file) == ("book.xlsx/Deals", "book.xlsx/Users")
    assert cells(deals) == [["007", "1500", "2026-01-31"], ["008", "12.5", "2026-02-01 09:30"]]
    assert deals.lines == 6
    assert dict(deals.other_lines) == {"header": 1, "preamble": 1, "footer": 1, "blank": 1}
    assert (deals.line_of(0), deals.kind, deals.delimiter) == (4, "xlsx", None)
    assert cells(users) == [["Ann\nLee", "true"], ["Bo", None]]
    assert (users.lines, users.line_of(1)) == (3, 3)
    assert "'Notes' is empty" in deals.warnings[-1]


def test_one_sheet_keeps_the_name_of_the_file(table_of):
    assert table_of(saved(workbook(S=[["a", "b"], [1, 2]])), "book.xlsx").file == "book.xlsx"


def test_a_cover_before_the_data_is_named_and_the_data_sheet_too(table_of):
    table = table_of(
        saved(workbook(Cover=[["Pipeline report"]], Data=[["id", "n"], [1, 2], [2, 3]])),
        "book.xlsx",
    )
    assert (table.file, cells(table)) == ("book.xlsx", [["1", "2"], ["2", "3"]])
    assert table.warnings == (
        "The sheet 'Cover' holds no table: only a header, no rows (1 column). Check the filter of "
        "the export and export it again.",
        "Only the sheet 'Data' was read.",
    )


def test_a_merged_title_is_above_the_header_and_a_merged_name_covers_one_column(table_of):
    book = workbook(S=[["Title", None, None], ["id", "Contact", None], [1, "a", "b"]])
    book["S"].merge_cells("A1:C1")
    book["S"].merge_cells("B2:C2")
    table = table_of(saved(book), "book.xlsx")
    assert table.header == ("id", "Contact", "Column 3")
    assert cells(table) == [["1", "a", "b"]]


def test_currency_and_share_formats_keep_the_number(table_of):
    book = workbook(S=[["amount", "share"], [1234.5, 0.12], [0.1, -0.075]])
    for row in (2, 3):
        book["S"].cell(row, 1).number_format = '"$"#,##0.00'
        book["S"].cell(row, 2).number_format = "0%"
    assert cells(table_of(saved(book), "book.xlsx")) == [["1234.5", "12%"], ["0.1", "-7.5%"]]


def test_a_date_no_calendar_has_is_an_error_cell(table_of):
    book = workbook(S=[["day", "n"], [3_000_000_000, 1]])
    book["S"]["A2"].number_format = "yyyy-mm-dd"
    table = table_of(saved(book), "book.xlsx")
    assert cells(table) == [[None, "1"]]
    assert "1 cell holds an error of Excel (#VALUE!)" in table.warnings[0]


def test_a_hidden_sheet_is_not_read_and_named(table_of):
    book = workbook(S=[["a", "b"], [1, 2]], Secret=[["c"], [3]])
    book["Secret"].sheet_state = "hidden"
    assert "hidden sheet 'Secret'" in table_of(saved(book), "book.xlsx").warnings[0]


def test_numbers_excel_cannot_keep_are_told(table_of):
    table = table_of(saved(workbook(S=[["id", "n"], [123456789012345678, 1]])), "book.xlsx")
    assert "15 digits" in table.warnings[0]


def test_formulas_without_results_are_told(table_of):
    table = table_of(saved(workbook(S=[["a", "b"], [1, "=A2*2"], [2, "=A3*2"]])), "book.xlsx")
    assert "2 formulas were saved without a result" in table.warnings[0]


def test_a_broken_workbook_is_refused(tables_of):
    content = zipped(**{"xl/workbook__xml": "<not a workbook"})
    with pytest.raises(UnreadableExportError, match="damaged"):
        tables_of(content, "book.xlsx")


def test_a_percent_cell_is_read_as_it_shows(table_of):
    book = workbook(S=[["deal", "probability"], ["a", 0.125], ["b", 1]])
    for row in (2, 3):
        book["S"].cell(row, 2).number_format = "0.0%"
    assert cells(table_of(saved(book), "book.xlsx")) == [["a", "12.5%"], ["b", "100%"]]


def test_error_cells_are_blank_and_told(table_of):
    table = table_of(saved(workbook(S=[["a", "b"], [1, "#N/A"], [2, "x"]])), "book.xlsx")
    assert cells(table) == [["1", None], ["2", "x"]]
    assert "error of Excel (#N/A) and read as blank" in table.warnings[0]


def test_an_array_of_objects_keeps_numbers_as_written(table_of):
    text = (
        '[{"id": 123456789012345678, "x": 1E5, "y": 1.50, "p": {"time": 5, "d": {"k": [1, "a"]}}},'
    )
    table = table_of(
        text + '{"id": "007", "tags": ["b", 2.0], "ok": true, "none": null}]', "e.json"
    )
    assert table.rows.to_pylist() == [
        {
            "id": "123456789012345678",
            "x": "1E5",
            "y": "1.50",
            "p.time": "5",
            "p.d": '{"k": [1, "a"]}',
            "tags": None,
            "ok": None,
            "none": None,
        },
        {
            "id": "007",
            "x": None,
            "y": None,
            "p.time": None,
            "p.d": None,
            "tags": '["b", 2.0]',
            "ok": "true",
            "none": None,
        },
    ]
    assert (table.kind, table.lines) == ("json", 2)


def test_a_repeated_key_is_kept(table_of):
    assert table_of('[{"a": 1, "a": 2}]', "e.json").header == ("a", "a (2)")


def test_an_object_with_lists_gives_a_table_each_and_names_the_rest(tables_of):
    board = {"name": "Board", "lists": [{"id": 1}], "cards": [{"id": 2, "idList": 1}]}
    lists, cards = tables_of(json.dumps(board), "board.json")
    assert (lists.file, cards.file) == ("board.json/lists", "board.json/cards")
    assert "not read: name" in lists.warnings[0]


def test_a_next_page_is_told_and_its_absence_is_not(table_of):
    first = '{"posts": [{"id": 1}], "hasMore": true, "links": {"next": "x"}}'
    last = '{"posts": [{"id": 1}], "hasMore": false, "links": {"next": null}}'
    assert table_of(first, "p.json").warnings == (
        "Keys beside the lists were not read: hasMore, links.",
    )
    assert table_of(last, "p.json").warnings == ()


def test_json_lines_reject_a_bad_line_with_its_number(table_of):
    text = '{"event": "a", "properties": {"time": 1}}\n{"event": \n\n[1]\n{"event": "b"}\n'
    table = table_of(text, "events.jsonl")
    assert table.header == ("event", "properties.time")
    assert [(line.line, line.text) for line in table.rejected] == [(2, '{"event": '), (4, "[1]")]
    assert (table.kind, table.lines, dict(table.other_lines)) == ("json lines", 5, {"blank": 1})
    assert [table.line_of(0), table.line_of(1)] == [1, 5]


def test_an_array_longer_than_a_window_is_read_whole(table_of, monkeypatch):
    monkeypatch.setattr(json_items, "WINDOW_BYTES", 7)
    monkeypatch.setattr(json_items, "ROWS_PER_BATCH", 2)
    items = [{"n": n, "Zoë": "ß€𝄞" * n, "deep": {"a": [n, {"b": "],}{"}]}} for n in range(20)]
    items[5] = {"late": 12.5}
    table = table_of(json.dumps(items, ensure_ascii=False, indent=1) + "\n \n", "e.json")
    assert table.header == ("n", "Zoë", "deep.a", "late")
    assert table.rows["Zoë"].to_pylist()[19] == "ß€𝄞" * 19
    assert table.rows["deep.a"].to_pylist()[3] == '[3, {"b": "],}{"}]'
    assert table.rows["n"].to_pylist() == [str(n) if n != 5 else None for n in range(20)]
    assert table.rows["late"].to_pylist()[5] == "12.5"


@pytest.mark.parametrize("content", ["[12345678901234567890, 7]", "[1 2]", '[{"a": 1},]', "[1] 2"])
def test_numbers_at_the_edge_of_a_window_are_not_cut(table_of, monkeypatch, content):
    monkeypatch.setattr(json_items, "WINDOW_BYTES", 4)
    said = "12345678901234567890" if content.startswith("[12") else "not valid JSON"
    with pytest.raises(UnreadableExportError, match=said):
        table_of(content, "e.json")


def test_json_lines_are_told_from_one_object_over_lines(table_of):
    assert table_of('{"a": 1}\n{"a": 2}\n').kind == "json lines"
    assert table_of('{\n "rows": [\n {"a": 1}\n]}\n').kind == "json"


def test_one_event_alone_in_its_file_is_a_row(table_of):
    table = table_of('{"event": "Opened", "properties": {"time": 5}}\n', "events.json")
    assert (table.header, table.loaded) == (("event", "properties.time"), 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"a": 1}, {"a"', "not valid JSON"),
        ('{"a": 1}', "no list of objects"),
        ('{"rows": [], "page": {"total": 0}}', "no list of objects"),
        ("[]", "no objects"),
        ("[1, 2]", "no line is a JSON object"),
        ("5", "single value"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_json_without_a_table_is_refused(table_of, content, said):
    with pytest.raises(UnreadableExportError, match=said):
        table_of(content, "e.json")


def test_a_csv_cell_that_begins_with_a_brace_is_no_json(table_of):
    table = table_of("[id],{x}\n1,2\n")
    assert (table.kind, table.header) == ("csv", ("[id]", "{x}"))


def test_parquet_columns_become_text(table_of):
    source = pa.table(
        {
            "id": ["007", "", None],
            "n": pa.array([1, 2, None]),
            "x": pa.array([1.0, 2.5, None]),
            "day": pa.array([dt.date(2026, 1, 31), None, None]),
            "tags": pa.array([["a"], None, None]),
        }
    )
    buffer = io.BytesIO()
    pq.write_table(source, buffer)
    table = table_of(buffer.getvalue(), "t.parquet")
    assert cells(table) == [
        ["007", "1", "1", "2026-01-31", '["a"]'],
        [None, "2", "2.5", None, None],
    ]
    assert (table.kind, table.lines, dict(table.other_lines)) == ("parquet", 3, {"blank": 1})


def test_a_damaged_parquet_file_is_refused(table_of):
    with pytest.raises(UnreadableExportError, match="damaged"):
        table_of(b"PAR1" + b"\0" * 100, "t.parquet")


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    from common_ground.exports import read

    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UnreadableExportError, match="cannot be opened"):
            read(path)
