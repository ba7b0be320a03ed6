import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.charts import trend
from common_ground.charts.labels import LINE, Box, text_width


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


def test_names_at_the_ends_keep_their_distance_beside_their_ends():
    drawn = trend.draw(
        history([90.0, 80.0]), "shared", "light", write, "now", 80.0, ("slow", write)
    )
    low, high = drawn.layout.yaxis.range
    plot = drawn.layout.height - drawn.layout.margin.t - 30
    notes = drawn.layout.annotations
    heights = sorted((note.y - low) / (high - low) * plot + note.yshift for note in notes)
    assert all(b - a >= LINE - 0.01 for a, b in zip(heights, heights[1:], strict=False))
    assert sorted(note.y for note in notes) == [2.0, 80.0, 80.0]


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


# ---- gaps and the time compared with


def test_a_month_with_too_few_rows_is_a_gap_that_no_line_crosses():
    values = [9.0, 8.0, float("nan"), 7.0]
    second = history(values).assign(slow=values)
    before = pd.DataFrame({"month_end": second["month_end"], "value": values})
    drawn = trend.draw(
        second, "shared", "light", write, "now", second=("slow", write), before=before
    )
    assert len(drawn.data) == 3
    for line in drawn.data:
        assert line.connectgaps is False
        assert pd.isna(line.y[2])
    assert "no value" in drawn.data[-1].customdata[2]


def test_an_older_value_is_never_written_as_the_last_one():
    drawn = trend.draw(history([9.0, 8.0, float("nan")]), "shared", "light", write, "now")
    assert texts(drawn) == ["<b>now</b>: no value"]


def before_frame(days, values):
    return pd.DataFrame({"month_end": pd.to_datetime(days), "value": values})


def test_the_time_compared_with_is_a_thin_dotted_line_with_its_name_and_value_at_its_end():
    before = before_frame(["2025-11-30", "2025-12-31"], [70.0, 60.0])
    drawn = trend.draw(
        history([90.0, 80.0]), "sales", "light", write, "now", before=before, before_label="a <y>"
    )
    line = drawn.data[0]
    assert (line.line.dash, line.line.width, list(line.y)) == ("dot", 2.0, [70.0, 60.0])
    assert line.line.color not in {drawn.data[1].line.color, "#9E420B"}
    assert "a &lt;y&gt;: 60 days" in texts(drawn)
    assert drawn.layout.yaxis.range[0] <= 60


def test_the_time_compared_with_claims_nothing_beyond_its_own_months():
    drawn = trend.draw(
        history([90.0, 80.0]),
        "sales",
        "light",
        write,
        "now",
        before=before_frame(["2025-11-30", "2026-06-30"], [70.0, 9e9]),
    )
    assert "before: no value" in texts(drawn)
    assert drawn.layout.yaxis.range[1] < 1000


@pytest.mark.parametrize("values", [[], [float("nan")]])
def test_nothing_to_compare_with_draws_nothing(values):
    before = before_frame(["2025-11-30"][: len(values)], values)
    drawn = trend.draw(history([90.0, 80.0]), "sales", "light", write, "now", before=before)
    assert len(drawn.data) == 1


# ---- loads of data


