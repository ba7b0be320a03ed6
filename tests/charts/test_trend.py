import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common_ground.charts import segments, trend


def write(value):
    return f"{value:g} days"


def history(values):
    days = pd.date_range("2025-11-30", periods=len(values), freq="ME")
    return pd.DataFrame({"month_end": days, "value": values, "n": 9, "slow": 2.0})


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def test_lines_end_with_their_name_and_value():
    drawn = trend.draw(history([90.0, 80.0]), "shared", "light", write, "median", 60.0)
    assert set(texts(drawn)) == {"<b>median</b>: 80 days", "target: 60 days"}


def test_names_at_the_ends_keep_their_distance():
    drawn = trend.draw(
        history([90.0, 80.0]), "shared", "light", write, "now", 80.0, ("slow", write)
    )
    heights = sorted(note.y for note in drawn.layout.annotations)
    low, high = drawn.layout.yaxis.range
    assert heights[2] - heights[1] > 0.08 * (high - low)


def test_agreements_are_named_where_there_is_room():
    agreements = pd.DataFrame(
        {
            "agreement_id": ["A1", "A2", "A3", "A4"],
            "title": [
                "Triage twice a week for everybody",
                "One queue",
                "Ranges",
                "Before the line",
            ],
            "day": pd.to_datetime(["2026-01-05", "2026-01-06", "2026-01-07", "2024-01-01"]),
        }
    )
    figure = trend.draw(history([9.0] * 12), "sales", "dark", write, "now", agreements=agreements)
    named = [text for text in texts(figure) if text.startswith("A")]
    assert named == ["A1 Triage twice a week for…", "A2 One queue"]
    verticals = [shape for shape in figure.layout.shapes if shape.yref == "paper"]
    assert len(verticals) == 3


def test_axis_holds_the_likely_range():
    drawn = trend.draw(
        history([0.5, 0.51]), "sales", "light", lambda v: f"{v:.2f}", "now", likely=(0.4, 0.62)
    )
    low, high = drawn.layout.yaxis.range
    assert low <= 0.4
    assert high >= 0.62


thousandths = st.integers(-(10**12), 10**12).map(lambda number: number / 1000)


@given(thousandths, thousandths.map(abs))
def test_ticks_enclose_the_values_in_round_steps(low, size):
    ticks = trend.ticks_over(low, low + size)
    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= low + 1e-9 * abs(low)
    assert ticks[-1] >= low + size - 1e-6 * max(abs(low + size), size)
    steps = {
        round((b - a) / (ticks[1] - ticks[0]), 3) for a, b in zip(ticks, ticks[1:], strict=False)
    }
    assert steps == {1.0}


def segment_frame(rows):
    return pd.DataFrame(rows, columns=["segment", "value", "n", "low", "high"])


def test_every_segment_has_its_value_and_n_in_words():
    found = segment_frame([["Small", 0.3, 90, 0.2, 0.4], ["Large", None, 4, None, None]])
    found = found.astype({"value": "float64", "low": "float64", "high": "float64"})
    drawn = segments.draw(found, "sales", "light", lambda value, n: f"{value:.0%}", 0.35)
    assert texts(drawn) == ["<b>30%</b>", "n = 90", "too few", "n = 4", "target 35%"]
    assert drawn.layout.xaxis.range[1] < 1.1


@pytest.mark.parametrize("rows", [1, 12])
def test_at_most_so_many_segments_as_fit(rows):
    found = segment_frame([[f"S{n}", 10.0 + n, 9, float("nan"), float("nan")] for n in range(rows)])
    drawn = segments.draw(found, "product", "dark", lambda value, n: f"{value:g}")
    assert len(drawn.data[0].x) == min(rows, segments.MOST)
