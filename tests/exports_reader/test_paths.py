"""A value inside a JSON cell is reached by the spelling it has in JSON lines."""

import csv
import io

import pytest

from common_ground.errors import UnreadableExportError
from common_ground.exports.paths import with_paths


@pytest.fixture
def table(table_of):
    """A CSV with one column `properties` that holds the given cells."""

    def made(*cells):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            [("row", "properties"), *enumerate(cells, start=1)]
        )
        return table_of(text.getvalue(), "events.csv")

    return made


def values(table, path):
    return with_paths(table, [path]).rows[path].to_pylist()


def test_numbers_keep_the_digits_they_were_written_with(table):
    cells = table('{"id": 1E5}', '{"id": 1.50}', '{"id": 123456789012345678901}', '{"id": "007"}')
    assert values(cells, "properties.id") == ["1E5", "1.50", "123456789012345678901", "007"]


def test_a_key_may_hold_dots_and_a_path_may_lead_further_in(table):
    cells = table('{"a.b": "x"}', '{"a": {"b": "y"}}', '{"a": "z"}', '{"a": {"b": null}}')
    assert values(cells, "properties.a.b") == ["x", "y", None, None]


def test_through_a_list_of_objects_a_path_leads_to_each(table):
    cells = table('{"l": [{"n": "x"}, {"n": "y"}]}', '{"l": [{"n": "z"}]}', '{"l": []}')
    assert values(cells, "properties.l.n") == ['["x", "y"]', "z", None]


def test_a_cell_that_is_no_json_is_told_with_its_line_and_a_null_is_none(table):
    read = with_paths(table('{"id": 1}', '{"id": ', "null", ""), ["properties.id"])
    assert read.rows["properties.id"].to_pylist() == ["1", None, None, None]
    assert read.warnings == (
        "1 cells of 'properties' are not JSON and were not looked into: line 3",
    )


def test_a_path_nothing_leads_to_and_a_column_of_words_add_no_column(table):
    assert with_paths(table('{"id": 1}'), ["properties.other", "else.id"]).header == (
        "row",
        "properties",
    )
    assert with_paths(table("words"), ["properties.id"]).header == ("row", "properties")


def test_a_header_that_is_spelled_like_the_path_goes_first(table_of):
    read = table_of('properties.id,properties\n7,"{""id"": 8}"\n', "events.csv")
    assert with_paths(read, ["properties.id"]) == read


@pytest.mark.parametrize("depth", [10, 300, 900, 5_000, 100_000])
def test_a_deep_cell_is_read_told_or_refused(table, depth):
    cell = '{"id": ' + "[" * depth + "]" * depth + "}"
    try:
        read = with_paths(table(cell), ["properties.id"])
    except UnreadableExportError as error:
        said = str(error)
    else:
        said = " ".join((*read.header, *read.warnings))
    assert any(what in said for what in ("nested too deep", "not JSON", "properties.id"))


def test_half_a_character_inside_json_is_written_as_a_question_mark(table):
    assert values(table('{"id": "a\\ud800"}'), "properties.id") == ["a?"]


def test_a_board_whose_ids_are_no_texts_is_read_without_the_names_of_its_lists(table_of):
    board = '{"cards": [{"id": "1", "idList": []}], "lists": [{"id": {}}, 7], "labels": []}'
    read = table_of(board, "board.json")
    assert (read.header, read.loaded) == (("id", "idList"), 1)
