from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common_ground.errors import LedgerError
from common_ground.ledger import NewAgreement, open_ledger
from common_ground.ledger.frames import AGREEMENTS

DUE = date(2026, 11, 20)


def one(ledger, agreement_id="A1"):
    return ledger.agreements().set_index("agreement_id").loc[agreement_id]


def test_a_recorded_agreement_comes_back_as_it_was_made(ledger, agreed, now):
    made = agreed(
        kpi="csat", kpi_at_agreement=0.81, data_version=7, item_ids=("FLD-9", "FLD-2", "FLD-9")
    )
    assert ledger.record(made, by="Dana", now=now) == "A1"
    row = one(ledger)
    assert row["give"] == "Two design partners"
    assert row["get"] == "Mobile search in beta"
    assert row["due_date"] == pd.Timestamp(2026, 11, 20)
    assert row["item_ids"] == ("FLD-2", "FLD-9")
    assert (row["kpi"], row["kpi_at_agreement"], row["data_version"]) == ("csat", 0.81, 7)
    assert (row["status"], row["version"], row["created_by"]) == ("open", 1, "Dana")


def test_an_empty_ledger_has_the_columns_and_types_of_a_full_one(ledger, agreed, now):
    empty = ledger.agreements()
    ledger.record(agreed(), by="Dana", now=now)
    full = ledger.agreements()
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns) == list(AGREEMENTS)
    assert list(empty.dtypes) == list(full.dtypes)


def test_instants_are_stored_in_utc(ledger, agreed):
    in_delhi = datetime(2026, 10, 31, 3, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    ledger.record(agreed(), by="Dana", now=in_delhi)
    assert one(ledger)["created_at"] == pd.Timestamp(2026, 10, 30, 21, 30)


def test_an_instant_without_a_zone_is_refused(ledger, agreed):
    with pytest.raises(ValueError, match="time zone"):
        ledger.record(agreed(), by="Dana", now=datetime(2026, 10, 31))  # noqa: DTZ001
    assert ledger.agreements().empty


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"title": " "}, "a title"),
        ({"give": ""}, "what sales gives"),
        ({"get": ""}, "what product gives"),
        ({"sales_owner": ""}, "the sales owner"),
        ({"product_owner": "\t"}, "the product owner"),
        ({"due_date": None}, "the due date"),
        ({"due_date": None, "sales_owner": ""}, "the sales owner and the due date"),
    ],
)
def test_an_open_agreement_lacks_nothing(agreed, missing, named):
    with pytest.raises(LedgerError, match=named):
        agreed(**missing)


def test_a_draft_may_lack_owners_and_due_date_but_not_give_and_get():
    NewAgreement(title="Swap", give="Waits for sync", get="SSO in Q1", status="draft")
    with pytest.raises(LedgerError, match="what product gives"):
        NewAgreement(title="Swap", give="Waits for sync", get="", status="draft")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_kpi_value_that_is_no_number_is_refused(agreed, value):
    with pytest.raises(LedgerError, match="is no number"):
        agreed(kpi_at_agreement=value)


def test_a_pasted_document_is_refused(agreed):
    with pytest.raises(LedgerError, match=r"4,001 characters, at most 4,000"):
        agreed(give="x" * 4001)


def test_nobody_changes_the_ledger_unsigned(ledger, agreed, now):
    with pytest.raises(LedgerError, match="name of the person"):
        ledger.record(agreed(), by=" ", now=now)
    assert ledger.agreements().empty


def test_a_completed_draft_is_open(ledger, agreed, now):
    draft = NewAgreement(title="Swap", give="Waits", get="SSO", status="draft", item_ids=("A", "B"))
    ledger.record(draft, by="Compromise", now=now)
    ledger.complete("A1", agreed(item_ids=("B",)), by="Dana", version=1, now=now)
    row = one(ledger)
    assert (row["status"], row["title"], row["version"]) == ("open", "Mobile search", 2)
    assert row["item_ids"] == ("B",)
    assert ledger.history("A1")["what"].tolist() == ["drafted", "completed"]


