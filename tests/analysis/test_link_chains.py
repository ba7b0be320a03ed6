"""Chains of settled links are shown once, with what contradicts them."""

import pandas as pd

from common_ground.analysis.link_chains import CHAIN_COLUMNS, chains
from tests.analysis import overlap_frames as frames


def links(*rows):
    """Each row: kind, from_id, to_id, how, verdict."""
    return pd.DataFrame(rows, columns=["kind", "from_id", "to_id", "how", "verdict"], dtype=object)


SAME = ("verdict", "same")


def test_two_steps_without_a_link_of_their_own_are_a_chain():
    found = chains(links(("ask_ask", "a", "b", *SAME), ("ask_ask", "c", "b", *SAME)))
    assert found.values.tolist() == [["a", "b", "c", False]]


def test_a_closed_triangle_and_a_suggestion_are_none():
    closed = links(
        ("ask_ask", "a", "b", *SAME), ("ask_ask", "b", "c", *SAME), ("ask_ask", "c", "a", *SAME)
    )
    guessed = links(("ask_ask", "a", "b", *SAME), ("ask_ask", "b", "c", "suggested", None))
    assert chains(closed).empty
    assert chains(guessed).empty
    assert list(chains(guessed).columns) == CHAIN_COLUMNS


def test_a_chain_to_an_item_says_when_a_person_rejected_it():
    known = links(("ask_ask", "a", "b", *SAME), ("ask_item", "b", "I1", "key", None))
    rejected = frames.verdicts(("ask_item", "a", "I1", "different", "M. Okafor"))
    assert chains(known).values.tolist() == [["a", "b", "I1", False]]
    assert chains(known, rejected)["is_rejected"].tolist() == [True]
