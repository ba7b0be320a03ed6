"""Delimited text: what is loaded, what is rejected and where every line went."""

import pytest

from common_ground.errors import UnreadableExportError
from common_ground.exports import Limits


def cells(table):
    """Rows as lists, null as None."""
    return [list(row.values()) for row in table.rows.to_pylist()]


def test_a_plain_file_loads_as_text_with_blanks_as_null(table_of):
    table = table_of("id,name,amount\n00123,Acme,1E5\n006000000000000001,,12.50\n")
    assert table.header == ("id", "name", "amount")
    assert cells(table) == [["00123", "Acme", "1E5"], ["006000000000000001", None, "12.50"]]
    assert (table.lines, table.loaded, dict(table.other_lines)) == (3, 2, {"header": 1})
    assert (table.kind, table.encoding, table.delimiter, table.quote) == ("csv", "utf-8", ",", '"')
    assert table.line_of(1) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_recognised(table_of, delimiter):
    text = "\n".join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "x", "2"]))
    table = table_of(text)
    assert table.delimiter == delimiter
    assert cells(table) == [["1", "x", "2"]]


def test_decimal_commas_do_not_make_a_comma_file(table_of):
    table = table_of("name;amount;rate\nAcme;1,5;2,5\nBolt;3,5;4,5\n")
    assert table.delimiter == ";"
    assert cells(table)[1] == ["Bolt", "3,5", "4,5"]


def test_lists_inside_cells_do_not_choose_the_delimiter(table_of):
    table = table_of("id,tags\n1,a;b;c\n2,d;e;f\n")
    assert table.delimiter == ","


def test_a_sep_line_is_honoured_and_counted(table_of):
    table = table_of("sep=;\na;b\n1,2;3\n")
    assert (table.header, cells(table)) == (("a", "b"), [["1,2", "3"]])
    assert dict(table.other_lines) == {"header": 1, "preamble": 1}


def test_prose_in_one_column_stays_one_column(table_of):
    table = table_of("note\nhello, world\nfoo\nbar, baz\n")
    assert table.header == ("note",)
    assert cells(table) == [["hello, world"], ["foo"], ["bar, baz"]]
    assert table.delimiter is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_counted(table_of, line_end):
    table = table_of(line_end.join(["a,b", "1,2", '3,"x,y"', ""]))
    assert cells(table) == [["1", "2"], ["3", "x,y"]]
    assert table.lines == 3


@pytest.mark.parametrize(
    ("content", "lines", "blank"),
    [
        ("a,b\n1,2\r3,4\r\n5,6\r", 4, 0),
        ("a,b\r1,2\r3,4\r5,6\n", 4, 0),
        ("a,b\r\r\n1,2\r\r\n3,4\r\r\n5,6\r\r\n", 8, 4),
        ("a,b\n\r1,2\n\r3,4\n\r5,6\n\r", 8, 4),
    ],
)
def test_line_ends_of_several_programs_in_one_file_all_end_lines(table_of, content, lines, blank):
    table = table_of(content)
    assert cells(table) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert (table.lines, table.other_lines.get("blank", 0)) == (lines, blank)


def test_each_line_end_ends_a_row_of_a_single_column(table_of):
    assert cells(table_of("name\rAcme\nBolt\r\nCore\n")) == [["Acme"], ["Bolt"], ["Core"]]


def test_a_carriage_return_inside_quotes_stays_among_mixed_line_ends(table_of):
    table = table_of('a,b\n1,"x\ry"\r2,z\r\n')
    assert cells(table) == [["1", "x\ry"], ["2", "z"]]


def test_exports_put_one_after_the_other_repeat_mark_and_header(table_of):
    table = table_of("\ufeff\ufeffa,b\n1,2\n\ufeffa,b\n3,4\n")
    assert cells(table) == [["1", "2"], ["3", "4"]]
    assert table.other_lines["repeated header"] == 1


def test_a_sep_line_that_separates_nothing_gives_way(table_of):
    table = table_of("sep=;\na,b\n1,2\n")
    assert (table.header, cells(table)) == (("a", "b"), [["1", "2"]])


def test_quotes_that_pair_on_no_line_are_characters_and_told(table_of):
    rows = "".join(f'{number},"Acme,2026-01-01\n' for number in range(50))
    table = table_of(f"id,name,day\n{rows}")
    assert cells(table)[7] == ["7", '"Acme', "2026-01-01"]
    assert table.quote is None
    assert "do not pair" in table.warnings[0]


