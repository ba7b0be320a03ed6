"""Cards, tiles, rows and bars as text for st.html, from plain values.

Everything that comes from an export or a person is escaped here, in one place: `build` escapes
each part that is not already `Html`. No function here computes a number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape as escape_text
from typing import Final, Literal

import streamlit as st

from common_ground.visible import visible

Side = Literal["sales", "product", "shared", "exists", "disagrees"]
Fill = Literal["solid", "mute", "outline", "hatched"]

# Symbol and colour say the same thing, so that a page reads without colours.
SYMBOLS: Final[dict[Side, str]] = {
    "sales": "■",
    "product": "●",
    "shared": "◆",
    "exists": "▲",
    "disagrees": "✕",
}
CLASS_SIDES: Final[dict[str, Side]] = {
    "both": "shared",
    "only_sales": "sales",
    "only_product": "product",
    "exists": "exists",
    "usage_disagrees": "disagrees",
}


class Html(str):
    """Text that is already safe to put on a page."""

    __slots__ = ()


def escape(value: object) -> Html:
    """A value as safe text, unseen characters written out; `Html` stays as it is."""
    if isinstance(value, Html):
        return value
    return Html(escape_text(visible(str(value)), quote=True))


def build(template: str, *parts: object) -> Html:
    """A template with each `{}` replaced by an escaped part.

    Args:
        template: markup written in this project, never text from a file.
        parts: values in order; `Html` is taken as it is, all else is escaped.
    """
    return Html(template.format(*(escape(part) for part in parts)))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Parts one after the other, each escaped."""
    return Html(between.join(escape(part) for part in parts))


def show(*parts: object) -> None:
    """Put parts on the page as one block; neighbouring cards belong in one call or `grid`."""
    st.html(build('<div class="cg">{}</div>', join(parts)))


# ---- text


def strong(text: object) -> Html:
    """Bold."""
    return build("<b>{}</b>", text)


def soft(text: object) -> Html:
    """Second text."""
    return build('<span class="cg-soft">{}</span>', text)


def said_by(side: Side, text: object) -> Html:
    """Bold text in the colour of a side, for numbers inside an answer."""
    return build('<b class="cg-{}">{}</b>', side, text)


def symbol(side: Side) -> Html:
    """The symbol of a side or class in its colour."""
    return build('<span class="cg-symbol cg-{}" aria-hidden="true">{}</span>', side, SYMBOLS[side])


def named(side: Side, text: object) -> Html:
    """Symbol and word, both in the colour of the side."""
    return build('<span class="cg-named cg-{}">{} {}</span>', side, symbol(side), text)


def note(text: object) -> Html:
    """A small line under a chart or table."""
    return build('<div class="cg-note">{}</div>', text)


def heading(title: object, right: object = "") -> Html:
    """Heading left, unit or caveat right in soft."""
    return build(
        '<div class="cg-heading"><h3>{}</h3><span class="cg-right">{}</span></div>', title, right
    )


def quote(side: Side, text: object, source: object) -> Html:
    """What somebody said, with a rule in the colour of the side, and who said it."""
    return build(
        '<blockquote class="cg-quote cg-edge-{}">“{}”<footer>{}</footer></blockquote>',
        side,
        text,
        source,
    )


def tag(side: Side, text: object) -> Html:
    """A class as a small outlined label."""
    return build('<span class="cg-tag cg-{}">{} {}</span>', side, symbol(side), text)


def link(text: object, page: str) -> Html:
    """A link to another page of this app; `page` is its url path, such as "shared-kpis"."""
    return build('<a class="cg-action" href="/{}" target="_self">{}</a>', page, text)


# ---- bars


