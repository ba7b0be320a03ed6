"""Every KPI a second time, in plain Python: the twin and the SQL must agree on any data.

The twin (tests/kpis/twin) was written from the definitions and reads the canonical tables only.
"""

from datetime import date, timedelta
from functools import lru_cache
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings

from common_ground import kpis
from common_ground.kpis import Window
from common_ground.ledger import open_ledger
from common_ground.warehouse.build import build
from common_ground.warehouse.published import open_published
from tests.kpis import twin
from tests.kpis.random_worlds import agreements, full, some
from tests.kpis.worlds import AS_OF, world

WINDOWS = {
    "trailing 12 months": kpis.parse_window("trailing_12_months", AS_OF),
    "quarter": Window(date(2026, 4, 1), date(2026, 7, 1)),
    "a quarter that is past": Window(date(2026, 1, 1), date(2026, 4, 1)),
}
QUARTER = WINDOWS["quarter"]
OF_THE_LEDGER = ("commitments_kept", "agreed_to_ship_days")
OF_THE_DATA = [kpi for kpi in twin.FIGURES if kpi not in OF_THE_LEDGER]
SUMS = ("mrr", "arr", "carr", "won_amount", "pipeline_open", "arr_bridge")
# A share whose n is what it divides by.
SHARES = ("win_rate", "logo_churn", "activation_rate", "pql_to_win", "csat", "nps", "stickiness")
PEOPLE = ("wau", "mau")
DIMENSIONS = ("segment", "industry", "region", "plan", "owner")


def engine(data, kpi, window, part=None, by="segment", options=None, agreed=None):
    """The one call to what is tested."""
    policies = {name: str(choice) for name, choice in (options or {}).items()}
    if agreed is not None:
        terms = kpis.Terms(policies=policies, agreements=agreed)
        return kpis.compute(data, kpi, window, part, terms, by)
    places = [place for place, known in enumerate(WINDOWS.values()) if known == window]
    if places:
        return everything(data, part, by, tuple(policies.items()))[kpi][places[0]]
    return kpis.compute(data, kpi, window, part, kpis.Terms(policies=policies), by)


@lru_cache(maxsize=4000)
def everything(data, part, by, policies):
    """All KPIs of one world in all windows at once, as the page asks for them."""
    points = [kpis.Point(window) for window in WINDOWS.values()]
    terms = kpis.Terms(policies=dict(policies))
    return kpis.all_at_points(data, OF_THE_DATA, points, part, terms, by)


@lru_cache(maxsize=60)
def made(recipe):
    """The world of a recipe and its tables as the twin reads them, built once for all KPIs."""
    data = recipe.world()
    return data, twin.read(data)


def agree(data, tables, kpi, window, part=None, by="segment", options=None, agreed=None):
    """Assert that engine and twin say the same; nothing loaded must be nothing to the twin too."""
    found = engine(data, kpi, window, part, by, options, agreed)
    expected = twin.figures(tables, kpi, window, part, by, options, agreed)
    told = f"{kpi} {window} {part}: engine {found.computed} of {found.n}, twin {expected}"
    if found.state == "missing":
        assert not expected.value, told
        return
    assert found.n == expected.n, told
    assert same(found.computed, expected.value), told


def same(one, other):
    if one is None or other is None:
        return one is other
    return one == pytest.approx(other, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(50))
def test_sql_and_twin_agree_on_random_worlds(seed):
    data, tables = made(some(seed))
    for kpi in OF_THE_DATA:
        for window in WINDOWS.values():
            agree(data, tables, kpi, window)


@pytest.mark.parametrize("kpi", OF_THE_LEDGER)
@settings(max_examples=50, derandomize=True, deadline=None)
@given(agreements)
def test_sql_and_twin_agree_on_random_agreements(kpi, agreed):
    data, tables = no_rows()
    for window in WINDOWS.values():
        agree(data, tables, kpi, window, agreed=agreed)


@lru_cache(maxsize=1)
def no_rows():
    data = world()
    return data, twin.read(data)


