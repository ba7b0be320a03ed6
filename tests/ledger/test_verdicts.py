import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewVerdict


def verdict(says="same", kind="ask_item", from_id="ASK-1", to_id="FLD-1", **more):
    return NewVerdict(kind, from_id, to_id, says, "Dana", **more)


def counted(ledger):
    return ledger.verdicts()[["from_id", "to_id", "verdict"]].values.tolist()


def test_the_latest_verdict_of_a_pair_counts(ledger, now):
    ledger.decide(verdict("same"), now=now)
    ledger.decide(verdict("different", to_id="FLD-2"), now=now)
    ledger.decide(verdict("related"), now=now)
    assert counted(ledger) == [["ASK-1", "FLD-2", "different"], ["ASK-1", "FLD-1", "related"]]


def test_undo_brings_the_verdict_before_back_and_keeps_the_history(ledger, now):
    ledger.decide(verdict("same"), now=now)
    second = ledger.decide(verdict("different"), now=now)
    ledger.undo(second, by="Kim", now=now)
    assert counted(ledger) == [["ASK-1", "FLD-1", "same"]]
    history = ledger.verdict_history()
    assert history["verdict"].tolist() == ["same", "different"]
    assert history["undone_by"].isna().tolist() == [True, False]
    assert history["undone_by"][1] == "Kim"


def test_undoing_the_only_verdict_leaves_none(ledger, now):
    ledger.undo(ledger.decide(verdict(), now=now), by="Kim", now=now)
    assert ledger.verdicts().empty
    assert len(ledger.verdict_history()) == 1


def test_undoing_twice_says_who_did_it(ledger, now):
    decided = ledger.decide(verdict(), now=now)
    ledger.undo(decided, by="Kim", now=now)
    with pytest.raises(LedgerError, match="already taken back by Kim"):
        ledger.undo(decided, by="Dana", now=now)
    with pytest.raises(LedgerError, match="no verdict 99"):
        ledger.undo(99, by="Dana", now=now)


@pytest.mark.parametrize("kind", ["ask_ask", "account"])
def test_two_asks_or_accounts_are_one_pair_in_either_order(ledger, now, kind):
    ledger.decide(verdict("same", kind, "X", "Y"), now=now)
    ledger.decide(verdict("different", kind, "Y", "X"), now=now)
    assert counted(ledger) == [["Y", "X", "different"]]


def test_an_ask_and_an_item_of_the_same_ids_are_another_pair_when_turned(ledger, now):
    ledger.decide(verdict("same", "ask_item", "1", "2"), now=now)
    ledger.decide(verdict("same", "ask_item", "2", "1"), now=now)
    ledger.decide(verdict("same", "ask_feature", "1", "2"), now=now)
    assert len(ledger.verdicts()) == 3


def test_both_texts_are_kept_as_they_were(ledger, now):
    shown = "  need SSO\nASAP — “please”  "
    ledger.decide(verdict(from_text=shown, to_text="=SUM(1)"), now=now)
    row = ledger.verdicts().iloc[0]
    assert (row["from_text"], row["to_text"], row["decided_by"]) == (shown, "=SUM(1)", "Dana")


def test_no_verdicts_have_the_columns_and_types_of_some(ledger, now):
    empty = ledger.verdicts()
    ledger.decide(verdict(), now=now)
    assert list(empty.dtypes.items()) == list(ledger.verdicts().dtypes.items())


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"says": "maybe"}, "is no verdict"),
        ({"kind": "deal_item"}, "is no kind of link"),
        ({"to_id": ""}, "needs both ids"),
        ({"kind": "ask_ask", "to_id": "ASK-1"}, "with itself"),
    ],
)
def test_a_verdict_that_cannot_be_is_refused(made, says):
    with pytest.raises(LedgerError, match=says):
        verdict(**made)


def test_an_unsigned_verdict_is_refused():
    with pytest.raises(LedgerError, match="name of the person"):
        NewVerdict("ask_item", "ASK-1", "FLD-1", "same", " ")
