from pathlib import Path

import pandas as pd
import pytest

from common_ground.errors import LedgerError
from common_ground.ledger import import_agreements

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo" / "agreements.csv"
HEADER = "title,give,get,sales_owner,product_owner,due_date"
LINE = "SSO,Waits,SSO,M. Okafor,J. Lindqvist,2026-11-20"


@pytest.fixture
def listed(tmp_path):
    """Writes a list and returns its path."""

    def write(*lines, name="list.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write


def test_the_demo_list_tells_of_kept_missed_late_and_open(ledger, now):
    imported = import_agreements(ledger, DEMO, now)
    found = ledger.agreements()
    assert len(imported.recorded) == len(found) == 16
    assert found["status"].value_counts().to_dict() == {
        "kept": 7,
        "open": 5,
        "missed": 2,
        "renegotiated": 1,
        "draft": 1,
    }
    late = found[(found["status"] == "open") & (found["due_date"] < pd.Timestamp(2026, 10, 31))]
    assert late["title"].tolist() == [
        "Two design partners for mobile search",
        "Effort for EU data residency",
    ]
    replacing = found.set_index("title")["replaces"].dropna()
    assert replacing.to_dict() == {"Conditions in forms, two levels": "A5"}


def test_importing_twice_changes_nothing(ledger, now):
    import_agreements(ledger, DEMO, now)
    before, history = ledger.agreements(), ledger.history()
    again = import_agreements(ledger, DEMO, now)
    assert (again.recorded, again.already_there) == ((), 16)
    pd.testing.assert_frame_equal(ledger.agreements(), before)
    pd.testing.assert_frame_equal(ledger.history(), history)


def test_a_line_added_later_is_the_only_one_recorded(ledger, now, listed):
    import_agreements(ledger, listed(HEADER, LINE), now)
    later = listed(HEADER, LINE, LINE.replace("SSO", "Sync"))
    imported = import_agreements(ledger, later, now)
    assert (imported.recorded, imported.already_there) == (("A2",), 1)


def test_a_postponed_due_date_is_the_same_agreement_where_there_is_no_key(ledger, now, listed):
    import_agreements(ledger, listed(HEADER, LINE), now)
    import_agreements(ledger, listed(HEADER, LINE.replace("-20", "-30")), now)
    assert ledger.agreements()["due_date"].tolist() == [pd.Timestamp(2026, 11, 20)]


def test_a_list_saved_by_a_european_spreadsheet_is_read(ledger, now, listed):
    path = listed(HEADER.replace(",", ";"), LINE.replace(",", ";"), encoding="utf-8-sig")
    assert import_agreements(ledger, path, now).recorded == ("A1",)


def test_the_day_it_was_made_is_kept(ledger, now, listed):
    import_agreements(ledger, listed(HEADER + ",created_date", LINE + ",2026-09-03"), now)
    assert ledger.agreements()["created_at"].tolist() == [pd.Timestamp(2026, 9, 3)]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([HEADER, LINE.replace("2026-11-20", "20/11/2026")], r"line 2: due_date is '20/11/2026'"),
        ([HEADER, LINE, LINE.replace("J. Lindqvist", "")], r"line 3: .* the product owner"),
        ([HEADER + ",status", LINE + ",done"], r"line 2: status is 'done', expected one of draft"),
        ([HEADER + ",kpi_at_agreement", LINE + ",31 %"], r"kpi_at_agreement is '31 %'"),
        ([HEADER + ",data_version", LINE + ",v7"], r"data_version is 'v7'"),
        ([HEADER, LINE + ",more"], r"line 2: .* as many cells"),
        ([HEADER, "SSO,Waits"], r"line 2: .* as many cells"),
        ([HEADER, '"SSO,Waits'], r"not readable as CSV"),
        ([HEADER.replace("give", "gives"), LINE], r"lacks give and has 'gives'"),
        ([""], r"lacks title, give"),
        ([HEADER + ",replaces", LINE + ",nobody"], r"replaces 'nobody', which neither"),
        ([HEADER + ",status", LINE + ",kept"], r"brought in as kept, and nothing was"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_recorded(ledger, now, listed, lines, says):
    with pytest.raises(LedgerError, match=says):
        import_agreements(ledger, listed(*lines), now)
    assert ledger.agreements().empty
    assert ledger.history().empty


def test_one_line_that_cannot_be_stored_keeps_the_good_ones_out(ledger, now, listed):
    path = listed(HEADER + ",status", LINE + ",", LINE.replace("SSO", "Sync") + ",kept")
    with pytest.raises(LedgerError, match="'Sync' cannot be brought in as kept"):
        import_agreements(ledger, path, now)
    assert ledger.agreements().empty


def test_a_list_in_another_encoding_is_refused(ledger, now, listed):
    with pytest.raises(LedgerError, match="not UTF-8"):
        import_agreements(ledger, listed(HEADER, "Prüfung", encoding="cp1252"), now)


def test_a_missing_file_is_named(ledger, now, tmp_path):
    with pytest.raises(LedgerError, match=r"none\.csv cannot be read"):
        import_agreements(ledger, tmp_path / "none.csv", now)
