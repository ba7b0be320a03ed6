from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pandas as pd
import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewStory, open_ledger


def story(item_id="P-1", ask_id="a1", by="Dana", text="They sign the day it works."):
    return NewStory(item_id, ask_id, "Offline maps", text, by)


def test_the_latest_story_of_an_item_stands_and_the_ones_before_stay_on_record(ledger, now):
    ledger.put_story(story(), now=now)
    ledger.put_story(story("P-2", "a7"), now=now)
    later = now + timedelta(hours=1)
    assert ledger.put_story(story(ask_id=" a2 ", by="Kim"), now=later) == 3
    stands = ledger.stories()
    assert stands[["item_id", "ask_id", "decided_by"]].to_numpy().tolist() == [
        ["P-2", "a7", "Dana"],
        ["P-1", "a2", "Kim"],
    ]
    assert stands["decided_at"].tolist()[1] == pd.Timestamp(2026, 10, 31, 10, 30)
    assert ledger.story_history()["ask_id"].tolist() == ["a1", "a7", "a2"]


def test_a_story_taken_off_stands_no_more_and_its_row_stays(ledger, now):
    number = ledger.put_story(story(), now=now)
    ledger.take_story_off(number, by="Kim", now=now)
    assert ledger.stories().empty
    history = ledger.story_history()
    assert history["what"].tolist() == ["put on", "taken off"]
    assert history["decided_by"].tolist() == ["Dana", "Kim"]
    ledger.put_story(story(), now=now)
    assert len(ledger.stories()) == 1


def test_a_story_that_was_replaced_or_taken_off_cannot_be_taken_off(ledger, now):
    first = ledger.put_story(story(), now=now)
    second = ledger.put_story(story(ask_id="a2", by="Kim"), now=now)
    with pytest.raises(LedgerError, match=r"not on the Brief any more: Kim"):
        ledger.take_story_off(first, by="Dana", now=now)
    ledger.take_story_off(second, by="Dana", now=now)
    with pytest.raises(LedgerError, match=r"not on the Brief any more: Dana"):
        ledger.take_story_off(second, by="Kim", now=now)
    with pytest.raises(LedgerError, match="no story 99"):
        ledger.take_story_off(99, by="Kim", now=now)
    with pytest.raises(LedgerError, match="needs the name"):
        ledger.take_story_off(second, by=" ", now=now)


def test_no_stories_have_the_columns_and_types_of_some(ledger, now):
    empty = ledger.stories(), ledger.story_history()
    ledger.put_story(story(), now=now)
    for none, one in zip(empty, (ledger.stories(), ledger.story_history()), strict=True):
        assert list(none.dtypes.items()) == list(one.dtypes.items())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"item_id": " "}, "lacks the item_id"),
        ({"ask_id": "a" * 201}, "the ask_id has 201 characters"),
        ({"text": " "}, "has no words"),
        ({"text": "t" * 4001}, "the text has 4,001 characters"),
        ({"by": ""}, "needs the name of the person"),
    ],
)
def test_a_story_that_lacks_something_is_refused(changes, says):
    with pytest.raises(LedgerError, match=says):
        story(**changes)


def test_of_twenty_people_who_take_one_story_off_one_does(tmp_path, now):
    number = open_ledger(tmp_path).put_story(story(), now=now)

    def take(person):
        try:
            open_ledger(tmp_path).take_story_off(number, by=f"P{person}", now=now)
        except LedgerError:
            return 0
        return 1

    with ThreadPoolExecutor(20) as people:
        assert sum(people.map(take, range(20))) == 1
    assert open_ledger(tmp_path).story_history()["what"].tolist() == ["put on", "taken off"]


def test_twenty_people_putting_stories_at_once_lose_none(tmp_path, now):
    open_ledger(tmp_path)
    with ThreadPoolExecutor(20) as people:
        list(
            people.map(
                lambda n: open_ledger(tmp_path).put_story(story(f"P-{n}"), now=now), range(20)
            )
        )
    assert set(open_ledger(tmp_path).stories()["item_id"]) == {f"P-{n}" for n in range(20)}
