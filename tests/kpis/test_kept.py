"""What was computed once is kept with the published file, and is what would be computed anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest

from common_ground import kpi_lines, kpis
from common_ground.kpis import DEFAULT_TERMS, Point, Terms, asked
from common_ground.ledger import NewTarget, open_ledger
from common_ground.warehouse.published import Data, open_file, open_published, published_file

NAMES = kpis.known_kpis()


@pytest.fixture(scope="module")
def kept(demo_workspace):
    return open_published(demo_workspace)


@pytest.fixture(scope="module")
def anew(demo_workspace):
    data = open_file(published_file(demo_workspace)[0])
    assert data.kept is None
    return data


@pytest.fixture
def statements(monkeypatch):
    """Every statement that is sent from now on."""
    sent, select = [], Data.select
    monkeypatch.setattr(
        Data, "select", lambda self, text, params: sent.append(text) or select(self, text, params)
    )
    return sent


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


def test_options_are_told_apart(kept, anew):
    point = Point(kpis.parse_window("trailing_12_months", anew.as_of))
    for policy, chosen in kpis.choices().items():
        under = [name for name in NAMES if policy in kpis.definition(name).options({})]
        for option, _ in chosen.options:
            terms = Terms(policies={policy: option})
            together, alone = (
                kpis.all_at_points(data, under, [point], None, terms) for data in (kept, anew)
            )
            assert together == alone


def test_goals_are_told_apart(kept, anew, tmp_path):
    ledger, window = open_ledger(tmp_path), kpis.parse_window("quarter", anew.as_of)
    found = []
    for target in (Decimal(1_000_000), Decimal(2_000_000)):
        quarter = NewTarget("won_amount", "2026-Q4", "", target, "Marian Okafor")
        ledger.set_targets([quarter], now=datetime(2026, 11, 1, tzinfo=UTC))
        terms = kpi_lines.terms(ledger)
        together, alone = (
            kpis.compute(data, "pipeline_coverage", window, terms=terms) for data in (kept, anew)
        )
        assert together == alone
        found.append(together.value)
    assert found[0] > found[1]


def test_many_parts_are_asked_for_one_by_one(demo_workspace, anew, monkeypatch, statements):
    monkeypatch.setattr(asked, "PARTS_AT_MOST", 10)
    data, window = open_published(demo_workspace), kpis.parse_window("quarter", anew.as_of)
    part = kpis.segments(data, "industry")[0]
    ahead = list(kpi_lines.look_ahead(data, DEFAULT_TERMS))
    assert len(ahead) == 1 + sum(count <= 10 for count in data.part_counts.values()) < 6
    kept_before, statements[:] = dict(data.kept), []
    together, alone = (
        kpis.compute(one, "win_rate", window, part, by="industry") for one in (data, anew)
    )
    assert together == alone
    assert data.kept == kept_before
    assert len(statements) == 2


def test_threads_that_share_a_statement_get_their_own_answers(demo_workspace, anew):
    windows = [
        kpis.moved_to(kpis.parse_window("trailing_12_months", anew.as_of), day)
        for day in kpis.month_ends(anew.as_of, 8)
    ]
    alone = [kpis.compute(anew, "win_rate", window) for window in windows]
    assert len({value.value for value in alone}) == len(windows)
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            together = threads.map(lambda one: kpis.compute(anew, "win_rate", one), windows)
            assert list(together) == alone


def test_what_can_be_chosen_next_needs_no_statement(demo_workspace, statements):
    data = open_published(demo_workspace)
    assert len(list(kpi_lines.look_ahead(data, DEFAULT_TERMS))) == 1 + len(kpis.DIMENSIONS)
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
    statements.clear()
    for one in views:
        kpi_lines.all_told(data, NAMES, one, DEFAULT_TERMS)
    for by in kpis.DIMENSIONS:
        kpi_lines.by_segment(data, "win_rate", view(data), by, DEFAULT_TERMS)
    assert statements == []


def test_another_rule_is_asked_for_by_itself(kept, statements):
    kpi_lines.all_told(kept, NAMES, view(kept), DEFAULT_TERMS)
    statements.clear()
    kpi_lines.all_told(kept, NAMES, view(kept), Terms(policies={"denominator": "all"}))
    assert len(statements) == 1
    assert "'win_rate' as kpi" in statements[0]
