"""The pack as one HTML file that needs nothing from elsewhere, and pages for the browser to draw.

Every text is escaped. The content security policy inside the file lets only its own two scripts
run, and lets nothing be fetched.
"""

import base64
import hashlib
import importlib.util
import json
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from common_ground.charts.template import CONFIG, FONT, palette
from common_ground.pack.slides import (
    HEIGHT,
    WIDTH,
    Column,
    Deck,
    Mark,
    Number,
    Slide,
    Table,
    TextList,
    clean,
)

SYMBOLS: Final[dict[Mark, str]] = {
    "sales": "■",
    "product": "●",
    "shared": "◆",
    "exists": "▲",
    "disagrees": "✕",
    "none": "",
}

# A name that ends in a figure has to stand in quotes, or the whole rule is dropped.
_FAMILY: Final = ", ".join(
    name if name == "sans-serif" else f"'{name}'" for name in FONT.replace("'", "").split(", ")
)

# Charts are made for a page read at arm's length, with text of 15 px; a slide is read from 4 m.
_ENLARGED: Final = 1.4
_CHART_WIDTH: Final = 1067  # px beside two columns
_FULL_WIDTH: Final = 1744  # px with no columns
_CHART_HEIGHT: Final = 700
_CHART_HEIGHT_UNDER_NUMBERS: Final = 530

# Draws every figure, fits the slides to a narrower screen, and then says that it is done.
_LOADER: Final = """
(function () {
  var jobs = [];
  document.querySelectorAll("[data-figure]").forEach(function (box) {
    var figure = JSON.parse(document.getElementById(box.dataset.figure).textContent);
    jobs.push(Plotly.newPlot(box, figure.data, figure.layout, figure.config));
  });
  var page = document.querySelector("main");
  function fit() {
    page.style.zoom = Math.min(1, document.documentElement.clientWidth / page.dataset.width);
  }
  window.addEventListener("resize", fit);
  fit();
  Promise.all(jobs).then(function () { document.documentElement.dataset.drawn = "yes"; });
})();
"""


def _css() -> str:
    light = palette("light")
    return f"""
@page {{ size: {WIDTH}px {HEIGHT}px; margin: 0 }}
* {{ box-sizing: border-box; -webkit-print-color-adjust: exact; print-color-adjust: exact }}
html, body {{ margin: 0; background: {light.line}; color: {light.ink};
  font: 400 23px/1.35 {_FAMILY}; font-variant-numeric: tabular-nums }}
h1, h2, h3, p, ul, li {{ margin: 0; padding: 0; font: inherit; list-style: none }}
.slide {{ width: {WIDTH}px; height: {HEIGHT}px; padding: 52px 88px 32px; background: {light.page};
  display: flex; flex-direction: column; overflow: hidden; position: relative; margin: 0 0 16px;
  break-after: page; break-inside: avoid }}
.slide:last-child {{ break-after: auto; margin: 0 }}
.kicker {{ color: {light.soft}; font-size: 22px }}
h1 {{ font-size: 51px; font-weight: 650; line-height: 1.12; letter-spacing: -.005em;
  text-wrap: balance; max-width: 1560px; margin: 6px 0 22px }}
h1.long {{ font-size: 42px; max-width: 1744px }}
.body {{ flex: 1; min-height: 0; display: grid; gap: 20px 40px;
  grid-template-columns: minmax(0, 1fr) }}
.body.split {{ grid-template-columns: {_CHART_WIDTH}px minmax(0, 1fr) }}
.numbers {{ display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 24px;
  margin: 0 0 24px }}
.number {{ background: {light.card}; border-radius: 8px; padding: 14px 22px 12px }}
.number h2 {{ font-weight: 620 }}
.number .value {{ font-size: 54px; font-weight: 620; line-height: 1.12; white-space: nowrap }}
.number .value small {{ font-size: 24px; font-weight: 400 }}
.number .value.few {{ color: {light.soft}; font-weight: 400 }}
.number p {{ font-size: 20px; line-height: 1.3; color: {light.soft} }}
.chart {{ position: relative; overflow: hidden }}
.chart > div {{ transform-origin: 0 0 }}
.side {{ display: flex; flex-direction: column; gap: 22px; min-height: 0 }}
.columns {{ display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 34px; flex: 1;
  align-content: start }}
.column {{ border-top: 6px solid; padding-top: 14px }}
.column > h2 {{ font-size: 26px; font-weight: 640 }}
.column .big {{ font-size: 70px; font-weight: 640; line-height: 1.08; white-space: nowrap;
  color: {light.ink} }}
.column .big.longer {{ font-size: 50px; line-height: 1.5 }}
.column .unit {{ color: {light.soft} }}
.column h3 {{ color: {light.soft}; font-size: 25px; margin-top: 16px }}
.column li {{ font-size: 25px; line-height: 1.38; color: {light.ink}; overflow-wrap: anywhere }}
.decision {{ background: {light.card}; border-radius: 8px; padding: 16px 20px; font-size: 25px }}
.decision b {{ font-weight: 640 }}
table {{ width: 100%; border-collapse: collapse; table-layout: fixed; align-self: start }}
th {{ text-align: left; font-weight: 400; color: {light.soft}; font-size: 20px;
  padding: 0 26px 8px 0; vertical-align: bottom }}
td {{ border-top: 1px solid {light.line}; padding: 9px 26px 9px 0; vertical-align: baseline;
  overflow-wrap: anywhere; line-height: 1.25 }}
td.small {{ font-size: 19px; color: {light.soft} }}
tr.strong td {{ font-weight: 640 }}
th.right, td.right {{ text-align: right }}
td.right {{ white-space: nowrap }}
td:last-child, th:last-child {{ padding-right: 0 }}
.mark {{ display: inline-block; min-width: 1.15em; font-size: .85em }}
.sales {{ color: {light.sales} }} .product {{ color: {light.product} }}
.shared {{ color: {light.shared} }} .exists, .disagrees {{ color: {light.usage} }}
.column.sales {{ border-color: {light.sales} }} .column.product {{ border-color: {light.product} }}
.column.shared {{ border-color: {light.shared} }}
footer {{ border-top: 1px solid {light.line}; padding-top: 12px; margin-top: 18px; font-size: 18px;
  line-height: 1.4; color: {light.soft} }}
.plain {{ padding: 40px 48px 28px; overflow: hidden; background: {light.page};
  display: flex; flex-direction: column }}
.plain h1 {{ font-size: 36px; max-width: none; margin: 0 0 16px }}
.plain .chart {{ flex: 1 }}
@media print {{ body {{ background: {light.page} }} main {{ zoom: 1 !important }}
  .slide {{ margin: 0 }} }}
"""


