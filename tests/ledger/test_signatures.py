from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import open_ledger


def standing(ledger):
    return ledger.signatures()[["kpi", "side", "version"]].values.tolist()


def test_a_signature_comes_back_as_it_was_given(ledger, signature, now):
    words = "  Won ÷ closed — “no decision” counts as lost.\nRenewals apart.  "
    given = signature(meaning=words, note="=SUM(1)")
    signed = ledger.sign(given, now=now)
    assert ledger.signatures().to_dict("records") == [
        {
            "signature_id": signed,
            "kpi": "win_rate",
            "side": "sales",
            "version": "2",
            "fingerprint": "0a1b2c",
            "options": {"denominator": "closed", "reopened": "last"},
            "meaning": words,
            "signed_by": "Dana",
            "signed_at": pd.Timestamp(2026, 10, 31, 9, 30),
            "note": "=SUM(1)",
        }
    ]


def test_signing_again_replaces_the_signature_and_keeps_it_in_the_history(ledger, signature, now):
    ledger.sign(signature(version="1", meaning="Won / all"), now=now)
    ledger.sign(signature(version="2", signed_by="Kim"), now=now)
    assert standing(ledger) == [["win_rate", "sales", "2"]]
    history = ledger.signature_history()
    assert history["meaning"].tolist()[0] == "Won / all"
    assert history["is_standing"].tolist() == [False, True]
    assert history["withdrawn_by"].isna().all()


def test_each_side_signs_each_kpi_for_itself(ledger, signature, now):
    ledger.sign(signature(version="1"), now=now)
    ledger.sign(signature(side="product", version="2", options={"reopened": "first"}), now=now)
    ledger.sign(signature(kpi="nrr", version="3", options={}), now=now)
    assert standing(ledger) == [
        ["win_rate", "sales", "1"],
        ["win_rate", "product", "2"],
        ["nrr", "sales", "3"],
    ]
    assert ledger.signatures()["options"].tolist()[1:] == [{"reopened": "first"}, {}]


def test_a_withdrawn_signature_stands_no_more_and_brings_no_older_one_back(ledger, signature, now):
    ledger.sign(signature(version="1"), now=now)
    second = ledger.sign(signature(version="2"), now=now)
    ledger.sign(signature(side="product"), now=now)
    later = now + timedelta(days=1)
    ledger.withdraw_signature(second, by=" Kim ", now=later, note="Not what we meant")
    assert standing(ledger) == [["win_rate", "product", "2"]]
    withdrawn = ledger.signature_history().set_index("signature_id").loc[second]
    assert withdrawn[["withdrawn_by", "withdrawn_at", "withdrawn_note"]].tolist() == [
        "Kim",
        pd.Timestamp(2026, 11, 1, 9, 30),
        "Not what we meant",
    ]
    assert ledger.signature_history()["is_standing"].tolist() == [False, False, True]


def test_a_side_can_sign_again_what_it_withdrew(ledger, signature, now):
    ledger.withdraw_signature(ledger.sign(signature(), now=now), by="Kim", now=now)
    again = ledger.sign(signature(), now=now)
    assert ledger.signatures()["signature_id"].tolist() == [again]
    assert ledger.signature_history()["is_standing"].tolist() == [False, True]


def test_only_a_signature_that_stands_can_be_withdrawn(ledger, signature, now):
    replaced = ledger.sign(signature(), now=now)
    withdrawn = ledger.sign(signature(), now=now)
    with pytest.raises(LedgerError, match="no longer stands: sales signed win_rate again"):
        ledger.withdraw_signature(replaced, by="Kim", now=now)
    ledger.withdraw_signature(withdrawn, by="Kim", now=now)
    with pytest.raises(LedgerError, match="already withdrawn by Kim"):
        ledger.withdraw_signature(withdrawn, by="Dana", now=now)
    with pytest.raises(LedgerError, match="no signature 99"):
        ledger.withdraw_signature(99, by="Dana", now=now)
    assert ledger.signature_history()["withdrawn_by"].dropna().tolist() == ["Kim"]


def test_an_id_taken_from_the_frame_can_be_withdrawn(ledger, signature, now):
    ledger.sign(signature(), now=now)
    ledger.withdraw_signature(ledger.signatures()["signature_id"].iloc[0], by="Kim", now=now)
    assert ledger.signatures().empty


@pytest.mark.parametrize(
    ("said", "says"),
    [({"by": " "}, "name of the person"), ({"by": "K", "note": "x" * 4001}, "4,001 characters")],
)
def test_a_withdrawal_without_a_name_or_with_too_long_a_note_is_refused(
    ledger, signature, now, said, says
):
    signed = ledger.sign(signature(), now=now)
    with pytest.raises(LedgerError, match=says):
        ledger.withdraw_signature(signed, now=now, **said)
    assert ledger.signatures()["signature_id"].tolist() == [signed]


