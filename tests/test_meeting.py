"""The one way from the data to what a meeting looks at, on the demo data."""

from dataclasses import replace

import pandas as pd
import pytest

from common_ground import kpi_lines, kpis, meeting
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
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
    decided = Decided.of(ledger)
    return meeting.overlaps(data, decided, meeting.links(data, decided), Settings().link_level)


def test_the_five_classes_hold_every_item_once_and_all_the_money(known):
    assert known.classes["count"].sum() == len(known.items) == known.items["item_id"].nunique()
    assert known.classes["allocated"].sum() == pytest.approx(known.items["allocated"].sum())
    assert known.classes["allocated"].sum() <= known.union + 0.01


def test_a_segment_leaves_only_its_own_deals(data, ledger):
    decided = Decided.of(ledger)
    links, level = meeting.links(data, decided), Settings().link_level
    segment = kpis.segments(data)[0]
    part = meeting.overlaps(data, decided, links, level, segment=segment)
    deals = data.mart("mart_deal_values").set_index("deal_id")["segment"]
    assert set(deals.loc[part.deal_things["deal_id"]]) <= {segment}


def test_brief_and_compromise_show_the_same_trade_with_or_without_the_frontier(data, ledger, known):
    choices = meeting.default_choices(Settings())
    decided = Decided.of(ledger)
    plain = meeting.bargain(data, decided, known, choices)
    full = meeting.bargain(data, decided, known, choices, frontier=True)
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


def test_rows_have_the_names_people_call_them(data, ledger):
    decided = Decided.of(ledger)
    names = meeting.names(data, decided)
    deals = data.mart("mart_deal_values")
    assert names["deals", deals["deal_id"].iloc[0]] == deals["name"].iloc[0]
    assert meeting.counts(data, decided)["open deal"] == int(deals["is_open"].sum())


def test_an_assumption_moves_the_map_and_the_trade_at_once(data, ledger, known):
    items = data.mart("mart_items")
    item = known.items.loc[known.items["is_planned"] & known.items["effort"].notna()].iloc[0]
    register = pd.DataFrame(
        [(item["item_id"], "reach", 9_999.0), (item["item_id"], "effort_likely", 77.0)],
        columns=["item_id", "field", "value"],
    )
    decided = replace(Decided.of(ledger), assumptions=register)
    links, choices = meeting.links(data, decided), meeting.default_choices(Settings())
    found = meeting.overlaps(data, decided, links, Settings().link_level)
    row = found.items.set_index("item_id").loc[item["item_id"]]
    assert row["active_accounts"] == 9_999.0
    assert row["effort"] > item["effort"]
    trade = meeting.bargain(data, decided, found, choices)
    candidates = {one.item_id: one for one in trade.prepared.problem.candidates}
    assert candidates[item["item_id"]].effort == round(row["effort"] * 10)
    assert candidates[item["item_id"]].product == round(row["reach"] * 10)
    assert meeting.evidence(data, decided).items["reach_own"].max() == 9_999.0
    pd.testing.assert_frame_equal(items, data.mart("mart_items"))
