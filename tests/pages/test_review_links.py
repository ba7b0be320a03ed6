"""Review links: what a verdict does here and on the other pages, and what an empty page says."""

import shutil
import time
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from common_ground import kpi_lines, leadership, meeting, reviewing
from common_ground.charts import format
from common_ground.demo import DEMO
from common_ground.ledger import NewVerdict, import_verdicts, open_ledger
from common_ground.meeting import Decided
from common_ground.pack.overlap_slides import overlaps_slide
from common_ground.settings import Settings
from common_ground.ui import downloads
from common_ground.ui.review_acts import HELD_KEY_SECONDS
from common_ground.warehouse.build import build
from common_ground.warehouse.published import open_published, read_pointer
from tests.pages.opening import open_page, shown

LEVEL = Settings().link_level
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


# Made once for the same data and the same items of people, in whichever workspace they are.
MATERIAL = {}


def material_of(workspace, per_ask, own_items):
    key = read_pointer(workspace), per_ask, own_items.to_csv()
    if key not in MATERIAL:
        data, decided = open_published(workspace), Decided.of(open_ledger(workspace))
        MATERIAL[key] = reviewing.material(data, reviewing.without_verdicts(decided), per_ask)
    return MATERIAL[key]


def review_of(workspace):
    verdicts, own_items = open_ledger(workspace).verdicts(), open_ledger(workspace).items()
    per_ask = reviewing.needed_per_ask(verdicts)
    return reviewing.review(material_of(workspace, per_ask, own_items), verdicts)


def undecided(workspace):
    queue = review_of(workspace).queue
    return queue.loc[queue["state"] == "undecided"]


def open_review(by="Dana", **query):
    app = open_page("review_links.py", **query)
    if by:
        app.text_input(key="signed_review").set_value(by).run()
    assert not app.exception
    return app


def click(app, key):
    """A click of somebody who has read the pair."""
    time.sleep(HELD_KEY_SECONDS)
    app.button(key=key).click().run()
    assert not app.exception
    return app


def say(app, verdict):
    return click(app, f"say_{verdict}_{pair(app)}")


def pair(app):
    return app.session_state["review_pair"]


def last(workspace):
    return open_ledger(workspace).verdicts().iloc[-1]


def test_the_answer_counts_pairs_and_the_money_that_waits(demo):
    so_far = review_of(demo).so_far
    page = shown(open_review(by=None))
    assert f"{so_far.decided:,} of {so_far.total:,}" in page
    assert 0 < so_far.waiting < so_far.money
    assert format.money_short(so_far.waiting, "USD") in page
    assert format.money_short(so_far.money, "USD") in page


def test_nothing_is_decided_without_a_name(demo):
    app = open_review(by=None)
    assert app.button(key=f"say_same_{pair(app)}").disabled
    assert "Enter your name first" in shown(app)


def test_a_verdict_is_in_the_ledger_with_both_texts_and_the_next_pair_is_shown(demo):
    first, second = undecided(demo).iloc[0], undecided(demo).iloc[1]
    app = say(open_review(), "related")
    stored = last(demo)
    assert (stored["verdict"], stored["decided_by"]) == ("related", "Dana")
    assert (stored["from_text"], stored["to_text"]) == (first["from_text"], first["to_text"])
    assert pair(app) == second["key"]
    assert "Stored: related, by Dana." in shown(app)


def test_undo_takes_the_last_verdict_back_and_shows_its_pair(demo):
    app = open_review()
    key, count = pair(app), len(open_ledger(demo).verdicts())
    say(app, "different")
    click(app, "review_undo")
    assert pair(app) == key
    assert len(open_ledger(demo).verdicts()) == count
    assert open_ledger(demo).verdict_history()["undone_by"].iloc[-1] == "Dana"


def test_skip_and_back_decide_nothing(demo):
    app, keys = open_review(), undecided(demo)["key"].tolist()
    count = len(open_ledger(demo).verdicts())
    click(app, "review_skip")
    assert pair(app) == keys[1]
    click(app, "review_back")
    assert pair(app) == keys[0]
    assert len(open_ledger(demo).verdicts()) == count


