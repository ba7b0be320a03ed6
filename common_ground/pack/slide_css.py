"""How a slide looks in HTML, and so in the PDF and the pictures: sizes, colours, typeface."""

import base64
import importlib.util
from functools import cache
from pathlib import Path
from typing import Final

from common_ground.charts.template import FONT, palette
from common_ground.pack.slides import HEIGHT, WIDTH

# A name that ends in a figure has to stand in quotes, or the whole rule is dropped.
FAMILY: Final = ", ".join(
    name if name == "sans-serif" else f"'{name}'" for name in FONT.replace("'", "").split(", ")
)

CHART_WIDTH: Final = 1067  # px beside two columns


def css() -> str:
    """Rules for a slide of 1920x1080 px, light."""
    light = palette("light")
    return f"""
@page {{ size: {WIDTH}px {HEIGHT}px; margin: 0 }}
* {{ box-sizing: border-box; -webkit-print-color-adjust: exact; print-color-adjust: exact }}
html, body {{ margin: 0; background: {light.line}; color: {light.ink};
  font: 400 23px/1.35 {FAMILY}; font-variant-numeric: tabular-nums }}
h1, h2, h3, p, ul, li {{ margin: 0; padding: 0; font: inherit; list-style: none }}
.slide {{ width: {WIDTH}px; height: {HEIGHT}px; padding: 52px 88px 32px; background: {light.page};
  display: flex; flex-direction: column; overflow: hidden; position: relative; margin: 0 0 16px;
  break-after: page; break-inside: avoid }}
.slide:last-of-type {{ break-after: auto }}
.slide:last-child {{ margin: 0 }}
.kicker {{ color: {light.soft}; font-size: 22px }}
h1 {{ font-size: 51px; font-weight: 650; line-height: 1.12; letter-spacing: -.005em;
  text-wrap: balance; max-width: 1560px; margin: 6px 0 22px }}
h1.long {{ font-size: 42px; max-width: 1744px }}
.body {{ flex: 1; min-height: 0; display: grid; gap: 20px 40px;
  grid-template-columns: minmax(0, 1fr) }}
.body.split {{ grid-template-columns: {CHART_WIDTH}px minmax(0, 1fr) }}
.numbers {{ display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 24px;
  margin: 0 0 24px }}
.number {{ background: {light.card}; border-radius: 8px; padding: 14px 22px 12px }}
.number h2 {{ font-weight: 620 }}
.number .value {{ font-size: 54px; font-weight: 620; line-height: 1.12; white-space: nowrap }}
.number .value small {{ font-size: 24px; font-weight: 400 }}
.number .value.few {{ color: {light.soft}; font-weight: 400 }}
.number p {{ font-size: 20px; line-height: 1.3; color: {light.soft} }}
.left {{ min-height: 0 }}
.chart {{ position: relative; overflow: hidden; height: 100% }}
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
.column h3 {{ color: {light.soft}; font-size: 24px; margin-top: 16px }}
.column li {{ font-size: 24px; line-height: 1.38; color: {light.ink}; overflow-wrap: anywhere }}
.decision {{ background: {light.card}; border-radius: 8px; padding: 16px 20px; font-size: 25px }}
.decision b {{ font-weight: 640 }}
table {{ width: 100%; border-collapse: collapse; table-layout: fixed; align-self: start }}
th {{ text-align: left; font-weight: 400; color: {light.soft}; font-size: 20px;
  padding: 0 26px 8px 0; vertical-align: bottom }}
td {{ border-top: 1px solid {light.line}; padding: 9px 26px 9px 0; vertical-align: baseline;
  overflow-wrap: anywhere; line-height: 1.25 }}
td.small {{ font-size: 19px; color: {light.soft} }}
tr.strong td {{ font-weight: 640 }}
tr.strong td.small {{ font-weight: 400 }}
th.right, td.right {{ text-align: right }}
td.right {{ overflow-wrap: normal }}
td:last-child, th:last-child {{ padding-right: 0 }}
.mark {{ display: inline-block; min-width: 1.15em; font-size: .85em }}
.sales {{ color: {light.sales} }} .product {{ color: {light.product} }}
.shared {{ color: {light.shared} }} .exists, .disagrees {{ color: {light.usage} }}
.column.sales {{ border-color: {light.sales} }} .column.product {{ border-color: {light.product} }}
.column.shared {{ border-color: {light.shared} }}
footer {{ border-top: 1px solid {light.line}; padding-top: 12px; margin-top: 18px; font-size: 18px;
  line-height: 1.4; color: {light.soft} }}
.more {{ width: {WIDTH}px; margin: -16px 0 16px; padding: 16px 88px; background: {light.page};
  border-top: 1px solid {light.line}; color: {light.soft} }}
.more summary {{ cursor: pointer }}
.more li {{ margin-top: 10px; color: {light.ink}; overflow-wrap: anywhere }}
.plain {{ padding: 40px 48px 28px; overflow: hidden; background: {light.page};
  display: flex; flex-direction: column }}
.plain h1 {{ font-size: 36px; max-width: none; margin: 0 0 16px }}
.plain .chart {{ flex: 1; min-height: 0 }}
@media print {{ body {{ background: {light.page} }} main {{ zoom: 1 !important }}
  .slide {{ margin: 0 }} .more {{ display: none }} }}
"""


@cache
def font_face() -> str:
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
