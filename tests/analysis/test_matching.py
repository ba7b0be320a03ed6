"""Keys and people settle links; everything else is a ranked suggestion."""

import csv
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.analysis import matching, warning_words
from common_ground.analysis.thresholds import Thresholds
from common_ground.settings import DEMO
from tests.analysis import overlap_frames as frames

ITEMS = frames.items(
    ("FSM-12", "Single sign-on with SAML", "Admin", "idea", None, None, None),
    ("FSM-13", "Offline mode", "Field", "idea", None, None, None),
    ("FSM-14", "Kiosk mode", "Field", "idea", None, None, None),
).assign(description=["Log in with the company's account", "Work with no reception", None])
FEATURES = frames.features(("f1", "Saved views", "Views"))
ASKS = frames.asks(
    ("a1", "Security needs SAML, see FSM-12 in your roadmap", "acc1", "D1", None, True),
    ("a2", "An offline mode for technicians", "acc2", "D2", None, False),
    ("a3", "We do NOT want a kiosk mode", "acc3", "D3", None, False),
    ("a4", "Vues enregistrées", "acc4", None, "F1", False),
)

WORDS = ("offline", "mode", "kiosk", "saml", "login", "view", "saved", "report", "sync", "map")
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


def links(asks=ASKS, verdicts=None, **more):
    return matching.suggest_links(
        asks, ITEMS, FEATURES, frames.verdicts() if verdicts is None else verdicts, **more
    )


def of(found, ask, target):
    row = found.loc[(found["from_id"] == ask) & (found["to_id"] == target)]
    return None if row.empty else row.iloc[0].to_dict()


def test_a_key_in_the_text_is_a_link():
    assert of(links(), "a1", "FSM-12")["how"] == "key"


def test_a_key_column_is_a_link_whatever_its_case():
    link = of(links(), "a4", "f1")
    assert (link["how"], link["kind"], link["score"], link["rank"]) == (
        "key",
        "ask_feature",
        1.0,
        1,
    )


def test_several_keys_in_one_column_are_several_links():
    asks = ASKS.assign(item_key=[None, "FSM-13; FSM-14", None, None])
    found = links(asks)
    assert {of(found, "a2", "FSM-13")["how"], of(found, "a2", "FSM-14")["how"]} == {"key"}


def test_a_key_nobody_knows_is_no_link():
    asks = frames.asks(("a1", "see ISO-9001 and UTF-8", "acc1", None, "FSM-99", False))
    assert "key" not in links(asks)["how"].tolist()


def test_the_best_suggestion_is_the_one_that_says_the_same():
    found = links()
    assert of(found, "a2", "FSM-13")["rank"] == 1
    assert of(found, "a2", "FSM-13")["how"] == "suggested"


def test_a_rejected_pair_never_returns_not_even_with_a_key():
    verdicts = frames.verdicts(
        ("ask_item", "a2", "FSM-13", "different", "M. Okafor"),
        ("ask_item", "a1", "FSM-12", "different", "M. Okafor"),
    )
    found = links(verdicts=verdicts)
    assert of(found, "a2", "FSM-13") is None
    assert of(found, "a1", "FSM-12") is None


def test_same_is_decided_and_names_who_decided():
    found = links(verdicts=frames.verdicts(("ask_item", "a4", "FSM-14", "same", "J. Lindqvist")))
    link = of(found, "a4", "FSM-14")
    assert (link["how"], link["verdict"], link["score"], link["decided_by"]) == (
        "verdict",
        "same",
        1.0,
        "J. Lindqvist",
    )


def test_unsure_stays_a_suggestion():
    found = links(verdicts=frames.verdicts(("ask_item", "a2", "FSM-13", "unsure", "J. Lindqvist")))
    link = of(found, "a2", "FSM-13")
    assert (link["how"], link["verdict"]) == ("suggested", "unsure")


def test_a_merged_ask_has_the_links_of_the_one_it_repeats():
    asks = ASKS.assign(merged_into=[None, None, None, "a1"], item_key=None)
    assert of(links(asks), "a4", "FSM-12")["how"] == "key"
    verdicts = frames.verdicts(("ask_item", "a1", "FSM-13", "same", "M. Okafor"))
    assert of(links(asks, verdicts), "a4", "FSM-13")["verdict"] == "same"


def test_merges_in_a_circle_end_at_one_ask():
    asks = ASKS.assign(merged_into=["a2", "a3", "a1", "a1"])
    assert matching.merged_roots(asks) == {"a1": "a1", "a2": "a1", "a3": "a1", "a4": "a1"}


def test_a_merge_into_an_ask_that_was_not_loaded_is_none():
    asks = ASKS.assign(merged_into=["gone", None, None, None])
    assert matching.merged_roots(asks)["a1"] == "a1"