def test_the_history_of_one_kpi_holds_all_its_signatures_and_no_other(ledger, signature, now):
    for kpi in ("win_rate", "nrr", "win_rate"):
        ledger.sign(signature(kpi=kpi), now=now)
    assert ledger.signature_history("win_rate")["signature_id"].tolist() == [1, 3]
    assert ledger.signature_history("win_rate")["is_standing"].tolist() == [False, True]
    assert ledger.signature_history("never_signed").empty


def test_the_history_of_signatures_never_shrinks(ledger, signature, now):
    seen = 0
    for side in ("sales", "product", "sales"):
        signed = ledger.sign(signature(side=side), now=now)
        ledger.withdraw_signature(signed, by="Kim", now=now)
        ledger.sign(signature(side=side), now=now)
        assert len(ledger.signature_history()) == seen + 2
        seen += 2


def test_an_instant_of_signing_is_kept_in_utc_and_needs_its_zone(ledger, signature):
    east = timezone(timedelta(hours=9))
    ledger.sign(signature(), now=datetime(2026, 11, 1, 3, tzinfo=east))
    assert ledger.signatures()["signed_at"].tolist() == [pd.Timestamp(2026, 10, 31, 18)]
    naive = datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        ledger.sign(signature(), now=naive)
    with pytest.raises(ValueError, match="time zone"):
        ledger.withdraw_signature(1, by="Kim", now=naive)


def test_no_signatures_have_the_columns_and_types_of_some(ledger, signature, now):
    empty = ledger.signatures(), ledger.signature_history()
    ledger.sign(signature(), now=now)
    some = ledger.signatures(), ledger.signature_history()
    ledger.withdraw_signature(1, by="Kim", now=now)
    after = ledger.signatures(), ledger.signature_history()
    for none, one, withdrawn in zip(empty, some, after, strict=True):
        assert list(none.dtypes.items()) == list(one.dtypes.items())
        assert list(none.dtypes.items()) == list(withdrawn.dtypes.items())


def test_what_was_signed_cannot_be_changed_through_the_mapping_it_came_from(signature):
    options = {"reopened": "last"}
    made = signature(options=options)
    options["reopened"] = "first"
    assert made.options == {"reopened": "last"}


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"kpi": " "}, "lacks the KPI"),
        ({"kpi": "k" * 201}, "the KPI has 201 characters"),
        ({"side": "marketing"}, "'marketing' is no side, use sales and product"),
        ({"version": ""}, "lacks the version"),
        ({"version": "1" * 201}, "the version has 201 characters"),
        ({"fingerprint": ""}, "lacks the fingerprint"),
        ({"fingerprint": "0x1f"}, "not hexadecimal"),
        ({"fingerprint": "a" * 201}, "the fingerprint has 201 characters"),
        ({"options": {"": "net"}}, "lacks the policy"),
        ({"options": {"discounts": ""}}, "lacks the option of discounts"),
        ({"options": {"discounts": "n" * 201}}, "the option of discounts has 201 characters"),
        ({"meaning": " \n"}, "lacks the words that are signed"),
        ({"meaning": "m" * 4001}, "the meaning has 4,001 characters"),
        ({"note": "n" * 4001}, "the note has 4,001 characters"),
        ({"signed_by": "\t"}, "win_rate needs the name of the person"),
        ({"signed_by": "D" * 201}, "the name has 201 characters"),
    ],
)
def test_a_signature_that_cannot_be_is_refused(signature, made, says):
    with pytest.raises(LedgerError, match=says):
        signature(**made)


def test_of_twenty_people_signing_for_each_side_the_last_one_stands(tmp_path, signature, now):
    def sign(person):
        side = ("sales", "product")[person % 2]
        given = signature(side=side, signed_by=f"P{person}")
        return side, open_ledger(tmp_path).sign(given, now=now)

    with ThreadPoolExecutor(20) as threads:
        signed = list(threads.map(sign, range(20)))
    last = {side: max(one for its, one in signed if its == side) for side, _ in signed}
    found = open_ledger(tmp_path).signatures()
    assert dict(zip(found["side"], found["signature_id"], strict=True)) == last
    history = open_ledger(tmp_path).signature_history()
    assert set(history["signed_by"]) == {f"P{person}" for person in range(20)}


def test_of_twenty_people_withdrawing_one_signature_one_succeeds(tmp_path, signature, now):
    signed = open_ledger(tmp_path).sign(signature(), now=now)

    def withdraw(person):
        try:
            open_ledger(tmp_path).withdraw_signature(signed, by=f"P{person}", now=now)
        except LedgerError as error:
            return str(error)
        return "stored"

    with ThreadPoolExecutor(20) as threads:
        results = list(threads.map(withdraw, range(20)))
    assert results.count("stored") == 1
    assert sum("already withdrawn by P" in result for result in results) == 19