def bar(
    side: Side, solid: float, hatched: float = 0.0, fill: Fill = "solid", right: bool = False
) -> Html:
    """One bar on a scale of 0..1, with its unconfirmed part hatched.

    Args:
        side: whose colour.
        solid: length of the confirmed part, as a share of the full width.
        hatched: length that rests on links no person has confirmed, after the solid part.
        fill: "mute" for no deal or used capacity, "outline" for what leaves the plan or is not
            reached, "hatched" for the whole bar being borderline.
        right: True grows from right to left.
    """
    parts = [
        build('<i class="cg-fill cg-{}" style="width:{}%"></i>', fill, _percent(solid)),
        build('<i class="cg-fill cg-hatched" style="width:{}%"></i>', _percent(hatched)),
    ]
    shown = [part for part, length in zip(parts, (solid, hatched), strict=True) if length > 0]
    direction = " cg-bar-right" if right else ""
    return build('<span class="cg-bar cg-on-{}' + direction + '">{}</span>', side, join(shown))


def meter(used: float) -> Html:
    """A used share of 0..1 as a grey bar inside an outline, for capacity."""
    return build(
        '<span class="cg-meter"><i class="cg-fill cg-mute" style="width:{}%"></i></span>',
        _percent(used),
    )


def _percent(length: float) -> str:
    return f"{100 * min(max(length, 0.0), 1.0):.2f}"


# ---- blocks


def grid(cards: Sequence[object], columns: str) -> Html:
    """Cards of equal height side by side.

    Args:
        cards: results of the functions here.
        columns: "4", "5" for equal parts, or proportions such as "3 6 3", "8 4".
    """
    parts = columns.split() if " " in columns else ["1"] * int(columns)
    tracks = " ".join(f"minmax(0,{part}fr)" for part in parts)
    return build(
        '<div class="cg-grid" style="grid-template-columns:{}">{}</div>', tracks, join(cards)
    )


def group(*parts: object) -> Html:
    """Parts that take one cell of a grid together."""
    return build("<div>{}</div>", join(parts))


def panel(title: object, right: object, *body: object) -> Html:
    """A filled box: heading left, unit or caveat right, then the body."""
    return build('<section class="cg-panel">{}{}</section>', heading(title, right), join(body))


def box(*body: object) -> Html:
    """A filled box without a heading."""
    return build('<section class="cg-panel">{}</section>', join(body))


@dataclass(frozen=True)
class Row:
    """One line of a list: a lead (bold when late or big), the text, and who or what at the end."""

    lead: object
    text: object
    end: object = ""
    bold: bool = False


def rows(lines: Sequence[Row], lead_right: bool = False) -> Html:
    """Lines with a rule between them.

    Args:
        lines: in the order shown.
        lead_right: True aligns the lead to the right, for numbers.
    """
    shown = [
        build(
            '<div class="cg-row"><span class="cg-lead{}">{}</span><span>{}</span>'
            '<span class="cg-end">{}</span></div>',
            (" cg-number" if lead_right else "") + (" cg-bold" if line.bold else ""),
            line.lead,
            line.text,
            line.end,
        )
        for line in lines
    ]
    return build('<div class="cg-rows">{}</div>', join(shown))


def pairs(lines: Sequence[tuple[object, object]]) -> Html:
    """Label and text lines: Gets, Gives up, Price."""
    shown = [build("<dt>{}</dt><dd>{}</dd>", label, text) for label, text in lines]
    return build('<dl class="cg-pairs">{}</dl>', join(shown))


def table(
    head: Sequence[object],
    body: Sequence[Sequence[object]],
    numbers: Sequence[int] = (),
    bars: Sequence[int] = (),
) -> Html:
    """A small plain table; long ones belong in ui.tables.

    Args:
        head: column names.
        body: cells row by row.
        numbers: positions of columns aligned to the right.
        bars: positions of columns that hold a bar.
    """
    marks = [""] * len(head)
    for places, name in ((numbers, "cg-number"), (bars, "cg-barcell")):
        for place in places:
            marks[place] = f' class="{name}"'
    top = join(
        build("<th" + mark + ">{}</th>", cell) for mark, cell in zip(marks, head, strict=True)
    )
    lines = [
        build(
            "<tr>{}</tr>",
            join(
                build("<td" + mark + ">{}</td>", cell)
                for mark, cell in zip(marks, line, strict=True)
            ),
        )
        for line in body
    ]
    return build(
        '<table class="cg-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        top,
        join(lines),
    )