def test_words_that_turn_a_match_around_are_a_warning():
    assert of(links(), "a3", "FSM-14")["warning"] == "do not"
    assert of(links(), "a2", "FSM-13")["warning"] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tabs instead of windows", "instead of"),
        ("It works without SSO", "without"),
        ("We don’t need this", "don’t"),
        ("Please add notes", None),
        ("A knot in the rope", None),
    ],
)
def test_warning_words(text, words):
    assert warning_words.turned_around_by(text) == words


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        ("Tabs instead of windows", "Windows that float", "instead of"),
        ("Tabs instead of windows", "Tabs in the sidebar", None),
        ("Tabs instead of windows", "Tabs and windows", "instead of"),
        ("Tabs instead of windows, we do not want menus", "Tabs in the sidebar", "do not"),
        ("Log in without a password", "Sign in by link", "without"),
    ],
)
def test_only_the_unwanted_side_warns(text, target, words):
    assert warning_words.turned_around_by(text, target) == words


def test_a_note_of_several_wishes_says_which_part_matched():
    asks = frames.asks(
        (
            "a1",
            "The plant has been with us for years and the depot is far from any mast, so their "
            "foremen need an offline mode. They also want a kiosk mode.",
            "acc1",
            None,
            None,
            False,
        )
    )
    found = links(asks)
    assert of(found, "a1", "FSM-14")["part"] == "They also want a kiosk mode."
    assert set(links()["part"]) == {None}


def test_enough_verdicts_are_reported_with_both_figures():
    asks = frames.asks(
        *[(f"a{n}", f"{word} {n % 7}", None, None, None, False) for n, word in enumerate(WORDS * 8)]
    )
    verdicts = frames.verdicts(
        *[
            ("ask_item", f"a{n}", to, "same" if (n + place) % 3 else "different", "me")
            for n in range(80)
            for place, to in enumerate(("FSM-12", "FSM-13", "FSM-14"))
        ]
    )
    used = matching.ranker_used(asks, ITEMS, FEATURES, verdicts)
    assert used.verdicts == 240
    assert 0 <= used.shipped_order <= 1
    assert 0 <= used.own_order <= 1
    assert matching.ranker_used(asks, ITEMS, FEATURES, verdicts.iloc[:100]).own_order is None


def test_suggestions_stop_at_the_number_asked_for():
    found = links(per_ask=1)
    assert (found.loc[found["how"] == "suggested"].groupby("from_id").size() <= 1).all()


def test_scores_stay_between_nothing_and_one():
    assert links()["score"].between(0, 1).all()


def test_best_comes_first_and_ranks_count_from_one():
    found = links()
    assert found["score"].is_monotonic_decreasing
    for _, ranks in found.groupby("from_id")["rank"]:
        assert sorted(ranks) == list(range(1, len(ranks) + 1))


@pytest.mark.parametrize("gone", ["asks", "targets"])
def test_nothing_to_link_is_an_empty_table(gone):
    asks = ASKS.iloc[:0] if gone == "asks" else ASKS
    items = ITEMS.iloc[:0] if gone == "targets" else ITEMS
    found = matching.suggest_links(asks, items, FEATURES.iloc[:0], frames.verdicts())
    assert found.empty
    assert list(found.columns) == matching.LINK_COLUMNS


def test_asks_that_say_the_same_find_each_other():
    asks = frames.asks(
        ("a1", "Photo timestamps on reports", "acc1", None, None, False),
        ("a2", "Timestamps on photos in reports", "acc2", None, None, False),
        ("a3", "Offline mode", "acc3", None, None, False),
    )
    found = matching.suggest_same_asks(asks, frames.verdicts())
    assert of(found, "a1", "a2")["rank"] == 1
    assert of(found, "a2", "a1")["rank"] == 1
    assert (found["from_id"] != found["to_id"]).all()
    rejected = frames.verdicts(("ask_ask", "a2", "a1", "different", "M. Okafor"))
    found = matching.suggest_same_asks(asks, rejected)
    assert of(found, "a1", "a2") is None
    assert of(found, "a2", "a1") is None


def test_groups_hold_only_asks_that_are_like_their_leader():
    asks = frames.asks(
        ("a1", "photo timestamps", "acc1", None, None, False),
        ("a2", "photo timestamps please", "acc2", None, None, False),
        ("a3", "invoice layout", "acc3", None, None, False),
    )
    groups = matching.cluster_asks(asks, frames.same_asks_of(asks), level=0.5)
    assert groups["leader_id"].tolist() == ["a1", "a1", "a3"]
    apart = frames.verdicts(("ask_ask", "a1", "a2", "different", "M. Okafor"))
    groups = matching.cluster_asks(asks, frames.same_asks_of(asks, apart), level=0.5)
    assert groups["leader_id"].tolist() == ["a1", "a2", "a3"]


