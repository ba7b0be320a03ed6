"""Shared KPIs: the URL opens what it names, and every number has its rows."""

import html
import io
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from common_ground import kpi_lines, kpis
from common_ground.charts import format
from common_ground.ledger import open_ledger
from common_ground.pack.slides import day
from common_ground.pack.words import Writer
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown

PAGE = "shared_kpis.py"
VALUE = r'{}</h3>.*?</div><div class="cg-value"><span class="cg-figure">(.*?)<small>'
CARD = re.compile(
    r'<section class="cg-panel cg-kpi[^"]*" title="[^"]*"><div class="cg-name"><h3>(.*?)</h3>'
    r'(.*?)</div><div class="cg-value"><span class="cg-figure">(.*?)</span>(?:<img [^>]*>)?</div>'
    r'<p>(.*?)</p><div class="cg-feet"><span>(.*?)</span><span>(.*?)</span></div>'
)
SIGNED = {
    "signed": "◆ signed",
    "unsigned": "not signed",
    "changed": "changed since signed",
    "disputed": "disputed",
}
TAG = re.compile(r"<[^>]*>")
AGAINST = {key: f"Against {words[0].lower()}" for key, words in kpis.COMPARISONS.items()}
BARS = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "close")


def headings(app):
    return re.findall(r'cg-heading"><h3>(.*?)</h3>', shown(app))


def test_three_cards_a_side_sales_left_and_product_right(demo):
    page = shown(open_page(PAGE))
    sides = re.findall(r'cg-side cg-top-(\w+)"', page)
    assert sides == ["sales", "shared", "product"]
    assert len(re.findall(r'class="cg-panel cg-kpi', page)) == 9


def test_cards_show_what_the_registry_computes(demo):
    data = open_published(demo)
    window = kpis.parse_window("trailing_12_months", data.as_of)
    value = kpis.compute(data, "win_rate", window).value
    (card,) = re.findall(VALUE.format("Win rate"), shown(open_page(PAGE)))
    assert card == f"{100 * value:.1f}"


def test_a_link_opens_its_kpi_window_and_segment(demo):
    app = open_page(PAGE, kpi="Win rate", window="This quarter so far", segment="Small")
    assert any(title.startswith("Win rate") for title in headings(app))
    assert "Filters <b>segment Small, this quarter so far, against 3 months before</b>" in shown(
        app
    )
    assert "in Small" in shown(app)


def test_the_definition_says_rules_and_what_was_left_out(demo):
    page = shown(open_page(PAGE, kpi="Win rate"))
    for text in (
        "deals won / all deals that count",
        "Renewals are left out",
        "renewal, counted apart: ",
    ):
        assert text in page


def test_rows_behind_the_number_are_as_many_as_its_n(demo):
    data = open_published(demo)
    window = kpis.parse_window("trailing_12_months", data.as_of)
    n = kpis.compute(data, "win_rate", window).n
    app = open_page(PAGE, kpi="Win rate")
    app.button(key="rows").click().run()
    assert f"{n}\N{NO-BREAK SPACE}rows counted" in shown(app)
    (table,) = app.dataframe
    assert table.value["left_out"].isna().sum() == n


def test_too_few_and_not_split_say_so_in_the_place_of_the_chart(demo):
    page = shown(open_page(PAGE, kpi="Commitments kept", segment="Small"))
    assert "have no segment" in page


# ---- one view, the same numbers everywhere


@pytest.fixture(scope="module")
def workspace(demo_workspace, tmp_path_factory):
    copy = tmp_path_factory.mktemp("kpis") / "workspace"
    shutil.copytree(demo_workspace, copy)
    return copy


@pytest.fixture
def read_only(workspace, monkeypatch):
    """The demo, shared by tests that write nothing, so that pages keep what they computed."""
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(workspace))
    return open_published(workspace)


@pytest.fixture
def terms(workspace):
    return kpi_lines.terms(open_ledger(workspace))


