"""The queue asks first what changes most, each pair once, whatever the ids."""

import pandas as pd
import pytest

from common_ground.analysis import note_parts
from common_ground.analysis.review_pairs import pair_key, prepare
from common_ground.analysis.review_queue import build_queue, progress

SUGGESTED = ["kind", "from_id", "to_id", "score", "how", "warning", "part"]
VERDICT = ["kind", "from_id", "to_id", "verdict", "verdict_id", "decided_by", "decided_at"]


def asks(*rows):
    frame = pd.DataFrame(rows, columns=["ask_id", "deal_id", "merged_into"], dtype=object)
    return frame.assign(segment="Small", source="log.csv", text="Crews want a map.")


def deals(**amounts):
    return pd.DataFrame(
        {
            "deal_id": list(amounts),
            "account_id": [f"of {deal}" for deal in amounts],
            "amount": list(amounts.values()),
            "is_open": True,
        }
    )


MONEY = deals(d1=100.0, d2=1000.0)


def suggested(*rows):
    return pd.DataFrame([(*row, "suggested", None, None) for row in rows], columns=SUGGESTED)


def verdicts(*rows):
    when = pd.Timestamp("2026-10-31")
    made = [(*row, place + 1, "Dana", when) for place, row in enumerate(rows)]
    frame = pd.DataFrame(made, columns=VERDICT)
    return frame.assign(from_text="", to_text="")


def read(kind, key):
    return f"text of {key}"


def queue(links, decided=None, asked=None, money=None):
    asked = asks(("A", "d1", None), ("B", "d2", None)) if asked is None else asked
    money = MONEY if money is None else money
    given = verdicts() if decided is None else decided
    return build_queue(prepare(links, asked, money, read), given)


def told(links, decided=None):
    prepared = prepare(links, asks(("A", "d1", None), ("B", "d2", None)), MONEY, read)
    return progress(prepared, build_queue(prepared, verdicts() if decided is None else decided))


def pairs(found, state=None):
    rows = found if state is None else found.loc[found["state"] == state]
    return rows[["from_id", "to_id"]].values.tolist()


def test_the_ask_with_more_money_comes_first_at_equal_doubt():
    found = queue(suggested(("ask_item", "A", "I", 0.5), ("ask_item", "B", "I", 0.5)))
    assert pairs(found) == [["B", "I"], ["A", "I"]]
    assert found["money"].tolist() == [1000.0, 100.0]


def test_a_lone_candidate_is_an_even_bet_at_one_half_and_certain_at_one():
    found = queue(suggested(("ask_item", "A", "I", 0.5), ("ask_item", "B", "I", 1.0)))
    assert found.set_index("from_id")["uncertainty"].to_dict() == {"A": 1.0, "B": 0.0}


def test_uncertainty_is_the_documented_formula():
    found = queue(suggested(("ask_item", "A", "I", 0.6), ("ask_feature", "A", "J", 0.4)))
    weight = 0.6 + 0.4 + (1 - 0.6)
    first, second = 0.6 / weight, 0.4 / weight
    assert found["uncertainty"].tolist() == pytest.approx(
        [4 * first * (1 - first), 4 * second * (1 - second)]
    )
    assert found["worth"].tolist() == pytest.approx((100 * found["uncertainty"]).tolist())


@pytest.mark.parametrize("scores", [(0.9, 0.3), (0.99, 0.98), (0.2, 0.1), (1.0, 0.01)])
def test_of_one_ask_the_better_candidate_is_asked_first(scores):
    rows = [("ask_item", "A", to_id, score) for to_id, score in zip("JI", scores, strict=True)]
    assert pairs(queue(suggested(*rows)))[0] == ["A", "J"]


def test_two_asks_are_one_pair_and_count_the_deals_of_both_once():
    asked = asks(("A", "d1", None), ("B", "d2", None), ("C", "d1", None))
    links = suggested(("ask_ask", "A", "B", 0.5), ("ask_ask", "B", "A", 0.5))
    links = pd.concat([links, suggested(("ask_ask", "A", "C", 0.5))])
    found = queue(links, asked=asked)
    assert len(found) == 2
    assert sorted(found["money"]) == [100.0, 1100.0]