@cache
def _font_face() -> str:
    """The typeface of the pages, put into the file so that it looks the same everywhere.

    Streamlit carries it; without Streamlit the reader's own sans-serif is used.
    """
    found = importlib.util.find_spec("streamlit")
    if found is None or found.origin is None:
        return ""
    static = Path(found.origin).parent / "static"
    files = sorted(static.rglob("SourceSansVF-Upright*.woff2"))
    if not files:
        return ""
    data = base64.b64encode(files[0].read_bytes()).decode("ascii")
    return (
        '@font-face{font-family:"Source Sans";font-weight:200 900;'
        f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
    )


def _text(value: str) -> str:
    return escape(clean(value))


def _mark(mark: Mark) -> str:
    if mark == "none":
        return ""
    return f'<span class="mark {mark}" aria-hidden="true">{SYMBOLS[mark]}</span>'


def _number(number: Number) -> str:
    few = "" if any(sign.isdigit() for sign in number.value) else " few"
    lines = "".join(f"<p>{_text(line)}</p>" for line in number.detail)
    return (
        f'<div class="number"><h2>{_mark(number.mark)}{_text(number.label)}</h2>'
        f'<div class="value{few}">{_text(number.value)} <small>{_text(number.unit)}</small></div>'
        f"{lines}</div>"
    )


def _text_list(part: TextList) -> str:
    lines = "".join(f"<li>{_text(line)}</li>" for line in part.lines)
    return f"<h3>{_text(part.heading)}</h3><ul>{lines}</ul>"


def _column(column: Column) -> str:
    longer = " longer" if len(column.number) > 7 else ""
    return (
        f'<div class="column {column.mark}">'
        f'<h2 class="{column.mark}">{_mark(column.mark)}{_text(column.name)}</h2>'
        f'<div class="big{longer}">{_text(column.number)}</div>'
        f'<div class="unit">{_text(column.unit)}</div>'
        f"{''.join(_text_list(part) for part in column.lists)}</div>"
    )


