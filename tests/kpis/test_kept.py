"""What was computed once is kept with the published file, and is what would be computed anew."""

from itertools import product

import pytest

from common_ground import kpi_lines, kpis
from common_ground.kpis import DEFAULT_TERMS, Point, Terms
from common_ground.warehouse.published import open_file, open_published, published_file

NAMES = kpis.known_kpis()


@pytest.fixture(scope="module")
def kept(demo_workspace):
    return open_published(demo_workspace)


@pytest.fixture(scope="module")
def anew(demo_workspace):
    data = open_file(published_file(demo_workspace)[0])
    assert data.kept is None
    return data


def view(data, window="trailing_12_months", as_of=None, **chosen):
    return kpis.view(window, as_of or data.as_of, data.fiscal_year_start_month, **chosen)


@pytest.mark.parametrize("by", kpis.DIMENSIONS)
def test_every_part_is_what_it_is_alone(kept, anew, by):
    points = [Point(kpis.parse_window(name, anew.as_of)) for name in ("quarter", "last_year")]
    parts = kpis.segments(anew, by)
    for part in {parts[0], parts[len(parts) // 2], parts[-1]}:
        first, again, alone = (
            kpis.all_at_points(data, NAMES, points, part, DEFAULT_TERMS, by)
            for data in (kept, kept, anew)
        )
        assert first == again == alone


def test_options_and_goals_are_told_apart(kept, anew):
    point = Point(kpis.parse_window("trailing_12_months", anew.as_of))
    for policy, chosen in kpis.choices().items():
        under = [name for name in NAMES if policy in kpis.definition(name).options({})]
        for option, _ in chosen.options:
            terms = Terms(policies={policy: option})
            together, alone = (
                kpis.all_at_points(data, under, [point], None, terms) for data in (kept, anew)
            )
            assert together == alone


def test_what_can_be_chosen_next_needs_no_statement(demo_workspace, monkeypatch):
    data = open_published(demo_workspace)
    assert len(list(kpi_lines.look_ahead(data, DEFAULT_TERMS))) == 1 + len(kpis.DIMENSIONS)
    asked = []
    select = type(data).select
    monkeypatch.setattr(
        type(data),
        "select",
        lambda self, text, params: asked.append(text) or select(self, text, params),
    )
    segments = [
        {"by": by, "segment": part} for by in kpis.DIMENSIONS for part in kpis.segments(data, by)
    ]
    views = [
        *(
            view(data, window, compare=compare)
            for window, compare in product(kpis.NAMED, kpis.COMPARISONS)
        ),
        *(view(data, as_of=day) for day in kpis.days_offered(data.as_of)),
        *(view(data, "quarter", **chosen) for chosen in segments),
    ]
    for one in views:
        kpi_lines.all_told(data, NAMES, one, DEFAULT_TERMS)
    for by in kpis.DIMENSIONS:
        kpi_lines.by_segment(data, "win_rate", view(data), by, DEFAULT_TERMS)
    assert asked == []


def test_another_rule_is_asked_for_by_itself(kept, monkeypatch):
    asked = []
    select = type(kept).select
    monkeypatch.setattr(
        type(kept),
        "select",
        lambda self, text, params: asked.append(text) or select(self, text, params),
    )
    kpi_lines.all_told(kept, NAMES, view(kept), DEFAULT_TERMS)
    asked.clear()
    kpi_lines.all_told(kept, NAMES, view(kept), Terms(policies={"denominator": "all"}))
    assert len(asked) == 1
    assert "'win_rate' as kpi" in asked[0]
