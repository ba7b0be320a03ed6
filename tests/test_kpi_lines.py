"""A KPI is one number: on its card, in the command and in the pack, under the same rules."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common_ground import kpi_lines, kpis, leadership
from common_ground.cli import main
from common_ground.ledger import NewPolicyChoice, NewTarget, open_ledger
from common_ground.meeting import Decided
from common_ground.pack import contents
from common_ground.pack.words import Writer
from common_ground.settings import from_environment
from common_ground.warehouse.published import open_published
from tests.pages.conftest import demo
from tests.pages.opening import open_page
from tests.pages.test_shared_kpis import PAGE, cards

__all__ = ["demo"]

NOW = datetime(2026, 11, 2, tzinfo=UTC)
COMPARED = ("win_rate", "nrr", "request_to_ship_days")


@pytest.fixture
def decided(demo):
    """The demo, with rules other than the default and a target of its own."""
    ledger = open_ledger(demo)
    for policy, option in (("denominator", "all"), ("average", "mean"), ("reactivation", "lost")):
        ledger.choose_policy(NewPolicyChoice(policy, option, "Marian Okafor", ""), now=NOW)
    goal = NewTarget("win_rate", "2026", "", Decimal("0.21"), "Marian Okafor")
    ledger.set_targets([goal], now=NOW)
    return demo


def printed(capsys, workspace, *arguments):
    assert main(["kpis", "--workspace", str(workspace), *arguments]) == 0
    return capsys.readouterr().out


def on_slides(workspace):
    """Rows of the pack's tables of KPIs: label -> value, change, target and n as written."""
    data, ledger = open_published(workspace), open_ledger(workspace)
    sources = leadership.gather(
        data, Decided.of(ledger), kpi_lines.terms(ledger), from_environment()
    )
    slides = [slide for slide in contents.build(sources).slides if slide.key.startswith("kpis")]
    return {str(row.cells[0]): row.cells for slide in slides for row in slide.table.rows}


def plain(text):
    return str(text).replace("\N{NO-BREAK SPACE}", "").replace(" ", "")


@pytest.mark.parametrize("workspace", ["demo", "decided"])
def test_page_command_and_pack_say_the_same_number(workspace, request, capsys):
    folder = request.getfixturevalue(workspace)
    data, terms = open_published(folder), kpi_lines.terms(open_ledger(folder))
    page, pack = cards(open_page(PAGE)), on_slides(folder)
    command = {one["kpi"]: one for one in json.loads(printed(capsys, folder, "--json"))["kpis"]}
    text = printed(capsys, folder)
    for name in COMPARED:
        label = kpis.definition(name).label
        window = kpi_lines.headline_view(data).window
        value = kpis.compute(data, name, window, terms=terms)
        assert (command[name]["value"], command[name]["n"]) == (value.value, value.n)
        number = Writer(value.unit, data.currency, value.n).full(value.value)
        assert plain(page[label][1]) == plain(number)
        assert plain(pack[label][1]) == plain(number)
        assert f"{label}: {number} (n = {value.n:,} " in text
        assert page[label][4].startswith(f"n = {value.n:,} ")
        assert plain(pack[label][4]).startswith(f"{value.n:,}")
        aim = Writer(value.unit, data.currency, value.n).full(command[name]["target"])
        assert plain(page[label][3]).startswith(plain(f"Target {aim}"))
        assert plain(pack[label][3]).startswith(plain(aim))


def test_rules_chosen_in_the_ledger_reach_page_command_and_pack(decided, capsys):
    by_default = open_published(decided)
    window = kpi_lines.headline_view(by_default).window
    command = {one["kpi"]: one for one in json.loads(printed(capsys, decided, "--json"))["kpis"]}
    for name in ("win_rate", "request_to_ship_days"):
        assert command[name]["value"] != kpis.compute(by_default, name, window).value
    assert (command["win_rate"]["target"], command["win_rate"]["target_set_by"]) == (
        0.21,
        "Marian Okafor",
    )


@pytest.mark.parametrize("compare", list(kpis.COMPARISONS))
def test_one_kpi_told_alone_is_the_one_told_among_all(demo_workspace, compare):
    data, terms = open_published(demo_workspace), kpi_lines.terms(open_ledger(demo_workspace))
    month = data.fiscal_year_start_month
    view = kpis.view("last_quarter", data.as_of, month, "region", "Europe", compare)
    together = kpi_lines.all_told(data, kpis.known_kpis(), view, terms)
    for name in (*COMPARED, "pipeline_coverage", "mau"):
        alone = kpi_lines.all_told(data, [name], view, terms)[name]
        assert alone.line == together[name].line
        assert alone.past.equals(together[name].past)


@pytest.mark.parametrize("kpi", [*COMPARED, "mau", "arr_bridge"])
def test_the_last_point_of_a_trend_is_the_value_and_the_third_before_it_the_one_compared_with(
    demo_workspace, kpi
):
    data, terms = open_published(demo_workspace), kpi_lines.terms(open_ledger(demo_workspace))
    told = kpi_lines.all_told(data, [kpi], kpi_lines.headline_view(data), terms)[kpi]
    assert len(told.past) == 12
    assert told.past["value"].iloc[-1] == told.line.now.value
    assert told.past["value"].iloc[-4] == told.line.before


def test_a_kpi_that_cannot_be_computed_says_why_in_the_command(capsys, demo_workspace):
    text = printed(capsys, demo_workspace, "--window", "2026-10-30..2026-11-01")
    data = open_published(demo_workspace)
    window = kpis.parse_window("2026-10-30..2026-11-01", data.as_of)
    value = kpis.compute(data, "win_rate", window)
    assert value.state == "too_few"
    terms = kpi_lines.terms(open_ledger(demo_workspace))
    stands = kpis.standing(kpis.definition("win_rate"), terms)
    assert f"Win rate: {value.reason} (n = {value.n} deals; {stands.words})" in text
