from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pandas as pd
import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import NewPolicyChoice, open_ledger


def test_the_latest_choice_for_a_policy_counts_and_the_earlier_ones_stay(ledger, now):
    ledger.choose_policy(NewPolicyChoice("currency", "floating", "Dana"), now=now)
    ledger.choose_policy(NewPolicyChoice("average", "mean", "Dana"), now=now)
    later = now + timedelta(hours=1)
    choice = NewPolicyChoice(" currency ", "constant", " Kim ", "Finance\nasked")
    assert ledger.choose_policy(choice, now=later) == 3
    assert ledger.policies().to_dict("records") == [
        {
            "policy": "average",
            "option": "mean",
            "chosen_by": "Dana",
            "chosen_at": pd.Timestamp(2026, 10, 31, 9, 30),
            "note": "",
        },
        {
            "policy": "currency",
            "option": "constant",
            "chosen_by": "Kim",
            "chosen_at": pd.Timestamp(2026, 10, 31, 10, 30),
            "note": "Finance\nasked",
        },
    ]
    history = ledger.policy_history()
    assert history["choice_id"].tolist() == [1, 2, 3]
    assert history["option"].tolist() == ["floating", "mean", "constant"]


def test_no_choices_have_the_columns_and_types_of_some(ledger, now):
    empty = ledger.policies(), ledger.policy_history()
    ledger.choose_policy(NewPolicyChoice("currency", "floating", "Dana"), now=now)
    for none, one in zip(empty, (ledger.policies(), ledger.policy_history()), strict=True):
        assert list(none.dtypes.items()) == list(one.dtypes.items())


def test_a_choice_needs_the_zone_of_its_instant(ledger, now):
    with pytest.raises(ValueError, match="time zone"):
        ledger.choose_policy(
            NewPolicyChoice("currency", "floating", "Dana"), now=now.replace(tzinfo=None)
        )
    assert ledger.policy_history().empty


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ((" ", "net", "Dana"), "lacks the policy"),
        (("p" * 201, "net", "Dana"), "the policy has 201 characters"),
        (("discounts", "", "Dana"), "The choice for discounts lacks the option"),
        (("discounts", "o" * 201, "Dana"), "the option has 201 characters"),
        (("discounts", "net", " "), "discounts needs the name of the person"),
        (("discounts", "net", "D" * 201), "the name has 201 characters"),
        (("discounts", "net", "Dana", "n" * 4001), "the note has 4,001 characters"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(made, says):
    with pytest.raises(LedgerError, match=says):
        NewPolicyChoice(*made)


def test_of_twenty_people_choosing_at_once_the_last_one_counts_and_all_are_kept(tmp_path, now):
    def choose(person):
        choice = NewPolicyChoice("currency", "constant", f"P{person}")
        return open_ledger(tmp_path).choose_policy(choice, now=now), f"P{person}"

    with ThreadPoolExecutor(20) as threads:
        chosen = dict(threads.map(choose, range(20)))
    found = open_ledger(tmp_path)
    assert found.policies()["chosen_by"].tolist() == [chosen[max(chosen)]]
    history = found.policy_history()
    assert dict(zip(history["choice_id"], history["chosen_by"], strict=True)) == chosen
