import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewItem


def item(**more):
    return NewItem(**({"title": "Offline maps", "created_by": "Dana", "ask_id": "ASK-7"} | more))


def test_an_item_made_from_an_ask_is_linked_to_it_as_the_same(ledger, now):
    made = ledger.create_item(
        item(description="For basements", area="Mobile", ask_text="maps without signal"), now=now
    )
    assert made == "NEW-1"
    row = ledger.items().iloc[0]
    assert (row["title"], row["area"], row["from_ask_id"]) == ("Offline maps", "Mobile", "ASK-7")
    verdict = ledger.verdicts().iloc[0]
    assert verdict[["from_id", "to_id", "verdict", "decided_by"]].tolist() == [
        "ASK-7",
        "NEW-1",
        "same",
        "Dana",
    ]
    assert verdict["from_text"] == "maps without signal"
    assert verdict["to_text"] == "Offline maps\nFor basements"


def test_a_withdrawn_item_keeps_its_row_and_its_number(ledger, now):
    ledger.withdraw_item(ledger.create_item(item(), now=now), by="Kim", now=now, note="FLD-80")
    assert ledger.items().empty
    assert ledger.item_history()["withdrawn_by"].tolist() == ["Kim"]
    assert ledger.create_item(item(), now=now) == "NEW-2"


def test_withdrawing_twice_or_nothing_says_so(ledger, now):
    made = ledger.create_item(item(), now=now)
    ledger.withdraw_item(made, by="Kim", now=now)
    with pytest.raises(LedgerError, match="already withdrawn by Kim"):
        ledger.withdraw_item(made, by="Dana", now=now)
    with pytest.raises(LedgerError, match="no item NEW-9"):
        ledger.withdraw_item("NEW-9", by="Dana", now=now)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"title": " "}, "needs a title"),
        ({"created_by": ""}, "name of the person"),
        ({"ask_id": ""}, "the ask it was made from"),
        ({"title": "x" * 201}, "at most 200"),
    ],
)
def test_an_item_that_cannot_be_is_refused(made, says):
    with pytest.raises(LedgerError, match=says):
        item(**made)


def test_no_items_have_the_columns_and_types_of_some(ledger, now):
    empty = ledger.items()
    ledger.create_item(item(), now=now)
    assert list(empty.dtypes.items()) == list(ledger.items().dtypes.items())