def test_a_merged_ask_is_reviewed_as_the_one_it_repeats_with_the_money_of_both():
    asked = asks(("A", "d1", None), ("B", "d2", "A"))
    found = queue(suggested(("ask_item", "A", "I", 0.5), ("ask_item", "B", "I", 0.5)), asked=asked)
    assert pairs(found) == [["A", "I"]]
    assert found["money"].tolist() == [1100.0]


def test_closed_deals_and_deals_without_an_amount_add_nothing():
    money = deals(d1=None, d2=1000.0).assign(is_open=[True, False])
    found = queue(suggested(("ask_item", "A", "I", 0.5), ("ask_item", "B", "I", 0.5)), money=money)
    assert found["money"].tolist() == [0.0, 0.0]


def test_a_same_answers_the_ask_and_its_other_candidates_wait_behind_a_filter():
    links = suggested(("ask_item", "A", "I", 0.5), ("ask_feature", "A", "J", 0.4))
    found = queue(links, verdicts(("ask_item", "A", "I", "same")))
    assert pairs(found, "decided") == [["A", "I"]]
    assert pairs(found, "answered") == [["A", "J"]]
    assert found["worth"].tolist() == [0.0, 0.0]


TWO_WISHES = "Crews want a map. They also need single sign-on."


def of_parts(*rows):
    """Links of ask A, whose note holds two wishes; the last of each row is the part it fits."""
    links = suggested(*(row[:-1] for row in rows)).assign(part=[row[-1] for row in rows])
    return links, asks(("A", "d1", None)).assign(text=TWO_WISHES)


def same_on_part(part, to_id="I"):
    return verdicts(("ask_item", "A", to_id, "same")).assign(from_text=f"…⟦{part}⟧…")


def test_a_same_on_a_part_of_the_note_answers_that_part_and_leaves_the_rest_open():
    first, second = (part.text for part in note_parts.parts(TWO_WISHES))
    links, asked = of_parts(
        ("ask_item", "A", "I", 0.5, first),
        ("ask_item", "A", "J", 0.4, first),
        ("ask_item", "A", "K", 0.4, second),
        ("ask_item", "A", "L", 0.3, None),
    )
    found = queue(links, same_on_part(first), asked)
    assert pairs(found, "decided") == [["A", "I"]]
    assert pairs(found, "answered") == [["A", "J"]]
    assert sorted(pairs(found, "undecided")) == [["A", "K"], ["A", "L"]]


def test_a_note_whose_every_part_means_something_has_its_answer():
    first, second = (part.text for part in note_parts.parts(TWO_WISHES))
    links, asked = of_parts(
        ("ask_item", "A", "I", 0.5, first),
        ("ask_item", "A", "K", 0.4, second),
        ("ask_item", "A", "L", 0.3, None),
    )
    given = pd.concat([same_on_part(first), same_on_part(second, "K").assign(verdict_id=2)])
    assert pairs(queue(links, given, asked), "answered") == [["A", "L"]]


@pytest.mark.parametrize("says", ["related", "different"])
def test_other_verdicts_leave_the_other_candidates_open(says):
    links = suggested(("ask_item", "A", "I", 0.5), ("ask_feature", "A", "J", 0.4))
    found = queue(links, verdicts(("ask_item", "A", "I", says)))
    assert pairs(found, "undecided") == [["A", "J"]]
    assert found.loc[found["to_id"] == "J", "uncertainty"].item() == pytest.approx(4 * 0.4 * 0.6)


def test_a_key_answers_unless_a_person_called_it_different():
    links = suggested(("ask_item", "A", "I", 1.0), ("ask_item", "A", "J", 0.4))
    links["how"] = ["key", "suggested"]
    assert pairs(queue(links), "key") == [["A", "I"]]
    assert pairs(queue(links), "answered") == [["A", "J"]]
    rejected = queue(links, verdicts(("ask_item", "A", "I", "different")))
    assert pairs(rejected, "undecided") == [["A", "J"]]