def test_pairs_of_all_asks_group_any_of_them_and_none_joins_an_ask_that_is_not_there():
    asks = frames.asks(
        ("a1", "photo timestamps", "acc1", None, None, False),
        ("a2", "photo timestamps please", "acc2", None, None, False),
        ("a3", "timestamps on photos, please", "acc3", None, None, False),
        ("a4", "invoice layout", "acc4", None, None, False),
    )
    pairs = frames.same_asks_of(asks)
    some = matching.cluster_asks(asks.loc[asks["ask_id"] != "a1"], pairs, level=0.3)
    assert some["ask_id"].tolist() == ["a2", "a3", "a4"]
    assert some["leader_id"].tolist() == ["a2", "a2", "a4"]
    score = pairs.set_index(["from_id", "to_id"])["score"]
    assert some["score"].iloc[1] == score["a3", "a2"]


@settings(max_examples=20, deadline=None)
@given(st.lists(phrases, min_size=1, max_size=6, unique=True), st.randoms())
def test_order_of_rows_and_names_of_asks_change_no_link(texts, random):
    asks = frames.asks(*[(f"a{n}", text, None, None, None, False) for n, text in enumerate(texts)])
    order = list(asks.index)
    random.shuffle(order)
    renamed = asks.loc[order].assign(ask_id=["z" + ask[::-1] for ask in asks["ask_id"][order]])
    back = {"z" + ask[::-1]: ask for ask in asks["ask_id"]}

    def as_set(found):
        columns = [found[name] for name in ("from_id", "to_id", "rank", "score", "how")]
        return set(zip(*columns, strict=True))

    one = as_set(links(asks))
    other = links(renamed)
    assert as_set(other.assign(from_id=other["from_id"].map(back))) == one


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["FSM-12", "FSM-13", "FSM-14"]), unique=True))
def test_no_rejected_pair_is_ever_suggested(targets):
    rejected = frames.verdicts(*[("ask_item", "a2", to, "different", "me") for to in targets])
    found = links(verdicts=rejected)
    assert not set(found.loc[found["from_id"] == "a2", "to_id"]) & set(targets)


@settings(max_examples=20, deadline=None)
@given(st.lists(phrases, min_size=2, max_size=6), st.data())
def test_no_rejected_pair_of_any_asks_returns(texts, data):
    asks = frames.asks(*[(f"a{n}", text, None, None, None, False) for n, text in enumerate(texts)])
    ids = st.sampled_from(asks["ask_id"].tolist())
    to_item = data.draw(st.lists(st.tuples(ids, st.sampled_from(["FSM-12", "FSM-13", "FSM-14"]))))
    to_ask = data.draw(st.lists(st.tuples(ids, ids)))
    rejected = frames.verdicts(
        *[("ask_item", *pair, "different", "me") for pair in to_item],
        *[("ask_ask", *pair, "different", "me") for pair in to_ask],
    )
    found = links(asks, rejected)
    assert not set(zip(found["from_id"], found["to_id"], strict=True)) & set(to_item)
    alike = matching.suggest_same_asks(asks, rejected)
    pairs = set(zip(alike["from_id"], alike["to_id"], strict=True))
    assert not pairs & (set(to_ask) | {(other, one) for one, other in to_ask})


def test_two_thousand_asks_are_matched_in_seconds():
    drawn = np.random.default_rng(7)
    words = np.array([f"word{number}" for number in range(3000)])

    def texts(count, length):
        return [" ".join(drawn.choice(words, length)) for _ in range(count)]

    asks = frames.asks(
        *[(f"a{n}", t, None, None, None, False) for n, t in enumerate(texts(2000, 20))]
    )
    items = frames.items(
        *[(f"i{n}", t, None, "idea", None, None, None) for n, t in enumerate(texts(800, 6))]
    )
    start = time.process_time()
    found = matching.suggest_links(asks, items, FEATURES, frames.verdicts())
    assert time.process_time() - start < 15
    assert found.groupby("from_id").size().max() <= matching.PER_ASK


def test_a_wish_that_many_have_is_not_split_because_many_have_it():
    with (DEMO / "exports" / "customer-requests.csv").open(encoding="utf-8-sig") as stream:
        others = [row["Request"] for row in csv.DictReader(stream)]
    formats = ("Excel", "CSV", "a spreadsheet", "xlsx", "Google Sheets", "a file")
    wordings = ("Please add {} export of jobs", "We need an export of jobs to {}")
    popular = [words.format(kind) for words in wordings for kind in formats]
    asks = frames.asks(
        *((f"a{row}", said, None, None, None, False) for row, said in enumerate(popular + others))
    )
    same = matching.suggest_same_asks(asks, frames.verdicts())
    groups = matching.cluster_asks(asks, same, Thresholds().same_ask_level)["leader_id"]
    assert groups.head(len(popular)).nunique() <= len(wordings)
