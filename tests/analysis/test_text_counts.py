"""Texts are counted by the pieces between their blanks, to the same counts as whole texts."""

import pytest
from sklearn.feature_extraction.text import CountVectorizer

from common_ground.analysis.similarity import Texts, stems
from common_ground.analysis.text_counts import GROUP_CHARACTERS, Reader

TITLES = ["Single sign-on", "", "StateStore\tof  ΑΣ ΑΣ.", "İstanbul wants CSV/XLSX", "", "ok ok"]
BODIES = [
    "Log in with SAML, don't re-enter\n\nthe  password",
    "imported importing imports",
    "A b c",
    "É, e\u0301 and ﬁle; 3.5\u00a0kg a_b",
    "",
    "the of and",
]
TEXTS = Texts(TITLES, BODIES)


def whole_texts(texts, learned_from):
    """What scikit-learn counts in whole texts."""
    vectorizers = (
        CountVectorizer(stop_words="english"),
        CountVectorizer(analyzer=stems),
        CountVectorizer(analyzer="char_wb", ngram_range=GROUP_CHARACTERS),
    )
    for vectorizer in vectorizers:
        vectorizer.fit([*learned_from.heads(), *learned_from.said()])
        yield vectorizer.transform(texts.heads()), vectorizer.transform(texts.said())


@pytest.mark.parametrize("learned_from", [TEXTS, TEXTS.part(slice(2))])
def test_counts_are_those_of_whole_texts(learned_from):
    found = Reader(learned_from).counts(TEXTS)
    for counts, (heads, bodies) in zip(found, whole_texts(TEXTS, learned_from), strict=True):
        assert counts.heads.toarray().tolist() == heads.toarray().tolist()
        assert counts.bodies.toarray().tolist() == bodies.toarray().tolist()


def test_a_part_of_the_counts_is_that_of_the_texts():
    reader = Reader(TEXTS)
    rows = slice(1, 4)
    for counts, alone in zip(reader.counts(TEXTS), reader.counts(TEXTS.part(rows)), strict=True):
        assert counts.part(rows).whole(3).toarray().tolist() == alone.whole(3).toarray().tolist()


@pytest.mark.parametrize("targets", [Texts(["", "the of"], ["", ""]), Texts([""], [" \n "])])
def test_targets_that_say_nothing_count_nothing(targets):
    words, stemmed, _ = Reader(targets).counts(TEXTS)
    assert words.whole().sum() == stemmed.whole().sum() == 0


def test_no_text_has_no_counts():
    for counts in Reader(TEXTS).counts(Texts([], [])):
        assert counts.whole().shape[0] == 0