@pytest.mark.parametrize("by", DIMENSIONS)
@pytest.mark.parametrize("seed", range(3))
def test_sql_and_twin_agree_on_each_part_of_each_dimension(seed, by):
    data, tables = made(full(seed))
    for part in parts_of(tables, by):
        for kpi in OF_THE_DATA:
            agree(data, tables, kpi, QUARTER, part, by)


@pytest.mark.parametrize(("choice", "changed"), twin.CHOICES.items(), ids=str)
def test_sql_and_twin_agree_on_each_choice_which_changes_no_other_kpi(choice, changed):
    for seed in range(6):
        data, tables = made(full(seed))
        for kpi in changed:
            for window in WINDOWS.values():
                agree(data, tables, kpi, window, options=dict([choice]))
        for kpi in set(OF_THE_DATA) - set(changed):
            plain = engine(data, kpi, QUARTER)
            assert engine(data, kpi, QUARTER, options=dict([choice])) == plain


@pytest.mark.parametrize(("choice", "changed"), twin.CHOICES.items(), ids=str)
def test_random_worlds_are_full_enough_for_each_choice_to_matter(choice, changed):
    for kpi in changed:
        assert any(
            twin.figures(tables, kpi, window, options=dict([choice]))
            != twin.figures(tables, kpi, window)
            for tables in full_worlds()
            for window in WINDOWS.values()
        )


@pytest.mark.parametrize("kpi", OF_THE_DATA)
def test_random_worlds_are_full_enough_for_each_kpi_to_have_values(kpi):
    found = [twin.figures(tables, kpi, WINDOWS["trailing 12 months"]) for tables in full_worlds()]
    assert len({one.value for one in found if one.n > 0}) > 1


@lru_cache(maxsize=1)
def full_worlds():
    """Tables of worlds with as many rows as there may be."""
    return [full(seed).tables() for seed in range(90)]


@pytest.mark.parametrize("seed", range(10))
def test_bridge_of_the_twin_leads_from_opening_to_close(seed):
    tables = full(seed).tables()
    for moves in ("endpoint", "each_change"):
        for currency in ("constant", "floating"):
            options = {"moves": moves, "currency": currency}
            bridge = twin.figures(tables, "arr_bridge", QUARTER, options=options)
            bars = dict(bridge.made_of)
            opening, close = bars.pop("opening"), bars.pop("close")
            assert opening + sum(bars.values()) == pytest.approx(close, abs=1e-6)
            assert bridge.value == pytest.approx(close - opening, abs=1e-6)
            if currency == "constant":
                assert bars["exchange_rates"] == 0


def parts_of(tables, by):
    """Parts that any account or deal may be in."""
    named = {row[by] for row in tables["accounts"]} if by != "plan" else set()
    plans = {row["plan"] for row in tables["contracts"]} if by == "plan" else set()
    owners = {row["owner"] for row in tables["deals"]} if by == "owner" else set()
    found = {name or f"(no {by})" for name in named | plans | owners}
    return sorted(found | {f"(no {by})", "(no account)"})


@pytest.mark.parametrize("kpi", [*SUMS, *SHARES, *PEOPLE])
@pytest.mark.parametrize("seed", range(4))
def test_parts_add_up_to_the_total(kpi, seed):
    data, tables = made(full(seed))
    total = engine(data, kpi, QUARTER)
    if total.state == "missing":
        assert not twin.figures(tables, kpi, QUARTER).value
        return
    parts = [engine(data, kpi, QUARTER, part) for part in parts_of(tables, "segment")]
    assert sum(part.n for part in parts) == total.n
    values = [(part.computed or 0, part.n) for part in parts]
    if kpi in SHARES:
        hits = sum(value * n for value, n in values)
        assert same(total.computed, hits / total.n if total.n else None)
    else:
        assert (total.computed or 0) == pytest.approx(sum(value for value, _ in values))


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_changes_nothing(seed):
    recipe, random = full(seed), Random(seed)
    data, _ = made(recipe)
    rows = recipe.rows()
    mixed = {
        table: random.sample(found, len(found)) if table != "workspace" else found
        for table, found in rows.items()
    }
    assert kpis.compute_all(world(**mixed), QUARTER) == kpis.compute_all(data, QUARTER)


