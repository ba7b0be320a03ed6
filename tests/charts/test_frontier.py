"""The frontier chart draws plans that exist, names them, and escapes what is in them."""

import pytest

from common_ground.analysis.bargaining import find_compromise
from common_ground.analysis.frontier import sample_plans
from common_ground.analysis.plans import Candidate, Deal, Problem
from common_ground.charts import frontier, labels


def make(**changes) -> Problem:
    values = {
        "candidates": (
            Candidate("A", "Single <b>sign-on", 30, 50),
            Candidate("B", "Audit log", 20, 10),
            Candidate("C", "Bulk edit", 40, 200),
            Candidate("D", "Offline mode", 40, 100),
        ),
        "deals": (
            Deal("D1", 1000, frozenset({"A", "B"}), "Acme"),
            Deal("D2", 300, frozenset({"C"}), "Globex"),
        ),
        "capacity": 90,
        "planned": frozenset({"D"}),
    }
    return Problem(**{**values, **changes})


def draw(problem, theme="light"):
    found = find_compromise(problem)
    titles = {item_id: problem.title(item_id) for item_id in problem.by_id}
    return found, frontier.draw(found, titles, "EUR", theme, sample_plans(problem, 20))


def texts(figure):
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_staircase_goes_down_before_it_goes_right(theme):
    found, figure = draw(make(), theme)
    line = next(trace for trace in figure.data if trace.mode == "lines+markers")
    assert line.line.shape == "vh"
    assert list(line.x) == [plan.product / 10 for plan in found.frontier.plans]
    assert list(line.y) == [plan.sales for plan in found.frontier.plans]


def test_every_named_plan_has_its_label_with_both_values():
    found, figure = draw(make())
    assert found.trade
    said = " ".join(texts(figure))
    for name in ("No deal", "Product alone", "Compromise"):
        assert f"<b>{name}</b>" in said
    assert "also sales alone" in said
    assert "€1.3k, 26" in said
    assert "better for both than no deal" in said


def test_hovering_tells_what_is_in_a_plan_and_escapes_it():
    _, figure = draw(make())
    cards = [card for trace in figure.data for card, _ in (trace.customdata or ())]
    assert any("Bulk edit" in card for card in cards)
    assert any("Single &lt;b&gt;sign-on" in card for card in cards)
    assert not any("<b>sign-on" in card for card in cards)


def test_the_zone_begins_at_no_deal():
    found, figure = draw(make())
    zone = figure.layout.shapes[0]
    assert (zone.x0, zone.y0) == (found.no_deal.plan.accounts, found.no_deal.plan.sales)


def test_without_a_trade_nothing_is_promised():
    found, figure = draw(make(deals=()))
    assert not found.trade
    assert not figure.layout.shapes
    assert not any("Compromise" in text for text in texts(figure))


@pytest.mark.parametrize("capacity", [0, 10])
def test_a_world_in_which_nothing_fits_can_be_drawn(capacity):
    _, figure = draw(make(capacity=capacity))
    assert any("nothing" in card for trace in figure.data for card, _ in (trace.customdata or ()))


@pytest.mark.parametrize(
    "span", [(0, 1), (0.0, 0.5), (100, 104), (-2, 55), (0, 3_500_000), (166_000, 166_400)]
)
def test_ticks_are_round_and_inside_the_range(span):
    ticks = frontier._ticks(span)
    assert 1 <= len(ticks) <= 2 * frontier.TICKS
    assert all(max(span[0], 0) <= tick <= span[1] for tick in ticks)
    assert len(set(ticks)) == len(ticks)


def test_the_chart_can_be_read_aloud():
    found, _ = draw(make())
    said = frontier.describe(found, "EUR")
    assert said.startswith(f"{len(found.frontier.plans)} plans")
    assert "Compromise: €1.3k, 26 accounts." in said


def test_ticks_close_together_are_not_written_alike():
    assert frontier._money([166_000, 166_100], "EUR") == ["€166,000", "€166,100"]
    assert frontier._money([0, 250_000], "EUR") == ["€0", "€250k"]


def test_a_compromise_that_is_a_sides_own_best_plan_has_one_label():
    _, figure = draw(make(capacity=130, planned=frozenset({"D"})))
    (label,) = [text for text in texts(figure) if "alone" in text]
    assert label.startswith("<b>Compromise</b><br>also sales alone and product alone<br>")


@pytest.mark.parametrize("capacity", [0, 20, 50, 60, 80, 90, 100, 110, 130])
@pytest.mark.parametrize("planned", ["", "D", "AB", "C"])
def test_every_label_is_inside_the_plot_and_touches_no_other_at_both_widths(capacity, planned):
    found, figure = draw(make(capacity=capacity, planned=frozenset(planned)))
    (x0, x1), (y0, y1) = figure.layout.xaxis.range, figure.layout.yaxis.range
    named = [note for note in figure.layout.annotations if note.xref != "paper"]
    assert named
    for width in frontier.WIDTHS:
        high = figure.layout.height - frontier.EDGES
        caption = labels.text_width(frontier.BETTER)
        boxes = [labels.Box(width - caption, high - labels.LINE, width, high)] * found.trade
        for note in named:
            text = note.text.replace("<b>", "").replace("</b>", "").replace("<br>", "\n")
            place = note.xanchor, note.yanchor, note.xshift, note.yshift
            at = labels.Marker("", (note.x - x0) / (x1 - x0), (note.y - y0) / (y1 - y0), 0)
            box = labels._box(at, labels.Placed("", text, *place), width, high)
            assert 0 <= box.left < box.right <= width
            assert 0 <= box.bottom < box.top <= high
            assert not any(box.touches(other) for other in boxes)
            boxes.append(box)
