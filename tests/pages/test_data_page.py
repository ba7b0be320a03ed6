"""Data: every line is accounted for on the page, and an upload is analysed without publishing."""

from datetime import date

import pandas as pd
import pytest

from common_ground.ui import data_trust
from tests.pages import opening
from tests.pages.opening import open_page

UPLOAD = "An upload, unpublished"
OWN = b"deal,customer,phase,size,opened\n1,Acme,Won,5000,2026-01-05\n2,Bolt,Lost,70,2026-01-06\n"


def shown(app):
    """What is on the page, its no-break spaces as plain ones."""
    return opening.shown(app).replace("\N{NO-BREAK SPACE}", " ")


def uploading(**files):
    """The page with files dropped on it; names with two underscores for a dot."""
    app = open_page("data.py", show=UPLOAD)
    dropped = [(name.replace("__", "."), content, "text/csv") for name, content in files.items()]
    app.file_uploader[0].set_value(dropped)
    app.run()
    assert [error.message for error in app.exception] == []
    return app


def files_below(workspace):
    return {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}


def test_the_lines_of_all_exports_add_up_on_the_page(demo):
    page = shown(open_page("data.py"))
    assert "10 exports load" in page
    assert "Together, adds up" in page
    assert "Open deals that name no account" in page


def test_the_rows_behind_every_number_can_be_shown(demo):
    app = open_page("data.py")
    choice = app.selectbox(key="rows_of")
    for option in choice.options:
        app.selectbox(key="rows_of").set_value(option).run()
        assert [error.message for error in app.exception] == []
        assert len(app.dataframe[0].value) > 0, option


def test_an_empty_workspace_asks_for_files(nothing):
    app = open_page("data.py")
    page = shown(app)
    assert "Drop exports here" in page
    assert "HubSpot" in page
    assert len(app.file_uploader) == 1


def test_an_upload_is_analysed_and_nothing_is_published(demo, shared):
    before = files_below(demo)
    folder = shared / "exports" / "maven_crm"
    app = uploading(
        accounts__csv=(folder / "accounts.csv").read_bytes(),
        sales_pipeline__csv=(folder / "sales_pipeline.csv").read_bytes(),
    )
    page = shown(app)
    assert "2 of 2 files can be used: 8,885" in page
    assert "Win rate" in page
    assert "the last date in these files" in page
    assert files_below(demo) == before


def test_a_broken_file_says_why_and_its_name_is_text(demo):
    page = shown(uploading(**{"<b>photo__csv": b"\x89PNG\r\n\x1a\n0000"}))
    assert "This file cannot be used as it is. Nothing is published." in page
    assert "PNG picture" in page
    assert "<b>photo" not in page
    assert "&lt;b&gt;photo" in page


def test_an_unknown_file_is_mapped_by_hand(demo):
    app = uploading(own__csv=OWN)
    assert "no dialect knows the headers" in shown(app)
    kind = next(box for box in app.selectbox if box.label == "Read it as")
    kind.set_value("deals").run()
    for label, header in (
        ("deal id, needed", "deal"),
        ("stage, needed", "phase"),
        ("account name", "customer"),
        ("amount", "size"),
        ("created date", "opened"),
    ):
        box = next(box for box in app.selectbox if box.label == label)
        box.set_value(next(o for o in box.options if o.split(":")[0] == header)).run()
    assert [error.message for error in app.exception] == []
    page = shown(app)
    assert "1 of 1 file can be used: 2" in page
    assert "stage ← <b>phase</b>" in page


def test_discarded_files_are_gone(demo):
    app = uploading(own__csv=OWN)
    next(button for button in app.button if button.label == "Discard these files").click().run()
    assert "Drop exports here" in shown(app)


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (date(2026, 10, 31), "the as-of date"),
        (date(2026, 10, 1), "30\N{NO-BREAK SPACE}days before"),
        (date(2026, 9, 1), "stale, 60\N{NO-BREAK SPACE}days before"),
        (pd.NaT, "holds no date"),
    ],
)
def test_freshness_is_measured_from_the_as_of_date(last, told):
    assert told in data_trust.freshness(last, date(2026, 10, 31), 45)


def test_changes_are_counted_by_table_and_kind():
    changes = pd.DataFrame(
        [("deals", "added"), ("deals", "added"), ("items", "removed")],
        columns=["canonical_table", "change"],
    )
    panel = data_trust.changes_panel(changes, 3)
    assert "since v2" in panel
    assert '<td>deals</td><td class="cg-number">2</td><td class="cg-number">0</td>' in panel


def test_questions_come_before_warnings_and_unused_columns_last():
    loads = pd.DataFrame(
        {
            "file": ["a.csv"],
            "warnings": [["look"]],
            "questions": [["which?"]],
            "unused_columns": [["Pipeline"]],
        }
    )
    assert list(data_trust.notes(loads)["kind"]) == ["question", "warning", "unused"]