def test_a_file_read_as_one_column_though_its_header_has_more_is_told(table_of):
    rows = "".join(f'{number},"Ac"me, x",2026-01-01\n' for number in range(50))
    table = table_of(f"id,name,day\n{rows}")
    assert table.header == ("id,name,day",)
    assert "read as a single column" in table.warnings[0]


def test_a_last_line_without_line_end_counts(table_of):
    assert table_of("a,b\n1,2\n3,4").lines == 3


def test_line_breaks_inside_cells_are_kept_and_counted(table_of):
    table = table_of('id,text\n1,"one\ntwo\nthree"\n2,"four"\n')
    assert cells(table) == [["1", "one\ntwo\nthree"], ["2", "four"]]
    assert dict(table.other_lines) == {"header": 1, "inside a cell": 2}
    assert [table.line_of(0), table.line_of(1)] == [2, 5]


def test_a_carriage_return_inside_an_unquoted_cell_is_kept(table_of):
    table = table_of("id,text,x\n1,one\rtwo,9\n2,three,8\n")
    assert cells(table) == [["1", "one\rtwo", "9"], ["2", "three", "8"]]


def test_blank_lines_and_lines_of_delimiters_are_counted_as_blank(table_of):
    table = table_of('a,b\n\n1,2\n,\n"",""\n3,4\n\n')
    assert cells(table) == [["1", "2"], ["3", "4"]]
    assert dict(table.other_lines) == {"header": 1, "blank": 4}
    assert [table.line_of(0), table.line_of(1)] == [3, 6]


def test_repeated_names_are_made_unique_in_order(table_of):
    table = table_of("Labels,Labels,Labels (2),Labels\n1,2,3,4\n")
    assert table.header == ("Labels", "Labels (3)", "Labels (2)", "Labels (4)")


def test_a_column_without_a_name_is_numbered_and_told(table_of):
    table = table_of("a,,c\n1,2,3\n4,5,6\n")
    assert table.header == ("a", "Column 2", "c")
    assert any("without a name" in warning for warning in table.warnings)


def test_an_overwide_row_is_rejected_with_line_text_and_reason(table_of):
    table = table_of("a,b,c\n1,2,3\n4,5,6,7\n8,9,10\n")
    assert cells(table) == [["1", "2", "3"], ["8", "9", "10"]]
    (rejected,) = table.rejected
    assert (rejected.line, rejected.text) == (3, "4,5,6,7")
    assert rejected.reason == "4 cells where the header has 3"


def test_an_overwide_last_row_does_not_become_the_header(table_of):
    rows = "".join(f"{n},name {n},{n}\n" for n in range(30))
    table = table_of(f"id,name,n\n{rows}30,Acme, Inc,5\n")
    assert (table.loaded, table.header) == (30, ("id", "name", "n"))
    assert table.rejected[0].line == 32


def test_blank_surplus_cells_are_dropped_and_told(table_of):
    table = table_of("a,b,c\n1,2,3\n4,5,6,\n7,8,9\n")
    assert cells(table)[1] == ["4", "5", "6"]
    assert "more cells" in table.warnings[0]
    assert "line 3" in table.warnings[0]


def test_a_row_shifted_by_a_blank_cell_is_rejected_not_loaded(table_of):
    sound = "".join(f"2026-01-0{n},{n},word,\n" for n in range(1, 9))
    table = table_of(f"day,count,name,note\n{sound}2026-01-09,,9,word,\n")
    assert table.loaded == 8
    assert table.rejected[0].line == 10
    assert "not clear which one is too many" in table.rejected[0].reason


def test_a_header_shorter_than_every_row_is_refused_not_shifted(table_of):
    with pytest.raises(UnreadableExportError, match="no row fits the header of 3 columns"):
        table_of("a,b,c\n1,2,3,\n4,5,6,\n")


def test_a_header_with_a_cell_too_many_is_refused_not_taken_for_a_title(table_of):
    with pytest.raises(UnreadableExportError, match="no row fits the header of 4 columns"):
        table_of("id,,name,n\n1,Acme,5\n2,Bolt,6\n")


def test_a_lost_delimiter_before_a_quoted_cell_is_rejected(table_of):
    table = table_of('id,name,note\n1,"a, b",x\n2c"d, e",y\n3,f,z\n')
    assert [line.line for line in table.rejected] == [3]
    assert table.loaded == 2


