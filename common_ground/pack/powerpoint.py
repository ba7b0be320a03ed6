"""The deck as PPTX: text boxes, tables and charts that can be edited, drawn without a browser."""

import datetime
import io
import math
import re
import zipfile
from typing import Final

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Emu

from common_ground.charts.template import palette
from common_ground.pack.bars import colour
from common_ground.pack.html import SYMBOLS
from common_ground.pack.native_charts import EMU, FONT, Drawn, describe, draw, pt, rgb
from common_ground.pack.slides import (
    HEIGHT,
    WIDTH,
    Column,
    Deck,
    Number,
    Row,
    Slide,
    Table,
    clean,
)

_NO_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # table style without fills or lines
_LEFT: Final = 88  # px
_RIGHT: Final = WIDTH - _LEFT
_TOP: Final = 250
_BOTTOM: Final = 950
_SIGN_PX: Final = 8.5  # mean width of a sign in a text of 19 px
_SPLIT: Final = 1155  # where the chart ends and the columns may start


def pptx(deck: Deck) -> bytes:
    """The deck as PPTX: the same bytes for the same deck.

    Charts are native, with their numbers in the data sheet; notes hold the definitions.
    """
    presentation = Presentation()
    presentation.slide_width = Emu(WIDTH * EMU)
    presentation.slide_height = Emu(HEIGHT * EMU)
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
        top += _numbers(words, slide.numbers) + 10
    right = _SPLIT if slide.columns else _RIGHT
    bottom = _BOTTOM if slide.columns or not slide.decision else _BOTTOM - 90
    if slide.chart is not None:
        draw(page, slide, (_LEFT, top, right - _LEFT, bottom - top))
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
        box = self.page.shapes.add_textbox(*(Emu(part * EMU) for part in place))
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
            MSO_SHAPE.RECTANGLE, *(Emu(part * EMU) for part in place)
        )
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(colour_hex)
        shape.line.fill.background()
        shape.shadow.inherit = False


def _run(paragraph: Drawn, text: str, size: int, colour_hex: str, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size = pt(size)
    run.font.bold = bold
    run.font.name = FONT
    run.font.color.rgb = rgb(colour_hex)


def _numbers(words: _Words, numbers: tuple[Number, ...]) -> int:
    """Cards with headline numbers; returns their height in px."""
    light = palette("light")
    gap = 24
    width = (_RIGHT - _LEFT - gap * (len(numbers) - 1)) // len(numbers)
    most = max(_lines(number.detail, width - 40) for number in numbers)
    more = 24 * max(0, most - 2)
    height = 166 + more
    for position, number in enumerate(numbers):
        left = _LEFT + position * (width + gap)
        words.rectangle((left, _TOP - 10, width, height), light.card)
        label = f"{SYMBOLS[number.mark]} {number.label}".strip()
        inner = (left + 20, width - 40)
        words.add(label, (inner[0], _TOP - 2, inner[1], 30), 22, colour(number.mark), bold=True)
        value = f"{number.value} {number.unit}".strip()
        words.add(value, (inner[0], _TOP + 28, inner[1], 64), 50, light.ink, bold=True)
        detail = "\n".join(number.detail)
        words.add(detail, (inner[0], _TOP + 96, inner[1], 56 + more), 19, light.soft)
    return height


def _lines(detail: tuple[str, ...], width: int) -> int:
    """How many lines of 19 px the texts take, as far as can be told without drawing them."""
    return sum(max(1, math.ceil(len(line) * _SIGN_PX / width)) for line in detail)


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
            heading.space_before = pt(18)
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
    row_px = min(62 if table.small else 46, (_BOTTOM - top) // len(lines))
    graphic = page.shapes.add_table(
        len(lines),
        len(table.headers),
        *(Emu(part * EMU) for part in (left, top, width, row_px * len(lines))),
    )
    graphic.name = "Table"
    describe(graphic, f"Table with the columns {', '.join(table.headers)}.")
    grid = graphic.table
    properties = grid._tbl.tblPr
    properties.find(qn("a:tableStyleId")).text = _NO_STYLE
    grid.horz_banding = False
    widths = table.widths or tuple(1.0 for _ in table.headers)
    for position, part in enumerate(widths):
        grid.columns[position].width = Emu(round(width * part / sum(widths)) * EMU)
    for at, row in enumerate(lines):
        grid.rows[at].height = Emu(row_px * EMU)
        for position, text in enumerate(row.cells):
            cell = grid.cell(at, position)
            ink = light.soft if at == 0 or position in table.small else light.ink
            paragraph = _empty_cell(cell)
            if position == 0 and row.mark != "none":
                _run(paragraph, f"{SYMBOLS[row.mark]} ", 20, colour(row.mark))
            size = 20 if at == 0 else 18 if position in table.small else 22
            _run(paragraph, clean(text), size, ink, row.strong)
            if position in table.numeric:
                paragraph.alignment = PP_ALIGN.RIGHT
            if at:
                _rule_above(cell, light.line)


def _empty_cell(cell: Drawn) -> Drawn:
    cell.margin_left = 0
    cell.margin_right = Emu(22 * EMU)
    cell.margin_top = cell.margin_bottom = Emu(3 * EMU)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    return cell.text_frame.paragraphs[0]


def _rule_above(cell: Drawn, colour_hex: str) -> None:
    """A 1 px line over a cell, which python-pptx has no call for."""
    properties = cell._tc.get_or_add_tcPr()
    line, fill, ink = (OxmlElement(tag) for tag in ("a:lnT", "a:solidFill", "a:srgbClr"))
    line.set("w", str(EMU))
    ink.set("val", colour_hex.removeprefix("#"))
    fill.append(ink)
    line.append(fill)
    properties.append(line)


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
