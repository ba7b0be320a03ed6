"""Links of accounts as a reviewer sees them: decided, suggested, made, and waiting for a build."""

import pandas as pd
import pytest

from common_ground.analysis import account_links
from common_ground.analysis.account_matching import find_alike

ROWS = [
    ("crm.csv", "C1", "C1", "id", "Vantelo Robotics; id C1", "Vantelo Robotics", None, "de"),
    ("crm.csv", "C2", "C2", "id", "Bolt; domain bolt.com; id C2", "Bolt", "bolt.com", None),
    ("use.csv", "Bolt", "C2", "exact name", "Bolt", "Bolt", None, None),
    ("pay.csv", "77", "77", "new", "Vantelo Robotik; id 77", "Vantelo Robotik", None, "de"),
]
PAIR = ("Vantelo Robotics; id C1", "Vantelo Robotik; id 77")
ALL = {"same", "related", "different", "unsure"}


def names(rows=ROWS):
    columns = ["source", "source_account", "account_id", "how", "naming", "name", "domain",
               "country"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)


def weights(known):
    ids = sorted(set(known["account_id"]))
    frame = pd.DataFrame({"account_id": ids}).assign(deal_count=2, open_amount=100.0)
    return frame.assign(won_amount=0.0, contract_count=1, ask_count=3, usage_row_count=0)


def applied(*rows):
    columns = ["from_naming", "to_naming", "verdict", "decided_by", "outcome", "from_account_ids",
               "to_account_ids"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)


def verdicts(*rows):
    columns = ["kind", "from_id", "to_id", "verdict", "decided_by"]
    return pd.DataFrame(
        [("account", *row, "Ana") for row in rows] + [("ask_item", "R1", "I1", "same", "Ana")],
        columns=columns,
        dtype=object,
    )


def links(known=None, built=None, decided=None):
    known = names() if known is None else known
    return account_links.list_links(
        known,
        weights(known),
        applied() if built is None else built,
        verdicts() if decided is None else decided,
        find_alike(known),
    )


def suggested(found):
    rows = found[found["how"] == "suggested"]
    return [frozenset(pair) for pair in zip(rows["from_id"], rows["to_id"], strict=True)]


def test_a_suggestion_shows_both_sides_with_what_hangs_on_them():
    found = links()
    assert suggested(found) == [frozenset(PAIR)]
    row = found[found["how"] == "suggested"].iloc[0]
    assert {row["from_name"], row["to_name"]} == {"Vantelo Robotics", "Vantelo Robotik"}
    assert {row["from_exports"], row["to_exports"]} == {("crm.csv",), ("pay.csv",)}
    assert (row["state"], row["verdict"], row["from_open_amount"]) == ("open", None, 100.0)
    assert "the same country" in row["reasons"]


def test_what_the_build_linked_other_than_by_an_id_is_listed_after_it():
    found = links()
    made = found[found["how"] == "exact name"].iloc[0]
    assert (made["from_id"], made["to_id"]) == ("Bolt; domain bolt.com; id C2", "Bolt")
    assert made["from_names"] == made["to_names"] == ("Bolt",)
    assert found["how"].tolist() == ["suggested", "exact name"]


@pytest.mark.parametrize("said", sorted(ALL))
@pytest.mark.parametrize("pair", [PAIR, PAIR[::-1]])
def test_a_decided_pair_is_not_suggested_before_the_next_build_nor_after_it(said, pair):
    decided = verdicts((*pair, said))
    waiting = links(decided=decided)
    assert suggested(waiting) == []
    row = waiting[waiting["how"] == "verdict"].iloc[0]
    assert (row["verdict"], row["decided_by"]) == (said, "Ana")
    assert row["state"] == ("in force" if said == "unsure" else "next build")
    assert account_links.count_waiting(applied(), decided) == (said != "unsure")
    built = applied((*PAIR, said, "Ana", "kept apart", ["C1"], ["77"]))
    after = links(built=built, decided=decided)
    assert suggested(after) == []
    assert after[after["how"] == "verdict"]["state"].tolist() == ["in force"]
    assert account_links.count_waiting(built, decided) == 0


def test_a_rejected_pair_stays_rejected_when_both_are_written_otherwise():
    rows = [
        ("crm.csv", "N0", "N0", "id", "Vantelo Robots; id N0", "Vantelo Robots", None, "de"),
        ("pay.csv", "N3", "N3", "new", "Vantelo Robot; id N3", "Vantelo Robot", None, "de"),
    ]
    built = applied((*PAIR, "different", "Ana", "kept apart", ["N0"], ["N3"]))
    assert suggested(links(names(rows))) != []
    found = links(names(rows), built, verdicts((*PAIR, "different")))
    assert suggested(found) == []
    assert found.iloc[0][["from_account_id", "to_account_id"]].tolist() == ["N0", "N3"]


def test_a_rejection_that_may_mean_several_accounts_holds_for_all_and_a_same_is_asked_again():
    other = [(*ROWS[0][:4], "Vantelo Robotics; country de", *ROWS[0][5:]), *ROWS[1:]]
    for said, count in (("different", 0), ("same", 1)):
        built = applied((*PAIR, said, "Ana", "unclear", ["C1", "C2"], ["77"]))
        found = links(names(other), built, verdicts((*PAIR, said)))
        assert len(suggested(found)) == count


def test_a_verdict_taken_back_is_listed_until_the_next_build():
    built = applied((*PAIR, "same", "Ana", "linked", ["C1"], ["C1"]))
    found = links(built=built)
    assert found.iloc[0]["state"] == "taken back, next build"
    assert account_links.count_waiting(built, verdicts()) == 1


def test_a_verdict_changed_after_the_build_waits():
    built = applied((*PAIR, "same", "Ana", "linked", ["C1"], ["C1"]))
    decided = verdicts((*PAIR, "different"))
    found = links(built=built, decided=decided)
    assert found[found["how"] == "verdict"]["state"].tolist() == ["next build"]
    assert account_links.count_waiting(built, decided) == 1


@pytest.mark.parametrize("outcome", ["unknown", "unclear", "contradicted"])
def test_a_verdict_that_could_not_be_followed_says_why(outcome):
    built = applied((*PAIR, "same", "Ana", outcome, [], ["77"]))
    row = links(built=built, decided=verdicts((*PAIR, "same"))).iloc[0]
    assert row["warning"]
    assert row["from_account_id"] is None
    assert row["from_names"] == ()
    assert row["from_name"] == "Vantelo Robotics"


def test_no_accounts_give_no_links_with_the_same_columns():
    found = links(names([]))
    assert found.empty
    assert list(found.columns) == account_links.ACCOUNT_LINK_COLUMNS