def test_only_a_draft_can_be_rewritten(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    with pytest.raises(LedgerError, match="only a draft"):
        ledger.complete("A1", agreed(give="Nothing"), by="Dana", version=1, now=now)
    assert one(ledger)["give"] == "Two design partners"


def close(ledger, status, now, version=1, on=DUE, delivered=None, agreement_id="A1"):
    ledger.change_status(
        agreement_id,
        status,
        by="Dana",
        version=version,
        now=now,
        on=on,
        delivered_date=delivered,
    )


def test_delivered_on_the_due_date_is_kept(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    close(ledger, "kept", now, delivered=DUE)
    row = one(ledger)
    assert (row["status"], row["delivered_date"]) == ("kept", pd.Timestamp(DUE))
    assert row["closed_date"] == pd.Timestamp(DUE)
    assert row["closed_at"] == pd.Timestamp(2026, 10, 31, 9, 30)


@pytest.mark.parametrize(
    ("status", "delivered", "says"),
    [
        ("kept", None, "enter the day"),
        ("kept", date(2026, 11, 21), "late counts as missed"),
        ("missed", date(2026, 11, 20), "that is kept"),
        ("kept", date(2026, 12, 2), "cannot have been delivered"),
    ],
)
def test_status_and_delivery_day_agree(ledger, agreed, now, status, delivered, says):
    ledger.record(agreed(), by="Dana", now=now)
    with pytest.raises(LedgerError, match=says):
        close(ledger, status, now, on=date(2026, 12, 1), delivered=delivered)
    assert one(ledger)["status"] == "open"
    assert len(ledger.history("A1")) == 1


def test_delivered_late_is_missed_with_its_day(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    close(ledger, "missed", now, on=date(2026, 12, 1), delivered=date(2026, 11, 25))
    assert one(ledger)["delivered_date"] == pd.Timestamp(2026, 11, 25)


def test_opening_again_takes_the_closing_back(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    close(ledger, "kept", now, delivered=DUE)
    close(ledger, "open", now, version=2)
    row = one(ledger)
    assert row["status"] == "open"
    assert row[["closed_at", "closed_date", "delivered_date"]].isna().all()
    assert ledger.history("A1")["what"].tolist() == ["recorded", "kept", "open"]


@pytest.mark.parametrize("status", ["kept", "missed", "open", "renegotiated"])
def test_a_draft_can_only_be_completed_or_withdrawn(ledger, now, status):
    draft = NewAgreement(title="Swap", give="Waits", get="SSO", status="draft")
    ledger.record(draft, by="Dana", now=now)
    with pytest.raises(LedgerError, match="Complete the draft first"):
        close(ledger, status, now, delivered=DUE)


def test_a_withdrawn_draft_is_not_opened_without_owners(ledger, now):
    draft = NewAgreement(title="Swap", give="Waits", get="SSO", due_date=DUE, status="draft")
    ledger.record(draft, by="Dana", now=now)
    close(ledger, "withdrawn", now)
    with pytest.raises(LedgerError, match="was a draft when it was withdrawn"):
        close(ledger, "open", now, version=2)


def test_renegotiating_in_time_closes_one_and_opens_the_next(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    later = agreed(due_date=date(2027, 1, 15))
    assert ledger.renegotiate("A1", later, by="Dana", version=1, now=now, on=DUE) == "A2"
    assert one(ledger, "A1")["status"] == "renegotiated"
    assert one(ledger, "A2")["replaces"] == "A1"
    assert ledger.history("A1")["note"].tolist() == ["", "Replaced by A2"]


def test_renegotiating_after_the_due_date_is_missing_it(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    with pytest.raises(LedgerError, match="can only be missed"):
        ledger.renegotiate(
            "A1", agreed(), by="Dana", version=1, now=now, on=DUE + timedelta(days=1)
        )
    assert ledger.agreements()["status"].tolist() == ["open"]


@pytest.mark.parametrize(
    "agreement_id", ["A2", "2", "", "A", "A1; drop table agreements", "A٢", "A" + "9" * 40]
)
def test_an_unknown_id_is_named(ledger, agreed, now, agreement_id):
    ledger.record(agreed(), by="Dana", now=now)
    with pytest.raises(LedgerError, match="There is no agreement"):
        close(ledger, "missed", now, agreement_id=agreement_id)
    with pytest.raises(LedgerError, match="There is no agreement"):
        ledger.history(agreement_id)


def test_who_looked_at_an_old_version_changes_nothing(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    close(ledger, "withdrawn", now)
    with pytest.raises(LedgerError, match=r"now withdrawn \(version 2, you were looking at .* 1\)"):
        close(ledger, "kept", now, version=1, delivered=DUE)
    assert one(ledger)["status"] == "withdrawn"
    assert len(ledger.history("A1")) == 2


def test_history_of_all_is_in_the_order_it_happened(ledger, agreed, now):
    ledger.record(agreed(), by="Dana", now=now)
    ledger.record(agreed(), by="Kim", now=now)
    close(ledger, "withdrawn", now)
    history = ledger.history()
    assert history["agreement_id"].tolist() == ["A1", "A2", "A1"]
    assert history["by"].tolist() == ["Dana", "Kim", "Dana"]
    assert history["event_id"].is_monotonic_increasing


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
said = texts.filter(lambda text: text.strip() != "")
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
new_agreements = st.builds(
    NewAgreement,
    title=said,
    give=said,
    get=said,
    sales_owner=said,
    product_owner=said,
    due_date=days,
    kpi=st.none() | said,
    kpi_at_agreement=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    data_version=st.none() | st.integers(1, 10**9),
    item_ids=st.lists(texts, max_size=4).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(made=st.lists(new_agreements, max_size=3))
def test_save_then_load_gives_the_same(tmp_path_factory, made):
    workspace = tmp_path_factory.mktemp("ledger")
    now = datetime(2026, 10, 31, tzinfo=UTC)
    for agreement in made:
        open_ledger(workspace).record(agreement, by="Dana", now=now)
    loaded = open_ledger(workspace).agreements().to_dict("records")
    assert [_as_made(row) for row in loaded] == made


def _as_made(row):
    def known(value):
        return None if pd.isna(value) else value

    return NewAgreement(
        title=row["title"],
        give=row["give"],
        get=row["get"],
        sales_owner=row["sales_owner"],
        product_owner=row["product_owner"],
        due_date=row["due_date"].date(),
        kpi=known(row["kpi"]),
        kpi_at_agreement=known(row["kpi_at_agreement"]),
        data_version=known(row["data_version"]),
        item_ids=row["item_ids"],
    )
