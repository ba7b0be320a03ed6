"""What the Agreements page says, from plain frames; no browser, no session."""

from datetime import date

import pandas as pd
import pytest

from common_ground.ledger import Standing
from common_ground.ui import agreements
from common_ground.ui.agreements import Background

AS_OF = date(2026, 10, 31)


def stands(open_count=0, late=0, oldest=0, drafts=0, kept=0, missed=0, next_due=None):
    return Standing(
        rows=pd.DataFrame(),
        open_count=open_count,
        late_count=late,
        due_soon_count=0,
        oldest_late_days=oldest,
        draft_count=drafts,
        kept_count=kept,
        missed_count=missed,
        next_due=next_due,
    )


def row(**changes):
    """One line of `Standing.rows`."""
    base = {
        "agreement_id": "A1",
        "title": "Mobile search",
        "give": "Two design partners",
        "get": "A prototype",
        "sales_owner": "Marian Okafor",
        "product_owner": "Jonas Lindqvist",
        "due_date": pd.Timestamp(2026, 11, 20),
        "status": "open",
        "kpi": None,
        "kpi_at_agreement": float("nan"),
        "item_ids": (),
        "closed_date": pd.NaT,
        "delivered_date": pd.NaT,
        "replaces": None,
        "days_left": 20,
        "is_late": False,
    }
    return base | changes


def words(markup):
    """Markup as it reads, no-break spaces as spaces."""
    text = str(markup).replace("<b>", "").replace("</b>", "").replace("\N{NO-BREAK SPACE}", " ")
    return text.replace('<span class="cg-soft">', "").replace("</span>", "")


@pytest.mark.parametrize(
    ("standing", "says"),
    [
        (
            stands(7, late=3, oldest=6),
            "4 of 7 open agreements are on time; 3 are late, the oldest by 6 days.",
        ),
        (
            stands(5, late=2, oldest=6),
            "3 of 5 open agreements are on time; 2 are late, the older by 6 days.",
        ),
        (stands(2, late=1, oldest=1), "1 of 2 open agreements is on time; 1 is late, by 1 day."),
        (
            stands(2, late=2, oldest=4),
            "0 of 2 open agreements are on time; 2 are late, the older by 4 days.",
        ),
        (stands(1, late=1, oldest=2), "The one open agreement is late by 2 days."),
        (
            stands(1, next_due=date(2026, 11, 20)),
            "The one open agreement is on time, due on 20 Nov 2026.",
        ),
        (
            stands(3, next_due=date(2026, 11, 20)),
            "All 3 open agreements are on time; the next is due on 20 Nov 2026.",
        ),
        (stands(kept=7, missed=2), "No agreement is open; 7 of 9 that fell due were kept."),
        (
            stands(drafts=1),
            "Nothing is agreed yet; 1 draft waits for owners and a due date.",
        ),
        (
            stands(drafts=2),
            "Nothing is agreed yet; 2 drafts wait for owners and a due date.",
        ),
        (stands(), "Nothing is agreed yet."),
    ],
)
def test_the_answer_is_one_sentence_with_numbers(standing, says):
    assert words("".join(str(part) for part in agreements.answer(standing))) == says


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"days_left": -6, "is_late": True}, "6 days late<br>due 20 Nov 2026"),
        ({"days_left": 0}, "today<br>due 20 Nov 2026"),
        ({"days_left": 1}, "in 1 day<br>due 20 Nov 2026"),
        ({"status": "draft", "due_date": pd.NaT}, "Draft<br>not agreed yet"),
        (
            {
                "status": "kept",
                "delivered_date": pd.Timestamp(2026, 11, 18),
                "closed_date": pd.Timestamp(2026, 11, 20),
            },
            "Kept<br>18 Nov 2026",
        ),
        (
            {
                "status": "missed",
                "delivered_date": pd.Timestamp(2026, 11, 25),
                "closed_date": pd.Timestamp(2026, 11, 26),
            },
            "Missed<br>delivered 5 days late",
        ),
        (
            {"status": "missed", "closed_date": pd.Timestamp(2026, 11, 26)},
            "Missed<br>was due 20 Nov 2026",
        ),
        (
            {"status": "withdrawn", "closed_date": pd.Timestamp(2026, 11, 2)},
            "Withdrawn<br>2 Nov 2026",
        ),
    ],
)
def test_each_line_says_when_or_what_became_of_it(changes, says):
    assert words(agreements.when(row(**changes))) == says


def background(**changes):
    base = {
        "as_of": AS_OF,
        "data_version": 7,
        "currency": "EUR",
        "items": {"FSM-219": "Mobile job search"},
        "definitions": {},
    }
    return Background(**(base | changes))


def test_what_people_wrote_cannot_become_markup():
    wild = "<img src=x onerror=alert(1)>"
    rows = pd.DataFrame(
        [row(title=wild, give=wild, get=wild, sales_owner=wild, item_ids=(wild,), kpi=wild)]
    )
    shown = str(agreements.table(rows, background()))
    assert "<img" not in shown
    assert shown.count("&lt;img") == 6


def test_give_and_get_are_equally_wide_and_sales_stands_left():
    shown = str(agreements.table(pd.DataFrame([row()]), background()))
    widths = [part.split("%")[0] for part in shown.split("width:")[1:]]
    assert widths[2] == widths[3]
    assert shown.index("Sales gives") < shown.index("Product gives")
    assert shown.index("Two design partners") < shown.index("A prototype")


def test_an_item_the_data_no_longer_has_keeps_its_id():
    rows = pd.DataFrame([row(item_ids=("FSM-219", "GONE-1"))])
    shown = words(agreements.table(rows, background()))
    assert "FSM-219 Mobile job search" in shown
    assert "GONE-1" in shown


def test_filters_keep_the_order_and_find_both_owners():
    rows = pd.DataFrame(
        [
            row(agreement_id="A2"),
            row(agreement_id="A1", status="kept"),
            row(agreement_id="A3", sales_owner="Rosa"),
        ]
    )
    found = agreements.filtered(rows, ("open",), None)
    assert found["agreement_id"].tolist() == ["A2", "A3"]
    assert agreements.filtered(rows, ("open", "kept"), "Rosa")["agreement_id"].tolist() == ["A3"]
    everyone = agreements.filtered(rows, ("open", "kept"), "Jonas Lindqvist")
    assert everyone["agreement_id"].tolist() == ["A2", "A1", "A3"]


def test_owners_are_named_once_and_a_draft_without_one_adds_none():
    rows = pd.DataFrame([row(), row(sales_owner="", product_owner="Rosa")])
    assert agreements.owners(rows) == ["Jonas Lindqvist", "Marian Okafor", "Rosa"]