def kpi_card(
    name: object,
    value: object,
    unit: object,
    change: object,
    target: object,
    behind: object,
    *,
    side: Side | None = None,
    line: object = "",
    large: bool = False,
    hint: str = "",
    mark: object = "",
) -> Html:
    """A KPI: name; value, small unit and 12-month line; change; target left, n right.

    Args:
        name: as people say it.
        value: formatted, without its unit.
        unit: "%", "days", or empty.
        change: "−6 days in 3 months", for a rate with its likely range.
        target: "Target 60 days, 11 over".
        behind: "n = 34 shipped".
        side: shown as a symbol before the name; None where the group says it already.
        line: a sparkline as `image` returns it.
        large: True for the headline numbers of Brief.
        hint: definition shown on hover.
        mark: right of the name, such as who signed the definition.
    """
    return build(
        '<section class="cg-panel cg-kpi{}" title="{}">'
        '<div class="cg-name"><h3>{}{}</h3>{}</div><div class="cg-value">'
        '<span class="cg-figure">{}<small>{}</small></span>{}</div><p>{}</p>'
        '<div class="cg-feet"><span>{}</span><span>{}</span></div></section>',
        " cg-large" if large else "",
        hint,
        build("{} ", symbol(side)) if side else "",
        name,
        mark,
        value,
        unit,
        line,
        change,
        target,
        behind,
    )


def kpi_without_value(
    name: object,
    word: object,
    reason: object,
    target: object,
    behind: object,
    *,
    side: Side | None = None,
    large: bool = False,
    hint: str = "",
    mark: object = "",
) -> Html:
    """The same card when there is no value: "Too few" or "Not loaded" in soft, and the reason."""
    return build(
        '<section class="cg-panel cg-kpi cg-none{}" title="{}">'
        '<div class="cg-name"><h3>{}{}</h3>{}</div>'
        '<div class="cg-value"><span class="cg-figure">{}</span></div><p>{}</p>'
        '<div class="cg-feet"><span>{}</span><span>{}</span></div></section>',
        " cg-large" if large else "",
        hint,
        build("{} ", symbol(side)) if side else "",
        name,
        mark,
        word,
        reason,
        target,
        behind,
    )


def class_tile(side: Side, label: object, count: object, money: object, action: object) -> Html:
    """A class of the overlap map: legend and count in one."""
    return build(
        '<section class="cg-panel cg-tile"><h3>{} {}</h3><div><b class="cg-count">{}</b> '
        "<span>{}</span> {}</div></section>",
        symbol(side),
        label,
        count,
        money,
        soft(action),
    )


@dataclass(frozen=True)
class ClassLine:
    """A class of the overlap as a line of the Brief; lengths are shares of the longest bar.

    Attributes:
        solid: length of the money on links a person confirmed.
        hatched: length of the rest.
    """

    side: Side
    label: object
    action: object
    count: object
    solid: float
    hatched: float
    money: object


def class_table(head: tuple[object, object, object, object], lines: Sequence[ClassLine]) -> Html:
    """The classes with count, solid and hatched bar, money, and what to do about each."""
    shown = [
        build(
            '<tr><td class="cg-symbolcell">{}</td><td>{}<div class="cg-soft cg-roomy">{}</div></td>'
            '<td class="cg-number"><b class="cg-count">{}</b></td><td class="cg-barcell">{}</td>'
            '<td class="cg-number"><b>{}</b></td></tr>',
            symbol(line.side),
            line.label,
            line.action,
            line.count,
            bar(line.side, line.solid, line.hatched),
            line.money,
        )
        for line in lines
    ]
    return build(
        '<table class="cg-table cg-classes"><thead><tr><th colspan="2">{}</th>'
        '<th class="cg-number">{}</th><th>{}</th><th class="cg-number">{}</th></tr></thead>'
        "<tbody>{}</tbody></table>",
        *head,
        join(shown),
    )


@dataclass(frozen=True)
class Bar:
    """A labelled bar of a side card; `length` is a share of the longest on the same scale."""

    label: object
    text: object
    length: float
    fill: Fill = "solid"


