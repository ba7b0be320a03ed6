"""The one way from the data to what a meeting looks at, on the demo data."""

import pandas as pd
import pytest

from common_ground import kpi_lines, kpis, meeting
from common_ground.ledger import open_ledger
from common_ground.settings import Settings
from common_ground.warehouse.published import open_published


@pytest.fixture(scope="module")
def data(demo_workspace):
    return open_published(demo_workspace)


@pytest.fixture(scope="module")
def ledger(demo_workspace):
    return open_ledger(demo_workspace)


@pytest.fixture(scope="module")
def known(data, ledger):
    verdicts = ledger.verdicts()
    links = meeting.links(data, verdicts)
    return meeting.overlaps(data, verdicts, links, Settings().link_level)


def test_the_five_classes_hold_every_item_once_and_all_the_money(known):
    assert known.classes["count"].sum() == len(known.items) == known.items["item_id"].nunique()
    assert known.classes["allocated"].sum() == pytest.approx(known.items["allocated"].sum())
    assert known.classes["allocated"].sum() <= known.union + 0.01


def test_a_segment_leaves_only_its_own_deals(data, ledger):
    verdicts = ledger.verdicts()
    links = meeting.links(data, verdicts)
    segment = kpis.segments(data)[0]
    part = meeting.overlaps(data, verdicts, links, Settings().link_level, segment=segment)
    deals = data.mart("mart_deal_values").set_index("deal_id")["segment"]
    assert set(deals.loc[part.deal_things["deal_id"]]) <= {segment}


def test_brief_and_compromise_show_the_same_trade_with_or_without_the_frontier(data, known):
    choices = meeting.default_choices(Settings())
    plain = meeting.bargain(data, known, choices)
    full = meeting.bargain(data, known, choices, frontier=True)
    assert plain.found.compromise == full.found.compromise
    assert plain.found.no_deal == full.found.no_deal
    assert plain.swaps == full.swaps
    assert plain.found.compromise.effort <= plain.prepared.problem.capacity


def test_a_kpi_comes_with_its_value_of_three_months_before(data, ledger):
    view, terms = kpi_lines.headline_view(data), kpi_lines.terms(ledger)
    for kpi in meeting.HEADLINES:
        told = kpi_lines.all_told(data, [kpi], view, terms)[kpi]
        line, past = told.line, told.past
        then = pd.Timestamp(data.as_of) - pd.DateOffset(months=3)
        before = past.loc[past["month_end"] == then + pd.offsets.MonthEnd(0), "value"].squeeze()
        assert line.definition.kpi == kpi
        assert line.before == (None if pd.isna(before) else pytest.approx(before))
        assert line.now.value == pytest.approx(past["value"].iloc[-1])


def test_rows_have_the_names_people_call_them(data):
    names = meeting.names(data)
    deals = data.mart("mart_deal_values")
    assert names["deals", deals["deal_id"].iloc[0]] == deals["name"].iloc[0]
    assert meeting.counts(data)["open deal"] == int(deals["is_open"].sum())
