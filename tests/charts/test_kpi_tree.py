"""The tree: causes below results, sides in their place, nothing runs through a KPI."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.charts import kpi_tree
from common_ground.charts.kpi_layers import MOST, SIDES, arrange, crossings
from common_ground.charts.labels import LINE, text_width


def nodes(*rows, selected=None):
    """Each row: kpi, side."""
    found = pd.DataFrame(rows, columns=["kpi", "side"])
    return found.assign(
        label=[f"Name of {kpi}" for kpi in found["kpi"]],
        value="31 %",
        is_selected=[kpi == selected for kpi in found["kpi"]],
    )


def edges(*pairs):
    return pd.DataFrame(pairs, columns=["from_kpi", "to_kpi"])


ROWS = (("asks", "shared"), ("win", "sales"), ("use", "product"), ("arr", "shared"))
PAIRS = (("asks", "win"), ("asks", "use"), ("win", "arr"), ("use", "arr"), ("asks", "arr"))


def frames(figure):
    return [shape for shape in figure.layout.shapes if shape.type == "rect"]


def paths(figure):
    return [shape for shape in figure.layout.shapes if shape.type == "path"]


def texts(figure):
    return [note.text for note in figure.layout.annotations]


def spot(figure, name):
    """Middle of the box whose text holds a name."""
    at = next(n for n, text in enumerate(texts(figure)) if name in text) - len(SIDES)
    box = frames(figure)[at]
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def test_causes_stand_below_what_they_move():
    figure = kpi_tree.draw(nodes(*ROWS), edges(*PAIRS), "light")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    heights = {kpi: spot(figure, kpi)[1] for kpi, _ in ROWS}
    assert heights["asks"] > heights["win"] == heights["use"] > heights["arr"]


def test_sales_stands_left_of_shared_and_product_right():
    rows = (("p", "product"), ("h", "shared"), ("s", "sales"))
    figure = kpi_tree.draw(nodes(*rows), edges(), "light")
    assert spot(figure, "of s")[0] < spot(figure, "of h")[0] < spot(figure, "of p")[0]
    heads = figure.layout.annotations[: len(SIDES)]
    assert [note.text for note in heads] == ["■ Sales", "◆ Shared", "● Product"]
    assert [note.x for note in heads] == sorted(note.x for note in heads)


def test_each_box_holds_the_symbol_of_its_side_its_name_and_its_value():
    figure = kpi_tree.draw(nodes(*ROWS), edges(*PAIRS), "light")
    text = next(text for text in texts(figure) if "win" in text)
    assert text == '<span style="color:#24316F">■</span> Name of win<br>31 %'
    assert [box.line.color for box in frames(figure)] == [
        "#7B35C9",
        "#24316F",
        "#9E420B",
        "#7B35C9",
    ]


def test_the_selected_kpi_is_bold_and_filled_and_its_edges_are_ink_on_top():
    figure = kpi_tree.draw(nodes(*ROWS, selected="win"), edges(*PAIRS), "light")
    bold = [text for text in texts(figure) if text.startswith("<b>")]
    assert len(bold) == 1
    assert "win" in bold[0]
    assert [box.fillcolor for box in frames(figure)].count("#F4F6F8") == 1
    tints = [path.line.color for path in paths(figure)]
    assert tints == ["#828D99"] * 3 + ["#161C24"] * 2
    assert [path.line.width for path in paths(figure)] == [1.5] * 5


def test_every_edge_has_its_arrow_at_the_kpi_it_moves():
    figure = kpi_tree.draw(nodes(*ROWS), edges(*PAIRS), "light")
    arrows = next(trace for trace in figure.data if trace.name == "moves")
    feet = {(round((box.x0 + box.x1) / 2, 3), round(box.y1, 3)) for box in frames(figure)}
    heads = [(round(x, 3), round(y, 3)) for x, y in zip(arrows.x, arrows.y, strict=True)]
    assert len(heads) == len(PAIRS)
    assert set(heads) <= feet


def test_the_pointer_finds_every_box_with_its_kpi_and_full_name():
    long = nodes(*ROWS).assign(label="Win rate of deals with an <unmet> blocker")
    figure = kpi_tree.draw(long, edges(*PAIRS), "light")
    found = next(trace for trace in figure.data if trace.name == "KPIs")
    assert set(found.customdata) == {"asks", "win", "use", "arr"}
    assert "Win rate of deals with an &lt;unmet&gt; blocker: 31 %<br>■ sales" in found.hovertext


def test_long_names_are_cut_and_names_are_escaped():
    rows = nodes(("a", "sales"), ("b", "sales")).assign(
        label=["Win rate of deals with an unmet blocker", "<i>\u202ex"]
    )
    shown = texts(kpi_tree.draw(rows, edges(), "light"))[len(SIDES) :]
    assert "…" in shown[0]
    assert "unmet" not in shown[0]
    assert "&lt;i&gt;‹U+202E›x" in shown[1]


@pytest.mark.parametrize("pairs", [[("a", "a")], [("a", "b"), ("b", "c"), ("c", "a")]])
def test_a_circle_is_refused(pairs):
    rows = nodes(("a", "sales"), ("b", "shared"), ("c", "product"))
    with pytest.raises(ValueError, match="in a circle"):
        kpi_tree.draw(rows, edges(*pairs), "light")
    with pytest.raises(ValueError, match="in a circle"):
        kpi_tree.height_of(rows, edges(*pairs))


def test_an_edge_to_nowhere_and_a_kpi_twice_are_refused():
    with pytest.raises(ValueError, match="not there: z"):
        kpi_tree.draw(nodes(("a", "sales")), edges(("a", "z")), "light")
    with pytest.raises(ValueError, match="once"):
        kpi_tree.draw(nodes(("a", "sales"), ("a", "sales")), edges(), "light")


def test_an_edge_given_twice_is_drawn_once():
    rows = nodes(("a", "sales"), ("b", "shared"))
    assert len(paths(kpi_tree.draw(rows, edges(("a", "b"), ("a", "b")), "light"))) == 1


def test_no_kpis_are_an_empty_chart():
    figure = kpi_tree.draw(nodes(), edges(), "dark")
    assert not figure.data
    assert not figure.layout.shapes
    assert figure.layout.height == kpi_tree.height_of(nodes(), edges()) > 0


def test_the_height_grows_with_the_layers_and_is_never_less_than_needed():
    few = kpi_tree.height_of(nodes(*ROWS), edges(("asks", "win")))
    more = kpi_tree.height_of(nodes(*ROWS), edges(*PAIRS))
    assert more > few
    assert kpi_tree.draw(nodes(*ROWS), edges(*PAIRS), "light", 20).layout.height == more
    assert kpi_tree.draw(nodes(*ROWS), edges(*PAIRS), "light", 900).layout.height == 900


def test_an_order_without_crossings_is_found():
    rows = dict.fromkeys("abcxyz", "shared")
    pairs = [("a", "z"), ("b", "y"), ("c", "x")]
    tree = arrange(rows, pairs)
    layers = [
        sorted((s for s in tree.spots.values() if s.layer == n), key=lambda s: tree.across[s.key])
        for n in range(tree.layers)
    ]
    assert crossings(layers, pairs) == 0


letters = [f"K{n}" for n in range(30)]
trees = st.tuples(
    st.lists(st.sampled_from(SIDES), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=35),
)


@given(trees)
@settings(max_examples=25, deadline=None)
def test_any_tree_is_layered_without_touching_boxes_and_its_texts_fit(tree):
    sides, numbers = tree
    rows = [(letters[n], side) for n, side in enumerate(sides)]
    pairs = [
        (letters[min(pair)], letters[max(pair)])
        for pair in numbers
        if min(pair) < max(pair) < len(sides)
    ]
    found = arrange(dict(rows), pairs)
    for low, high in pairs:
        assert found.spots[low].layer < found.spots[high].layer
    layers = [spot.layer for spot in found.spots.values() if spot.is_kpi]
    assert max(map(layers.count, layers)) <= MOST
    for one, other in combinations(found.spots.values(), 2):
        if one.layer == other.layer:
            apart = abs(found.across[one.key] - found.across[other.key])
            assert apart >= (one.width + other.width) / 2 - 1e-9
            if one.side != other.side:
                left, right = sorted((one, other), key=lambda spot: spot.side)
                assert found.across[left.key] < found.across[right.key]
    for spot in found.spots.values():
        assert spot.width / 2 - 1e-9 <= found.across[spot.key]
        assert found.across[spot.key] <= found.width - spot.width / 2 + 1e-9
    shuffled = arrange(dict(rows), list(reversed(pairs)))
    assert {s.key: s.layer for s in shuffled.spots.values()} == {
        s.key: s.layer for s in found.spots.values()
    }
    labels = [f"Customers of {kpi} reached twice" for kpi, _ in rows]
    figure = kpi_tree.draw(nodes(*rows).assign(label=labels), edges(*pairs), "light")
    for box, text in zip(frames(figure), texts(figure)[len(SIDES) :], strict=True):
        lines = ["■ " + text.split("</span> ")[1].split("<br>")[0], *text.split("<br>")[1:]]
        assert max(map(text_width, lines)) + 8 <= box.x1 - box.x0
        assert LINE * len(lines) <= box.y1 - box.y0