def side_head(side: Side, name: object, gain: object, about: object) -> Html:
    """Symbol and name, the gain as the largest number, and what it is a gain of."""
    return build(
        '<div class="cg-side cg-top-{}"><h3>{}</h3><div class="cg-gain">{}</div><p>{}</p></div>',
        side,
        named(side, name),
        gain,
        about,
    )


def side_card(
    side: Side,
    name: object,
    gain: object,
    about: object,
    bars: Sequence[Bar],
    lines: Sequence[tuple[object, object]],
) -> Html:
    """What one side gains: 4 px rule, gain, bars on one scale, then Gets, Gives up, Price.

    Args:
        side: "sales" or "product".
        name: "Sales" or "Product".
        gain: formatted with its sign.
        about: "unlocked, 68 % of what sales could gain".
        bars: no deal (mute), compromise (solid), own best plan (outline).
        lines: label and text.
    """
    shown = [
        build(
            '<div class="cg-barline{}"><span>{}</span><span>{}</span></div>{}',
            " cg-bold" if line.fill == "solid" else "",
            line.label,
            line.text,
            bar(side, line.length, fill=line.fill),
        )
        for line in bars
    ]
    return build(
        '<section class="cg-panel cg-sidecard">{}{}{}</section>',
        side_head(side, name, gain, about),
        join(shown),
        pairs(lines),
    )


@dataclass(frozen=True)
class Swap:
    """One line of the swap list; lengths are shares of the longest bar of their own scale."""

    sales: object
    sales_length: float
    title: object
    about: object
    product: object
    product_length: float
    fill: Fill = "solid"


def swap_table(
    head: tuple[object, object, object],
    lines: Sequence[Swap],
    total: tuple[object, object, object],
) -> Html:
    """Money left, item or bundle in the middle, accounts right; bars grow outwards.

    Args:
        head: column names, sales, item, product.
        lines: in the order shown.
        total: the same three, and they add up.
    """
    shown = [
        build(
            '<tr><td class="cg-number">{}</td><td class="cg-barcell">{}</td><td class="cg-item">'
            '<b>{}</b> {}</td><td class="cg-barcell">{}</td>'
            '<td class="cg-number">{}</td></tr>',
            line.sales,
            bar("sales", line.sales_length, fill=line.fill, right=True),
            line.title,
            soft(line.about),
            bar("product", line.product_length, fill=line.fill),
            line.product,
        )
        for line in lines
    ]
    return build(
        '<table class="cg-table cg-swaps"><thead><tr><th class="cg-number">{} {}</th><th></th>'
        '<th class="cg-item">{}</th><th></th><th class="cg-number">{} {}</th></tr></thead>'
        '<tbody>{}</tbody><tfoot><tr><td class="cg-number">{}</td><td></td>'
        '<td class="cg-item">{}</td><td></td><td class="cg-number">{}</td></tr></tfoot></table>',
        symbol("sales"),
        head[0],
        head[1],
        symbol("product"),
        head[2],
        join(shown),
        *total,
    )


def capacity(text: object, used: float) -> Html:
    """Used capacity in words and as a bar; `used` is a share of 0..1."""
    return build('<div class="cg-capacity"><span>{}</span>{}</div>', text, meter(used))


def timer(label: object, left: object, of: object) -> Html:
    """An agenda item and the time left of it."""
    return build(
        '<div class="cg-timer"><span>{}</span><div><b>{}</b> {}</div></div>', label, left, of
    )


def fact(label: object, text: object) -> Html:
    """A small statement with a rule at its left: "How sure", "What would flip it"."""
    return build('<div class="cg-fact"><span>{}</span><b>{}</b></div>', label, text)


def state(title: object, says: object, reason: object, action: object = "") -> Html:
    """A dashed frame in the place of what is not there."""
    return build(
        '<section class="cg-state" role="status"><h3>{}</h3><strong>{}</strong><p>{}</p>{}'
        "</section>",
        title,
        says,
        reason,
        action,
    )


def image(source: str, alt: str) -> Html:
    """A picture from a data: address, such as `charts.sparkline.line` makes it."""
    return build('<img class="cg-line" src="{}" alt="{}">', source, alt)
