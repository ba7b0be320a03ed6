"""The pack as one HTML file that needs nothing from elsewhere, and pages for the browser to draw.

Every text is escaped. The content security policy inside the file lets only its own two scripts
run, and lets nothing be fetched.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from typing import Final

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from common_ground.charts.template import CONFIG, FONT
from common_ground.pack.slide_css import FAMILY, css, font_face
from common_ground.pack.slides import (
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

_ENLARGED: Final = 1.4  # a chart on its own in a picture

# Draws every figure once the typeface is there (before, its texts would be measured in another),
# at the size of its box, and fits the slides to a narrower screen.
_LOADER: Final = """
(function () {
  var faces = ["400", "600", "700"].map(function (weight) {
    return document.fonts.load(weight + " 15px 'Source Sans'");
  });
  Promise.all(faces).then(function () {
    document.querySelectorAll("[data-figure]").forEach(function (box) {
      var figure = JSON.parse(document.getElementById(box.dataset.figure).textContent);
      figure.layout.width = box.parentNode.clientWidth / box.dataset.scale;
      figure.layout.height = box.parentNode.clientHeight / box.dataset.scale;
      Plotly.newPlot(box, figure.data, figure.layout, figure.config);
    });
  });
  var page = document.querySelector("main");
  function fit() {
    page.style.zoom = Math.min(1, document.documentElement.clientWidth / page.dataset.width);
  }
  window.addEventListener("resize", fit);
  fit();
})();
"""


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
    def of_column(position: int) -> str:
        if position in table.numeric:
            return ' class="right"'
        return ' class="small"' if position in table.small else ""

    whole = sum(table.widths) or 1
    columns = "".join(f'<col style="width:{100 * part / whole:.2f}%">' for part in table.widths)
    head = "".join(
        f"<th{of_column(at)}>{_text(text)}</th>" for at, text in enumerate(table.headers)
    )
    body = "".join(
        ('<tr class="strong">' if row.strong else "<tr>")
        + "".join(
            f"<td{of_column(at)}>{_mark(row.mark) if at == 0 else ''}{_text(text)}</td>"
            for at, text in enumerate(row.cells)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _figure_json(figure: go.Figure) -> str:
    """A figure as JSON that cannot end the script element it stands in."""
    drawn = json.loads(str(figure.to_json()))
    drawn["layout"]["autosize"] = False
    drawn["layout"].pop("template", None)
    drawn["config"] = CONFIG | {"responsive": False}
    drawn.pop("frames", None)
    text = clean(json.dumps(drawn, sort_keys=True, ensure_ascii=False))
    text = text.replace(json.dumps(FONT), json.dumps(FAMILY))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _chart(name: str, figure: go.Figure, alt: str, scale: float) -> str:
    """A chart that fills its place; the loader draws it."""
    return (
        f'<div class="chart" role="img" aria-label="{_text(alt)}">'
        f'<div data-figure="{name}" data-scale="{scale}" style="transform:scale({scale})"></div>'
        f'</div><script type="application/json" id="{name}">{_figure_json(figure)}</script>'
    )


def _main(slide: Slide) -> str:
    """What stands left, or alone: the chart, or else the table."""
    if slide.figure is not None:
        return _chart(f"figure-{slide.key}", slide.figure, slide.alt, slide.enlarged)
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
        f'<div class="body split"><div class="left">{_main(slide)}</div>{side}</div>'
        if slide.columns
        else f'<div class="body"><div class="left">{_main(slide)}</div></div>{decision}'
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


def _more(slide: Slide) -> str:
    """The definitions in full, which unfold under their slide."""
    if not slide.in_full:
        return ""
    lines = "".join(f"<li>{_text(line)}</li>" for line in slide.in_full)
    return (
        '<details class="more"><summary>Definitions, their versions and who signed them</summary>'
        f"<ul>{lines}</ul></details>"
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
        f"<title>{_text(title)}</title><style>{font_face()}{css()}</style></head>"
        f'<body><main data-width="{width}">{content}</main>{run}</body></html>\n'
    )


def write(deck: Deck) -> str:
    """The deck as one HTML file, one 1920x1080 section a slide; definitions unfold under it."""
    return _slides_page(deck, [(slide, _more(slide)) for slide in deck.slides])


def write_slide(deck: Deck, key: str) -> str:
    """One slide of the deck, as a page of its own for the browser to draw."""
    return _slides_page(deck, [(slide, "") for slide in deck.slides if slide.key == key])


def _slides_page(deck: Deck, slides: Sequence[tuple[Slide, str]]) -> str:
    """A page of slides, each with what follows it."""
    content = "".join(f"{_slide(slide, deck)}{after}" for slide, after in slides)
    title = f"Common Ground, leadership pack, data v{deck.data_version}"
    return _page(title, content, WIDTH, any(slide.figure is not None for slide, _ in slides))


def write_chart(figure: go.Figure, title: str, footer: str, width: int, height: int) -> str:
    """One chart with the sentence it shows above and where it is from below, for a picture."""
    chart = _chart("figure-alone", figure, title, _ENLARGED)
    return _page(
        title,
        f'<section class="plain" style="width:{width}px;height:{height}px"><h1>{_text(title)}</h1>'
        f"{chart}<footer><p>{_text(footer)}</p></footer></section>",
        width,
        has_charts=True,
    )
