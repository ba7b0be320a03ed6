"""The deck as PPTX: text boxes, tables and charts that can be edited, drawn without a browser."""

import datetime
import io
import re
import zipfile
from typing import Any, Final

from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_PATTERN
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Emu, Pt

from common_ground.charts.template import palette
from common_ground.pack.bars import colour
from common_ground.pack.html import SYMBOLS
from common_ground.pack.slides import (
    HEIGHT,
    WIDTH,
    Bars,
    Column,
    Deck,
    Mark,
    Number,
    Points,
    PointSet,
    Row,
    Slide,
    Table,
    clean,
)

Drawn = Any  # shapes, cells and charts: python-pptx gives most of them no type
_new_bars: Any = CategoryChartData
_new_points: Any = XyChartData
_new_colour: Any = RGBColor

_FONT: Final = "Calibri"  # on every machine that has PowerPoint; close to the pages' Source Sans
_EMU: Final = 6350  # of a slide's px: 13.333 inches are 1920 px
_NO_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # table style without fills or lines
_LEFT: Final = 88  # px
_RIGHT: Final = WIDTH - _LEFT
_TOP: Final = 250
_BOTTOM: Final = 950
_SPLIT: Final = 1155  # where the chart ends and the columns may start
_MARKERS: Final[dict[Mark, Any]] = {
    "sales": XL_MARKER_STYLE.SQUARE,
    "product": XL_MARKER_STYLE.CIRCLE,
    "shared": XL_MARKER_STYLE.DIAMOND,
    "exists": XL_MARKER_STYLE.TRIANGLE,
    "disagrees": XL_MARKER_STYLE.X,
    "none": XL_MARKER_STYLE.CIRCLE,
}


def pptx(deck: Deck) -> bytes:
    """The deck as PPTX: the same bytes for the same deck.

    Charts are native, with their numbers in the data sheet; notes hold the definitions.
    """
    presentation = Presentation()
    presentation.slide_width = Emu(WIDTH * _EMU)
    presentation.slide_height = Emu(HEIGHT * _EMU)
    blank = presentation.slide_layouts[6]
    for slide in deck.slides:
        page = presentation.slides.add_slide(blank)
        _draw(page, slide, deck)
    core = presentation.core_properties
    core.title = f"Leadership pack, data v{deck.data_version}"
    core.author = core.last_modified_by = "Common Ground"
    core.subject = deck.foot(deck.slides[0])
    core.revision = 1
    core.created = core.modified = datetime.datetime.combine(deck.as_of, datetime.time())
    written = io.BytesIO()
    presentation.save(written)
    return _without_clock(written.getvalue(), deck.as_of)


def _draw(page: Drawn, slide: Slide, deck: Deck) -> None:
    light = palette("light")
    words = _Words(page)
    words.add(slide.kicker, (_LEFT, 44, 1744, 36), 22, light.soft, name="Kicker")
    size = 51 if len(slide.title) <= 120 else 42
    words.add(slide.title, (_LEFT, 80, 1744, 140), size, light.ink, bold=True, name="Title")
    top = _TOP
    if slide.numbers:
        _numbers(words, slide.numbers)
        top += 176
    right = _SPLIT if slide.columns else _RIGHT
    bottom = _BOTTOM if slide.columns or not slide.decision else _BOTTOM - 90
    if slide.chart is not None:
        _chart(page, slide, (_LEFT, top, right - _LEFT, bottom - top))
    elif slide.table is not None:
        _table(page, slide.table, (_LEFT, top, right - _LEFT))
    for position, column in enumerate(slide.columns):
        _column(words, column, 1195 + position * 336, top)
    if slide.decision:
        _decision(words, slide.decision, 1195 if slide.columns else _LEFT)
    _foot(words, slide, deck)
    page.notes_slide.notes_text_frame.text = clean(deck.notes(slide))