def test_a_key_held_down_decides_nothing_that_nobody_could_read(demo):
    app = open_review()
    count, key = len(open_ledger(demo).verdicts()), pair(app)
    say(app, "related")
    following = pair(app)
    app.session_state["review_pair"] = key
    app.run()
    # Right after the card is drawn, as the repeated event of a held key would come.
    app.button(key=f"say_related_{key}").click().run()
    assert "before this pair could be read" in shown(app)
    assert len(open_ledger(demo).verdicts()) == count + 1
    assert following != key


def test_a_rejected_pair_is_never_suggested_again(demo):
    first = undecided(demo).iloc[0]
    say(open_review(), "different")
    data, decided = open_published(demo), Decided.of(open_ledger(demo))
    links = meeting.links(data, decided)
    assert not ((links["from_id"] == first["from_id"]) & (links["to_id"] == first["to_id"])).any()
    assert first["key"] not in set(undecided(demo)["key"])


@pytest.fixture
def renamed(demo, tmp_path):
    """Builds the demo's exports again with the requests in another file and under other ids."""

    def rebuild():
        exports = tmp_path / "exports"
        shutil.copytree(DEMO / "exports", exports)
        requests = exports / "customer-requests.csv"
        text = requests.read_text(encoding="utf-8").replace("REQ-", "ASK-9")
        requests.unlink()
        (exports / "requests november.csv").write_text(text, encoding="utf-8")
        decisions = tmp_path / "decisions.toml"
        kept = (DEMO / "decisions.toml").read_text(encoding="utf-8")
        decisions.write_text(kept.replace("customer-requests.csv", "requests november.csv"))
        build(exports, demo, decisions)

    return rebuild


def test_verdicts_survive_a_renamed_export_whose_ids_changed(demo, renamed):
    rejected = undecided(demo).iloc[0]
    app = say(open_review(), "different")
    queue = review_of(demo).queue
    same = queue.loc[queue["key"] == pair(app)].iloc[0]
    say(app, "same")
    before = review_of(demo).so_far
    renamed()
    after = review_of(demo)
    assert not after.queue["from_id"].isin([rejected["from_id"], same["from_id"]]).any()
    texts = ["from_text", "to_text"]
    found = after.queue.set_index(texts)["verdict"]
    assert found[tuple(rejected[texts])] == "different"
    assert found[tuple(same[texts])] == "same"
    assert after.so_far.decided == before.decided
    links = meeting.links(open_published(demo), Decided.of(open_ledger(demo)))
    moved = after.queue.loc[after.queue["verdict"] == "different", ["from_id", "to_id"]]
    pairs = set(links[["from_id", "to_id"]].itertuples(index=False, name=None))
    assert not pairs & set(moved.itertuples(index=False, name=None))


def test_verdicts_survive_a_rebuild(demo):
    say(open_review(), "same")
    before = review_of(demo).queue
    build(DEMO / "exports", demo, DEMO / "decisions.toml")
    columns = ["key", "state", "verdict", "decided_by"]
    pd.testing.assert_frame_equal(review_of(demo).queue[columns], before[columns])


def test_of_two_at_once_the_second_is_told_and_may_put_theirs_in_its_place(demo):
    first, second = open_review("Dana"), open_review("Kim")
    key = pair(first)
    assert pair(second) == key
    say(first, "same")
    say(second, "different")
    assert pair(second) == key
    assert "Dana says the same" in shown(second)
    assert last(demo)["verdict"] == "same"
    assert f"say_same_{key}" not in {button.key for button in second.button}
    click(second, "review_replace")
    assert (last(demo)["verdict"], last(demo)["decided_by"]) == ("different", "Kim")
    history = open_ledger(demo).verdict_history().tail(2)
    assert history["decided_by"].tolist() == ["Dana", "Kim"]
    assert pair(second) != key


