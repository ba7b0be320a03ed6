from html.parser import HTMLParser

import pytest

from common_ground.ui import html

ATTACK = '<script>alert("x")</script>'


class _Balance(HTMLParser):
    """Collects tags and fails on one that is closed out of order."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags_of(text):
    parser = _Balance()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser.tags


def test_plain_text_is_escaped_and_html_is_not_escaped_twice():
    bold = html.strong(ATTACK)
    assert bold == "<b>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</b>"
    assert html.build("{}", bold) == bold
    assert html.join([bold, "a & b"], ", ") == f"{bold}, a &amp; b"


def test_braces_in_a_part_are_text():
    assert html.build("<i>{}</i>", "{0} {name}") == "<i>{0} {name}</i>"


EVERYTHING = [
    lambda x: html.soft(x),
    lambda x: html.said_by("sales", x),
    lambda x: html.named("product", x),
    lambda x: html.note(x),
    lambda x: html.heading(x, x),
    lambda x: html.quote("sales", x, x),
    lambda x: html.tag("shared", x),
    lambda x: html.link(x, "data"),
    lambda x: html.panel(x, x, x),
    lambda x: html.box(x),
    lambda x: html.group(x),
    lambda x: html.grid([html.box(x), html.box(x)], "8 4"),
    lambda x: html.rows([html.Row(x, x, x), html.Row(x, x, bold=True)], lead_right=True),
    lambda x: html.pairs([(x, x)]),
    lambda x: html.table([x, x], [[x, x]], numbers=[1]),
    lambda x: html.kpi_card(x, x, x, x, x, x, side="sales", hint=x, large=True),
    lambda x: html.kpi_without_value(x, x, x, x, x, hint=x),
    lambda x: html.class_tile("exists", x, x, x, x),
    lambda x: html.class_table((x, x, x, x), [html.ClassLine("shared", x, x, x, 0.5, 0.1, x)]),
    lambda x: html.side_card("sales", x, x, x, [html.Bar(x, x, 0.4)], [(x, x)]),
    lambda x: html.swap_table((x, x, x), [html.Swap(x, 0.2, x, x, x, 0.3)], (x, x, x)),
    lambda x: html.capacity(x, 0.5),
    lambda x: html.fact(x, x),
    lambda x: html.state(x, x, x, x),
    lambda x: html.image("data:image/svg+xml;base64,AA==", x),
]


@pytest.mark.parametrize("piece", EVERYTHING)
def test_every_piece_escapes_what_it_is_given_and_closes_what_it_opens(piece):
    shown = piece(ATTACK)
    assert isinstance(shown, html.Html)
    assert "script" not in tags_of(shown)
    assert "&lt;script&gt;" in shown


def test_a_bar_keeps_its_lengths_between_nothing_and_everything():
    assert "width:100.00%" in html.bar("sales", 3.0)
    assert html.bar("sales", -1.0).count("<i") == 0
    both = html.bar("sales", 0.25, 0.5)
    assert both.index("cg-solid") < both.index("cg-hatched")
    assert "width:25.00%" in both
    assert "width:50.00%" in both


def test_a_side_is_told_by_symbol_as_well_as_by_colour():
    assert len(set(html.SYMBOLS.values())) == len(html.SYMBOLS)
    assert "■" in html.named("sales", "Sales")
    assert "●" in html.named("product", "Product")


def test_a_grid_takes_equal_parts_or_proportions():
    assert html.grid([], "4").count("minmax(0,1fr)") == 4
    assert "minmax(0,3fr) minmax(0,6fr) minmax(0,3fr)" in html.grid([], "3 6 3")
