"""Which accounts look like one company, and what is never suggested."""

import pandas as pd
import pytest

from common_ground.analysis.account_matching import (
    LIKELIER,
    LIKELY,
    SHOWN_FROM,
    find_alike,
    suggest_accounts,
)

# Others, so that words have a weight
OTHERS = [
    (f"O{at}", "crm.csv", f"{first} {last}", None, None)
    for at, (first, last) in enumerate(
        (first, last)
        for first in ("Baltic", "Harbor", "Prime", "Urban", "Quiet")
        for last in ("Foods", "Logistics", "Energy", "Media", "Clinic", "Partners")
    )
]


def names(*rows, others=OTHERS):
    columns = ["account_id", "source", "name", "domain", "country"]
    return pd.DataFrame([*rows, *others], columns=columns, dtype=object)


def score(one, other):
    found = find_alike(names(("A", "crm.csv", *one), ("B", "billing.csv", *other)))
    of_both = found[
        found["from_account_id"].isin(["A", "B"]) & found["to_account_id"].isin(["A", "B"])
    ]
    return float(of_both["score"].iloc[0]) if len(of_both) else 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Vantelo Robotics GmbH", None, "de"), ("VANTELO ROBOTIKS", None, "de")),
        (("Vantelo Robotics", "vantelo.com", None), ("Vantleo Robotic", "vantelo.com", None)),
        (("Müller Medizintechnik AG", None, "de"), ("Mueller Medizintechnik", None, "de")),
        (("Vantelo International", None, "fr"), ("Vantelo Intl.", None, "fr")),
    ],
)
def test_one_company_written_in_two_ways_is_likely(one, other):
    assert score(one, other) >= LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Vantelo", "vantelo.de", "de"), ("Vantelo", "vantelo.fr", "us")),  # namesakes
        (("Vantelo", "vantelo.com", "de"), ("Vantelo France", "vantelo.fr", "fr")),  # subsidiary
        (("Baltic Steel AB", None, "se"), ("Baltic Foods AB", None, "se")),  # neighbours
    ],
)
def test_namesakes_subsidiaries_and_neighbours_are_not_likely(one, other):
    assert score(one, other) < LIKELY


def test_reasons_say_what_speaks_for_and_against():
    found = find_alike(
        names(
            ("A", "crm.csv", "Vantelo Robotics GmbH", None, "de"),
            ("B", "billing.csv", "Vantelo Robotics AG", None, "de"),
            others=[],
        )
    )
    assert found["reasons"].tolist() == [("the same name", "the same country", "two legal forms")]


def test_order_of_rows_and_other_ids_change_no_score():
    rows = [
        ("A", "crm.csv", "Vantelo Robotics", None, "de"),
        ("B", "billing.csv", "Vantelo Robotik", None, "de"),
        ("C", "billing.csv", "Vantelo", "vantelo.com", "de"),
    ]
    found = find_alike(names(*rows))
    renamed = [(key * 2, *said) for key, *said in (*rows, *OTHERS)]
    turned = find_alike(names(*reversed(renamed), others=[]))
    assert turned["score"].tolist() == found["score"].tolist()
    for side in ("from_account_id", "to_account_id"):
        assert turned[side].tolist() == [key * 2 for key in found[side]]


def test_a_settled_pair_never_comes_back_in_either_order_and_makes_room_for_the_next():
    rows = [
        ("A", "crm.csv", "Vantelo Robotics", None, "de"),
        ("B", "billing.csv", "Vantelo Robotics Ltd", None, "de"),
        ("C", "support.csv", "Vantelo Robotic", None, "de"),
    ]
    alike = find_alike(names(*rows))
    before = suggest_accounts(alike).set_index(["from_account_id", "to_account_id"])
    assert before.loc[("A", "B"), "reasons"][-1] != LIKELIER
    second = before.loc[[pair for pair in before.index if set(pair) == {"A", "C"}]].iloc[0]
    assert second["reasons"][-1] == LIKELIER
    for settled in ([("A", "B"), ("B", "C")], [("B", "A"), ("C", "B")]):
        after = suggest_accounts(alike, settled)
        pairs = [set(pair) for pair in after[["from_account_id", "to_account_id"]].to_numpy()]
        assert {"A", "B"} not in pairs
        assert {"B", "C"} not in pairs
        now = after.iloc[pairs.index({"A", "C"})]
        assert now["score"] == pytest.approx(2 * second["score"], abs=1e-3)
        assert LIKELIER not in now["reasons"]


def test_nothing_less_than_worth_a_question_is_suggested_best_first():
    found = suggest_accounts(find_alike(names()))
    assert (found["score"] >= SHOWN_FROM).all()
    assert found["score"].is_monotonic_decreasing


@pytest.mark.parametrize(
    "rows",
    [[], [("A", "crm.csv", "Vantelo", None, None)], [("A", "crm.csv", None, None, None)] * 2],
)
def test_too_few_accounts_give_no_pairs(rows):
    found = suggest_accounts(find_alike(names(*rows, others=[])))
    assert found.empty
    assert list(found.columns) == ["from_account_id", "to_account_id", "score", "reasons"]
