"""Charts of the PPTX: native ones, with their numbers in a data sheet that can be edited."""

from typing import Any, Final

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_PATTERN
from pptx.util import Emu, Pt

from common_ground.charts.template import palette
from common_ground.pack.bars import colour
from common_ground.pack.slides import Bars, Mark, Points, PointSet, Slide, clean

Drawn = Any  # shapes, cells and charts: python-pptx gives most of them no type
_new_bars: Any = CategoryChartData
_new_points: Any = XyChartData
_new_colour: Any = RGBColor

FONT: Final = "Calibri"  # on every machine that has PowerPoint; close to the pages' Source Sans
EMU: Final = 6350  # of a slide's px: 13.333 inches are 1920 px
_MARKERS: Final[dict[Mark, Any]] = {
    "sales": XL_MARKER_STYLE.SQUARE,
    "product": XL_MARKER_STYLE.CIRCLE,
    "shared": XL_MARKER_STYLE.DIAMOND,
    "exists": XL_MARKER_STYLE.TRIANGLE,
    "disagrees": XL_MARKER_STYLE.X,
    "none": XL_MARKER_STYLE.CIRCLE,
}


def rgb(colour_hex: str) -> Drawn:
    """A six-digit hex colour as PowerPoint takes it."""
    return _new_colour(*bytes.fromhex(colour_hex.removeprefix("#")))


def pt(size: int) -> Pt:
    """A size in px of the slide as points: 1920 px are 960 pt."""
    return Pt(size / 2)


def describe(graphic: Drawn, text: str) -> None:
    """Alternative text, which a screen reader says instead of the drawing."""
    graphic._element.xpath(".//p:cNvPr")[0].set("descr", clean(text))


def _cell_text(text: str) -> str:
    """Text for the data sheet; what starts like a formula is kept from being one."""
    plain = clean(text)
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@", "\t", "\r", "{") else plain


def draw(page: Drawn, slide: Slide, place: tuple[int, int, int, int]) -> None:
    """Put the slide's chart on its page; `place` is left, top, width, height in px."""
    emu = [Emu(part * EMU) for part in place]
    if isinstance(slide.chart, Bars):
        graphic = _stacked_bars(page, slide.chart, emu)
    elif isinstance(slide.chart, Points):
        graphic = _scatter(page, slide.chart, emu)
    else:
        return
    graphic.name = "Chart"
    describe(graphic, slide.alt)
    chart = graphic.chart
    chart.has_title = False
    chart.has_legend = False
    chart.font.size = pt(20)
    chart.font.name = FONT
    chart.font.color.rgb = rgb(palette("light").soft)


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
    chart.category_axis.tick_labels.font.size = pt(22)
    chart.category_axis.tick_labels.font.color.rgb = rgb(light.ink)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    confirmed, unconfirmed = plot.series
    for at, bar in enumerate(bars.bars):
        solid = confirmed.points[at].format.fill
        solid.solid()
        solid.fore_color.rgb = rgb(colour(bar.mark))
        hatched = unconfirmed.points[at].format
        hatched.fill.patterned()
        hatched.fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        hatched.fill.fore_color.rgb = rgb(colour(bar.mark))
        hatched.fill.back_color.rgb = rgb(light.page)
        hatched.line.color.rgb = rgb(colour(bar.mark))
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
    run.font.size = pt(21)
    run.font.bold = False
    run.font.color.rgb = rgb(light.soft)
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = rgb(light.grid)
    axis.format.line.fill.background()
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.number_format = number_format
    axis.tick_labels.number_format_is_linked = False
    axis.tick_labels.font.size = pt(20)


def _series(series: Drawn, part: PointSet) -> None:
    series.smooth = False
    ink = rgb(colour(part.mark) if part.mark != "none" else palette("light").soft)
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
            run.font.size = pt(21)
            run.font.bold = True
            run.font.color.rgb = ink