@pytest.fixture
def files(monkeypatch):
    """Files a page offers, by name: what a click on its button would download."""
    offered, button = {}, st.download_button

    def offer(label, data, file_name, **options):
        offered[file_name] = data
        return button(label, data, file_name, **options)

    monkeypatch.setattr(st, "download_button", offer)

    def read(name):
        return pd.read_csv(io.BytesIO(offered[name]()), encoding="utf-8-sig")

    return read


def cards(app):
    """Every card: label -> who signed, value, change, target, n."""
    return {
        label: tuple(TAG.sub("", part) for part in parts)
        for label, *parts in CARD.findall(shown(app))
    }


def said_of(standing):
    """What a card must say of who signed."""
    if standing.state == "one_side":
        return "■ signed, one side" if standing.sales else "● signed, one side"
    return SIGNED[standing.state]


def expected_card(line, currency):
    """What a card must say of a line, from its numbers alone."""
    about, now = kpis.definition(line.definition.kpi), line.now
    if now.value is None:
        return None
    write = Writer(now.unit, currency, now.n)
    changed = "nothing to compare with"
    if line.before is not None:
        changed = f"{write.change(now.value, line.before)} {line.since}"
    if now.low is not None:
        likely = f"likely {100 * now.low:.0f} to {100 * now.high:.0f}\N{NO-BREAK SPACE}%"
        changed = f"{changed}, {likely}" if line.before is not None else likely
    return (
        f"{write.number(now.value)}{write.after}".replace("\N{NO-BREAK SPACE}", ""),
        changed,
        f"n = {format.count(now.n)} {about.counted}",
        "No target set" if line.target is None else f"Target {write.full(line.target)}",
    )


VIEWS = [
    *((name, "3_months", "segment", None) for name in kpis.NAMED),
    ("trailing_12_months", "period", "region", "Europe"),
    ("last_quarter", "year", "segment", "Small"),
    ("trailing_12_months", "target", "plan", "Professional"),
]


@pytest.mark.parametrize(("window", "compare", "by", "segment"), VIEWS)
def test_every_card_says_the_value_change_target_and_n_of_its_view(
    read_only, terms, window, compare, by, segment
):
    data = read_only
    view = kpis.view(window, data.as_of, data.fiscal_year_start_month, by, segment, compare)
    told = kpi_lines.all_told(data, kpis.known_kpis(), view, terms)
    query = {"window": kpis.NAMED[window], "compare": AGAINST[compare]}
    if segment:
        query["segment"] = segment if by == "segment" else f"{by}: {segment}"
    app = open_page(PAGE, **query)
    assert app.selectbox(key="segment").value == query.get("segment", "All segments")
    found = cards(app)
    assert len(found) == 9
    for each in told.values():
        label = each.line.definition.label
        if label not in found:
            continue
        signed, value, changed, target, behind = found[label]
        assert signed == said_of(each.line.signed)
        expected = expected_card(each.line, data.currency)
        if expected is None:
            assert value in ("Too few", "Not loaded")
            assert changed == html.escape(each.line.now.reason)
            continue
        assert (value.replace("\N{NO-BREAK SPACE}", ""), changed, behind) == expected[:3], label
        assert target.startswith(expected[3]), label


def test_the_answer_counts_the_targets_that_are_met(read_only, terms):
    view = kpi_lines.headline_view(read_only)
    told = kpi_lines.all_told(read_only, kpis.known_kpis(), view, terms)
    aimed = [line.line for line in told.values() if line.line.target and line.line.is_known]
    met = [
        line
        for line in aimed
        if Writer(line.now.unit, read_only.currency, line.now.n).is_met(
            line.now.value, line.target, line.definition.better
        )
    ]
    assert f"{len(met)} of {len(aimed)} targets met" in shown(open_page(PAGE)).replace(
        "\N{NO-BREAK SPACE}", " "
    )


