"""What a leadership pack says, before it is a file: slides of words, numbers, tables and charts.

Every writer (HTML, PDF, PNG, PPTX) reads the same Deck, so that a number is the same in all.
"""

import datetime
import re
from dataclasses import dataclass, field
from typing import Final, Literal

import plotly.graph_objects as go

from common_ground.errors import PackError
from common_ground.visible import visible

# Who a number or row speaks for; "exists" and "disagrees" are what usage shows.
Mark = Literal["sales", "product", "shared", "exists", "disagrees", "none"]

WIDTH: Final = 1920  # px of a slide, on screen, in the PDF and in the picture
HEIGHT: Final = 1080

# Not the machine's language: the same deck reads the same everywhere.
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

# What no XML file may hold; a stray one in a deal name must not cost the whole pack.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    """Text without the characters no XML or HTML file may hold, other unseen ones written out."""
    return visible(_CONTROL.sub("", str(text)))


def day(date: datetime.date) -> str:
    """A date as the pack writes it: 16 Nov 2026."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def shorten(title: object, most: int = 28) -> str:
    """A title cut at a word, for a column or a label."""
    text = " ".join(str(title).split())
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


@dataclass(frozen=True)
class Number:
    """One headline number.

    Attributes:
        label: what is measured.
        value: the number as shown, or "Too few".
        unit: small, after the number; may be empty.
        detail: lines under it: change, target, n.
        mark: the side it belongs to.
    """

    label: str
    value: str
    unit: str = ""
    detail: tuple[str, ...] = ()
    mark: Mark = "shared"


@dataclass(frozen=True)
class TextList:
    """A heading with the lines under it, such as Gets."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """What one side gets out of it; sales and product columns have the same parts."""

    mark: Mark
    name: str
    number: str
    unit: str
    lists: tuple[TextList, ...] = ()


@dataclass(frozen=True)
class Row:
    """One line of a table; the mark is drawn before the first cell."""

    cells: tuple[str, ...]
    mark: Mark = "none"
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        headers: one a column.
        rows: each with as many cells as there are headers.
        numeric: positions of the columns set to the right.
        widths: parts of the whole width, one a column.
        small: positions of the columns that are read, not scanned.
    """

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    small: tuple[int, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One bar in two parts: what persons confirmed, and what rests on suggested links."""

    label: str
    note: str
    confirmed: float
    unconfirmed: float
    shown: str
    mark: Mark


@dataclass(frozen=True)
class Bars:
    """Bars on one scale that starts at zero.

    Attributes:
        bars: top to bottom.
        measure: what the length is, with its unit.
        number_format: an Excel format for the values in the PPTX's data sheet.
    """

    bars: tuple[Bar, ...]
    measure: str
    number_format: str = "#,##0"


@dataclass(frozen=True)
class PointSet:
    """Points drawn alike.

    Attributes:
        name: what the points are; the name of the series in the PPTX.
        x, y: one of each a point.
        mark: side, which gives colour and symbol.
        labels: written beside the points, one each, "" for none; () for none at all.
        line: joined by a line and without markers.
        size: marker size, px.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    mark: Mark = "none"
    labels: tuple[str, ...] = ()
    line: bool = False
    size: int = 7


@dataclass(frozen=True)
class Points:
    """Points on two measured axes, drawn in order."""

    x_title: str
    y_title: str
    sets: tuple[PointSet, ...]
    x_format: str = "#,##0"
    y_format: str = "#,##0"


@dataclass(frozen=True)
class Slide:
    """One finding.

    Attributes:
        key: short name for files and anchors, such as "compromise".
        kicker: what this is part of, above the title.
        title: the finding, one sentence.
        figure: the chart as Plotly draws it (light theme), for HTML, PDF and PNG.
        chart: the same chart in numbers, for the PPTX's native chart.
        enlarged: how much larger than on a page the figure is drawn; a page is read at arm's
            length, a slide from 4 m.
        alt: the chart in words.
        numbers: headline numbers in one row.
        columns: the two sides.
        table: a table.
        decision: what is asked of the reader; may be empty.
        definitions: what each number means; the slide's foot and the speaker notes.
        in_full: definitions with their version and who signed them, which unfold under the slide
            in HTML and take the place of `definitions` in the notes; empty where nobody signs.
        facts: rows behind it, filters, share on unconfirmed links: the last line of the foot.
    """

    key: str
    kicker: str
    title: str
    figure: go.Figure | None = field(default=None, compare=False)
    chart: Bars | Points | None = None
    enlarged: float = 1.4
    alt: str = ""
    numbers: tuple[Number, ...] = ()
    columns: tuple[Column, ...] = ()
    table: Table | None = None
    decision: str = ""
    definitions: tuple[str, ...] = ()
    in_full: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deck:
    """Slides with what they were computed under.

    Attributes:
        slides: in the order of the meeting.
        as_of: the day every number is of.
        data_version: number of the published build.
        masked: whether names of accounts and persons were replaced by letters.
    """

    slides: tuple[Slide, ...]
    as_of: datetime.date
    data_version: int
    masked: bool = False

    def __post_init__(self) -> None:
        if not self.slides:
            raise PackError(
                "The pack has no slide: choose at least one of its pages, then make it again."
            )

    def foot(self, slide: Slide) -> str:
        """The line under every slide: as-of date, data version, facts, masking."""
        parts = [f"As of {day(self.as_of)}", f"Data v{self.data_version}", *slide.facts]
        if self.masked:
            parts.append("Names of customers and people masked")
        return " ".join(f"{part.rstrip('.')}." for part in parts)

    def notes(self, slide: Slide) -> str:
        """What a presenter needs to answer for the slide: definitions, then the foot."""
        return "\n".join((*(slide.in_full or slide.definitions), self.foot(slide)))
