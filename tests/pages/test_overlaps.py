"""Overlaps: the totals agree, the link opens the same view, and each gap in the data is named."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import escape

import pytest

from common_ground import meeting
from common_ground.analysis import assumptions, rankings, wanted_sets
from common_ground.analysis.class_segments import class_segments
from common_ground.analysis.thresholds import Thresholds
from common_ground.charts import format
from common_ground.charts.wanted_sets import WORDS
from common_ground.errors import LedgerError
from common_ground.ledger import NewAssumption, open_ledger
from common_ground.meeting import Decided
from common_ground.ui import overlap_assumptions
from common_ground.warehouse.build import build
from common_ground.warehouse.published import open_published
from tests.analysis import overlap_worlds as worlds
from tests.pages.opening import open_page, shown

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
COUNT = re.compile(r'<b class="cg-count">(\d+)</b>')


@pytest.fixture
def found(demo_overlap):
    return demo_overlap(0.35)


def test_tiles_answer_and_list_count_the_same_things(demo, found):
    app = open_page("overlaps.py", level="Above 0.35")
    page = shown(app)
    tiles = [int(number) for number in COUNT.findall(page)]
    assert tiles == found.classes["count"].tolist()
    assert f"{tiles[0]} of {sum(tiles)}" in page
    assert len(app.dataframe[0].value) == sum(tiles)


def test_the_list_of_a_class_holds_that_class(demo, found):
    app = open_page("overlaps.py", level="Above 0.35", **{"class": "Both want it"})
    listed = app.dataframe[0].value
    assert set(listed["class"]) == {"both"}
    assert len(listed) == found.classes["count"].iloc[0]


def test_what_is_left_out_can_be_looked_at(demo, found):
    app = open_page("overlaps.py", level="Above 0.35", **{"class": "Left out"})
    assert len(app.dataframe[0].value) == len(found.left_out)
    assert "left out: neither planned" in shown(app)


def test_a_link_opens_the_card_it_names(demo, found):
    thing = found.items.loc[found.items["class"] == "only_sales"].iloc[0]
    app = open_page("overlaps.py", level="Above 0.35", item=thing["title"])
    assert app.selectbox(key="item").value == thing["title"]
    assert thing["reason"] in shown(app)


def test_counting_confirmed_links_only_leaves_no_item_unconfirmed(demo):
    app = open_page("overlaps.py", level="Confirmed only")
    listed = app.dataframe[0].value
    assert (listed.loc[listed["kind"] != "asks", "unconfirmed_share"] == 0).all()
    assert "confirmed links only" in shown(app)


def test_segments_offered_are_the_size_classes_each_once(demo):
    offered = open_page("overlaps.py").selectbox(key="segment").options
    accounts = open_published(demo).mart("mart_account_segments")
    assert len(offered) == len(set(offered))
    assert set(accounts["segment"].dropna()) <= set(offered)
    for other in ("industry", "region", "owner"):
        assert set(accounts[other].dropna()).isdisjoint(offered)


def test_filters_that_leave_no_ask_keep_products_side(demo):
    app = open_page("overlaps.py", window="1999-01-01..1999-02-01")
    assert "On nothing yet" in shown(app)
    assert "find who needs it" in shown(app)


def test_a_click_on_the_map_opens_its_card(demo, found):
    app = open_page("overlaps.py", level="Above 0.35")
    thing = found.items.iloc[3]
    app.session_state["clicked_item"] = thing["item_id"]
    app.run()
    assert app.selectbox(key="item").value == thing["title"]
    assert not app.exception


def test_the_list_narrows_by_area_status_text_and_what_is_unconfirmed(demo, found):
    wide = {"level": "Above 0.35"}
    areas = open_page("overlaps.py", **wide, area="Scheduling").dataframe[0].value
    assert set(areas["area"]) == {"Scheduling"}
    planned = open_page("overlaps.py", **wide, status="Planned").dataframe[0].value
    assert len(planned) == (found.items["status"] == "planned").sum()
    said = open_page("overlaps.py", **wide, find="SIGN").dataframe[0].value
    assert len(said) > 0
    assert said["title"].str.cat(said["reason"], sep=" ").str.contains("sign", case=False).all()


def test_without_verdicts_the_page_names_what_rests_on_suggestions(demo):
    ledger = open_ledger(demo)
    for verdict in ledger.verdicts()["verdict_id"]:
        ledger.undo(int(verdict), by="Kim", now=NOW)
    app = open_page("overlaps.py", level="Above 0.1", unconfirmed="true")
    unsure = app.dataframe[0].value
    assert len(unsure) > 0
    assert (unsure["unconfirmed_share"] > 0).all()
    share = re.search(r"(\d+).% of the .* rests on suggested links", shown(app))
    assert int(share.group(1)) > 0
    unsure = unsure.assign(money=unsure["touched"] * unsure["unconfirmed_share"])
    most = unsure.sort_values("money", ascending=False)["title"].iloc[0]
    assert f"most of it on {most}" in shown(app)


def test_filters_of_the_list_that_leave_nothing_say_so(demo):
    page = shown(open_page("overlaps.py", find="no such words anywhere"))
    assert "No thing matches these filters" in page
    assert "Clear the filters of the list" in page


def test_a_row_of_the_sets_lists_as_many_things_as_it_counts(demo, found):
    parts = wanted_sets.wanted_sets(found).combinations
    app = open_page("overlaps.py", level="Above 0.35", view="Who wants what")
    for row in parts.loc[parts["count"] > 0].to_dict("records"):
        app.session_state["wanted"] = WORDS[row["combination"]]
        app.run()
        assert len(app.dataframe[0].value) == row["count"]
        assert app.dataframe[0].value["allocated"].sum() == pytest.approx(row["allocated"], abs=1)
    three = parts.set_index("combination").loc["sales+product+usage", "count"]
    assert f"agree on {three} of {len(found.items)}" in shown(app)


def test_a_cell_of_the_matrix_lists_the_things_it_counts(demo, found):
    data = open_published(demo)
    cells = class_segments(found, data.mart("mart_asks"), data.mart("mart_deal_values"))
    for row in cells.loc[cells["count"] > 0].iloc[[0, 3, -1]].to_dict("records"):
        app = open_page(
            "overlaps.py",
            level="Above 0.35",
            view="By segment",
            asking=row["segment"],
            **{"class": row["label"]},
        )
        assert len(app.dataframe[0].value) == row["count"]


def test_rankings_show_every_open_item_and_the_one_they_disagree_on_most(demo, found):
    app = open_page("overlaps.py", level="Above 0.35", view="Rankings")
    items = rankings.candidates(found)
    table = app.dataframe[0].value
    assert len(table) == len(items)
    first = rankings.rank(items).iloc[0]
    assert f"disagree most on {first['title']}" in shown(app)
    for formula in rankings.FORMULAS.values():
        assert escape(formula) in shown(app)


def assume(demo, *rows):
    ledger = open_ledger(demo)
    assumed = [NewAssumption(*row, "Jonas Lindqvist", "counted by hand") for row in rows]
    ledger.assume(assumed, now=NOW)
    return ledger


def test_an_assumption_moves_every_page_and_is_marked_with_what_the_export_says(demo, found):
    item = found.items.loc[found.items["class"] == "both"].iloc[0]
    assume(demo, (item["item_id"], "reach", Decimal(4321)))
    link = {"level": "Above 0.35", "item": item["title"]}
    page = shown(open_page("overlaps.py", **link))
    assert "Reach, accounts: 4,321 assumed by Jonas Lindqvist on 3 Nov 2026, export says" in page
    assert "1\N{NO-BREAK SPACE}assumed value" in page
    app = open_page("overlaps.py", **link, view="Rankings")
    table = app.dataframe[0].value.set_index("item_id")
    assert table.loc[item["item_id"], "active_accounts"] == 4321
    assert "assumed by Jonas Lindqvist" in table.loc[item["item_id"], "said"]
    assert app.dataframe[1].value["note"].tolist() == ["counted by hand"]
    reach = 4321 * item["impact"] * item["confidence"]
    assert format.count(reach) in page


def test_an_item_without_estimate_is_named_and_has_no_place(demo, found):
    ledger = open_ledger(demo)
    app = open_page("overlaps.py", view="Rankings")
    table = app.dataframe[0].value
    bare = table.loc[table["effort"].isna()]
    assert bare["rice_rank"].isna().all()
    assert bare["said"].str.contains("needs an estimate").all()
    assert ledger.assumptions().empty


def submit(app, opener, label):
    """Press a button of a dialog; a test session opens the dialog anew with each run."""
    next(one for one in app.button if one.label == label).click()
    app.button(key=opener).click().run()
    assert not app.exception


def test_what_is_assumed_can_be_taken_back_on_the_page(demo, found):
    item = found.items.loc[found.items["class"] == "both"].iloc[0]
    ledger = assume(demo, (item["item_id"], "reach", Decimal(4321)))
    app = open_page("overlaps.py", view="Rankings")
    app.button(key="assume_back").click().run()
    submit(app, "assume_back", "Take it back")
    assert "Not stored." in shown(app), "nobody is named"
    assert len(ledger.assumptions()) == 1
    app.text_input(key="signed_assumed_back").input("Marian Okafor")
    submit(app, "assume_back", "Take it back")
    assert ledger.assumptions().empty
    assert ledger.assumption_history()["set_by"].tolist() == ["Jonas Lindqvist", "Marian Okafor"]


def test_weights_are_changed_in_the_dialog_with_a_name_and_a_reason(demo):
    app = open_page("overlaps.py", view="Rankings")
    app.button(key="assume_inputs").click().run()
    app.number_input(key="assumed_weight_product").set_value(2.0)
    app.text_input(key="signed_assumptions").input("Jonas Lindqvist")
    submit(app, "assume_inputs", "Keep these values")
    assert "lacks a reason" in shown(app)
    app.text_input(key="assumed_why").input("reach matters more this year")
    submit(app, "assume_inputs", "Keep these values")
    assert open_ledger(demo).assumptions()["field"].tolist() == ["weight_product"]
    assert "Weights: sales 1, product 2, effort 0.5" in shown(app)


def edited(demo, register, **changes):
    """What the table of inputs makes of cells a person changed on its first row."""
    exported = open_published(demo).mart("mart_items")
    rows = overlap_assumptions.inputs(assumptions.apply(exported, register))
    row = rows.loc[rows["effort_likely"].notna() & (rows["effort_low"] < rows["effort_likely"])]
    changed = rows.copy()
    for field, value in changes.items():
        changed.loc[row.index[0], field] = value
    return row.iloc[0], overlap_assumptions.changes(exported, register, changed, "Kim", "why")


def test_only_changed_cells_are_written_down(demo):
    register = open_ledger(demo).assumptions()
    row, none = edited(demo, register)
    assert none == []
    row, found = edited(demo, register, confidence=0.65)
    assert [(one.item_id, one.field, one.value) for one in found] == [
        (row["item_id"], "confidence", Decimal("0.6500"))
    ]


def test_entering_the_exports_value_takes_the_assumption_back(demo):
    row, _ = edited(demo, open_ledger(demo).assumptions())
    ledger = assume(demo, (row["item_id"], "effort_likely", Decimal(row["effort_high"]) + 1))
    _, found = edited(demo, ledger.assumptions(), effort_likely=row["effort_likely"])
    assert [(one.field, one.value) for one in found] == [("effort_likely", None)]


def test_an_estimate_without_a_range_can_be_assumed_twice_and_returned(demo):
    exported = open_published(demo).mart("mart_items")
    known = overlap_assumptions.inputs(exported).dropna(subset=["effort_likely"])
    item = known["item_id"].iloc[0]
    exported.loc[exported["item_id"] == item, ["effort_low", "effort_high"]] = None
    own = exported.set_index("item_id").loc[item, "effort_likely"]

    def after(register, weeks):
        rows = overlap_assumptions.inputs(assumptions.apply(exported, register))
        rows.loc[rows["item_id"] == item, "effort_likely"] = weeks
        return overlap_assumptions.changes(exported, register, rows, "Kim", "why")

    ledger = open_ledger(demo)
    for weeks in (own + 3, own + 5, own + 1):
        found = after(ledger.assumptions(), weeks)
        assert [(one.field, float(one.value)) for one in found] == [("effort_likely", weeks)]
        ledger.assume(found, now=NOW)
        row = assumptions.apply(exported, ledger.assumptions()).set_index("item_id").loc[item]
        assert row["effort"] == pytest.approx(weeks)
    found = after(ledger.assumptions(), own)
    assert [(one.item_id, one.field, one.value) for one in found] == [(item, "effort_likely", None)]


def test_an_estimate_out_of_order_and_an_emptied_value_are_refused(demo):
    register = open_ledger(demo).assumptions()
    with pytest.raises(LedgerError, match="must rise"):
        edited(demo, register, effort_low=500.0)
    with pytest.raises(LedgerError, match="cannot be emptied"):
        edited(demo, register, effort_low=None)


def test_what_changed_is_told_against_the_version_before(demo, found):
    app = open_page("overlaps.py", view="What changed")
    page = shown(app)
    assert re.search(r"Since v1: .*changed money only", page)
    rows = app.dataframe[0].value
    now = meeting_at(demo).set_index("item_id")["touched"]
    for row in rows.to_dict("records"):
        assert row["touched_after"] == pytest.approx(now.get(row["item_id"], 0), abs=1)


def meeting_at(demo):
    data, ledger = open_published(demo), open_ledger(demo)
    decided = Decided.of(ledger)
    return meeting.overlaps(data, decided, meeting.links(data, decided), 0.35).items


def test_without_an_earlier_file_the_page_says_so(demo):
    (demo / "warehouse" / "cg-1.duckdb").unlink()
    page = shown(open_page("overlaps.py", view="What changed"))
    assert "This workspace keeps data v2 alone" in page


def test_an_earlier_file_that_cannot_be_read_is_a_state_not_a_crash(demo):
    (demo / "warehouse" / "cg-1.duckdb").write_bytes(b"damaged")
    app = open_page("overlaps.py", view="What changed")
    assert not app.exception
    assert "Data v1 cannot be read any more" in shown(app)


def test_thresholds_are_in_the_link_move_the_classes_and_are_named_at_the_foot(demo, found):
    usual = shown(open_page("overlaps.py", level="Above 0.35"))
    assert "at most 34 % of at least 3 asking accounts" in usual
    app = open_page(
        "overlaps.py", level="Above 0.35", low_use_share="100", min_asking_customers="1"
    )
    page = shown(app)
    limits = Thresholds(low_use_share=1.0, min_asking_customers=1)
    data, decided = open_published(demo), Decided.of(open_ledger(demo))
    links = meeting.links(data, decided)
    moved = meeting.overlaps(data, decided, links, 0.35, thresholds=limits)
    assert [int(n) for n in COUNT.findall(page)] == moved.classes["count"].tolist()
    assert moved.classes["count"].tolist() != found.classes["count"].tolist()
    assert "changed: low use, use speaks from" in page


def test_a_threshold_out_of_range_in_a_link_keeps_the_setting(demo):
    app = open_page("overlaps.py", low_use_share="9999", weekly_from_weeks="x")
    assert not app.exception
    assert app.number_input(key="low_use_share").value == 34


VIEWS = ("List", "Rankings", "Who wants what", "By segment", "What changed")


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        ("jira-backlog.csv", "On nothing yet"),
        ("customer-requests.csv", "No open item is on the map"),
    ],
)
def test_every_view_stands_on_one_export_alone(tmp_path, monkeypatch, kept, says):
    exports = tmp_path / "exports"
    worlds.write_exports(exports, 30, 60)
    for path in exports.iterdir():
        if path.name != kept:
            path.unlink()
    decisions = tmp_path / "decisions.toml"
    decisions.write_text(
        f'as_of = {worlds.AS_OF}\ncurrency = "USD"\ntime_zone = "UTC"\n'
        '[files."customer-requests.csv"]\ndate_order = "day_first"\n'
    )
    build(exports, tmp_path / "workspace", decisions)
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(tmp_path / "workspace"))
    app, pages = open_page("overlaps.py"), []
    for view in VIEWS:
        app.session_state["view"] = view
        app.run()
        assert not app.exception, view
        pages.append(shown(app))
    assert any(says in page for page in pages)