@pytest.mark.parametrize("seed", range(3))
def test_other_ids_change_nothing(seed):
    recipe = full(seed)
    data, _ = made(recipe)
    other = world(**{table: renamed(table, found) for table, found in recipe.rows().items()})
    assert kpis.compute_all(other, QUARTER) == kpis.compute_all(data, QUARTER)


# What of two is taken by id keeps its order: roots of circles, keys of merged asks.
TURNED = {"account_id", "user_id", "deal_id", "contract_id", "churn_event_id", "respondent"}
KEPT_IN_ORDER = {"feature_id", "item_id", "item_key", "ask_id", "merged_into"}


def renamed(table, rows):
    """The same rows under other ids; those of accounts, people and deals in turned order."""
    if table == "workspace":
        return rows
    return [{column: _renamed(column, value) for column, value in row.items()} for row in rows]


def _renamed(column, value):
    if not value or column not in TURNED | KEPT_IN_ORDER:
        return value
    if column in KEPT_IN_ORDER:
        return f"id {value}"
    return f"id {999 - int(value[1:])}"


@pytest.mark.parametrize("kpi", ["win_rate", "won_amount", "sales_cycle_days", "pipeline_open"])
@pytest.mark.parametrize("seed", range(5))
def test_rows_behind_are_those_counted_and_those_dropped(kpi, seed):
    data, _ = made(full(seed))
    found = kpis.compute(data, kpi, QUARTER)
    behind = kpis.rows_behind(data, kpi, QUARTER)
    assert behind["left_out"].isna().sum() == found.n
    reasons = behind["left_out"].value_counts().to_dict()
    assert reasons == {part.reason: part.rows for part in found.dropped}


@pytest.mark.parametrize("back", range(0, 45, 4))
def test_active_people_are_exact_on_any_day(back):
    data, tables = made(full(back))
    for kpi in PEOPLE:
        window = Window(None, AS_OF + timedelta(days=1 - back))
        agree(data, tables, kpi, window)
        behind = kpis.rows_behind(data, kpi, window)
        people = behind.loc[behind["left_out"].isna(), ["account_id", "user_id"]]
        assert len(people.drop_duplicates()) == len(people)
        assert len(people) == twin.figures(tables, kpi, window).n


@pytest.fixture(scope="module")
def demo(demo_workspace):
    data = open_published(demo_workspace)
    yield data, twin.read(data), open_ledger(demo_workspace).agreements()
    data.close()


@pytest.fixture(scope="module")
def ravenstack(shared, tmp_path_factory):
    made_of = build(shared / "exports" / "ravenstack", tmp_path_factory.mktemp("ravenstack"))
    return made_of.data, twin.read(made_of.data), pd.DataFrame()


def windows_of(data):
    names = ("trailing_12_months", "quarter")
    windows = [kpis.parse_window(name, data.as_of) for name in names]
    return [*windows, kpis.moved_to(windows[1], windows[1].start - timedelta(days=1))]


@pytest.mark.parametrize("kpi", twin.FIGURES)
def test_sql_and_twin_agree_on_the_demo(kpi, demo):
    data, tables, agreed = demo
    for window in windows_of(data):
        agree(data, tables, kpi, window, agreed=agreed if kpi in OF_THE_LEDGER else None)


@pytest.mark.parametrize("kpi", OF_THE_DATA)
def test_sql_and_twin_agree_on_ravenstack(kpi, ravenstack):
    data, tables, _ = ravenstack
    for window in windows_of(data):
        agree(data, tables, kpi, window)


@pytest.mark.parametrize(("choice", "changed"), twin.CHOICES.items(), ids=str)
@pytest.mark.parametrize("source", ["demo", "ravenstack"])
def test_sql_and_twin_agree_on_each_choice_on_whole_exports(source, choice, changed, request):
    data, tables, _ = request.getfixturevalue(source)
    for kpi in changed:
        for window in windows_of(data):
            agree(data, tables, kpi, window, options=dict([choice]))