def test_of_two_at_once_the_second_may_leave_what_stands(demo):
    first, second = open_review("Dana"), open_review("Kim")
    key = pair(first)
    say(first, "same")
    say(second, "different")
    click(second, "review_leave")
    assert last(demo)["decided_by"] == "Dana"
    assert pair(second) != key
    assert "stands" in shown(second)


def most_wanted(workspace):
    """The undecided pair with most money whose item is on the map, and which counts nowhere yet."""
    rows = undecided(workspace).query("score < @LEVEL")
    items = overlap_of(workspace).items["item_id"]
    return rows.loc[(rows["kind"] == "ask_item") & rows["to_id"].isin(items)].iloc[0]


def touched_of(workspace, item_id):
    return float(overlap_of(workspace).items.set_index("item_id").loc[item_id, "touched"])


def slide_of(workspace):
    """The overlaps slide of the pack."""
    ledger = open_ledger(workspace)
    sources = leadership.gather(
        open_published(workspace), Decided.of(ledger), kpi_lines.terms(ledger), Settings()
    )
    return overlaps_slide(sources.overlap, "USD", "Review")


def overlap_of(workspace):
    data, decided = open_published(workspace), Decided.of(open_ledger(workspace))
    return meeting.overlaps(data, decided, meeting.links(data, decided), LEVEL)


def test_an_ask_confirmed_as_the_same_moves_the_numbers_at_once_on_every_page(demo):
    link = most_wanted(demo)
    pages = ("overlaps.py", "brief.py", "compromise.py")
    opened = {page: open_page(page) for page in pages}
    before = {page: shown(app) for page, app in opened.items()}
    touched, deck = touched_of(demo, link["to_id"]), slide_of(demo)
    say(open_review(pair=link["key"]), "same")
    after = {page: shown(app.run()) for page, app in opened.items()}
    assert link["money"] > 0
    assert touched_of(demo, link["to_id"]) - touched == link["money"]
    listed = opened["overlaps.py"].dataframe[0].value.set_index("item_id")
    assert listed.loc[link["to_id"], "touched"] == touched + link["money"]
    for page in pages:
        assert after[page] != before[page], page
    assert slide_of(demo) != deck


def test_a_note_of_several_wishes_is_decided_part_by_part(demo):
    ledger, ask = open_ledger(demo), "REQ-1460"
    for verdict in ledger.verdicts().query("from_id == @ask")["verdict_id"]:
        ledger.undo(int(verdict), by="Kim", now=NOW)
    review = review_of(demo)
    first, second = review.of.prepared.parts[ask]
    rows = review.queue.query("from_id == @ask and kind != 'ask_ask'")
    matched = rows.loc[rows["part"] == first].iloc[0]
    app = open_review(pair=matched["key"])
    assert app.button(key="review_part").label == "Part 1 of 2"
    click(app, "review_part")
    assert app.button(key="review_part").label == "Part 2 of 2"
    click(app, "review_part")
    assert app.button(key="review_part").label == "All 2 parts"
    click(app, "review_part")
    say(app, "same")
    assert f"⟦{first}⟧" in last(demo)["from_text"]
    after = review_of(demo).queue.set_index("key")["state"]
    others = rows.loc[rows["part"].isna(), "key"]
    assert set(after[others]) == {"undecided"}
    app = open_review(pair=others.iloc[0])
    click(app, "review_part")
    click(app, "review_part")
    say(app, "same")
    assert f"⟦{second}⟧" in last(demo)["from_text"]
    after = review_of(demo).queue.set_index("key")["state"]
    assert set(after[others.iloc[1:]]) == {"answered"}


def test_the_right_item_can_be_searched_for(demo):
    app = open_review()
    ask, item = undecided(demo)["from_id"].iloc[0], open_published(demo).mart("mart_items").iloc[9]
    app.session_state["review_search"] = True
    app.run()
    app.selectbox(key=f"find_{pair(app)}").set_value(f"{item['title']} ({item['item_id']})").run()
    click(app, "review_find")
    stored = last(demo)
    assert (stored["from_id"], stored["to_id"], stored["verdict"]) == (ask, item["item_id"], "same")
    assert item["title"] in stored["to_text"]