@pytest.mark.parametrize("kpi", ["win_rate", "nrr", "request_to_ship_days", "mau"])
def test_the_files_of_trend_and_segments_hold_what_the_registry_computes(read_only, files, kpi):
    data = read_only
    view = kpis.view("year", data.as_of, data.fiscal_year_start_month, "region", "Europe")
    open_page(
        PAGE,
        kpi=kpis.definition(kpi).label,
        window=kpis.NAMED["year"],
        segment="region: Europe",
        by="By plan",
    )
    past, parts = files("kpi_trend.csv"), files("kpi_segments.csv")
    history = kpis.history(data, kpi, view.window, "Europe", by="region")
    assert list(past["month_end"]) == [str(day)[:10] for day in history["month_end"]]
    assert list(past["n"]) == list(history["n"])
    np.testing.assert_allclose(past["value"], history["value"].astype(float), rtol=1e-9)
    split = kpis.by_segment(data, kpi, view.window, by="plan")
    assert list(parts["segment"]) == list(split["segment"])
    assert list(parts["n"]) == list(split["n"])
    np.testing.assert_allclose(parts["value"], split["value"].astype(float), rtol=1e-9)


# ---- the URL

FULL = {
    "kpi": "Win rate",
    "window": "Last full quarter",
    "compare": "Against a year before",
    "segment": "region: Europe",
    "by": "By plan",
    "more": "What moves what",
}


def test_a_link_opens_every_choice_it_names(read_only):
    app = open_page(PAGE, **FULL)
    assert {key: app.selectbox(key=key).value for key in FULL} == FULL
    assert dict(app.query_params) == FULL
    assert "segment region: Europe, last full quarter, against a year before" in shown(app)


@pytest.mark.parametrize(
    ("asked", "counted_to", "window"),
    [
        ("2026-08-15", "15 Aug 2026", "2025-08-16..2026-08-16"),
        ("2026-08-31", "31 Aug 2026", "2025-09-01..2026-09-01"),
        ("As of 31 Aug 2026", "31 Aug 2026", "2025-09-01..2026-09-01"),
    ],
)
def test_a_link_opens_any_day_the_data_reaches_and_keeps_it(read_only, asked, counted_to, window):
    value = kpis.compute(read_only, "win_rate", kpis.parse_window(window, read_only.as_of))
    app = open_page(PAGE, as_of=asked, kpi="Win rate")
    for opened in (app, open_page(PAGE, **dict(app.query_params))):
        assert f"As of <b>{counted_to}</b>" in shown(opened)
        assert cards(opened)["Win rate"][4] == f"n = {value.n} deals"


def test_a_day_chosen_on_the_page_counts_everything_to_it(read_only):
    app = open_page(PAGE, kpi="Win rate")
    app.selectbox(key="as_of").set_value("As of 31 Aug 2026").run()
    window = kpis.parse_window("2025-09-01..2026-09-01", read_only.as_of)
    value = kpis.compute(read_only, "win_rate", window)
    assert cards(app)["Win rate"][4] == f"n = {value.n} deals"
    assert "As of <b>31 Aug 2026</b>" in shown(app)


@pytest.mark.parametrize("asked", ["2026-11-01", "1850-01-01", "soon", "2026-02-30"])
def test_a_day_nobody_has_data_for_opens_the_day_of_the_data_and_says_so(read_only, asked):
    app = open_page(PAGE, as_of=asked)
    assert app.selectbox(key="as_of").value == f"As of {day(read_only.as_of)}"
    assert f"“{asked}” is no day of this data; showing the first." in shown(app)


def test_a_window_of_two_days_counts_those_days(read_only):
    app = open_page(PAGE, kpi="Win rate", window="2026-01-01..2026-04-01")
    window = kpis.parse_window("2026-01-01..2026-04-01", read_only.as_of)
    value = kpis.compute(read_only, "win_rate", window)
    assert cards(app)["Win rate"][4] == f"n = {value.n} deals"


# ---- below the fold and the definition


