"""The four files a pack can be: a deck in, bytes out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from common_ground.errors import PackError
from common_ground.pack import html, picture
from common_ground.pack.powerpoint import pptx
from common_ground.pack.slides import Deck


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Attributes:
        label: as a button says it.
        about: what it is good for.
        mime: media type.
        needs_browser: whether a Chromium has to draw it.
    """

    label: str
    about: str
    mime: str
    needs_browser: bool


FORMATS: Final = {
    "pdf": Format("PDF", "one page a slide, to read and print", "application/pdf", True),
    "pptx": Format(
        "PPTX",
        "text, tables and charts that can be edited",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        False,
    ),
    "html": Format("HTML", "one file, charts that answer to the pointer", "text/html", False),
    "png": Format("PNG", "one slide as a picture, 1920 × 1080", "image/png", True),
}

_WRITERS: Final[dict[str, Callable[[Deck], bytes]]] = {
    "pdf": picture.pdf,
    "pptx": pptx,
    "html": lambda deck: html.write(deck).encode("utf-8"),
    "png": picture.png,
}


def content(deck: Deck, kind: str) -> bytes:
    """The deck as a file; a PNG holds its first slide.

    Args:
        deck: what to write.
        kind: pdf, pptx, html or png, in any case.

    Raises:
        PackError: another kind, or no browser to draw a PDF or PNG.
    """
    writer = _WRITERS.get(kind.lower())
    if writer is None:
        raise PackError(
            f"A pack cannot be written as '{kind}'. Name a file that ends in "
            f"{', '.join(f'.{name}' for name in FORMATS)}."
        )
    return writer(deck)
