"""Segments: points with their ranges, or bars from 0; every one has its words."""

import pandas as pd
import pytest

from common_ground.charts import segments
from common_ground.charts.format import money_short

NAN = float("nan")


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def euros(value, n):
    return money_short(value, "EUR")


def frame(*rows):
    found = pd.DataFrame(rows, columns=["segment", "value", "n", "low", "high"])
    return found.astype({"value": "float64", "low": "float64", "high": "float64"})


AMOUNTS = frame(
    ["Large", 580_000.0, 21, NAN, NAN],
    ["Small", NAN, 4, NAN, NAN],
    ["Gone", -90_000.0, 12, NAN, NAN],
)


def test_every_segment_has_its_value_and_n_in_words():
    found = frame(["Small", 0.3, 90, 0.2, 0.4], ["Large", None, 4, None, None])
    drawn = segments.draw(found, "sales", "light", lambda value, n: f"{value:.0%}", 0.35)
    assert texts(drawn) == ["<b>30%</b>", "n = 90", "too few", "n = 4", "target 35%"]
    assert drawn.layout.xaxis.range[1] < 1.1


@pytest.mark.parametrize("from_zero", [True, False])
@pytest.mark.parametrize("rows", [1, 12])
def test_at_most_so_many_segments_as_fit(rows, from_zero):
    found = frame(*([f"S{n}", 10.0 + n, 9, NAN, NAN] for n in range(rows)))
    drawn = segments.draw(
        found, "product", "dark", lambda value, n: f"{value:g}", from_zero=from_zero
    )
    assert list(drawn.data[0].x) == [10.0 + n for n in range(min(rows, segments.MOST))]


def test_amounts_are_bars_from_0_that_go_left_where_negative():
    drawn = segments.draw(AMOUNTS, "sales", "light", euros, from_zero=True)
    bars = drawn.data[0]
    assert (bars.type, bars.orientation, bars.base) == ("bar", "h", None)
    assert bars.marker.color == "#24316F"
    assert bars.x[0] == 580_000
    assert pd.isna(bars.x[1])
    assert bars.x[2] == -90_000
    low, high = drawn.layout.xaxis.range
    assert low < -90_000 < 0 < 580_000 < high
    assert 0 in drawn.layout.xaxis.tickvals
    assert [shape.x0 for shape in drawn.layout.shapes] == [0]
    assert texts(drawn) == ["<b>€580k</b>", "n = 21", "too few", "n = 4", "<b>−€90k</b>", "n = 12"]


def test_bars_of_large_amounts_close_together_begin_at_0_all_the_same():
    found = frame(["A", 1000.0, 9, NAN, NAN], ["B", 1010.0, 9, NAN, NAN])
    drawn = segments.draw(found, "shared", "light", euros, from_zero=True)
    low, high = drawn.layout.xaxis.range
    assert low <= 0 < 1010 < high
    points = segments.draw(found, "shared", "light", euros)
    assert points.data[0].type == "scatter"
    assert points.layout.xaxis.range[0] > 500


def test_a_range_is_drawn_even_where_bars_were_asked_for():
    found = frame(["A", 0.3, 90, 0.2, 0.4], ["B", 0.5, 90, 0.4, 0.6])
    drawn = segments.draw(found, "shared", "light", lambda value, n: f"{value:.0%}", from_zero=True)
    assert drawn.data[0].type == "scatter"
    assert [(shape.x0, shape.x1) for shape in drawn.layout.shapes] == [(0.2, 0.4), (0.4, 0.6)]


def test_bars_of_nothing_can_be_drawn():
    drawn = segments.draw(frame(["A", 0.0, 9, NAN, NAN]), "shared", "light", euros, from_zero=True)
    low, high = drawn.layout.xaxis.range
    assert low < high
    assert texts(drawn) == ["<b>€0</b>", "n = 9"]


def test_names_are_escaped_on_the_axis_and_under_the_pointer():
    drawn = segments.draw(
        frame(["<b>\u202ex", 5.0, 9, NAN, NAN]), "shared", "light", euros, from_zero=True
    )
    assert drawn.layout.yaxis.ticktext[0].strip() == "&lt;b&gt;‹U+202E›x"
    assert drawn.data[0].customdata[0] == "&lt;b&gt;‹U+202E›x: €5, n = 9"


@pytest.mark.parametrize("write", [euros, lambda value, n: f"CHF {value:,.2f} a month"])
def test_the_texts_of_the_axis_fit_beside_each_other(write):
    drawn = segments.draw(AMOUNTS, "sales", "light", write, 1e6, from_zero=True)
    shown = drawn.layout.xaxis.ticktext
    assert 2 <= len(shown) <= 4
    assert len(shown) == 2 or sum(len(text) * 7.5 for text in shown) < 200