def test_the_bridge_adds_up_and_its_title_says_what_it_adds_up_to(read_only, files):
    view = kpi_lines.headline_view(read_only)
    value = kpis.compute(read_only, "arr_bridge", view.window)
    app = open_page(PAGE, more="What changed recurring revenue")
    bars = files("kpi_bridge.csv").set_index("key")["amount"]
    assert dict(zip(bars.index, bars, strict=True)) == pytest.approx(
        dict(zip(BARS, (part.value for part in value.beside), strict=True))
    )
    assert round(bars.drop("close").sum(), 2) == round(bars["close"], 2)
    changed = format.signed(format.money_short(value.value, read_only.currency))
    (title,) = [one for one in headings(app) if one.startswith("Recurring revenue")]
    assert title.startswith(f"Recurring revenue {changed}; most of it ")
    moved = bars.drop(["opening", "close"])
    largest = moved[moved.abs().idxmax()]
    assert title.endswith(format.signed(format.money_short(largest, read_only.currency)))


def test_the_tree_says_what_the_chosen_kpi_moves_and_what_moves_it(read_only, files):
    app = open_page(PAGE, kpi="Win rate", more="What moves what")
    moves = [kpis.definition(kpi).label.lower() for kpi in kpis.definition("win_rate").moves]
    assert any(title.startswith(f"Win rate moves {', '.join(moves)}") for title in headings(app))
    drawn = set(files("kpi_tree.csv").itertuples(index=False, name=None))
    assert drawn == {
        (kpi, moved) for kpi in kpis.known_kpis() for moved in kpis.definition(kpi).moves
    }


@pytest.mark.parametrize("kpi", ["win_rate", "nrr", "mau", "arr_bridge"])
def test_the_definition_holds_words_rules_statement_and_files_with_their_last_day(read_only, kpi):
    about = kpis.definition(kpi)
    view = kpi_lines.headline_view(read_only)
    value = kpis.compute(read_only, kpi, view.window)
    app = open_page(PAGE, kpi=about.label)
    page = shown(app)
    for text in (about.definition, about.formula, about.caveat, *value.policy.values()):
        assert html.escape(text) in page
    (statement,) = app.code
    assert statement.value == kpis.shown(about)
    assert f"mart_{about.mart.removeprefix('mart_')}" in statement.value
    loads = read_only.loads()
    mine = loads[loads["canonical_table"] == {"win_rate": "deals", "mau": "usage_events"}.get(
        kpi, "contracts"
    )]  # fmt: skip
    assert len(mine)
    for file, last in zip(mine["file"], mine["last_date"], strict=True):
        assert html.escape(f"{file}: up to {day(last)}") in page
    assert f"Now version {about.version}" in page


def test_a_click_on_a_card_opens_its_kpi(read_only):
    app = open_page(PAGE)
    app.button(key="open_win_rate").click().run()
    assert app.selectbox(key="kpi").value == "Win rate"
    assert any(title.startswith("Win rate: ") for title in headings(app))
    (chosen,) = re.findall(r'<div class="cg-chosen">.*?<h3>(.*?)</h3>', shown(app))
    assert chosen == "Win rate"


def test_a_click_on_a_month_opens_the_rows_of_that_month(read_only):
    window = kpis.parse_window("2025-07-01..2026-07-01", read_only.as_of)
    n = kpis.compute(read_only, "win_rate", window).n
    app = open_page(PAGE, kpi="Win rate")
    app.session_state["kpi_point"] = ("day", "2026-06-30")
    app.run()
    assert "Win rate, up to 30 Jun 2026" in shown(app)
    (table,) = app.dataframe
    assert table.value["left_out"].isna().sum() == n


def test_a_click_on_a_segment_opens_the_rows_of_that_segment(read_only):
    view = kpi_lines.headline_view(read_only)
    parts = kpis.by_segment(read_only, "win_rate", view.window, by="region")
    app = open_page(PAGE, kpi="Win rate", by="By region")
    app.session_state["kpi_point"] = ("place", 1)
    app.run()
    assert f"segment region: {parts['segment'].iloc[1]}" in shown(app)
    (table,) = app.dataframe
    assert table.value["left_out"].isna().sum() == parts["n"].iloc[1]


def test_the_page_draws_every_kpi_without_an_error(read_only):
    app = open_page(PAGE)
    for kpi in kpis.known_kpis():
        app.selectbox(key="kpi").set_value(kpis.definition(kpi).label).run()
        assert not app.exception, kpi
