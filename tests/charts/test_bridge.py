"""The bridge adds up to the cent, keeps the place of what is nothing, and no words touch."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.charts import bridge
from common_ground.charts.format import money, money_short
from common_ground.charts.labels import LINE, Box, text_width

NAMES = {
    "opening": "Opening",
    "new": "New",
    "reactivation": "Reactivation",
    "expansion": "Expansion",
    "contraction": "Contraction",
    "churn": "Churn",
    "fx": "Exchange rates",
    "close": "Close",
}


def bars(opening, *moves):
    amounts = [opening, *moves, sum(moves, start=opening)]
    return pd.DataFrame(
        {"key": list(NAMES), "label": list(NAMES.values()), "amount": [float(a) for a in amounts]}
    )


def short(value):
    return money_short(value, "EUR")


# The quarter of eight accounts whose values were worked out by hand.
QUARTER = bars(98_600, 15_000, 9_000, 6_000, -8_000, -8_000, 0)


def amounts(figure):
    return [note for note in figure.layout.annotations if note.yref != "paper"]


def names(figure):
    return [note for note in figure.layout.annotations if note.yref == "paper"]


def test_each_bar_begins_where_the_one_before_ended():
    figure = bridge.draw(QUARTER, "light", short)
    drawn = figure.data[0]
    ends = [98_600, 113_600, 122_600, 128_600, 120_600, 112_600, 112_600, 112_600]
    assert [note.y for note in amounts(figure)] == ends
    floor = figure.layout.yaxis.range[0]
    lows = [floor, 98_600, 113_600, 122_600, 120_600, 112_600, 112_600, floor]
    assert list(drawn.base) == lows
    tops = [base + size for base, size in zip(drawn.base, drawn.y, strict=True)]
    assert tops == pytest.approx(
        [98_600, 113_600, 122_600, 128_600, 128_600, 120_600, 112_600, 112_600]
    )


def test_every_amount_is_written_with_its_sign_and_nothing_keeps_its_place():
    figure = bridge.draw(QUARTER, "light", short)
    assert [note.text for note in amounts(figure)] == [
        "<b>€99k</b>",
        "+€15k",
        "+€9k",
        "+€6k",
        "−€8k",
        "−€8k",
        "€0",
        "<b>€113k</b>",
    ]
    assert [note.x for note in amounts(figure)] == list(range(8))
    assert [note.text for note in names(figure)][1] == "New"
    assert list(figure.data[0].marker.line.width)[6] == 0


def test_losses_are_an_outline_gains_are_pale_totals_are_filled():
    figure = bridge.draw(QUARTER, "light", short)
    fills = list(figure.data[0].marker.color)
    assert fills[0] == fills[-1] == "#7B35C9"
    assert fills[1] == fills[3] == "rgba(123, 53, 201, 0.45)"
    assert fills[4] == fills[5] == "#FFFFFF"


def test_loss_is_written_below_its_bar_and_gain_above():
    shifts = {note.text: note.yshift for note in amounts(bridge.draw(QUARTER, "light", short))}
    assert shifts["+€15k"] > 0 > shifts["−€8k"]


def test_a_cut_axis_is_said_under_both_totals_and_an_axis_from_0_is_not():
    cut = [note.text for note in names(bridge.draw(QUARTER, "light", short))]
    assert cut[0] == "Opening<br>from €80k"
    assert cut[-1] == "Close<br>from €80k"
    whole = bridge.draw(bars(100, 900, 0, 0, 0, -200, 0), "light", short)
    assert not any("from" in note.text for note in names(whole))
    assert whole.layout.yaxis.range[0] == 0


def test_connectors_join_each_end_to_the_next_bar():
    figure = bridge.draw(QUARTER, "light", short)
    lines = [shape for shape in figure.layout.shapes if shape.x1 - shape.x0 < 0.5]
    assert [shape.y0 for shape in lines] == [note.y for note in amounts(figure)][:-1]
    assert all(shape.y0 == shape.y1 and shape.line.width == 1 for shape in figure.layout.shapes)


@pytest.mark.parametrize("off", [0.01, -0.01, 5000])
def test_a_bridge_that_does_not_add_up_is_never_drawn(off):
    wrong = QUARTER.assign(amount=[*QUARTER["amount"][:-1], 112_600 + off])
    with pytest.raises(ValueError, match="differ from the close"):
        bridge.draw(wrong, "light", short)


def test_less_than_a_cent_is_no_difference():
    tenths = bars(0.1, 0.2, 0, 0, 0, 0, 0).assign(amount=[0.1, 0.2, 0, 0, 0, 0, 0, 0.3])
    assert len(amounts(bridge.draw(tenths, "light", short))) == 8


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (QUARTER.iloc[:0], "opening"),
        (QUARTER.iloc[1:], "opening"),
        (QUARTER.iloc[:-1], "close"),
        (QUARTER.assign(amount=float("nan")), "every amount"),
    ],
)
def test_a_bridge_with_an_end_or_an_amount_missing_is_a_mistake(wrong, said):
    with pytest.raises(ValueError, match=said):
        bridge.draw(wrong, "light", short)


def test_names_are_escaped():
    figure = bridge.draw(QUARTER.replace("Churn", "<b>\u202ex"), "light", short)
    assert "&lt;b&gt;‹U+202E›x" in [note.text for note in names(figure)]
    assert figure.data[0].customdata[5].startswith("&lt;b&gt;‹U+202E›x: −€8k")


def box_of(note, figure, width):
    """The words of a note, px from the lower left corner of the plot."""
    layout = figure.layout
    lines = note.text.replace("<b>", "").replace("</b>", "").split("<br>")
    wide, high = max(map(text_width, lines)), LINE * len(lines)
    left, right = layout.xaxis.range
    at = (note.x - left) / (right - left) * (width - 16) + note.xshift - wide / 2
    if note.yref == "paper":
        return Box(at, note.yshift - high, at + wide, note.yshift)
    low, top = layout.yaxis.range
    plot = layout.height - layout.margin.t - layout.margin.b
    middle = (note.y - low) / (top - low) * plot + note.yshift
    return Box(at, middle - high / 2 + 0.01, at + wide, middle + high / 2 - 0.01)


money_moves = st.integers(-1_000_000_000, 1_000_000_000).map(lambda cents: cents / 100)


@pytest.mark.parametrize("height", [200, 320])
@given(
    opening=money_moves.map(abs),
    moves=st.lists(st.one_of(st.just(0.0), money_moves), min_size=6, max_size=6),
    currency=st.sampled_from(["EUR", "CHF"]),
    is_short=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_no_words_touch_or_leave_the_chart_at_any_width(height, opening, moves, currency, is_short):
    exact = pd.Series([opening, *moves]).map(lambda amount: round(amount * 100)).sum() / 100
    found = bars(opening, *moves).assign(amount=[opening, *moves, exact])
    write = money_short if is_short else money
    figure = bridge.draw(found, "light", lambda value: write(value, currency), height)
    plot = height - figure.layout.margin.t - figure.layout.margin.b
    for width in (bridge.NARROWEST, 1000):
        placed = [(note, box_of(note, figure, width)) for note in figure.layout.annotations]
        for place, (note, box) in enumerate(placed):
            assert box.left >= -9
            assert box.right <= width - 7
            assert box.top <= plot + 8
            for other, taken in placed[place + 1 :]:
                assert not box.touches(taken), (width, note.text, other.text)
