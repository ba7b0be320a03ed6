"""The ranker orders by what texts say, whoever else is compared, and learns from verdicts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.analysis import ranker, ranker_learning, text_measures
from common_ground.analysis.similarity import Texts, stems

TARGETS = Texts(
    ["Single sign-on", "Offline mode", "Kiosk mode", "Invoice layout", ""],
    [
        "Log in with SAML",
        "Work with no reception",
        "",
        "Logo and footer of invoices",
        "Saved views",
    ],
)
WORDS = ("offline", "mode", "kiosk", "saml", "login", "view", "saved", "report", "sync", "map")
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


def best_of(index, titles, bodies=None, count=5):
    texts = Texts(titles, bodies or [""] * len(titles))
    return index.best(texts, count, ranker.shipped())


def test_the_shipped_coefficients_are_whole_and_say_what_made_them():
    shipped = ranker.shipped()
    assert len(shipped.weights) == len(ranker.FEATURES)
    assert shipped.weights[:-1].sum() == pytest.approx(1, abs=0.001)
    assert (shipped.weights >= 0).all()
    assert (shipped.units > 0).all()
    assert [made.rsplit(", ", 1)[1] for made in shipped.made_from] == ["CC0 1.0", "CC BY 4.0"]


def test_scores_rise_with_likeness_and_never_reach_one():
    scores = ranker.shipped().score(np.linspace(-5, 50, 100))
    assert (np.diff(scores) >= 0).all()
    assert scores.min() >= 0
    assert scores.max() < 1


def test_a_text_finds_what_says_the_same():
    found = best_of(ranker.Index(TARGETS), ["invoice layouts", "work offline", "login by SAML"])
    first = [found.right[found.left == row][0] for row in range(3)]
    assert first == [3, 1, 0]


def test_a_text_that_shares_nothing_finds_nothing():
    assert len(best_of(ranker.Index(TARGETS), ["zzz qqq", ""]).left) == 0


@pytest.mark.parametrize("targets", [Texts([], []), Texts(["", "and of the"], ["", ""])])
def test_targets_that_say_nothing_are_never_found(targets):
    assert len(best_of(ranker.Index(targets), ["kiosk mode"]).left) == 0


def test_no_text_to_compare_finds_nothing():
    assert len(best_of(ranker.Index(TARGETS), []).left) == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(phrases, min_size=1, max_size=8),
    st.lists(phrases, min_size=1, max_size=8, unique=True),
)
def test_new_texts_alone_get_what_they_get_among_others(texts, targets):
    index = ranker.Index(Texts(targets, [""] * len(targets)))
    everyone = best_of(index, texts)
    for row, text in enumerate(texts):
        alone = best_of(index, [text])
        among = everyone.left == row
        assert alone.right.tolist() == everyone.right[among].tolist()
        assert alone.score.tolist() == everyone.score[among].tolist()


@settings(max_examples=25, deadline=None)
@given(st.lists(phrases, min_size=2, max_size=8, unique=True), st.randoms())
def test_the_order_of_targets_changes_no_score(targets, random):
    order = list(range(len(targets)))
    random.shuffle(order)

    def scored(listed):
        found = best_of(ranker.Index(Texts(listed, [""] * len(listed))), targets, count=99)
        rows = zip(found.left, found.right, found.score, strict=True)
        return {(left, listed[right]): score for left, right, score in rows}

    assert scored([targets[place] for place in order]) == scored(targets)


def test_no_text_is_paired_with_itself():
    index = ranker.Index(TARGETS, themselves=True)
    found = index.best(TARGETS, 4, ranker.shipped(), themselves=True)
    assert (found.left != found.right).all()
    assert {(1, 2), (2, 1)} <= set(zip(found.left.tolist(), found.right.tolist(), strict=True))


@pytest.mark.parametrize("landmarks", [3, 2_500])
def test_targets_compared_with_one_another_score_as_strangers_do(landmarks, monkeypatch):
    monkeypatch.setattr(text_measures, "LANDMARKS", landmarks)
    index = ranker.Index(TARGETS)
    strangers = index.best(TARGETS, 5, ranker.shipped())
    others = strangers.left != strangers.right
    found = index.best(TARGETS, 5, ranker.shipped(), themselves=True)
    assert found.left.tolist() == strangers.left[others].tolist()
    assert found.right.tolist() == strangers.right[others].tolist()
    assert found.score.tolist() == strangers.score[others].tolist()


@settings(max_examples=10, deadline=None)
@given(st.lists(phrases, min_size=30, max_size=40, unique=True))
def test_who_asks_for_fewer_gets_the_first_of_them(targets):
    texts = Texts(targets, [""] * len(targets))
    many, few = (ranker.Index(texts).best(texts, count, ranker.shipped()) for count in (40, 3))
    index = ranker.Index(texts)
    for count, wanted in ((3, few), (40, many), (3, few)):
        found = index.best(texts, count, ranker.shipped())
        assert found.left.tolist() == wanted.left.tolist()
        assert found.right.tolist() == wanted.right.tolist()
        assert found.score.tolist() == wanted.score.tolist()
    place = np.arange(len(many.left)) - np.searchsorted(many.left, many.left)
    assert few.right.tolist() == many.right[place < 3].tolist()


def test_landmarks_of_one_text_give_the_directions_they_give_apart(monkeypatch):
    drawn = np.random.default_rng(5)
    said = [" ".join(drawn.choice(WORDS, 4)) for _ in range(60)]
    texts = Texts([""] * 150, list(drawn.choice(said, 150)))
    every = np.arange(150)
    (together,) = text_measures.Space(texts).among(every, every)
    monkeypatch.setattr(text_measures, "_numbered", lambda targets: np.arange(len(targets)))
    (apart,) = text_measures.Space(texts).among(every, every)
    assert len(set(texts.bodies)) < 100
    for measure in ("latent_characters", "latent_words"):
        assert together[measure] == pytest.approx(apart[measure], abs=1e-9)
        assert 0 < together[measure].mean() < 1


def test_more_targets_than_landmarks_still_find_their_like(monkeypatch):
    monkeypatch.setattr(text_measures, "LANDMARKS", 20)
    drawn = np.random.default_rng(3)
    names = ["".join(drawn.choice(list("abcdefghij"), 6)) for _ in range(120)]
    targets = Texts(names, [f"about {name}" for name in names])
    found = best_of(ranker.Index(targets), names[:50], count=1)
    assert found.right.tolist() == list(range(50))


def test_stems_join_the_forms_of_a_word():
    assert stems("Imported imports, importing") == ["import"] * 3
    assert stems("StateStore of the queries") == ["stat", "stor", "query"]


def test_recall_on_public_requests_is_above_the_plain_sum(shared):
    folder = shared / "benchmarks" / "requests"
    requests = pd.read_csv(folder / "redmine_requests.csv", dtype=str, keep_default_na=False)
    pairs = pd.read_csv(folder / "redmine_duplicates.csv", dtype=str)
    texts = Texts(requests["title"].tolist(), requests["text"].tolist())
    index = ranker.Index(texts, themselves=True)
    found = index.best(texts, 10, ranker.shipped(), themselves=True)
    ids = requests["request_id"].to_numpy()
    known = set(zip(pairs["request_id"], pairs["duplicate_id"], strict=True))
    known |= {(other, one) for one, other in known}
    place = np.arange(len(found.left)) - np.searchsorted(found.left, found.left)
    rows = list(zip(ids[found.left], ids[found.right], place, strict=True))
    queries = {one for one, _ in known}
    recall = [
        len({one for one, other, rank in rows if rank < top and (one, other) in known})
        / len(queries)
        for top in (1, 5, 10)
    ]
    assert recall[0] > 0.587
    assert recall[1] > 0.850
    assert recall[2] > 0.874


def judged(count, rule):
    """Verdicts on made-up pairs: index, texts, targets, answers."""
    drawn = np.random.default_rng(11)
    names = ["".join(drawn.choice(list("abcdefghijklm"), 7)) for _ in range(60)]
    targets = Texts(names, [" ".join(drawn.choice(names, 6)) for _ in names])
    titles, bodies, rows, answers = [], [], [], []
    for number in range(count):
        row, other = drawn.choice(len(names), 2, replace=False)
        in_title = number % 2 == 0
        titles.append(names[row] if in_title else names[other])
        bodies.append(names[other] if in_title else targets.bodies[row])
        rows.append(row)
        answers.append(rule(in_title))
    return ranker.Index(targets), Texts(titles, bodies), np.array(rows), np.array(answers)


def test_few_verdicts_leave_the_shipped_coefficients():
    learned = ranker_learning.learn(*judged(199, lambda in_title: in_title))
    assert not learned.is_own
    assert learned.coefficients is ranker.shipped()
    assert (learned.verdicts, learned.shipped_order, learned.own_order) == (199, None, None)


def test_verdicts_that_agree_with_each_other_are_learned_from():
    # Here only the title counts: a body that repeats the whole target means something else.
    learned = ranker_learning.learn(*judged(240, lambda in_title: in_title))
    assert learned.is_own
    assert learned.own_order > learned.shipped_order
    assert learned.own_order > 0.9
    title = ranker.FEATURES.index("title_characters")
    assert learned.coefficients.weights[title] > ranker.shipped().weights[title]


def test_verdicts_at_random_change_nothing_unless_they_order_held_out_ones_better():
    coin = np.random.default_rng(5)
    learned = ranker_learning.learn(*judged(240, lambda _: bool(coin.integers(2))))
    assert learned.is_own == (learned.own_order > learned.shipped_order)
    assert learned.verdicts == 240


def test_the_order_of_verdicts_changes_nothing():
    index, texts, rows, answers = judged(240, lambda in_title: in_title)
    turned = Texts(texts.titles[::-1], texts.bodies[::-1])
    one = ranker_learning.learn(index, texts, rows, answers)
    other = ranker_learning.learn(index, turned, rows[::-1], answers[::-1])
    assert one.own_order == other.own_order
    assert one.coefficients.weights.tolist() == other.coefficients.weights.tolist()


def test_ordered_share_counts_ties_half():
    scores = np.array([0.9, 0.5, 0.5, 0.1])
    assert ranker_learning.ordered_share(scores, np.array([True, True, False, False])) == 0.875
