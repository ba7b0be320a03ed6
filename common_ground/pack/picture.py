"""Slides and charts as PDF and PNG, drawn by a Chromium on this machine."""

import datetime
import re
from typing import Final

import plotly.graph_objects as go

from common_ground.errors import PackError
from common_ground.pack import chromium, html
from common_ground.pack.slides import HEIGHT, WIDTH, Deck

_STAMP: Final = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}[+-]\d\d'\d\d'\)")


def pdf(deck: Deck) -> bytes:
    """The deck as PDF, one page a slide, 1920x1080 px, with text that can be searched.

    Raises:
        PackError: no browser is installed, or it did not deliver.
    """
    return _dated(chromium.print_pdf(html.write(deck)), deck.as_of)


def png(deck: Deck, key: str | None = None) -> bytes:
    """One slide as a 1920x1080 PNG.

    Args:
        deck: the deck; its as-of date and masking stand in the foot.
        key: which slide; the first one unless given.

    Raises:
        PackError: no such slide, no browser, or the browser did not deliver.
    """
    keys = [slide.key for slide in deck.slides]
    wanted = keys[0] if key is None else key
    if wanted not in keys:
        raise PackError(f"The pack has no slide '{wanted}'. It has: {', '.join(keys)}.")
    return chromium.screenshot(html.write_slide(deck, wanted), WIDTH, HEIGHT)


def chart_png(
    figure: go.Figure, title: str, footer: str, width: int = 1600, height: int = 900
) -> bytes:
    """One chart as PNG, with its sentence above and its source below.

    Args:
        figure: a chart in the light theme.
        title: what the chart shows, a sentence.
        footer: as-of date, data version, filters, rows behind it.
        width: px.
        height: px.

    Raises:
        PackError: no browser is installed, or it did not deliver.
    """
    page = html.write_chart(figure, title, footer, width, height)
    return chromium.screenshot(page, width, height)


def _dated(content: bytes, as_of: datetime.date) -> bytes:
    """The PDF dated by its numbers, not by the clock; the same length, so that offsets hold."""
    stamp = as_of.strftime("%Y%m%d").encode("ascii")
    return _STAMP.sub(lambda found: b"/%s (D:%s000000+00'00')" % (found[1], stamp), content)
