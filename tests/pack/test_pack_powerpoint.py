import io

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.util import Emu

from common_ground.pack.powerpoint import pptx
from tests.pack.pack_decks import AS_OF, CLASSES, FRONTIER, deck


@pytest.fixture(scope="module")
def opened():
    return Presentation(io.BytesIO(pptx(deck())))


def charts(opened) -> dict[int, object]:
    return {
        at: shape.chart
        for at, slide in enumerate(opened.slides)
        for shape in slide.shapes
        if shape.has_chart
    }


def words(slide) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_one_wide_slide_each_with_its_title_as_editable_text(opened) -> None:
    assert (opened.slide_width, opened.slide_height) == (Emu(12_192_000), Emu(6_858_000))
    assert len(opened.slides) == len(deck().slides)
    for page, slide in zip(opened.slides, deck().slides, strict=True):
        assert slide.title in words(page)
        assert deck().foot(slide) in words(page)


def test_bars_read_back_equal_the_values_given(opened) -> None:
    confirmed, unconfirmed = charts(opened)[1].plots[0].series
    assert list(confirmed.values) == [bar.confirmed for bar in CLASSES.bars]
    assert list(unconfirmed.values) == [bar.unconfirmed for bar in CLASSES.bars]


def test_points_read_back_equal_the_frontier_given(opened) -> None:
    frontier, compromise = charts(opened)[2].plots[0].series
    assert list(frontier.iter_values()) == list(FRONTIER[1])
    xs = frontier._element.xpath("./c:xVal//c:v")
    assert [float(x.text) for x in xs] == list(FRONTIER[0])
    assert list(compromise.iter_values()) == [1_355_000.0]


def test_data_sheet_runs_no_formula(opened) -> None:
    sheet = load_workbook(io.BytesIO(charts(opened)[2].part.chart_workbook.xlsx_part.blob)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "'=1+1 Kestrel & Sons" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)


def test_table_is_a_table_with_the_cells_given(opened) -> None:
    table = next(shape.table for shape in opened.slides[3].shapes if shape.has_table)
    shown = [[cell.text for cell in row.cells] for row in table.rows]
    assert shown[0] == ["Deal", "Owner", "Money"]
    assert shown[1] == ['■ =HYPERLINK("http://x")', "Mia Okafor", "€310k"]
    assert shown[2][2] == "€110k"


def test_charts_have_alternative_text_and_notes_have_definitions(opened) -> None:
    graphic = next(shape for shape in opened.slides[1].shapes if shape.has_chart)
    described = graphic._element.xpath(".//p:cNvPr")[0].get("descr")
    assert described == "Five classes with their money, Harbour Lifts first"
    notes = opened.slides[1].notes_slide.notes_text_frame.text
    assert "Money: each deal split over its asks." in notes
    assert "As of 16 Nov 2026" in notes


def test_numbers_and_both_columns_are_on_the_slide(opened) -> None:
    text = words(opened.slides[0])
    for part in ("31 %", "Too few", "■ Sales", "● Product", "+€580k", "+425"):
        assert part in text


def test_nothing_hangs_over_the_edge(opened) -> None:
    for slide in opened.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= opened.slide_width
            assert shape.top + shape.height <= opened.slide_height


def test_same_deck_same_bytes_dated_by_its_numbers(opened) -> None:
    assert pptx(deck()) == pptx(deck())
    assert opened.core_properties.created.date() == AS_OF
    assert opened.core_properties.modified.date() == AS_OF