def test_two_asks_matter_less_where_one_has_a_good_candidate():
    found = queue(suggested(("ask_ask", "A", "B", 0.5), ("ask_item", "A", "I", 0.8)))
    assert found.loc[found["kind"] == "ask_ask", "uncertainty"].item() == pytest.approx(0.2)


def test_an_account_pair_counts_the_deals_of_both_accounts():
    links = suggested(("account", "Acme; id 1", "Acme Ltd; id 2", 0.5))
    namings = pd.DataFrame(
        {"end": ["Acme; id 1", "Acme Ltd; id 2"], "account_id": ["of d1", "of d2"]}
    )
    asked = asks(("A", "d1", None), ("B", "d2", None))
    found = build_queue(prepare(links, asked, MONEY, read, namings), verdicts())
    assert found["money"].tolist() == [1100.0]
    assert found["uncertainty"].tolist() == [1.0]


def test_a_pair_that_a_person_found_by_searching_is_there_too():
    found = queue(suggested(("ask_item", "A", "I", 0.5)), verdicts(("ask_item", "A", "J", "same")))
    assert pairs(found, "decided") == [["A", "J"]]
    assert found.loc[found["to_id"] == "J", "score"].isna().all()


def test_progress_counts_pairs_that_people_looked_at_and_have_to_look_at():
    links = suggested(
        ("ask_item", "A", "I", 0.5), ("ask_item", "A", "J", 0.4), ("ask_item", "B", "I", 0.5)
    )
    given = verdicts(("ask_item", "A", "I", "different"), ("ask_item", "A", "J", "unsure"))
    so_far = told(links, given)
    assert (so_far.decided, so_far.unsure, so_far.open, so_far.total) == (1, 1, 1, 3)


def test_money_waits_while_an_ask_of_the_deal_has_an_undecided_link():
    links = suggested(("ask_item", "A", "I", 0.5), ("ask_item", "B", "I", 0.5))
    assert (told(links).money, told(links).waiting) == (1100.0, 1100.0)
    given = verdicts(("ask_item", "B", "I", "different"))
    assert (told(links, given).money, told(links, given).waiting) == (1100.0, 100.0)
    unsure = verdicts(("ask_item", "B", "I", "unsure"))
    assert told(links, unsure).waiting == 1100.0


def test_money_of_a_deal_behind_two_asks_counts_once_and_to_the_cent():
    asked = asks(("A", "d1", None), ("B", "d1", None))
    links = suggested(("ask_item", "A", "I", 0.5), ("ask_ask", "A", "B", 0.5))
    prepared = prepare(links, asked, deals(d1=0.1, d2=0.2), read)
    assert progress(prepared, build_queue(prepared, verdicts())).money == 0.1


def test_others_take_the_place_of_rejected_suggestions():
    things = [f"I{place}" for place in range(7)]
    links = suggested(
        *(("ask_item", "A", to_id, 0.9 - place / 10) for place, to_id in enumerate(things))
    )
    assert [to_id for _, to_id in pairs(queue(links), "undecided")] != things
    assert {to_id for _, to_id in pairs(queue(links))} == set(things[:5])
    rejected = queue(links, verdicts(("ask_item", "A", "I0", "different")))
    assert {to_id for _, to_id in pairs(rejected, "undecided")} == set(things[1:6])


def test_row_order_and_new_ids_change_no_order():
    links = suggested(
        ("ask_item", "A", "I", 0.5), ("ask_item", "A", "J", 0.5), ("ask_item", "B", "I", 0.5)
    )
    straight = queue(links, money=deals(d1=5.0, d2=5.0))
    turned = queue(links.iloc[::-1], money=deals(d1=5.0, d2=5.0))
    assert straight.equals(turned)


def test_nothing_suggested_is_an_empty_queue():
    assert queue(suggested()).empty
    assert told(suggested()).total == 0


def test_a_pair_of_asks_has_one_key_in_either_order():
    assert pair_key("ask_ask", "B", "A") == pair_key("ask_ask", "A", "B")
    assert pair_key("ask_item", "B", "A") != pair_key("ask_item", "A", "B")
    assert pair_key("ask_item", "a|b", "c") != pair_key("ask_item", "a", "b|c")
