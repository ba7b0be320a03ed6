"""The Agreements page on the demo workspace: what it shows, what it writes, what it refuses."""

import shutil
from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from common_ground.ledger import open_ledger
from common_ground.settings import PROJECT

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def demo(demo_workspace, tmp_path, monkeypatch):
    """A demo workspace of its own, so that the page may write."""
    workspace = tmp_path / "workspace"
    shutil.copytree(demo_workspace, workspace)
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(workspace))
    return workspace


def open_page(**query):
    """The page as a link to it opens it, without the first page before it."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page("pages/agreements.py").run()


@pytest.fixture
def page(demo):
    app = open_page()
    assert not app.exception
    return app


def text(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def button(app, label):
    return next(one for one in app.button if one.label == label)


def field(app, kind, label):
    return next(one for one in app.get(kind) if one.label.startswith(label))


def fill(app, opener, values, submit):
    """Open a form, fill it and submit it.

    A test session has no runs of a dialog alone, so the opening button is pressed with each run.
    """
    button(app, opener).click()
    app.run()
    for (kind, label), value in values.items():
        field(app, kind, label).set_value(value)
    button(app, submit).click()
    button(app, opener).click()
    app.run()
    assert not app.exception


TERMS = {
    ("text_input", "What it is about"): "Webhooks before the summer",
    ("text_area", "■ Sales gives"): "No more one-off integrations",
    ("text_area", "● Product gives"): "Webhooks for job events",
    ("text_input", "■ Sales owner"): "Marian Okafor",
    ("text_input", "● Product owner"): "Mei Castellane",
    ("date_input", "Due"): date(2027, 3, 31),
    ("selectbox", "KPI it should move"): "win_rate",
    ("multiselect", "Items it covers"): ["FSM-268"],
    ("text_input", "Your name"): "Dana Whitlock",
}


def test_late_ones_come_first_and_the_answer_counts_them(page):
    shown = text(page)
    assert "3 of 5 open agreements are on time; <b>2 are late</b>, the older by 6" in shown
    order = [shown.index(title) for title in ("design partners", "EU data res", "offline maps")]
    assert order == sorted(order)
    assert "Quote approval online" not in shown
    assert "As of <b>31 Oct 2026</b>" in shown


def test_closed_ones_are_one_filter_away(page):
    field(page, "selectbox", "Show").set_value("All").run()
    assert "Quote approval online" in text(page)
    assert "16 of 16" in text(page)


def test_an_agreement_is_recorded_with_the_kpi_and_the_data_it_was_made_on(page, demo):
    fill(page, "Record an agreement", TERMS, "Both sides agree")
    made = open_ledger(demo).agreements().iloc[-1]
    assert (made["agreement_id"], made["status"]) == ("A17", "open")
    assert (made["kpi"], made["item_ids"], made["data_version"]) == ("win_rate", ("FSM-268",), 2)
    assert 0 < made["kpi_at_agreement"] < 1
    assert made["created_by"] == "Dana Whitlock"
    assert "Webhooks before the summer" in text(page)


def test_an_agreement_without_an_owner_is_refused_with_what_is_missing(page, demo):
    values = TERMS | {("text_input", "● Product owner"): ""}
    fill(page, "Record an agreement", values, "Both sides agree")
    assert "lacks the product owner" in text(page)
    assert len(open_ledger(demo).agreements()) == 16


def test_the_same_terms_may_wait_as_a_draft(page, demo):
    values = TERMS | {("text_input", "● Product owner"): "", ("date_input", "Due"): None}
    fill(page, "Record an agreement", values, "Keep as a draft")
    assert open_ledger(demo).agreements()["status"].iloc[-1] == "draft"


def test_a_draft_is_completed_with_what_it_lacked(page, demo):
    field(page, "selectbox", "Agreement").set_value("A16").run()
    lacking = {
        key: value for key, value in TERMS.items() if key[1] not in ("What it is about", "Items")
    }
    fill(page, "Complete the draft", lacking, "Both sides agree")
    made = open_ledger(demo).agreements().set_index("agreement_id").loc["A16"]
    assert (made["status"], made["title"]) == ("open", "Bulk edit instead of shortcuts")


def test_a_late_agreement_cannot_be_called_kept_on_the_day_it_was_late(page, demo):
    values = {
        ("date_input", "Day both sides"): date(2026, 10, 30),
        ("text_input", "Your name"): "Dana Whitlock",
    }
    fill(page, "What became of it", values, "Store")
    assert "Delivered late counts as missed" in text(page)
    assert open_ledger(demo).agreements().set_index("agreement_id")["status"]["A11"] == "open"


def test_closing_shows_at_once_and_stays_in_the_history(page, demo):
    values = {
        ("selectbox", "It is open and becomes"): "missed",
        ("date_input", "Day both sides"): date(2026, 10, 30),
        ("text_input", "Note"): "The second test took place",
        ("text_input", "Your name"): "Dana Whitlock",
    }
    fill(page, "What became of it", values, "Store")
    assert "1 is late" in text(page)
    last = open_ledger(demo).history("A11").iloc[-1]
    assert (last["what"], last["by"]) == ("missed", "Dana Whitlock")
    assert last["note"] == "The second test took place"


def test_a_late_agreement_cannot_be_renegotiated_and_one_in_time_can(page, demo):
    assert "Renegotiate" not in [one.label for one in page.button]
    field(page, "selectbox", "Agreement").set_value("A14").run()
    values = {
        ("date_input", "Due"): date(2027, 1, 15),
        ("text_input", "Your name"): "Dana Whitlock",
    }
    fill(page, "Renegotiate", values, "Both sides agree")
    found = open_ledger(demo).agreements().set_index("agreement_id")
    assert found["status"]["A14"] == "renegotiated"
    assert (found["replaces"]["A17"], found["title"]["A17"]) == ("A14", "Photo timestamps in beta")


def test_a_meeting_is_recorded_with_the_data_on_the_screen(page, demo):
    values = {
        ("text_area", "What should be remembered"): "Both sides read A11 the same way",
        ("text_input", "Your name"): "Dana Whitlock",
    }
    fill(page, "Record a meeting", values, "Record the meeting")
    held = open_ledger(demo).meetings()
    assert held["data_version"].tolist() == [1, 2]
    assert "Both sides read A11 the same way" in text(page)


def test_what_somebody_else_changed_is_not_overwritten(demo):
    app = AppTest.from_function(_form_that_saw_the_first_version, default_timeout=60)
    open_ledger(demo).change_status(
        "A11", "withdrawn", by="Kim", version=1, now=NOW, on=date(2026, 10, 31)
    )
    app.run()
    field(app, "text_input", "Your name").set_value("Dana Whitlock")
    button(app, "Store").click()
    app.run()
    assert "changed by someone else and is now withdrawn" in text(app)
    assert open_ledger(demo).agreements().set_index("agreement_id")["version"]["A11"] == 2


def _form_that_saw_the_first_version():
    from datetime import date

    from common_ground.ui import agreement_forms

    row = {"agreement_id": "A11", "title": "Two", "status": "open", "version": 1}
    agreement_forms.change_status(row, date(2026, 10, 31))


def test_a_link_opens_the_agreement_it_names(demo):
    app = open_page(agreement="A13")
    assert "History of A13" in text(app)


def test_an_empty_ledger_offers_one_thing_to_do(demo):
    for file in demo.glob("ledger.db*"):
        file.unlink()
    app = open_page()
    assert not app.exception
    assert "Nothing is agreed yet." in text(app)
    assert "No agreement is recorded in this workspace" in text(app)
    assert [one.label for one in app.button] == ["Record an agreement", "Record a meeting"]
    assert not app.selectbox


def test_a_damaged_ledger_is_named_and_the_page_stands(demo):
    for file in demo.glob("ledger.db*"):
        file.unlink()
    (demo / "ledger.db").write_text("no database " * 500)
    app = open_page()
    assert not app.exception
    assert "the ledger is damaged" in text(app)