def test_row_names_without_a_header_are_refused_not_shifted(table_of):
    with pytest.raises(UnreadableExportError, match="no row fits the header of 3 columns"):
        table_of("a,b,c\nr1,1,2,3\nr2,4,5,6\nr3,7,8,9\n")


def test_a_short_row_is_rejected(table_of):
    table = table_of("a,b,c\n1,2,\n3,4,5\n6,7\n")
    assert table.loaded == 2
    assert (table.rejected[0].line, table.rejected[0].reason) == (
        4,
        "2 cells where the header has 3",
    )


def test_trailing_blanks_a_writer_leaves_out_are_read_as_blanks_and_told(table_of):
    rows = "".join(f"{n},name,x\n" for n in range(10)) + "".join(f"{n},name\n" for n in range(5))
    table = table_of(f"id,name,note\n{rows}")
    assert table.loaded == 15
    assert cells(table)[-1] == ["4", "name", None]
    assert "trailing blanks" in table.warnings[0]


def test_one_blank_at_a_row_end_shows_that_short_rows_are_damaged(table_of):
    rows = "".join(f"{n},name,x\n" for n in range(10)) + "".join(f"{n},name\n" for n in range(5))
    table = table_of(f"id,name,note\n{rows}99,name,\n")
    assert (table.loaded, len(table.rejected)) == (11, 5)


def test_a_repeated_header_is_counted_not_loaded(table_of):
    table = table_of("a,b\n1,2\na,b\n3,4\n")
    assert cells(table) == [["1", "2"], ["3", "4"]]
    assert dict(table.other_lines) == {"header": 1, "repeated header": 1}
    assert "repeated" in table.warnings[0]


def test_a_second_table_in_the_file_is_rejected(table_of):
    table = table_of("a,b,c\n1,2,3\n4,5,6\na,b,c,d\n1,2,3,4\n5,6,7,8\n")
    assert table.loaded == 2
    assert [line.line for line in table.rejected] == [4, 5, 6]
    assert "second table" in table.rejected[1].reason


SALESFORCE = (
    '"Opportunity Name","Amount","Close Date"\n'
    + "".join(f'"Deal {n}","{n}000","2026-01-{n:02d}"\n' for n in range(1, 11))
    + '"Grand Totals (10 records)"\n\n\n"Opportunity Report"\n'
    '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
    '"Confidential Information - Do Not Distribute"\n"Generated By:  A. Person  1/2/2026"\n'
    '"Acme Inc"\n'
)


def test_a_salesforce_footer_is_counted_and_named(table_of):
    table = table_of(SALESFORCE)
    assert table.loaded == 10
    assert dict(table.other_lines) == {"header": 1, "footer": 6, "blank": 2}
    assert "Grand Totals (10 records)" in table.warnings[0]
    assert table.rejected == ()


def test_a_total_row_of_mostly_blanks_is_a_footer(table_of):
    table = table_of("name,owner,amount,rate\nA,x,1,2\nB,y,2,3\nTotal,,3,\n")
    assert table.loaded == 2
    assert table.other_lines["footer"] == 1
    assert "Total" in table.warnings[0]


def test_a_deal_named_total_with_its_cells_filled_is_a_row(table_of):
    table = table_of("name,owner,amount\nA,x,1\nTotal,y,2\n")
    assert table.loaded == 2


def test_a_cut_off_last_row_is_rejected_not_a_footer(table_of):
    table = table_of("name,owner,amount\nA,x,1\nB,y,2\nC,\n")
    assert table.loaded == 2
    assert table.rejected[0].line == 4


def test_title_lines_above_the_header_are_counted_and_named(table_of):
    text = "Pipeline report\nGenerated 2026-01-31\n\nid,name,amount\n1,Acme,5\n2,Bolt,6\n"
    table = table_of(text)
    assert table.header == ("id", "name", "amount")
    assert dict(table.other_lines) == {"header": 1, "preamble": 2, "blank": 1}
    assert "Pipeline report" in table.warnings[0]


def test_a_title_padded_to_full_width_is_above_the_header(table_of):
    table = table_of("Pipeline report,,,\n,,,\nid,name,owner,amount\n1,Acme,Kim,5\n2,B,Lee,6\n")
    assert table.header == ("id", "name", "owner", "amount")
    assert table.loaded == 2


