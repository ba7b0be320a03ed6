"""Pictures below the map: sets, classes by segment, places in the rankings."""

import pandas as pd
import pytest

from common_ground.analysis import class_segments, rankings, wanted_sets
from common_ground.charts import class_matrix
from common_ground.charts import rankings as places
from common_ground.charts import wanted_sets as sets
from common_ground.charts.template import palette
from tests.analysis import test_class_segments as segments_world
from tests.analysis import test_rankings as rankings_world
from tests.analysis import test_wanted_sets as sets_world

COMBINATIONS = wanted_sets.wanted_sets(sets_world.world()).combinations


def drawn_sets(rows=COMBINATIONS, **more):
    return sets.draw(rows, "light", "EUR", **more)


def test_each_row_has_the_symbol_of_each_set_that_wants_it():
    symbols = drawn_sets().data[:3]
    for at, (name, own) in enumerate(zip(wanted_sets.SETS, symbols, strict=True)):
        wanted = COMBINATIONS[f"in_{name}"]
        assert [size > 5 for size in own.marker.size] == wanted.tolist()
        assert {own.marker.symbol[row] for row in wanted.index[wanted]} == {sets.SYMBOLS[name]}
        assert set(own.x) == {at}


def test_bars_say_count_and_money_and_carry_the_combination():
    counts, sure, unsure = drawn_sets().data[3:]
    assert list(counts.x) == COMBINATIONS["count"].tolist()
    assert [a + b for a, b in zip(sure.x, unsure.x, strict=True)] == pytest.approx(
        COMBINATIONS["allocated"]
    )
    assert unsure.marker.pattern.shape == "/"
    assert "€60" in unsure.text[list(wanted_sets.COMBINATIONS).index("sales+usage")]
    for found in drawn_sets().data:
        assert list(found.customdata) == list(wanted_sets.COMBINATIONS)


def test_money_on_suggestions_is_hatched():
    half = COMBINATIONS.assign(unconfirmed_share=0.5)
    sure, unsure = drawn_sets(half).data[4:]
    assert list(sure.x) == list(unsure.x)


def test_the_chosen_row_is_marked_and_no_money_at_all_still_draws():
    assert len(drawn_sets(selected="sales").layout.shapes) == 1
    assert not drawn_sets().layout.shapes
    assert drawn_sets(COMBINATIONS.assign(count=0, allocated=0.0)).layout.xaxis2.range == (0, 1.0)


FOUND, CELLS = segments_world.cells()


def drawn_matrix(cells=CELLS, theme="light", **more):
    return class_matrix.draw(cells, FOUND.classes, theme, "EUR", **more)


def test_every_cell_can_be_clicked_and_says_things_and_money():
    data = drawn_matrix().data
    clicks = [click for row in data for click in row.customdata]
    segments = CELLS["segment"].drop_duplicates().tolist()
    assert len(clicks) == len(set(clicks)) == len(FOUND.classes) * (len(segments) + 1)
    words = dict(zip(clicks, (text for row in data for text in row.text), strict=True))
    assert words["only_sales|Large"] == "<b>1</b><br>€50"
    assert words["only_sales|All"] == "<b>1</b><br>€110"
    assert words["both|Small"] == "–"


def test_more_money_is_a_darker_cell():
    (row,) = [row for row in drawn_matrix().data if row.customdata[0].startswith("only_sales")]
    shade = {
        click.split("|")[1]: float(colour.rsplit(",", 1)[1].strip(" )"))
        for click, colour in zip(row.customdata, row.marker.color, strict=True)
    }
    assert shade["Small"] > shade["Large"] > shade["(no segment)"]
    assert shade["All"] == 0.0


def test_the_chosen_cell_is_ringed_and_an_unknown_one_is_not():
    assert len(drawn_matrix(selected=("both", "Large")).layout.shapes) == 1
    assert not drawn_matrix(selected=("both", "<b>")).layout.shapes


def test_a_segments_name_is_text_not_markup():
    cells = CELLS.assign(segment=CELLS["segment"].replace("Large", "<b>Large"))
    assert "&lt;b&gt;Large" in drawn_matrix(cells).layout.xaxis.ticktext


def test_a_matrix_without_segments_shows_the_classes():
    nothing = CELLS.iloc[:0]
    assert class_segments.NOBODY not in drawn_matrix(nothing).layout.xaxis.ticktext
    assert len(drawn_matrix(nothing, "dark").data) == len(FOUND.classes)


RANKED = rankings.rank(rankings_world.ITEMS)


def test_the_item_the_rankings_disagree_on_most_is_drawn_last_in_ink_with_its_places():
    figure = places.draw(RANKED, "light")
    first, line = RANKED.iloc[0], figure.data[-1]
    assert line.line.color == palette("light").ink
    assert list(line.y) == [first[f"{name}_rank"] for name in rankings.SCORES]
    written = [note.text for note in figure.layout.annotations]
    assert f"<b>{first['title']}</b>" in written


def test_items_beyond_the_named_ones_are_one_pale_trace():
    many = pd.concat(
        [RANKED.assign(item_id=[f"{item}{n}" for item in RANKED["item_id"]]) for n in range(5)],
        ignore_index=True,
    )
    figure = places.draw(many, "dark")
    assert len(figure.data) == places.NAMED + 1
    pale = figure.data[0]
    assert sum(1 for y in pale.y if y is None) == len(many) - places.NAMED


def test_names_at_the_end_stand_apart():
    tied = RANKED.assign(touched_rank=1)
    heights = sorted(
        note.y for note in places.draw(tied, "light").layout.annotations if note.xref == "paper"
    )
    gaps = [other - one for one, other in zip(heights, heights[1:], strict=False)]
    assert min(gaps) * (places._HEIGHT - places._TOP - places._BOTTOM) >= places.labels.LINE - 1e-6
    assert 0 <= heights[0] < heights[-1] <= 1
