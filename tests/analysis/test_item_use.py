"""Use of an area by those who ask against all, and the story told beside it."""

import pandas as pd
import pytest

from common_ground.analysis import stories
from common_ground.analysis.item_use import NEVER, TRIED, WEEKLY, in_words, item_use

DAY = pd.Timestamp("2026-08-30")


def account_use(*rows):
    """Each row: account_id, used_weeks, is_used_28d, last_used_day, is_active_28d."""
    columns = ["account_id", "used_weeks", "is_used_28d", "last_used_day", "is_active_28d"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(account_name=frame["account_id"], segment="Large", last_day=DAY)


USE = account_use(
    ("weekly", 9, True, DAY, True),
    ("tried", 2, False, DAY, True),
    ("never", 0, False, None, True),
    ("gone", 0, False, DAY, False),
    ("other", 12, True, DAY, True),
)
MONTHS = pd.DataFrame(
    [
        ("2026-07-31", "weekly", False),
        ("2026-07-31", "other", True),
        ("2026-08-31", "weekly", True),
        ("2026-08-31", "tried", False),
        ("2026-08-31", "other", True),
    ],
    columns=["as_of", "account_id", "is_used"],
).assign(as_of=lambda months: pd.to_datetime(months["as_of"]))


def asking(*names):
    return pd.DataFrame({"account_id": names, "account_name": names, "segment": "Large"})


ASKING = asking("weekly", "tried", "never", "gone", "unknown", "weekly", None)
FOUND = item_use("Scheduling", ASKING, USE, MONTHS, 8)


def test_accounts_asking_never_tried_or_use_it_weekly():
    assert FOUND.habits() == {NEVER: 1, TRIED: 2, WEEKLY: 1}


def test_an_account_without_usage_data_is_said_apart_and_no_non_user():
    assert FOUND.without_data == 1
    assert len(FOUND.asking) == 5
    assert len(FOUND.known) == 4


def test_an_account_that_uses_nothing_any_more_is_said_apart():
    assert FOUND.quiet == 1
    assert FOUND.active(asking_only=True) == (1, 3)
    assert FOUND.active(asking_only=False) == (2, 4)


def test_the_trend_sets_those_who_ask_against_all_by_month():
    assert FOUND.trend.drop(columns="as_of").to_numpy().tolist() == [[0, 1, 1, 2], [1, 2, 2, 3]]


def test_nobody_who_asks_is_no_use_by_them():
    found = item_use("Scheduling", asking(), USE, MONTHS, 8)
    assert found.active(asking_only=True) == (0, 0)
    assert found.active(asking_only=False) == (2, 4)


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("weekly", "used Scheduling weekly, 9 of 12 weeks"),
        ("tried", "used Scheduling in 2 of 12 weeks"),
        ("gone", "used Scheduling before, not in the last 12 weeks"),
        ("never", "never used Scheduling"),
        ("unknown", "no usage data"),
    ],
)
def test_an_accounts_use_in_words(account, said):
    rows = FOUND.accounts.set_index("account_id")
    assert in_words("Scheduling", rows.loc[account]) == said


DEALS = pd.DataFrame(
    [
        ("D1", "North", 100.0, "open"),
        ("D2", "South", 900.0, "won"),
        ("D3", "East", 300.0, "lost"),
        ("D4", "West", None, "open"),
    ],
    columns=["deal_id", "name", "amount", "stage"],
)
DEALS = DEALS.assign(**{f"is_{name}": DEALS["stage"] == name for name in ("open", "won", "lost")})


def links(*rows):
    """Each row: ask_id, text, deal_id, is_blocker, asked_date, is_confirmed."""
    columns = ["ask_id", "text", "deal_id", "is_blocker", "asked_date", "is_confirmed"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        asked_date=pd.to_datetime(frame["asked_date"]),
        side="sales",
        account_id="weekly",
        account_name="Weekly Ltd",
        asked_by="Kim",
        source="crm.csv",
    )


WORDS = "they sign the day it works"


def test_the_story_has_words_before_anything_else():
    told = links(
        ("a1", "sso", "D1", True, "2026-08-01", True),
        ("a2", WORDS, None, False, "2026-01-01", False),
    )
    assert stories.best("P-1", told, DEALS, FOUND).ask_id == "a2"


def test_a_settled_link_goes_before_a_suggested_one():
    told = links(
        ("a1", WORDS, "D3", True, "2026-08-01", False),
        ("a2", WORDS, "D1", False, "2026-01-01", True),
    )
    assert stories.best("P-1", told, DEALS, FOUND).ask_id == "a2"


def test_a_blocker_goes_before_a_larger_deal_and_a_larger_deal_before_a_newer_ask():
    told = links(
        ("a1", WORDS, "D3", False, "2026-08-01", True),
        ("a2", WORDS, "D1", True, "2026-01-01", True),
        ("a3", WORDS, "D4", False, "2026-08-20", True),
    )
    assert stories.best("P-1", told, DEALS, FOUND).ask_id == "a2"
    assert stories.best("P-1", told.iloc[[0, 2]], DEALS, FOUND).ask_id == "a1"


def test_what_a_won_deal_asked_for_waits_for_nothing():
    told = links(
        ("a1", WORDS, "D2", True, "2026-08-01", True),
        ("a2", WORDS, "D1", False, "2026-01-01", True),
    )
    assert stories.best("P-1", told, DEALS, FOUND).ask_id == "a2"


def test_the_most_recent_of_equals_tells_the_story_whatever_the_order():
    told = links(
        ("a1", WORDS, None, False, "2026-01-01", True),
        ("a2", WORDS, None, False, "2026-08-01", True),
        ("a3", WORDS, None, False, None, True),
    )
    for order in ([0, 1, 2], [2, 1, 0]):
        assert stories.best("P-1", told.iloc[order], DEALS, FOUND).ask_id == "a2"


def test_a_story_carries_deal_account_and_use():
    told = links(("a1", WORDS, "D3", True, "2026-08-01", True))
    story = stories.best("P-1", told, DEALS, FOUND)
    assert (story.deal_name, story.amount, story.stage) == ("East", 300.0, "lost")
    assert story.use == "used Scheduling weekly, 9 of 12 weeks"
    assert stories.best("P-1", told, DEALS, None).use == ""


def test_no_ask_has_no_story():
    assert stories.best("P-1", links(), DEALS, FOUND) is None
    assert stories.of_ask("P-1", "a9", links(), DEALS, FOUND) is None
