"""Data: every line is accounted for on the page, and an upload is analysed without publishing."""

import time
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from common_ground.ledger import NewVerdict, open_ledger
from common_ground.settings import DEMO
from common_ground.ui import data_trust
from common_ground.warehouse.published import open_published
from tests.pages import opening
from tests.pages.opening import open_page

UPLOAD = "An upload"
OWN = b"deal,customer,phase,size,opened\n1,Acme,Won,5000,2026-01-05\n2,Bolt,Lost,70,2026-01-06\n"


def shown(app):
    """What is on the page, its no-break spaces as plain ones."""
    return opening.shown(app).replace("\N{NO-BREAK SPACE}", " ")


def uploading(**files):
    """The page with files dropped on it; names with two underscores for a dot."""
    app = open_page("data.py", show=UPLOAD)
    dropped = [(name.replace("__", "."), content, "text/csv") for name, content in files.items()]
    app.file_uploader[0].set_value(dropped)
    return settle(app)


def settle(app):
    """The page once its children are done."""
    until = time.monotonic() + 120
    app.run()
    while any(found.label == "Cancel" for found in app.button) and time.monotonic() < until:
        time.sleep(0.2)
        app.run()
    assert [error.message for error in app.exception] == []
    return app


def box(app, label):
    return next(found for found in app.selectbox if found.label == label)


def button(app, label):
    return next(found for found in app.button if found.label == label)


def demo_export(name):
    return (DEMO / "exports" / name).read_bytes()


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
    assert len(app.file_uploader) == 2  # exports, and a dialect file somebody shared


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


def map_by_hand(app):
    box(app, "Each row is one of").set_value("deals")
    settle(app)
    for label, header in (
        ("deal id, needed", "deal"),
        ("stage, needed", "phase"),
        ("account name", "customer"),
        ("amount", "size"),
        ("created date", "opened"),
    ):
        found = box(app, label)
        found.set_value(header)
    button(app, "Read it this way").click()
    settle(app)


def test_an_unknown_file_is_mapped_by_hand(demo):
    app = uploading(own__csv=OWN)
    assert "no dialect knows the headers" in shown(app)
    map_by_hand(app)
    assert "1 of 1 file can be used: 2" in shown(app)
    assert "generic deals" in box(app, "Columns of").options[0].lower()


def test_a_mapping_kept_as_a_dialect_knows_the_next_file_by_itself(demo):
    app = uploading(own__csv=OWN)
    map_by_hand(app)
    name = next(text for text in app.text_input if text.label == "Name of the tool")
    name.set_value("Our <CRM>").run()
    button(app, "Keep for this workspace").click().run()
    assert [path.name for path in (demo / "dialects").iterdir()] == ["our_crm_deals.toml"]
    again = uploading(own2__csv=OWN.replace(b"Acme", b"Apex"))
    assert "1 of 1 file can be used: 2" in shown(again)
    assert "Our &lt;CRM&gt;" in shown(again)


def test_another_header_for_a_known_tool_keeps_what_its_labels_mean(demo):
    deals = (
        b"Record ID,Deal Name,Deal Stage,Close Date,Amount,Yearly\n"
        b"1,A,closedwon,2026-01-05,5000,70\n2,B,closedlost,2026-01-06,60,80\n"
    )
    app = uploading(deals__csv=deals)
    box(app, "amount").set_value("Yearly")
    button(app, "Read it this way").click()
    settle(app)
    app.selectbox(key="upload_rows_of").set_value("deals (2)").run()
    rows = next(table.value for table in app.dataframe if "stage" in table.value)
    assert rows.set_index("deal_id")["stage"].to_dict() == {"1": "won", "2": "lost"}
    assert rows.set_index("deal_id")["amount"].to_dict() == {"1": 70, "2": 80}


def test_a_file_can_be_left_out(demo):
    app = uploading(own__csv=OWN)
    box(app, "Each row is one of").set_value("left_out")
    settle(app)
    assert "2 left out as decided" in shown(app)


AMBIGUOUS = b"deal_id,stage,created_date\n1,Legal review,01/02/2026\n2,won,03/04/2026\n"


def test_a_question_shows_both_outcomes_and_its_answer_stays_on_the_page(demo):
    app = uploading(deals__csv=AMBIGUOUS)
    assert "1 question waits for an answer" in shown(app)
    (radio,) = app.radio
    assert radio.value is None
    assert list(radio.proto.captions) == ["2026\\-02\\-01 to 2026\\-04\\-03",
                                          "2026\\-01\\-02 to 2026\\-03\\-04"]  # fmt: skip
    radio.set_value("day_first")
    settle(app)
    assert "waits for an answer" not in shown(app)
    assert app.radio[0].value == "day_first"
    app.selectbox(key="upload_rows_of").set_value("deals (2)").run()
    days = next(table.value for table in app.dataframe if "created_date" in table.value)
    assert [str(day)[:10] for day in days["created_date"]] == ["2026-02-01", "2026-04-03"]


