"""Signing, choosing rules and targets: what the forms of Shared KPIs write, and what shows then."""

import html
import re
import shutil
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest

from common_ground import kpi_lines, kpis
from common_ground.charts import format
from common_ground.ledger import NewTarget, open_ledger
from common_ground.pack.words import Writer
from common_ground.ui import kpi_targets
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown
from tests.pages.test_shared_kpis import PAGE, TAG, cards

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PLACE = "denominator"
ALL_DEALS = kpis.choices()[PLACE].sentence("all")


@pytest.fixture(scope="module")
def undecided(demo_workspace, tmp_path_factory):
    """The demo data, with nothing signed or decided yet."""
    copy = tmp_path_factory.mktemp("undecided") / "workspace"
    shutil.copytree(demo_workspace, copy, ignore=shutil.ignore_patterns("ledger.db*"))
    open_ledger(copy)
    return copy


@pytest.fixture
def demo(undecided, tmp_path, monkeypatch):
    """The same, a copy of its own, so that a form may write."""
    copy = tmp_path / "workspace"
    shutil.copytree(undecided, copy)
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(copy))
    return copy


@pytest.fixture
def app(demo):
    found = open_page(PAGE, kpi="Win rate")
    assert not found.exception
    return found


def button(app, label):
    return next(one for one in app.button if one.label == label)


def fill(app, opener, submit, by="", side=None, **options):
    """Open a form, fill it and press a button in it.

    A test session has no runs of a dialog alone, so the opening button is pressed with each run.
    """
    app.button(key=opener).click().run()
    if side:
        app.radio(key="sign_side").set_value(side)
        app.button(key=opener).click().run()
    (name,) = [box for box in app.text_input if box.label == "Your name"]
    name.set_value(by)
    for policy, option in options.items():
        box = app.selectbox(key=f"option_{policy}")
        box.set_value(kpis.choices()[policy].sentence(option))
    button(app, submit).click()
    app.button(key=opener).click().run()
    assert not app.exception
    return app


def sign(app, side, by, **options):
    return fill(app, "sign", "Sign for this side", by, side, **options)


def state(app):
    """Who signed the win rate, as its card says it."""
    return cards(app)["Win rate"][0].removeprefix("◆ ")


def panel(app, title):
    """A panel of the page as text, by its heading."""
    found = re.findall(r'<section class="cg-panel">.*?</section>', shown(app), re.DOTALL)
    return next(one for one in found if f"<h3>{title}</h3>" in one)


def rules(app):
    """Under other rules: sentence -> (value, n, whether it is marked as chosen)."""
    rows = re.findall(r"<tr><td>(.*?)</tr>", panel(app, "Under other rules"))
    cells = [[TAG.sub("", cell) for cell in row.split("</td>")] for row in rows]
    return {
        html.unescape(sentence.removesuffix(" (chosen)")): (value, n, "(chosen)" in sentence)
        for _, value, n, sentence, *_ in cells
    }


def win_rate(workspace, **policies):
    data = open_published(workspace)
    window = kpi_lines.headline_view(data).window
    return kpis.compute(data, "win_rate", window, terms=kpis.Terms(policies=policies))


def in_full(value):
    return Writer(value.unit, "", value.n).full(value.value)


def stored(workspace):
    ledger = open_ledger(workspace)
    return len(ledger.signature_history()), len(ledger.policy_history()), len(ledger.targets())


# ---- signing


def test_a_definition_is_signed_when_both_sides_signed_it(app, demo):
    seen = [state(app)]
    for side, by in (("Sales", "Marian Okafor"), ("Product", "Jonas Lindqvist")):
        seen.append(state(sign(app, side, by)))
    assert seen == ["not signed", "■ signed, one side", "signed"]
    about = kpis.definition("win_rate")
    signed = open_ledger(demo).signatures().set_index("side")
    assert dict(signed["signed_by"]) == {"sales": "Marian Okafor", "product": "Jonas Lindqvist"}
    assert set(signed["fingerprint"]) == {kpis.fingerprint(about, {})}
    assert set(signed["version"]) == {about.version}
    assert set(signed["meaning"]) == {kpis.meaning(about, {})}
    who = panel(app, "Who signed this definition")
    assert "Marian Okafor" in who
    assert "Jonas Lindqvist" in who
    assert "cg-figure" not in who
    for side, by in (("Sales", "Marian Okafor"), ("Product", "Jonas Lindqvist")):
        assert f"{side} signed version {about.version}: {by}, " in shown(app)


def test_a_signature_is_of_one_kpi(app):
    sign(app, "Sales", "Marian Okafor")
    others = {label: card[0] for label, card in cards(app).items() if label != "Win rate"}
    assert set(others.values()) == {"not signed"}