def _table(table: Table) -> str:
    def css(position: int, text: str = "") -> str:
        if position in table.numeric:
            return ' class="right"'
        # A cell with a whole definition in it is read, not scanned.
        return ' class="small"' if len(text) > 60 else ""

    whole = sum(table.widths) or 1
    columns = "".join(f'<col style="width:{100 * part / whole:.2f}%">' for part in table.widths)
    head = "".join(f"<th{css(at)}>{_text(text)}</th>" for at, text in enumerate(table.headers))
    body = "".join(
        ('<tr class="strong">' if row.strong else "<tr>")
        + "".join(
            f"<td{css(at, text)}>{_mark(row.mark) if at == 0 else ''}{_text(text)}</td>"
            for at, text in enumerate(row.cells)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _figure_json(figure: go.Figure, width: int, height: int) -> str:
    """A figure at a size in px, as JSON that cannot end the script element it stands in."""
    drawn = json.loads(str(figure.to_json()))
    drawn["layout"] |= {"width": width, "height": height, "autosize": False}
    drawn["layout"].pop("template", None)
    drawn["config"] = CONFIG | {"responsive": False}
    drawn.pop("frames", None)
    text = clean(json.dumps(drawn, sort_keys=True, ensure_ascii=False))
    text = text.replace(json.dumps(FONT), json.dumps(_FAMILY))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _chart(name: str, figure: go.Figure, alt: str, width: int, height: int, scale: float) -> str:
    inner = (round(width / scale), round(height / scale))
    return (
        f'<div class="chart" role="img" aria-label="{_text(alt)}" '
        f'style="width:{width}px;height:{height}px">'
        f'<div data-figure="{name}" style="transform:scale({scale})"></div></div>'
        f'<script type="application/json" id="{name}">{_figure_json(figure, *inner)}</script>'
    )


def _main(slide: Slide) -> str:
    """What stands left, or alone: the chart, or else the table."""
    if slide.figure is not None:
        width = _CHART_WIDTH if slide.columns else _FULL_WIDTH
        height = _CHART_HEIGHT_UNDER_NUMBERS if slide.numbers else _CHART_HEIGHT
        if not slide.columns and slide.decision:
            height -= 90
        name = f"figure-{slide.key}"
        return _chart(name, slide.figure, slide.alt, width, height, _ENLARGED)
    return _table(slide.table) if slide.table is not None else ""


def _slide(slide: Slide, deck: Deck) -> str:
    numbers = "".join(_number(number) for number in slide.numbers)
    decision = (
        f'<div class="decision"><b>Decision today:</b> {_text(slide.decision)}</div>'
        if slide.decision
        else ""
    )
    columns = "".join(_column(column) for column in slide.columns)
    side = f'<div class="side"><div class="columns">{columns}</div>{decision}</div>'
    body = (
        f'<div class="body split"><div>{_main(slide)}</div>{side}</div>'
        if slide.columns
        else f'<div class="body"><div>{_main(slide)}</div></div>{decision}'
    )
    long = ' class="long"' if len(slide.title) > 120 else ""
    # A table of definitions says them itself.
    said = "" if slide.table is not None and not slide.columns else " ".join(slide.definitions)
    return (
        f'<section class="slide" id="{_text(slide.key)}">'
        f'<p class="kicker">{_text(slide.kicker)}</p><h1{long}>{_text(slide.title)}</h1>'
        + (f'<div class="numbers">{numbers}</div>' if numbers else "")
        + body
        + f"<footer>{f'<p>{_text(said)}</p>' if said else ''}<p>{_text(deck.foot(slide))}</p>"
        "</footer></section>"
    )


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _page(title: str, content: str, width: int, has_charts: bool) -> str:
    """A whole page; the drawing library goes in once, and only if something is drawn."""
    scripts = (get_plotlyjs(), _LOADER) if has_charts else ()
    allowed = " ".join(_hash(script) for script in scripts) or "'none'"
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {allowed}",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    run = "".join(f"<script>{script}</script>" for script in scripts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{_text(title)}</title><style>{_font_face()}{_css()}</style></head>"
        f'<body><main data-width="{width}">{content}</main>{run}</body></html>\n'
    )


def write(deck: Deck) -> str:
    """The deck as one HTML file, one 1920x1080 section a slide."""
    return _slides_page(deck, deck.slides)


def write_slide(deck: Deck, key: str) -> str:
    """One slide of the deck, as a page of its own for the browser to draw."""
    return _slides_page(deck, [slide for slide in deck.slides if slide.key == key])


def _slides_page(deck: Deck, slides: Iterable[Slide]) -> str:
    chosen = list(slides)
    content = "".join(_slide(slide, deck) for slide in chosen)
    title = f"Common Ground, leadership pack, data v{deck.data_version}"
    return _page(title, content, WIDTH, any(slide.figure is not None for slide in chosen))


def write_chart(figure: go.Figure, title: str, footer: str, width: int, height: int) -> str:
    """One chart with the sentence it shows above and where it is from below, for a picture."""
    chart = _chart("figure-alone", figure, title, width - 96, height - 190, _ENLARGED)
    return _page(
        title,
        f'<section class="plain" style="width:{width}px;height:{height}px"><h1>{_text(title)}</h1>'
        f"{chart}<footer><p>{_text(footer)}</p></footer></section>",
        width,
        has_charts=True,
    )
