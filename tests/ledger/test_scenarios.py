"""Scenarios and guesses: saved as they were, nothing rewritten, the same name or guess once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewGuess, NewScenario

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
CHOICES = {"capacity_weeks": 34.0, "pins": ["B", "A"]}


def scenario(name="Without the redesign", **changes):
    return NewScenario(
        **{"name": name, "choices": CHOICES, "data_version": 3, "saved_by": "Kim"} | changes
    )


def guess(**changes):
    values = {"side": "sales", "item_id": "A", "title": "Audit log", "guess": Decimal("120.5")}
    return NewGuess(
        **values | {"actual": Decimal(300), "data_version": 3, "guessed_by": "Kim"} | changes
    )


def test_what_was_chosen_comes_back(ledger):
    assert ledger.save_scenario(scenario(), now=NOW) == "S1"
    row = ledger.scenarios().iloc[0]
    assert (row["name"], row["choices"], row["data_version"]) == (
        "Without the redesign",
        CHOICES,
        3,
    )
    assert row["saved_by"] == "Kim"


def test_a_name_is_given_once_until_it_is_withdrawn(ledger):
    first = ledger.save_scenario(scenario(), now=NOW)
    with pytest.raises(LedgerError, match="Kim saved a scenario named"):
        ledger.save_scenario(scenario("without the REDESIGN "), now=NOW)
    ledger.withdraw_scenario(first, by="Lee", now=NOW, note="settled")
    assert ledger.scenarios().empty
    assert ledger.save_scenario(scenario(), now=NOW) == "S2"
    history = ledger.scenario_history()
    assert history["withdrawn_by"].tolist()[0] == "Lee"
    assert len(history) == 2


def test_what_does_not_stand_cannot_be_withdrawn(ledger):
    with pytest.raises(LedgerError, match="no scenario S9"):
        ledger.withdraw_scenario("S9", by="Lee", now=NOW)
    first = ledger.save_scenario(scenario(), now=NOW)
    ledger.withdraw_scenario(first, by="Lee", now=NOW)
    with pytest.raises(LedgerError, match="already withdrawn by Lee"):
        ledger.withdraw_scenario(first, by="Kim", now=NOW)


@pytest.mark.parametrize(
    ("change", "said"), [({"name": " "}, "needs a name"), ({"saved_by": ""}, "scenario")]
)
def test_a_scenario_has_a_name_and_an_author(change, said):
    with pytest.raises(LedgerError, match=said):
        scenario(**change)


def test_guesses_come_back_exactly_and_the_first_counts(ledger):
    assert ledger.guess([guess(), guess(item_id="B", title="SCIM")], now=NOW) == 2
    found = ledger.guesses()
    assert found["guess"].tolist() == [Decimal("120.5")] * 2
    assert found["actual"].tolist() == [Decimal(300)] * 2
    with pytest.raises(LedgerError, match="has guessed at Audit log already"):
        ledger.guess([guess(item_id="C"), guess(guess=Decimal(300))], now=NOW)
    assert len(ledger.guesses()) == 2
    ledger.guess([guess(side="product"), guess(data_version=4)], now=NOW)
    assert len(ledger.guesses()) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"guess": Decimal(-1)},
        {"guess": Decimal("nan")},
        {"side": "finance"},
        {"item_id": ""},
        {"guessed_by": " "},
    ],
)
def test_a_guess_is_a_number_of_somebody_at_something(change):
    with pytest.raises(LedgerError):
        guess(**change)