def test_sides_that_sign_different_rules_dispute_the_number_and_both_values_show(app, demo):
    sign(app, "Sales", "Marian Okafor")
    sign(app, "Product", "Jonas Lindqvist", denominator="all")
    assert state(app) == "disputed"
    closed, everything = win_rate(demo), win_rate(demo, denominator="all")
    assert closed.value != everything.value
    who = panel(app, "Who signed this definition")
    figures = re.findall(r'<div class="cg-figure cg-(\w+)">(.*?)</div>', who)
    assert figures == [("sales", in_full(closed)), ("product", in_full(everything))]
    assert html.escape(ALL_DEALS) in who
    assert cards(app)["Win rate"][4] == f"n = {closed.n} deals"


def test_who_signs_other_rules_is_told_that_the_number_is_not_computed_so(app):
    app.button(key="sign").click().run()
    said = "These are not the rules the number is computed under now."
    assert said not in shown(app)
    app.selectbox(key="option_denominator").set_value(ALL_DEALS)
    app.button(key="sign").click().run()
    assert said in shown(app)
    assert html.escape(kpis.meaning(kpis.definition("win_rate"), {PLACE: "all"})) in shown(app)


def test_a_withdrawn_signature_no_longer_stands_and_stays_in_the_history(app, demo):
    sign(app, "Sales", "Marian Okafor")
    fill(app, "sign", "Withdraw Marian Okafor's signature", "Priya Ramaswell", "Sales")
    assert state(app) == "not signed"
    assert "Marian Okafor, " in shown(app)
    assert "no longer standing" in shown(app)
    (withdrawn,) = open_ledger(demo).signature_history("win_rate").to_dict("records")
    assert withdrawn["withdrawn_by"] == "Priya Ramaswell"


def test_the_form_offers_to_withdraw_only_what_the_chosen_side_signed(app):
    sign(app, "Sales", "Marian Okafor")
    app.button(key="sign").click().run()
    app.radio(key="sign_side").set_value("Product")
    app.button(key="sign").click().run()
    assert not [one.label for one in app.button if one.label.startswith("Withdraw")]


@pytest.mark.parametrize(
    ("opener", "submit", "by", "options"),
    [
        ("sign", "Sign for this side", "", {}),
        ("choose_rules", "Use these rules", "   ", {"denominator": "all"}),
    ],
)
def test_nothing_is_stored_without_a_name_and_the_form_says_so(
    app, demo, opener, submit, by, options
):
    before = stored(demo)
    fill(app, opener, submit, by, **options)
    assert "<b>Not stored.</b>" in shown(app)
    assert stored(demo) == before
    assert state(app) == "not signed"


def test_a_signature_is_not_withdrawn_without_a_name(app, demo):
    sign(app, "Sales", "Marian Okafor")
    fill(app, "sign", "Withdraw Marian Okafor's signature", "", "Sales")
    assert "<b>Not stored.</b>" in shown(app)
    assert len(open_ledger(demo).signatures()) == 1


def test_a_name_with_markup_is_shown_as_it_was_typed(app):
    sign(app, "Sales", "<img src=x onerror=alert(1)>")
    assert "<img src=x" not in shown(app)
    assert "&lt;img src=x onerror=alert(1)&gt;" in panel(app, "Who signed this definition")


# ---- rules


def test_the_number_under_every_rule_is_what_it_would_be_if_it_were_chosen(app, demo):
    found = rules(app)
    for policy in kpis.definition("win_rate").choices:
        for option, sentence in policy.options:
            value = win_rate(demo, **{policy.policy: option})
            expected = (in_full(value), format.count(value.n), option == policy.default)
            assert found.pop(sentence) == expected
    assert found == {}


def test_a_rule_that_is_chosen_changes_number_mark_and_signatures(app, demo):
    for side, by in (("Sales", "Marian Okafor"), ("Product", "Jonas Lindqvist")):
        sign(app, side, by)
    before = rules(app)
    fill(app, "choose_rules", "Use these rules", "Marian Okafor", denominator="all")
    now = win_rate(demo, denominator="all")
    signed, value, _, _, behind = cards(app)["Win rate"]
    assert value.replace("\N{NO-BREAK SPACE}", "") == in_full(now).replace("\N{NO-BREAK SPACE}", "")
    assert behind == f"n = {now.n} deals"
    assert signed == "changed since signed"
    closed = kpis.choices()[PLACE].sentence("closed")
    assert (before[closed][2], before[ALL_DEALS][2]) == (True, False)
    after = rules(app)
    assert (after[closed][2], after[ALL_DEALS][2]) == (False, True)
    assert after[ALL_DEALS][:2] == before[ALL_DEALS][:2]
    assert html.escape(f"{kpis.choices()[PLACE].label}: {closed}.") in panel(
        app, "Who signed this definition"
    )
    (choice,) = open_ledger(demo).policies().to_dict("records")
    assert (choice["policy"], choice["option"]) == (PLACE, "all")
    assert f"{kpis.choices()[PLACE].label}: chosen by Marian Okafor, " in panel(
        app, "Under other rules"
    )


