import re

from common_ground.charts.template import palette
from common_ground.ui import theme

STREAMLIT_PARTS = {
    "stMainBlockContainer",
    "stVerticalBlock",
    "stHeader",
    "stAppViewContainer",
    "stMain",
    "stHorizontalBlock",
    "stColumn",
    "stPlotlyChart",
}


def test_every_colour_has_a_light_and_a_dark_value():
    text = theme.stylesheet()
    assert f"--cg-sales:light-dark({palette('light').sales},{palette('dark').sales})" in text
    used = set(re.findall(r"var\(--cg-([a-z]+)", text)) - {"side"}
    assert used <= set(vars(palette("light")))


def test_only_the_listed_parts_of_streamlit_are_touched():
    assert set(re.findall(r'data-testid="(\w+)"', theme.stylesheet())) <= STREAMLIT_PARTS


def test_no_colour_is_written_outside_the_palette():
    rules = theme.stylesheet().split("\n", 1)[1]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", rules) == []


def test_nothing_is_set_below_14_px():
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)rem", theme.stylesheet())]
    assert sizes
    assert min(sizes) * 17 >= 14