class _Words:
    """Text boxes on one slide, placed in px."""

    def __init__(self, page: Drawn) -> None:
        self.page = page

    def add(
        self,
        text: str,
        place: tuple[int, int, int, int],
        size: int,
        colour_hex: str,
        bold: bool = False,
        name: str = "Text",
    ) -> Drawn:
        """A box with one paragraph a line; `place` is left, top, width, height in px."""
        box = self.page.shapes.add_textbox(*(Emu(part * _EMU) for part in place))
        box.name = name
        frame = box.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for position, line in enumerate(clean(text).split("\n")):
            paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
            _run(paragraph, line, size, colour_hex, bold)
        return box

    def rectangle(self, place: tuple[int, int, int, int], colour_hex: str) -> None:
        """A filled rectangle without an edge: a card or a rule."""
        shape = self.page.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, *(Emu(part * _EMU) for part in place)
        )
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(colour_hex)
        shape.line.fill.background()
        shape.shadow.inherit = False


def _rgb(colour_hex: str) -> Drawn:
    return _new_colour(*bytes.fromhex(colour_hex.removeprefix("#")))


def _pt(size: int) -> Pt:
    # 1920 px stand for 960 pt
    return Pt(size / 2)


def _run(paragraph: Drawn, text: str, size: int, colour_hex: str, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size = _pt(size)
    run.font.bold = bold
    run.font.name = _FONT
    run.font.color.rgb = _rgb(colour_hex)


def _numbers(words: _Words, numbers: tuple[Number, ...]) -> None:
    light = palette("light")
    gap = 24
    width = (_RIGHT - _LEFT - gap * (len(numbers) - 1)) // len(numbers)
    for position, number in enumerate(numbers):
        left = _LEFT + position * (width + gap)
        words.rectangle((left, _TOP - 10, width, 166), light.card)
        label = f"{SYMBOLS[number.mark]} {number.label}".strip()
        inner = (left + 20, width - 40)
        words.add(label, (inner[0], _TOP - 2, inner[1], 30), 22, colour(number.mark), bold=True)
        value = f"{number.value} {number.unit}".strip()
        words.add(value, (inner[0], _TOP + 28, inner[1], 64), 50, light.ink, bold=True)
        detail = "\n".join(number.detail)
        words.add(detail, (inner[0], _TOP + 96, inner[1], 56), 19, light.soft)


def _column(words: _Words, column: Column, left: int, top: int) -> None:
    light = palette("light")
    width = 300
    words.rectangle((left, top - 18, width, 6), colour(column.mark))
    head = f"{SYMBOLS[column.mark]} {column.name}"
    words.add(head, (left, top, width, 36), 26, colour(column.mark), bold=True)
    size = 70 if len(column.number) <= 7 else 50
    words.add(column.number, (left, top + 34, width, 84), size, light.ink, bold=True)
    words.add(column.unit, (left, top + 122, width, 32), 23, light.soft)
    box = words.add("", (left, top + 168, width, 320), 24, light.ink)
    frame = box.text_frame
    for position, part in enumerate(column.lists):
        heading = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        if position:
            heading.space_before = _pt(18)
        _run(heading, clean(part.heading), 24, light.soft)
        for line in part.lines:
            _run(frame.add_paragraph(), clean(line), 24, light.ink)


def _decision(words: _Words, decision: str, left: int) -> None:
    light = palette("light")
    height = 112 if left > _LEFT else 66
    top = _BOTTOM - height
    words.rectangle((left, top, _RIGHT - left, height), light.card)
    box = words.add("", (left + 18, top + 14, _RIGHT - left - 36, height - 24), 24, light.ink)
    paragraph = box.text_frame.paragraphs[0]
    _run(paragraph, "Decision today: ", 24, light.ink, bold=True)
    _run(paragraph, clean(decision), 24, light.ink)


def _foot(words: _Words, slide: Slide, deck: Deck) -> None:
    light = palette("light")
    words.rectangle((_LEFT, 966, _RIGHT - _LEFT, 1), light.line)
    said = "" if slide.table is not None and not slide.columns else " ".join(slide.definitions)
    text = "\n".join(line for line in (said, deck.foot(slide)) if line)
    words.add(text, (_LEFT, 976, 1744, 90), 18, light.soft, name="Foot")


# ---- table


def _table(page: Drawn, table: Table, place: tuple[int, int, int]) -> None:
    light = palette("light")
    left, top, width = place
    lines = [Row(table.headers), *table.rows]
    is_long = any(len(text) > 60 for row in table.rows for text in row.cells)
    row_px = min(62 if is_long else 46, (_BOTTOM - top) // len(lines))
    graphic = page.shapes.add_table(
        len(lines),
        len(table.headers),
        *(Emu(part * _EMU) for part in (left, top, width, row_px * len(lines))),
    )
    graphic.name = "Table"
    _describe(graphic, f"Table with the columns {', '.join(table.headers)}.")
    grid = graphic.table
    properties = grid._tbl.tblPr
    properties.find(qn("a:tableStyleId")).text = _NO_STYLE
    grid.horz_banding = False
    widths = table.widths or tuple(1.0 for _ in table.headers)
    for position, part in enumerate(widths):
        grid.columns[position].width = Emu(round(width * part / sum(widths)) * _EMU)
    for at, row in enumerate(lines):
        grid.rows[at].height = Emu(row_px * _EMU)
        for position, text in enumerate(row.cells):
            cell = grid.cell(at, position)
            ink = light.soft if at == 0 or len(text) > 60 else light.ink
            paragraph = _empty_cell(cell)
            if position == 0 and row.mark != "none":
                _run(paragraph, f"{SYMBOLS[row.mark]} ", 20, colour(row.mark))
            size = 20 if at == 0 else 18 if len(text) > 60 else 22
            _run(paragraph, clean(text), size, ink, row.strong)
            if position in table.numeric:
                paragraph.alignment = PP_ALIGN.RIGHT
            if at:
                _rule_above(cell, light.line)


def _empty_cell(cell: Drawn) -> Drawn:
    cell.margin_left = 0
    cell.margin_right = Emu(22 * _EMU)
    cell.margin_top = cell.margin_bottom = Emu(3 * _EMU)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    return cell.text_frame.paragraphs[0]


def _rule_above(cell: Drawn, colour_hex: str) -> None:
    """A 1 px line over a cell, which python-pptx has no call for."""
    properties = cell._tc.get_or_add_tcPr()
    line, fill, ink = (OxmlElement(tag) for tag in ("a:lnT", "a:solidFill", "a:srgbClr"))
    line.set("w", str(_EMU))
    ink.set("val", colour_hex.removeprefix("#"))
    fill.append(ink)
    line.append(fill)
    properties.append(line)


# ---- charts


def _describe(graphic: Drawn, text: str) -> None:
    """Alternative text, which a screen reader says instead of the drawing."""
    graphic._element.xpath(".//p:cNvPr")[0].set("descr", clean(text))


def _cell_text(text: str) -> str:
    """Text for the data sheet; what starts like a formula is kept from being one."""
    plain = clean(text)
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@", "\t", "\r", "{") else plain


def _chart(page: Drawn, slide: Slide, place: tuple[int, int, int, int]) -> None:
    emu = [Emu(part * _EMU) for part in place]
    if isinstance(slide.chart, Bars):
        graphic = _stacked_bars(page, slide.chart, emu)
    elif isinstance(slide.chart, Points):
        graphic = _scatter(page, slide.chart, emu)
    else:
        return
    graphic.name = "Chart"
    _describe(graphic, slide.alt)
    chart = graphic.chart
    chart.has_title = False
    chart.has_legend = False
    chart.font.size = _pt(20)
    chart.font.name = _FONT
    chart.font.color.rgb = _rgb(palette("light").soft)


def _stacked_bars(page: Drawn, bars: Bars, emu: list[Emu]) -> Drawn:
    light = palette("light")
    data = _new_bars(number_format=bars.number_format)
    data.categories = [_cell_text(f"{bar.label}: {bar.note}, {bar.shown}") for bar in bars.bars]
    data.add_series("Confirmed", [bar.confirmed for bar in bars.bars])
    data.add_series("On links no person has confirmed", [bar.unconfirmed for bar in bars.bars])
    graphic = page.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *emu, data)
    chart = graphic.chart
    plot = chart.plots[0]
    plot.gap_width = 110
    plot.overlap = 100
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.fill.background()
    chart.category_axis.tick_labels.font.size = _pt(22)
    chart.category_axis.tick_labels.font.color.rgb = _rgb(light.ink)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    confirmed, unconfirmed = plot.series
    for at, bar in enumerate(bars.bars):
        solid = confirmed.points[at].format.fill
        solid.solid()
        solid.fore_color.rgb = _rgb(colour(bar.mark))
        hatched = unconfirmed.points[at].format
        hatched.fill.patterned()
        hatched.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        hatched.fill.fore_color.rgb = _rgb(colour(bar.mark))
        hatched.fill.back_color.rgb = _rgb(light.page)
        hatched.line.color.rgb = _rgb(colour(bar.mark))
    return graphic


def _scatter(page: Drawn, points: Points, emu: list[Emu]) -> Drawn:
    data = _new_points(number_format="General")
    for part in points.sets:
        series = data.add_series(_cell_text(part.name))
        for x, y in zip(part.x, part.y, strict=True):
            series.add_data_point(x, y)
    graphic = page.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *emu, data)
    chart = graphic.chart
    axes = (
        (chart.category_axis, points.x_title, points.x_format),
        (chart.value_axis, points.y_title, points.y_format),
    )
    for axis, title, number_format in axes:
        _axis(axis, title, number_format)
    for series, part in zip(chart.plots[0].series, points.sets, strict=True):
        _series(series, part)
    return graphic


def _axis(axis: Drawn, title: str, number_format: str) -> None:
    light = palette("light")
    axis.has_title = True
    axis.axis_title.text_frame.text = clean(title)
    run = axis.axis_title.text_frame.paragraphs[0].runs[0]
    run.font.size = _pt(21)
    run.font.bold = False
    run.font.color.rgb = _rgb(light.soft)
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = _rgb(light.grid)
    axis.format.line.fill.background()
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.number_format = number_format
    axis.tick_labels.number_format_is_linked = False
    axis.tick_labels.font.size = _pt(20)


def _series(series: Drawn, part: PointSet) -> None:
    series.smooth = False
    ink = _rgb(colour(part.mark) if part.mark != "none" else palette("light").soft)
    if part.line:
        series.format.line.color.rgb = ink
        series.format.line.width = Pt(1.25)
        series.marker.style = XL_MARKER_STYLE.NONE
    else:
        series.format.line.fill.background()
        series.marker.style = _MARKERS[part.mark]
        series.marker.size = max(2, min(72, round(part.size * 0.8)))
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = ink
        series.marker.format.line.fill.background()
    for at, text in enumerate(part.labels):
        if text:
            _label(series.points[at].data_label, text, ink)


def _label(label: Drawn, text: str, ink: Drawn) -> None:
    label.position = XL_LABEL_POSITION.RIGHT
    label.text_frame.text = clean(text)
    for paragraph in label.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = _pt(21)
            run.font.bold = True
            run.font.color.rgb = ink


# ---- the same bytes for the same deck

_TIME: Final = re.compile(
    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)"
)


def _without_clock(content: bytes, as_of: datetime.date) -> bytes:
    """An Office file, and the workbooks inside, dated by its numbers and not by the clock."""
    written = io.BytesIO()
    stamp = f"{as_of.isoformat()}T00:00:00Z".encode("ascii")
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = _without_clock(part, as_of)
            elif name == "docProps/core.xml":
                part = _TIME.sub(lambda found: found[1] + stamp + found[2], part)
            entry = zipfile.ZipInfo(name, (as_of.year, as_of.month, as_of.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return written.getvalue()