@pytest.mark.parametrize(
    "title",
    [
        "Report;;\nFrom;2026-01-01;\n\n",
        "Report;Pipeline\nFrom;2026-01-01\n\n",
        "Pipeline by owner\nFrom: 2026-01-01\n\n",
    ],
)
def test_settings_above_the_header_are_no_header(table_of, title):
    table = table_of(f"{title}Name;Amount;Owner\nA;1;x\nB;2;y\nC;3;z\n")
    assert table.header == ("Name", "Amount", "Owner")
    assert (table.loaded, table.other_lines["preamble"]) == (3, 2)


def test_a_header_of_mostly_blank_names_is_still_the_header(table_of):
    table = table_of("id,,,\n1,2,3,4\n5,6,7,8\n")
    assert table.header == ("id", "Column 2", "Column 3", "Column 4")
    assert table.loaded == 2


def test_a_header_that_looks_like_data_is_told(table_of):
    table = table_of("1,2026-01-01,5\n2,2026-01-02,6\n")
    assert any("looks like a row of data" in warning for warning in table.warnings)


def test_an_unclosed_quote_names_the_line_where_it_opened(table_of):
    with pytest.raises(UnreadableExportError, match="a quote opens on line 3 and never closes"):
        table_of('id,name,note\n1,a,b\n2,"c,d\nmore text\nand more\n')


def test_an_unclosed_quote_at_the_end_of_the_file_is_named(table_of):
    with pytest.raises(UnreadableExportError, match="a quote opens on line 2 "):
        table_of('id,name\n1,"cut o')


def test_a_stray_quote_costs_no_row_when_all_that_follow_are_rows(table_of):
    table = table_of('id,name,note\n1,"a,b\n2,c,d\n3,e,f\n')
    assert cells(table) == [["1", '"a', "b"], ["2", "c", "d"], ["3", "e", "f"]]
    assert "stray quote" in table.warnings[0]
    assert "line 2" in table.warnings[0]


def test_quotes_inside_an_unquoted_cell_are_text(table_of):
    table = table_of('id,size\n1,5" pipe\n2,"7"" pipe"\n')
    assert cells(table) == [["1", '5" pipe'], ["2", '7" pipe']]


def test_a_row_that_swallows_rows_is_loaded_with_a_warning(table_of):
    table = table_of('id,name,note\n1,"x,2\n3,y,4\n5,z,6\n7,w",8\n')
    assert table.loaded == 1
    assert any("could be rows themselves" in warning for warning in table.warnings)


def test_backslash_escapes_are_recognised(table_of):
    table = table_of('id,text,n\n1,"say \\"hi\\", ok",C:\\new\n2,"b",y\n')
    assert cells(table) == [["1", 'say "hi", ok', "C:\\new"], ["2", "b", "y"]]


def test_single_quotes_around_cells_are_recognised(table_of):
    table = table_of("id,name\n1,'Acme, Inc'\n2,'O''Brien'\n")
    assert table.quote == "'"
    assert cells(table) == [["1", "Acme, Inc"], ["2", "O'Brien"]]


def test_a_guard_apostrophe_is_kept(table_of):
    table = table_of("id,title\n1,'=1+1\n2,'-x\n")
    assert cells(table) == [["1", "'=1+1"], ["2", "'-x"]]


@pytest.mark.parametrize("content", ["a,b,c\n", "a,b,c", "a,b\n,\n", '"a"\n""\n'])
def test_a_header_without_rows_is_refused(table_of, content):
    with pytest.raises(UnreadableExportError, match="only a header, no rows"):
        table_of(content)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(table_of, content):
    with pytest.raises(UnreadableExportError, match="empty"):
        table_of(content)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(max_bytes=10), "more than the limit"),
        (Limits(max_columns=2), "3 columns, more than the limit of 2"),
        (
            Limits(max_line_bytes=20),
            "begins at byte 13 is longer than the limit",
        ),
        (Limits(max_rejected_lines=0), "more than can be set aside"),
    ],
)
def test_limits_stop_a_file_with_a_sentence(table_of, limits, said):
    content = f"a,b,c\n1,2,3\n{'x' * 36},5,6\n7,8\n9,1,1\n2,2,2\n"
    with pytest.raises(UnreadableExportError, match=said):
        table_of(content, limits=limits)


def test_the_sum_must_hold(table_of):
    import dataclasses

    table = table_of("a,b\n1,2\n")
    with pytest.raises(UnreadableExportError, match="do not add up"):
        dataclasses.replace(table, lines=5)