def test_both_sides_can_sign_the_rule_that_was_chosen(app):
    sign(app, "Sales", "Marian Okafor")
    fill(app, "choose_rules", "Use these rules", "Marian Okafor", denominator="all")
    assert state(app) == "changed since signed"
    for side, by in (("Sales", "Marian Okafor"), ("Product", "Jonas Lindqvist")):
        sign(app, side, by, denominator="all")
    assert state(app) == "signed"


def test_a_rule_holds_in_the_files_and_segments_of_the_page_too(app, demo):
    fill(app, "choose_rules", "Use these rules", "Marian Okafor", denominator="all")
    app.button(key="rows").click().run()
    (table,) = app.dataframe
    assert table.value["left_out"].isna().sum() == win_rate(demo, denominator="all").n


def test_rules_left_as_they_are_write_nothing(app, demo):
    before = stored(demo)
    fill(app, "choose_rules", "Use these rules", "Marian Okafor")
    assert "Nothing was changed." in shown(app)
    assert stored(demo) == before


def test_a_kpi_with_one_documented_rule_offers_no_choice(demo):
    fixed = next(kpi for kpi, entry in kpis.definitions().items() if not entry.choices)
    app = open_page(PAGE, kpi=kpis.definition(fixed).label)
    assert "This KPI has one documented rule only." in shown(app)
    assert "choose_rules" not in [one.key for one in app.button]


# ---- targets


def set_target(workspace, period, segment, target):
    goal = NewTarget("win_rate", period, segment, target, "Priya Ramaswell")
    open_ledger(workspace).set_targets([goal], now=NOW)


def test_a_target_of_the_ledger_goes_before_that_of_the_exports_and_names_who_set_it(app, demo):
    assert cards(app)["Win rate"][3].startswith("Target 33")
    assert "for 2026, set by Marian Okafor and Jonas Lindqvist" in shown(app)
    set_target(demo, "2026", "", Decimal("0.25"))
    app.run()
    assert re.match(r"Target 25(\.0)?\W%, met", cards(app)["Win rate"][3])
    assert "for 2026, set by Priya Ramaswell" in shown(app)


def test_a_target_of_one_segment_is_none_of_the_rest(demo):
    set_target(demo, "2026", "Small", Decimal("0.41"))
    small = open_page(PAGE, kpi="Win rate", segment="Small")
    assert cards(small)["Win rate"][3].startswith("Target 41")
    assert cards(open_page(PAGE))["Win rate"][3].startswith("Target 33")


def test_a_target_that_was_removed_no_longer_shows(app, demo):
    set_target(demo, "2026", "", None)
    app.run()
    assert cards(app)["Win rate"][3] == "No target set"


def test_the_form_shows_the_targets_that_hold(app, demo):
    set_target(demo, "2026-Q4", "Small", Decimal("0.4"))
    app.button(key="targets").click().run()
    (table,) = app.dataframe
    rows = table.value[["period", "segment", "target", "set_by"]].values.tolist()
    by = "Marian Okafor and Jonas Lindqvist"
    assert sorted(rows) == [
        ["2025", "All", 0.3, by],
        ["2026", "All", 0.33, by],
        ["2026-Q4", "Small", 0.4, "Priya Ramaswell"],
    ]


def test_targets_kept_as_they_are_write_nothing(app, demo):
    before = stored(demo)
    fill(app, "targets", "Keep these targets", "Marian Okafor")
    assert stored(demo) == before


def test_what_the_form_writes_makes_the_edited_rows_hold(demo):
    data, ledger = open_published(demo), open_ledger(demo)

    def known():
        goals = kpis.goals(data, kpi_lines.terms(ledger))
        return {(g.period, g.segment): g.target for g in goals if g.kpi == "win_rate"}

    columns = ["period", "segment", "target", "set_by"]
    before = pd.DataFrame([("2025", "All", 0.3, ""), ("2026", "All", 0.33, "")], columns=columns)
    edited = pd.DataFrame(
        [("2026", "All", 0.35, ""), ("2026-Q4", "Small", 0.4, None)], columns=columns
    )
    ledger.set_targets(kpi_targets.changes("win_rate", before, edited, "Dana"), now=NOW)
    assert known() == {("2026", ""): Decimal("0.35"), ("2026-Q4", "Small"): Decimal("0.4")}
