"""Items of Compromise: assumed values are marked, and the page says what the last change did."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common_ground import meeting
from common_ground.ledger import NewAssumption, open_ledger
from common_ground.meeting import Decided
from common_ground.settings import Settings
from common_ground.ui import compromise_items
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown


@pytest.fixture
def bargain(demo):
    data, settings = open_published(demo), Settings()

    def bargain():
        decided = Decided.of(open_ledger(demo))
        known = meeting.overlaps(data, decided, meeting.links(data, decided), settings.link_level)
        return meeting.bargain(data, decided, known, meeting.default_choices(settings))

    return bargain


def assume(demo, item_id, field, value, day, note="asked the team"):
    one = NewAssumption(item_id, field, None if value is None else Decimal(value), "Kim", note)
    open_ledger(demo).assume([one], now=datetime(2026, 11, day, 9, tzinfo=UTC))


def plain(app):
    return shown(app).replace("\N{NO-BREAK SPACE}", " ")


def test_without_assumptions_nothing_is_said_of_a_change(demo):
    page = plain(open_page("compromise.py", view="Items"))
    assert "What the last change" not in page
    assert "Nothing is assumed" in page


def test_an_item_made_too_large_goes_out_and_the_page_says_so(demo, bargain):
    before = bargain()
    new = set(before.found.compromise.items) - set(before.found.no_deal.plan.items)
    item = sorted(new)[0]
    title = before.prepared.problem.title(item)
    assume(demo, item, "effort_likely", "90", 3)
    after = bargain()
    assert item not in after.found.compromise.items
    app = open_page("compromise.py", view="Items")
    page = plain(app)
    assert "What the last change of values did" in page
    assert f"{title}, effort, likely, weeks: 90, before the export’s value (asked the team)" in page
    assert "Kim, 3 Nov 2026" in page
    weeks = [f"{of.found.compromise.effort / 10:.1f}" for of in (before, after)]
    assert f"{weeks[0]} before, {weeks[1]} now" in page
    left = set(before.found.compromise.items) - set(after.found.compromise.items)
    assert ", ".join(before.prepared.problem.title(i) for i in sorted(left)) in page


def test_values_assumed_of_what_changes_hands_are_marked(demo, bargain):
    of = bargain()
    item = of.swaps.into[0].items[0]
    likely = of.prepared.problem.by_id[item].effort_range[1]
    assume(demo, item, "effort_likely", str(likely / 10 - 0.1), 3)
    page = plain(open_page("compromise.py"))
    title = of.prepared.problem.title(item)
    assert f"Assumed. {title}: Effort, likely, weeks: " in page
    assert "assumed by Kim on 3 Nov 2026, export says" in page
    assert ", assumed</span>" in page


def test_every_open_item_is_in_the_table_with_what_makes_its_figures(demo, bargain):
    of = bargain()
    data, decided = open_published(demo), Decided.of(open_ledger(demo))
    items = meeting.items(data, decided)
    rows = compromise_items.table(of, items, {"FS-1": "words"}).set_index("item_id")
    open_ids = set(items.loc[~items["status"].isin(["released", "declined"]), "item_id"])
    assert set(rows.index) == open_ids
    problem = of.prepared.problem
    inside = set(rows.index[rows["plan"].isin(["stays", "comes in"])])
    assert inside == set(of.found.compromise.items)
    waiting = rows.loc[[item.item_id for item in problem.unplannable]]
    assert waiting["plan"].str.contains("needs an estimate|which needs").all()
    assert waiting["accounts"].isna().all()
    for item_id in inside:
        blocked = sum(deal.value for deal in problem.deals if item_id in deal.blockers)
        assert rows.loc[item_id, "money"] == blocked
        assert rows.loc[item_id, "accounts"] == problem.by_id[item_id].product / 10


def test_a_change_taken_back_is_a_change_too(demo, bargain):
    item = sorted(bargain().found.compromise.items)[0]
    assume(demo, item, "reach", "5", 2)
    assume(demo, item, "reach", None, 3, note="")
    page = plain(open_page("compromise.py", view="Items"))
    assert "reach, accounts: the export’s value again, before 5." in page


def test_a_change_taken_back_is_told_on_a_page_that_was_open_before_it(demo, bargain):
    item, other = sorted(bargain().found.compromise.items)[:2]
    app = open_page("compromise.py", view="Items")
    assert "What the last change" not in plain(app)
    assume(demo, item, "reach", "5", 2)
    assert "Kim, 2 Nov 2026" in plain(app.run())
    assume(demo, other, "reach", "7", 3)
    assert "reach, accounts: 7, before the export’s value" in plain(app.run())
    assume(demo, other, "reach", None, 4, note="")
    assert "reach, accounts: the export’s value again, before 7." in plain(app.run())
    assume(demo, item, "reach", None, 5, note="")
    assert "reach, accounts: the export’s value again, before 5." in plain(app.run())
