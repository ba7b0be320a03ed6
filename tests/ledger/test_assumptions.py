from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from common_ground.errors import LedgerError
from common_ground.ledger import NewAssumption, open_ledger
from common_ground.ledger.tables import assumptions


def assumed(value="120", item_id="P-1", field="reach", **more):
    number = None if value is None else Decimal(value)
    words = {"set_by": "Jonas", "note": "counted by hand"} | more
    return NewAssumption(item_id, field, number, **words)


def standing(ledger):
    return ledger.assumptions()[["item_id", "field", "value"]].values.tolist()


def test_the_latest_value_of_an_item_and_field_stands(ledger, now):
    ledger.assume([assumed("120"), assumed("0.9", field="confidence")], now=now)
    ledger.assume([assumed("90")], now=now + timedelta(days=1))
    assert standing(ledger) == [
        ["P-1", "confidence", Decimal("0.9000")],
        ["P-1", "reach", Decimal("90.00")],
    ]
    assert len(ledger.assumption_history()) == 3


def test_what_is_taken_back_stands_no_more_and_stays_on_record(ledger, now):
    ledger.assume([assumed()], now=now)
    ledger.assume([assumed(None, set_by="Marian", note="")], now=now)
    assert standing(ledger) == []
    history = ledger.assumption_history()
    assert history["set_by"].tolist() == ["Jonas", "Marian"]
    assert history["value"].tolist() == [Decimal("120.00"), None]


def test_two_people_cannot_take_the_same_back_twice(ledger, now):
    ledger.assume([assumed()], now=now)
    ledger.assume([assumed(None)], now=now)
    with pytest.raises(LedgerError, match="Nobody assumes the reach of P-1 any more"):
        ledger.assume([assumed("5", "P-2"), assumed(None)], now=now)
    assert standing(ledger) == [], "all or none"


def test_an_item_and_field_counts_once_in_a_list(ledger, now):
    with pytest.raises(LedgerError, match="in the list twice"):
        ledger.assume([assumed("1"), assumed("2")], now=now)
    assert ledger.assumption_history().empty


def test_who_when_and_why_survive_a_reopening(tmp_path, now):
    open_ledger(tmp_path).assume([assumed("3", field="effort_likely")], now=now)
    row = open_ledger(tmp_path).assumptions().iloc[0]
    assert (row["set_by"], row["note"]) == ("Jonas", "counted by hand")
    assert row["set_at"] == now.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reach", "-1"),
        ("impact", "1.5"),
        ("impact", "4"),
        ("confidence", "1.01"),
        ("effort_likely", "0"),
        ("effort_low", "NaN"),
        ("effort_high", "Infinity"),
        ("reach", "0.001"),
    ],
)
def test_a_value_the_field_cannot_have_is_refused(field, value):
    with pytest.raises(LedgerError, match="P-1"):
        assumed(value, field=field)


def test_a_value_needs_a_reason_a_name_and_a_field(ledger):
    with pytest.raises(LedgerError, match="lacks a reason"):
        assumed(note=" ")
    with pytest.raises(LedgerError):
        assumed(set_by="")
    with pytest.raises(LedgerError, match="cannot be assumed"):
        assumed(field="mood")


def test_weights_belong_to_no_item_and_all_else_to_one():
    assert assumed("2", "", "weight_sales").item_id == ""
    with pytest.raises(LedgerError, match="weights belong to no item"):
        assumed("2", "P-1", "weight_sales")
    with pytest.raises(LedgerError, match="weights belong to no item"):
        assumed("2", "", "reach")


@pytest.mark.parametrize("statement", [assumptions.update().values(note="x"), assumptions.delete()])
def test_the_register_cannot_be_rewritten(ledger, now, statement):
    ledger.assume([assumed()], now=now)
    with pytest.raises(IntegrityError), ledger._store.writing() as connection:
        connection.execute(statement)


def test_nothing_assumed_is_an_empty_register(ledger):
    assert ledger.assumptions().empty
    assert list(ledger.assumptions().columns) == [
        "item_id",
        "field",
        "value",
        "set_by",
        "set_at",
        "note",
    ]
