"""The made-up exports that matching of accounts is measured on."""

import re

from benchmarks import account_sets
from benchmarks.account_sets import HELD_OUT_WORDS, USUAL, USUAL_WORDS
from common_ground.analysis.account_words import SHORT_FOR


def test_held_out_words_share_nothing_with_those_the_matcher_was_made_on():
    for kind in ("people", "places", "adjectives", "trades", "starts", "middles", "ends",
                 "notes", "other_domains", "subsidiaries", "countries"):  # fmt: skip
        shared = set(USUAL_WORDS[kind]) & set(HELD_OUT_WORDS[kind])
        assert shared <= {" {own}"}, kind


def test_the_matcher_knows_no_abbreviation_of_the_held_out_words():
    written = HELD_OUT_WORDS["abbreviations"].values()
    plain = {re.sub(r"\W", "", word.casefold()) for word in written}
    assert plain & SHORT_FOR.keys() == set()


def test_a_seed_makes_the_same_exports_and_another_seed_others():
    first = account_sets.exports(5, USUAL, rows=200, both=100)
    assert first == account_sets.exports(5, USUAL, rows=200, both=100)
    assert first != account_sets.exports(6, USUAL, rows=200, both=100)


def test_both_exports_know_the_promised_companies_and_name_none_of_them_by_id():
    crm, second = account_sets.exports(5, USUAL, HELD_OUT_WORDS, rows=1000, both=600)
    shared = {row.company for row in crm} & {row.company for row in second}
    assert 450 < len(shared) <= 600
    assert len({row.account_id for row in (*crm, *second)}) == len(crm) + len(second)
