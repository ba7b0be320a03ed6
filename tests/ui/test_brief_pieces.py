from datetime import date

import pandas as pd
import pytest

from common_ground import meeting
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.bargaining import find_compromise
from common_ground.analysis.plan_inputs import Prepared
from common_ground.analysis.plans import Candidate, Deal, Problem
from common_ground.analysis.reserve import find_reserve
from common_ground.analysis.trades import find_swaps
from common_ground.ledger.standings import standing
from common_ground.ui import brief


def bargain(planned, capacity=40):
    """Two items of four weeks and one of four that nobody's deal waits for."""
    problem = Problem(
        candidates=(
            Candidate("A", "Single sign-on", 40, 50),
            Candidate("B", "Mobile search", 20, 300),
            Candidate("C", "Audit log", 20, 10),
            Candidate("D", "Themes", 40, 200),
        ),
        deals=(Deal("d1", 400_000, frozenset({"C"})), Deal("d2", 90_000, frozenset({"A"}))),
        capacity=capacity,
        planned=frozenset(planned),
    )
    problem, reserve, trade = find_reserve(problem, level=0)
    found = find_compromise(problem, frontier=False, trade=trade)
    swaps = find_swaps(problem, found)
    return Bargain(Prepared(problem, (), 0.0, ()), found, swaps, reserve)


def changes_of(*rows):
    return pd.DataFrame(rows, columns=["canonical_table", "change", "key", "what"])


def agreement(number, due, status="open", **more):
    return {
        "agreement_id": f"A{number}",
        "title": f"Promise {number}",
        "sales_owner": "M. Okafor",
        "product_owner": None,
        "due_date": pd.Timestamp(due),
        "status": status,
        "closed_date": pd.NaT,
        **more,
    }


def test_the_trade_shows_both_sides_with_the_same_lines():
    made = bargain(["D"])
    assert made.found.trade
    text = brief.trade(made, meeting.draws(made), meeting.openers(made), "EUR")
    assert "+€400k" in text
    assert "+11" in text
    assert text.count("<dt>Gets</dt>") == text.count("<dt>Gives up</dt>") == 2
    assert "4 of 4\N{NO-BREAK SPACE}person-weeks" in text
    assert "Audit log" in text


def test_the_price_of_going_alone_is_told_against_no_deal():
    assert brief.alone(bargain(["D"]).found, "EUR").startswith("Against today’s roadmap.")


def test_without_a_trade_the_frame_says_what_would_open_one():
    made = bargain(["B", "C"])
    assert not made.found.trade
    text = brief.trade(made, meeting.draws(made), meeting.openers(made), "EUR")
    assert "No trade available at 4\N{NO-BREAK SPACE}person-weeks" in text
    assert "cg-next" in text


def test_agreements_name_an_owner_from_each_side_late_ones_first_and_bold():
    rows = pd.DataFrame([agreement(n, f"2026-11-{10 + n:02d}") for n in range(1, 7)])
    text = brief.agreements(standing(rows, date(2026, 11, 13)))
    assert text.index("A1<") < text.index("A2<") < text.index("A4<")
    assert text.count("cg-bold") == 2
    assert "2\N{NO-BREAK SPACE}days late" in text
    assert "due 14 Nov" in text
    assert "nobody yet" in text
    assert "and 2 more" in text


def test_no_open_agreement_leads_to_the_page_that_records_one():
    rows = pd.DataFrame(
        [agreement(1, "2026-11-11", "kept", closed_date=pd.Timestamp("2026-11-10"))]
    )
    assert 'href="/agreements"' in brief.agreements(standing(rows, date(2026, 11, 13)))


def test_changes_are_counted_by_kind_and_named():
    found = changes_of(
        *[("deals", "added", f"d{n}", None) for n in range(5)],
        ("items", "changed", "I1", "effort likely 4 → 7"),
    )
    text = brief.changes(found, 14, {("deals", "d0"): "Harbour <Lifts>"})
    assert "Since data v13" in text
    assert "+5" in text
    assert "deals added: Harbour &lt;Lifts&gt;, d1, d2 and 2 more" in text
    assert "item changed: I1" in text


@pytest.mark.parametrize(("version", "says"), [(1, "is the first"), (3, "brought nothing new")])
def test_no_changes_say_why(version, says):
    assert says in brief.changes(changes_of(), version, {})