def test_an_item_made_from_an_ask_is_on_the_map_until_it_is_withdrawn(demo):
    app = open_review()
    ask = undecided(demo)["from_id"].iloc[0]
    app.session_state["review_item"] = True
    app.run()
    (title,) = [box for box in app.text_input if box.key.startswith("title_")]
    title.set_value("Guest logins for partners").run()
    click(app, "review_make")
    assert "is an item now" in shown(app)
    made = overlap_of(demo).items.set_index("title").loc["Guest logins for partners"]
    assert made["item_id"] == "NEW-1"
    listed = open_page("overlaps.py").dataframe[0].value
    assert "Guest logins for partners" in set(listed["title"])
    decided = review_of(demo).queue.set_index(["from_id", "to_id"]).loc[(ask, "NEW-1")]
    app = open_review(pair=decided["key"], show="Decided")
    click(app, "review_withdraw")
    assert open_ledger(demo).items().empty
    assert "Guest logins for partners" not in set(overlap_of(demo).items["title"])


def test_filters_leave_the_pairs_they_name_and_stand_in_the_foot(demo):
    app = open_review(kind="Asks and features", show="Decided")
    queue = review_of(demo).queue
    rows = queue.loc[(queue["kind"] == "ask_feature") & queue["state"].isin(["decided", "key"])]
    assert f"of {len(rows):,} decided" in shown(app)
    assert "decided, asks and features, all segments, all exports" in shown(app)
    assert pair(app) == rows["key"].iloc[0]


def test_warning_words_and_chains_stand_beside_the_pair(demo):
    queue = review_of(demo).queue
    warned = queue.loc[queue["warning"].notna() & (queue["kind"] != "account")].iloc[0]
    page = shown(open_review(pair=warned["key"], show="Everything"))
    assert f"“{warned['warning']}” may turn it around" in page
    row = queue.loc[(queue["kind"] == "ask_item") & (queue["state"] == "undecided")].iloc[0]
    assert "both are linked with" not in shown(open_review(pair=row["key"]))
    other = queue.loc[queue["from_id"] != row["from_id"]].iloc[0]
    for kind, start, end in (
        ("ask_ask", other["from_id"], row["from_id"]),
        ("ask_item", other["from_id"], row["to_id"]),
    ):
        open_ledger(demo).decide(NewVerdict(kind, start, end, "same", "Kim"), now=NOW)
    assert "both are linked with" in shown(open_review(pair=row["key"]))


def test_verdicts_go_out_as_csv_and_come_back_once(demo, tmp_path):
    say(open_review(), "same")
    given = open_ledger(demo).verdicts()
    content = downloads.csv_bytes(given)
    other = open_ledger(tmp_path / "other")
    found = import_verdicts(other, "verdicts.csv", content, datetime.now(UTC))
    assert (found.new, found.known) == (len(given), 0)
    columns = ["kind", "from_id", "to_id", "verdict", "decided_by", "from_text", "to_text"]
    pd.testing.assert_frame_equal(
        other.verdicts()[columns].sort_values(columns, ignore_index=True),
        given[columns].sort_values(columns, ignore_index=True),
    )
    app = open_review()
    app.session_state["review_history"] = True
    app.run()
    app.file_uploader(key="verdict_file").set_value(("theirs.csv", content, "text/csv")).run()
    click(app, "review_import")
    assert f"0 new, {len(given)} known already" in shown(app)


def test_a_broken_file_stores_nothing_and_says_where(demo):
    before = len(open_ledger(demo).verdicts())
    app = open_review()
    app.session_state["review_history"] = True
    app.run()
    broken = (
        b"kind,from_id,to_id,verdict,decided_by,decided_at\nask_item,A,B,maybe,Kim,2026-10-31\n"
    )
    app.file_uploader(key="verdict_file").set_value(("theirs.csv", broken, "text/csv")).run()
    click(app, "review_import")
    assert "theirs.csv, line 2: verdict is &#x27;maybe&#x27;" in shown(app)
    assert len(open_ledger(demo).verdicts()) == before