def test_an_answer_on_the_encoding_reads_the_file_again(demo):
    names = "deal_id,stage,account_name,created_date\n1,won,Jörg,2026-01-05\n"
    app = uploading(deals__csv=names.encode("mac_roman"))
    (radio,) = app.radio
    assert len(radio.options) == 2
    for encoding, name in (("cp1252", "Jšrg"), ("mac_roman", "Jörg")):
        app.radio[0].set_value(encoding)
        settle(app)
        app.selectbox(key="upload_rows_of").set_value("accounts (1)").run()
        rows = next(table.value for table in app.dataframe if "name" in table.value)
        assert rows["name"].tolist() == [name]


def test_labels_nobody_mapped_can_be_mapped_on_the_page(demo):
    app = uploading(deals__csv=AMBIGUOUS.replace(b"03/04", b"23/04"))
    label = box(app, "“Legal review”, 1\N{NO-BREAK SPACE}deal, means")
    label.set_value("qualified")
    settle(app)
    app.selectbox(key="upload_rows_of").set_value("deals (2)").run()
    stages = next(table.value for table in app.dataframe if "stage" in table.value)
    assert stages.set_index("deal_id")["stage"]["1"] == "qualified"


def test_the_published_data_is_compared_row_by_row_before_anything_is_published(demo):
    before = files_below(demo)
    exports = demo_export("customer-requests.csv").decode().splitlines()
    fewer = "\n".join([*exports[:-3], exports[-1].replace(exports[-1].split(",")[0], "REQ-9999")])
    app = uploading(**{"customer-requests__csv": fewer.encode()})
    assert box(app, "customer\\-requests\\.csv goes").value == "customer-requests.csv"
    app.session_state["upload_tabs"] = "Against the published data"
    settle(app)
    page = shown(app)
    assert "What changed" in page
    assert "Asks in these files" in page
    rows = next(table.value for table in app.dataframe if "change" in table.value)
    changed = rows[rows["canonical_table"] == "asks"]["change"].value_counts().to_dict()
    assert changed == {"removed": 3, "added": 1}
    assert files_below(demo) == before


def test_publishing_shows_the_new_version_and_keeps_the_answers(demo):
    app = uploading(more__csv=AMBIGUOUS)
    app.radio[0].set_value("day_first")
    settle(app)
    button(app, "Publish for everybody").click()
    settle(app)
    assert "Published as data version 3" in shown(app)
    box(app, "Show").set_value("Published data").run()
    page = shown(app)
    assert "11 exports load" in page
    assert 'date_order = "day_first"' in (demo / "decisions.toml").read_text()
    assert "# " in (demo / "decisions.toml").read_text()
    assert "v3" in page


def test_an_upload_into_an_empty_workspace_becomes_version_one(nothing):
    app = uploading(deals__csv=AMBIGUOUS.replace(b"03/04", b"23/04"))
    button(app, "Publish for everybody").click()
    settle(app)
    assert "Published as data version 1" in shown(app)
    box(app, "Show").set_value("Published data").run()
    assert "1 export loads" in shown(app)


def test_what_is_published_already_is_not_published_twice(demo):
    app = uploading(renamed__csv=demo_export("features.csv"))
    assert box(app, "renamed\\.csv goes").value == "not at all"
    assert button(app, "Publish for everybody").disabled


def test_discarded_files_are_gone(demo):
    app = uploading(own__csv=OWN)
    button(app, "Discard these files").click().run()
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


def test_verdicts_on_accounts_are_published_with_one_click(demo):
    data = open_published(demo)
    accounts = data.mart("mart_account_names").dropna(subset="name").drop_duplicates("account_id")
    one, other = accounts["naming"].iloc[:2]
    assert "verdicts" not in " ".join(found.label for found in open_page("data.py").button)
    verdict = NewVerdict("account", one, other, "same", "Ana")
    open_ledger(demo).decide(verdict, now=datetime(2026, 11, 1, tzinfo=UTC))
    app = open_page("data.py")
    assert "1 verdict on accounts, given or taken back, counts from the next version on" in shown(
        app
    )
    button(app, "Publish with these verdicts").click()
    settle(app)
    made = open_published(demo)
    assert made.data_version == data.data_version + 1
    names = made.mart("mart_account_names").set_index("naming")["account_id"]
    assert names[one] == names[other]
    assert made.mart("mart_account_verdicts")["outcome"].tolist() == ["linked"]
    assert "Publish with these verdicts" not in [found.label for found in app.button]
