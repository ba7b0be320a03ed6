"""A verdict is known again by its texts when the ids it was given on are not the same any more."""

import pandas as pd
import pytest

from common_ground.analysis.verdict_texts import (
    known_texts,
    on_these_ids,
    part_meant,
    shown_text,
    with_part,
)

SSO = "Need single sign-on before they sign."
MAPS = "Maps that work offline, in basements without signal."


def asks(**texts):
    return pd.DataFrame({"ask_id": list(texts), "title": None, "text": list(texts.values())})


def things(key, title, **rows):
    return pd.DataFrame({key: list(rows), title: list(rows.values()), "description": None})


ITEMS = things("item_id", "title", F1="Single sign-on", F2="Offline maps")
FEATURES = things("feature_id", "name", sso="SSO")


def verdict(
    from_id="A1", to_id="F1", says="same", kind="ask_item", text=SSO, about="Single sign-on"
):
    return {
        "kind": kind,
        "from_id": from_id,
        "to_id": to_id,
        "verdict": says,
        "from_text": text,
        "to_text": about,
    }


def found(rows, asked, items=ITEMS):
    known = on_these_ids(pd.DataFrame(rows), known_texts(asked, items, FEATURES))
    ends = known.verdicts[["from_id", "to_id"]].values.tolist()
    return ends, len(known.waiting)


def test_ids_that_hold_the_same_texts_stay():
    assert found([verdict()], asks(A1=SSO, A2=MAPS)) == ([["A1", "F1"]], 0)


def test_an_ask_with_another_id_is_found_by_its_text():
    assert found([verdict()], asks(X9=f"  {SSO.upper()} ", A2=MAPS)) == ([["X9", "F1"]], 0)


@pytest.mark.parametrize("says", ["same", "different"])
def test_ids_that_changed_places_take_their_verdicts_along(says):
    assert found([verdict(says=says)], asks(A1=MAPS, A2=SSO)) == ([["A2", "F1"]], 0)


def test_an_item_with_another_id_is_found_by_its_title():
    items = things("item_id", "title", F1="Offline maps", F9="Single sign-on")
    assert found([verdict()], asks(A1=SSO), items) == ([["A1", "F9"]], 0)


def test_of_equal_texts_the_one_whose_id_differs_by_its_file_only_is_meant():
    asked = pd.DataFrame(
        {"ask_id": ["log.csv:A1", "log.csv:A2"], "title": None, "text": [SSO, SSO]}
    )
    assert found([verdict()], asked) == ([["log.csv:A1", "F1"]], 0)
    assert found([verdict(from_id="old.csv:A2")], asked) == ([["log.csv:A2", "F1"]], 0)


def test_a_text_that_several_asks_share_stands_for_each_of_them():
    assert found([verdict()], asks(X1=SSO, X2=SSO)) == ([["X1", "F1"], ["X2", "F1"]], 0)


def test_an_edited_text_under_its_own_id_keeps_its_verdict():
    assert found([verdict()], asks(A1=f"{SSO} Urgent.")) == ([["A1", "F1"]], 0)


def test_a_same_waits_where_its_id_now_says_something_else_and_a_different_does_not():
    assert found([verdict()], asks(A1=MAPS)) == ([], 1)
    assert found([verdict(says="different")], asks(A1=MAPS)) == ([["A1", "F1"]], 0)


def test_a_verdict_without_texts_goes_by_its_ids():
    assert found([verdict(text="", about="")], asks(A1=MAPS)) == ([["A1", "F1"]], 0)
    assert found([verdict(text="", about="")], asks(A2=MAPS)) == ([], 1)


def test_a_part_is_found_by_the_whole_note_it_belongs_to():
    note = f"{SSO} {MAPS}"
    kept = verdict(text=with_part(note, MAPS), to_id="F2", about="Offline maps")
    assert found([kept], asks(X1=note)) == ([["X1", "F2"]], 0)


def test_two_asks_whose_texts_became_one_are_no_pair():
    pair = verdict(kind="ask_ask", to_id="A2", text=SSO, about=SSO)
    assert found([pair], asks(X1=SSO)) == ([], 1)
    assert found([pair], asks(A1=SSO, A2=SSO)) == ([["A1", "A2"]], 0)


def test_verdicts_on_accounts_stay_as_they_are():
    account = verdict(kind="account", from_id="Acme", to_id="ACME Ltd")
    assert found([account], asks(A1=SSO)) == ([["Acme", "ACME Ltd"]], 0)


def test_no_verdicts_are_no_verdicts():
    none = pd.DataFrame([verdict()]).iloc[:0]
    known = on_these_ids(none, known_texts(asks(A1=SSO), ITEMS, FEATURES))
    assert known.verdicts.empty
    assert list(known.verdicts.columns) == list(none.columns)


def test_a_marked_part_can_be_read_back():
    note = "First wish. Second wish!"
    marked = with_part(note, "Second wish!")
    assert marked == "First wish. ⟦Second wish!⟧"
    assert part_meant(marked) == "Second wish!"
    assert part_meant(note) is None
    assert with_part(note, None) == with_part(note, note) == note


def test_a_title_that_repeats_the_body_is_shown_once():
    assert shown_text("SSO", "SSO") == shown_text(None, "SSO") == shown_text("SSO", None) == "SSO"
    assert shown_text("SSO", "Login") == "SSO\nLogin"