def test_filters_that_match_nothing_say_so_and_how_much_there_is(demo):
    page = shown(open_review(show="Unsure"))
    assert "No link matches these filters" in page
    assert f"{len(undecided(demo)):,} are undecided" in page


def test_when_all_is_decided_the_page_says_so(demo):
    ledger = open_ledger(demo)
    rows = undecided(demo).query("kind != 'ask_ask'").drop_duplicates("from_id")
    for row in rows.to_dict("records"):
        ledger.decide(NewVerdict(row["kind"], row["from_id"], row["to_id"], "same", "Kim"), now=NOW)
    for row in undecided(demo).to_dict("records"):
        ledger.decide(
            NewVerdict(row["kind"], row["from_id"], row["to_id"], "different", "Kim"), now=NOW
        )
    assert undecided(demo).empty
    page = shown(open_review())
    assert "Every suggested link is decided" in page
    assert "waits for a verdict" in page


def test_asks_that_resemble_nothing_and_no_asks_at_all_say_different_things(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(tmp_path / "workspace"))
    exports = tmp_path / "exports"
    exports.mkdir()
    requests = exports / "customer-requests.csv"
    header = (DEMO / "exports" / requests.name).read_text(encoding="utf-8-sig").splitlines()[0]
    row = ["R1", "16/01/2026 10:00", "Kim", "Sales", "Acme", "", "", "", "Zeppelin", "", "", "", ""]
    requests.write_text(f"{header}\n{','.join(row)}\n", encoding="utf-8")
    build(exports, tmp_path / "workspace", DEMO / "decisions.toml")
    assert "No ask shares a word" in shown(open_review(by=None))
    requests.unlink()
    shutil.copy(DEMO / "exports" / "features.csv", exports)
    build(exports, tmp_path / "workspace", DEMO / "decisions.toml")
    assert "No request export in this workspace" in shown(open_review(by=None))


def test_two_accounts_are_reviewed_by_what_exports_say_of_them(demo):
    rows = undecided(demo)
    row = rows.loc[rows["kind"] == "account"].iloc[0]
    app = open_review(kind="Two accounts")
    assert pair(app) == row["key"]
    page = shown(app)
    for said in ("7219245242", "redlatchfire.example", "US", "$0 open"):
        assert said in page
    assert "counts from the next build on" in page
    say(app, "different")
    given = last(demo)
    assert (given["kind"], given["verdict"]) == ("account", "different")
    assert {given["from_id"], given["to_id"]} == {row["from_id"], row["to_id"]}
    data, verdicts = open_published(demo), open_ledger(demo).verdicts()
    assert meeting.account_suggestions(data, verdicts).empty
    assert meeting.account_verdicts_waiting(data, verdicts) == 1
    rows = review_of(demo).queue
    assert rows.loc[rows["key"] == row["key"], "state"].tolist() == ["decided"]


def test_money_behind_two_accounts_is_that_of_their_open_deals(tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "companies.csv").write_text(
        "account_id,account_name,account_domain,country\n"
        "C1,Vantelo Robotics,vantelo.com,DE\nC2,Etna Foods,etna.it,IT\n"
    )
    (exports / "contracts.csv").write_text(
        "contract_id,account_id,account_name,start_date,annual_amount\n"
        "S1,77,Vantelo Robotik GmbH,2025-01-01,100\n"
    )
    (exports / "deals.csv").write_text(
        "deal_id,name,account_id,amount,stage,created_date\n"
        "D1,Robots,C1,1200,open,2025-06-01\nD2,Food,C2,7,open,2025-06-01\n"
    )
    workspace = tmp_path / "w"
    data = build(exports, workspace, as_of=date(2026, 1, 31)).data
    assert data.mart("mart_asks").empty
    row = undecided(workspace).iloc[0]
    assert row["kind"] == "account"
    assert row["money"] == 1_200.0
    assert {row["from_text"], row["to_text"]} == {"Vantelo Robotics", "Vantelo Robotik GmbH"}
