"""One look for every chart; the sides can be told apart and read."""

import dataclasses
import re

import plotly.graph_objects as go
import pytest

from common_ground.charts import template

THEMES = ("light", "dark")


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["page", "card"])
@pytest.mark.parametrize(
    ("colour", "least"),
    [("sales", 4.5), ("product", 4.5), ("shared", 4.5), ("usage", 4.5), ("ink", 7), ("soft", 7)],
)
def test_colours_can_be_read_on_page_and_card(theme, ground, colour, least):
    colours = template.palette(theme)
    assert contrast(getattr(colours, colour), getattr(colours, ground)) >= least - 0.05


def test_every_class_has_a_symbol_of_its_own():
    symbols = {
        template.SALES,
        template.PRODUCT,
        template.SHARED,
        template.EXISTS,
        template.DISAGREES,
    }
    assert len(symbols) == 5


@pytest.mark.parametrize("theme", THEMES)
def test_a_chart_cannot_be_dragged_and_has_no_legend(theme):
    layout = go.Figure(layout=template.base_layout(theme, 300)).layout
    assert layout.height == 300
    assert layout.dragmode is False
    assert layout.showlegend is False
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange
    assert layout.font.size >= 15
    assert template.CONFIG["displayModeBar"] is False


def test_properties_given_replace_those_of_the_look():
    layout = template.base_layout("light", 300, showlegend=True)
    assert layout["showlegend"] is True
    assert template.axis("light", "Weeks", showgrid=False)["showgrid"] is False


def test_both_themes_name_every_colour_as_hex():
    for theme in THEMES:
        for value in dataclasses.asdict(template.palette(theme)).values():
            assert re.fullmatch("#[0-9A-F]{6}", value)


def test_a_pale_colour_keeps_its_hue():
    assert template.with_opacity("#7B35C9", 0.5) == "rgba(123, 53, 201, 0.5)"


def test_no_font_family_holds_a_digit():
    assert not re.search(r"\d", template.FONT), "unquoted, it would void the whole list"
