"""The map shows everything, names what fits, and escapes what an export wrote."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.charts import labels, overlap_map
from tests.analysis import overlap_worlds as worlds

CLASSES = list(overlap_map.SYMBOLS)


def things(*rows):
    """Each row: item_id, title, class, touched, reach, effort, unconfirmed_share."""
    columns = ["item_id", "title", "class", "touched", "reach", "effort", "unconfirmed_share"]
    return pd.DataFrame(rows, columns=columns)


FIVE = things(
    ("A", "Custom roles", "both", 420_000.0, 130.0, 8.0, 0.0),
    ("B", "SSO <with> SAML", "only_sales", 1_200_000.0, 60.0, 12.0, 0.9),
    ("C", "Faster sync", "only_product", 0.0, 230.0, 4.0, 0.0),
    ("D", "Saved views", "exists", 80_000.0, 180.0, None, 0.2),
    ("E", "Kiosk mode", "usage_disagrees", 150_000.0, 15.0, 2.0, 0.8),
)


def draw(items=FIVE, **more):
    return overlap_map.draw(items, "light", "EUR", **more)


def trace(figure, name):
    return next(found for found in figure.data if found.name == name)


def test_every_thing_is_drawn_once_with_its_id():
    drawn = draw().figure
    ids = [item for found in drawn.data for item in (found.customdata or ())]
    assert sorted(ids) == ["A", "B", "C", "D", "E"]


def test_most_of_the_money_unconfirmed_is_hollow_or_thin():
    figure = draw().figure
    assert list(trace(figure, "Only sales asks").marker.symbol) == ["square-open"]
    assert list(trace(figure, "Both want it").marker.symbol) == ["diamond"]
    assert list(trace(figure, "Usage disagrees").marker.line.width) == [1.2]


def test_more_effort_is_a_larger_marker():
    figure = draw().figure
    sizes = [trace(figure, name).marker.size[0] for name in ("Only sales asks", "Both want it")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == overlap_map.LARGEST


def test_scales_are_square_roots_with_a_line_for_nothing():
    layout = draw().figure.layout
    assert layout.yaxis.ticktext[0] == "none"
    assert layout.yaxis.ticktext[-1].startswith("€1")
    assert layout.yaxis.tickvals[-1] ** 2 == pytest.approx(1_200_000, rel=0.3)
    assert list(layout.xaxis.tickvals) == sorted(set(layout.xaxis.tickvals))


def test_what_an_export_wrote_is_text_not_markup():
    figure = draw().figure
    written = [note.text for note in figure.layout.annotations]
    assert "SSO &lt;with&gt; SAML" in written
    assert "SSO &lt;with&gt; SAML" in trace(figure, "Only sales asks").text[0]


def test_the_chosen_thing_is_ringed_and_bold():
    figure = draw(selected="A").figure
    assert len(figure.data) == len(draw().figure.data) + 1
    assert "<b>Custom roles</b>" in [note.text for note in figure.layout.annotations]


def test_something_that_is_not_there_cannot_be_chosen():
    assert len(draw(selected="Z").figure.data) == len(draw().figure.data)


def test_the_zone_begins_at_products_median():
    zone = draw(median_reach=100.0).figure.layout.shapes[0]
    assert zone.x0 == 10.0
    assert not draw().figure.layout.shapes


@pytest.mark.parametrize("count", [0, 1])
def test_few_things_are_no_error(count):
    drawn = draw(FIVE.head(count), median_reach=10.0)
    assert (drawn.named, drawn.drawn) == (count, count)


def test_nothing_asked_for_and_nothing_reached_still_draws():
    flat = FIVE.assign(touched=0.0, reach=0.0, effort=None)
    assert draw(flat).drawn == 5


def test_things_on_the_line_for_nothing_do_not_cover_each_other():
    many = things(*[(f"i{n}", f"Item {n}", "only_product", 0.0, 100.0, 1.0, 0.0) for n in range(3)])
    found = trace(draw(many).figure, "Only product plans")
    assert len(set(zip(found.x, found.y, strict=True))) == 3


def test_the_order_of_rows_changes_no_place():
    one, other = draw(selected="A").figure, draw(FIVE.iloc[::-1], selected="A").figure
    assert one.to_json() == other.to_json()


shares = st.floats(0, 1, allow_nan=False)
markers = st.lists(
    st.builds(
        labels.Marker,
        key=st.uuids().map(str),
        text=st.text("abcdefgh ", min_size=1, max_size=28),
        x=shares,
        y=shares,
        size=st.floats(11, 40),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(markers)
def test_no_name_touches_a_name_a_marker_a_corner_or_the_edge(found):
    height = 500.0
    by_key = {marker.key: marker for marker in found}
    for width in labels.WIDTHS:
        boxes = {}
        for label in labels.place(found, height):
            box = labels._box(by_key[label.key], label, width, height)
            assert box.left >= 0
            assert box.right <= width
            assert box.bottom >= 0
            assert box.top <= height
            for key, other in labels._obstacles(found, width, height):
                assert key == label.key or not box.touches(other)
            assert not any(box.touches(other) for other in boxes.values())
            boxes[label.key] = box


def test_the_first_marker_is_named_first():
    crowd = [labels.Marker(str(n), 0.5, 0.5, 20, "a long name here") for n in range(5)]
    assert labels.place(crowd, 500)[0].key == "0"
    assert labels.place(crowd[::-1], 500)[0].key == "4"
    apart = [labels.Marker("a", 0.5, 0.5, 20, "name"), labels.Marker("b", 0.9, 0.5, 20, "name")]
    assert [label.key for label in labels.place(apart, 500)] == ["a", "b"]


def boxes(things, selected, height=600):
    """Every name and marker of the map as boxes, at both widths, from the figure itself."""
    figure = overlap_map.draw(things, "light", "EUR", selected=selected, height=height).figure
    deep = height - 68
    (x0, x1), (y0, y1) = figure.layout.xaxis.range, figure.layout.yaxis.range
    symbols = {
        item: overlap_map.SYMBOLS[name] for item, name in things[["item_id", "class"]].values
    }
    for width in labels.WIDTHS:
        markers, names = [], []
        for found in figure.data:
            for item, x, y, size in zip(
                found.customdata or (), found.x, found.y, found.marker.size, strict=False
            ):
                drawn = size * overlap_map._DRAWN[symbols[item]]
                at = labels.Marker(item, (x - x0) / (x1 - x0), (y - y0) / (y1 - y0), drawn - 2)
                markers.append((x, y, labels._marker_box(at, width, deep)))
        for note in figure.layout.annotations:
            if note.xref == "paper":
                continue
            text = note.text.removeprefix("<b>").removesuffix("</b>")
            at = labels.Marker("", (note.x - x0) / (x1 - x0), (note.y - y0) / (y1 - y0), 0, text)
            label = labels.Placed("", text, note.xanchor, note.yanchor, note.xshift, note.yshift)
            names.append((note.x, note.y, labels._box(at, label, width, deep)))
        yield width, deep, markers, names


@pytest.mark.parametrize("count", [60, 600])
def test_no_name_touches_another_or_a_marker_with_60_and_with_600_things(count):
    things = worlds.things(count)
    for width, deep, markers, names in boxes(things, "I-3"):
        assert len(names) >= 12
        assert len(markers) == count
        for place, (x, y, name) in enumerate(names):
            assert 0 <= name.left < name.right <= width
            assert 0 <= name.bottom < name.top <= deep
            assert not any(name.touches(other) for _, _, other in names[:place])
            assert not any(name.touches(other) for *at, other in markers if at != [x, y])


def test_a_full_map_has_smaller_markers_and_faint_weak_pulls_without_a_name():
    things = worlds.things(600)
    drawn = draw(things, selected="I-3")
    strong = [
        found for found in drawn.figure.data if not str(found.marker.color).startswith("rgba")
    ]
    shown = [item for found in strong for item in found.customdata or ()]
    assert len(shown) == overlap_map.MANY
    assert drawn.drawn == 600
    assert drawn.named <= overlap_map.MANY
    named = {
        note.text.removeprefix("<b>").removesuffix("</b>")
        for note in drawn.figure.layout.annotations
    }
    of_strong = things.loc[things["item_id"].isin([*shown, "I-3"]), "title"].map(labels.shortened)
    assert {text for text in named if "pull" not in text} <= set(of_strong)
    few = draw(worlds.things(60))
    assert max(max(found.marker.size) for found in few.figure.data if found.customdata) == 25.0
    assert not any(str(found.marker.color).startswith("rgba") for found in few.figure.data)


def test_every_thing_of_a_full_map_is_drawn_once():
    figure = draw(worlds.things(600)).figure
    ids = [item for found in figure.data for item in (found.customdata or ())]
    assert len(ids) == len(set(ids)) == 600


def test_long_names_are_cut_at_a_word():
    assert labels.shortened("Photo timestamps on job reports") == "Photo timestamps on job…"
    assert labels.shortened("Offline maps") == "Offline maps"