def load_frame(*rows):
    frame = pd.DataFrame(rows, columns=["day", "label"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


def marks(figure):
    return next(trace for trace in figure.data if trace.marker.symbol == "triangle-down-open")


def test_each_load_on_the_axis_stands_below_the_lowest_tick_and_tells_its_version_and_day():
    loads = load_frame(
        ("2026-08-31", "v14"), ("2026-03-31", "<v9>"), ("2020-01-01", "v1"), ("2026-08-31", "v13")
    )
    drawn = trend.draw(history([9.0] * 12), "sales", "light", write, "now", loads=loads)
    found = marks(drawn)
    assert list(found.customdata) == [
        "Data v13, v14, to 31 Aug 2026",
        "Data &lt;v9&gt;, to 31 Mar 2026",
    ]
    axis = drawn.layout.yaxis
    assert all(axis.range[0] < y < axis.tickvals[0] for y in found.y)
    assert "data v13, v14" in texts(drawn)
    assert "data &lt;v9&gt;" in texts(drawn)


def test_without_loads_no_row_is_kept_for_them():
    drawn = trend.draw(history([9.0, 8.0]), "sales", "light", write, "now", loads=load_frame())
    assert len(drawn.data) == 1
    assert drawn.layout.yaxis.range[0] == drawn.layout.yaxis.tickvals[0]


def test_the_newest_load_is_named_first():
    loads = load_frame(("2026-06-10", "v13"), ("2026-06-20", "v14"))
    drawn = trend.draw(history([9.0] * 12), "sales", "light", write, "now", loads=loads)
    assert [text for text in texts(drawn) if text.startswith("data")][0] == "data v14"


# ---- nothing touches


def plain(text):
    return text.replace("<b>", "").replace("</b>", "")


def boxes(figure, width):
    """Names and months, px from the lower left corner of the plot."""
    layout = figure.layout
    left = 8 + max(text_width(text) for text in layout.yaxis.ticktext)
    wide, high = width - left - layout.margin.r, layout.height - layout.margin.t - 30
    first, last = layout.xaxis.range
    low, top = layout.yaxis.range

    def x(day):
        return wide * ((day - first) / (last - first))

    found = {}
    for note in layout.annotations:
        across = text_width(plain(note.text))
        at = x(note.x) + note.xshift - (across if note.xanchor == "right" else 0)
        up = note.y * high if note.yref == "paper" else (note.y - low) / (top - low) * high
        bottom = up + (note.yshift or 0) - (0 if note.yanchor == "bottom" else LINE / 2)
        # A hundredth for rounding: the names at the ends stand exactly a line apart.
        found[note.text] = Box(at, bottom + 0.01, at + across, bottom + LINE - 0.01)
    for day, name in zip(layout.xaxis.tickvals, layout.xaxis.ticktext, strict=True):
        half = text_width(name) / 2
        if name:
            found[f"{name} {day}"] = Box(x(day) - half, -22, x(day) + half, -3)
    return found, -left, wide + layout.margin.r


days_of_year = st.lists(st.integers(0, 340), max_size=9, unique=True)


@pytest.mark.parametrize("months", [2, 12, 24])
@given(agreed=days_of_year, loaded=days_of_year, height=st.sampled_from([154, 300]))
@settings(max_examples=10, deadline=None)
def test_no_name_touches_another_or_is_cut_off_at_any_width(months, agreed, loaded, height):
    start = pd.Timestamp("2025-11-25")
    past = history([20.0 + n for n in range(months)])
    agreements = pd.DataFrame(
        {
            "agreement_id": [f"A{n}" for n in range(len(agreed))],
            "title": "triage twice a week",
            "day": pd.to_datetime([start + pd.Timedelta(days=day) for day in agreed]),
        }
    )
    loads = load_frame(*((start + pd.Timedelta(days=day), f"v{day}") for day in loaded))
    figure = trend.draw(
        past,
        "shared",
        "light",
        write,
        "median",
        30.0,
        ("slow", write),
        agreements,
        loads=loads,
        before=past[["month_end", "value"]],
        before_label="a year before",
        height=height,
    )
    for width in (trend.NARROWEST, 1000, 1700):
        found, left, right = boxes(figure, width)
        names = list(found)
        for place, name in enumerate(names):
            assert left - 1 <= found[name].left
            assert found[name].right <= right + 1
            for other in names[place + 1 :]:
                assert not found[name].touches(found[other]), (width, name, other)


def test_the_year_is_written_where_it_begins_and_the_last_month_always():
    for months in (2, 12, 24, 36):
        names = trend.draw(history([9.0] * months), "sales", "light", write, "now")
        shown = list(names.layout.xaxis.ticktext)
        assert shown[-1]
        years = [name for name in shown if "20" in name or "’" in name]
        assert len(years) == (months + 9) // 12


def test_the_texts_of_the_value_axis_keep_their_distance():
    drawn = trend.draw(history([3.0, 199.0]), "sales", "light", write, "now", height=110)
    low, high = drawn.layout.yaxis.range
    ticks = drawn.layout.yaxis.tickvals
    plot = 110 - drawn.layout.margin.t - 30
    assert (ticks[1] - ticks[0]) / (high - low) * plot >= LINE


def test_titles_are_escaped():
    agreements = pd.DataFrame(
        {"agreement_id": ["A1"], "title": ["<b>x"], "day": pd.to_datetime(["2026-01-05"])}
    )
    drawn = trend.draw(history([9.0] * 12), "sales", "dark", write, "now", agreements=agreements)
    assert "A1 &lt;b&gt;x" in texts(drawn)
