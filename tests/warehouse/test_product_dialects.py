"""What usage, backlog and request tools export becomes the values those tools show."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from common_ground.warehouse import staging
from common_ground.warehouse.build import build, inspect
from common_ground.warehouse.decisions import Decisions
from common_ground.warehouse.receipts import receive
from common_ground.warehouse.repeats import reject_repeats

SAMPLES = Path(__file__).parents[1] / "exports"
AT = "cast(occurred_at as varchar)"


def staged(path, table, *columns, decision=None):
    """The rows of a file in line order, only the columns asked for, and its first receipt."""
    connection = duckdb.connect()
    staging.create_staging(connection)
    decisions = Decisions(files={path.name: decision} if decision else {})
    receipts = receive(connection, path, decisions)
    reject_repeats(connection)
    found = connection.execute(
        f"select {', '.join(columns)} from staging.{table} order by line"
    ).fetchall()
    return found, receipts[0]


def test_mixpanel_seconds_are_instants_and_ids_stay_as_written():
    found, receipt = staged(
        SAMPLES / "mixpanel" / "export.jsonl",
        "usage_events", "account_id", "user_id", "event", "event_count", AT,
    )  # fmt: skip
    assert found == [
        ("8001", "00417", "Report Shared", None, "2025-10-01 07:30:00"),
        ("8001", "00417", "Report Shared", None, "2025-10-01 07:30:00"),
        ("8002", "$device:18f2-77", "Job Closed", None, "2025-10-01 23:59:59"),
    ]
    assert receipt.dialect == "mixpanel"


def test_every_hour_of_an_amplitude_archive_is_read_and_its_group_is_the_account():
    found, receipt = staged(
        SAMPLES / "amplitude" / "export.zip",
        "usage_events", "account_id", "user_id", "user_email", "event", AT,
    )  # fmt: skip
    ann, bo, ana = "ann@harbourlifts.example", "bo@harbourlifts.example", "ana@ostermann.example"
    assert sorted(found) == [
        ("008001", ann, ann, "Report Shared", "2025-10-01 07:30:00.123"),
        ("008001", bo, bo, "Job Closed", "2025-10-01 07:45:00"),
        ("8002", ana, ana, "session_start", "2025-10-01 23:59:59.999"),
    ]
    assert receipt.dialect == "amplitude"


@pytest.mark.parametrize("name", ["events.csv", "events.parquet"])
def test_posthog_values_inside_json_cells_are_reached_with_their_digits(name):
    found, receipt = staged(
        SAMPLES / "posthog" / name,
        "usage_events", "account_id", "user_id", "user_email", "event", AT,
    )  # fmt: skip
    assert found == [
        ("8001", "00417", "ann@harbourlifts.example", "Report Shared", "2025-10-01 07:30:00.123"),
        ("1E5", "00418", "bo@harbourlifts.example", "Job Closed", "2025-10-01 23:59:59"),
        (None, "0199-anon", None, "$pageview", "2025-10-02 00:00:01"),
    ]
    assert receipt.mapped_columns["account_id"] == "properties.$group_0"


def test_posthog_json_lines_are_read_as_its_csv_is(tmp_path):
    event = {
        "uuid": "u",
        "event": "Opened",
        "distinct_id": "d",
        "timestamp": "2025-10-01T07:30:00Z",
    }
    event["properties"] = {"$lib": "web", "$groups": {"company": "8001"}}
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(event) + "\n")
    found, _ = staged(path, "usage_events", "account_id", "event")
    assert found == [("8001", "Opened")]


def test_pendo_rows_carry_their_number_of_uses_and_name_features_by_id(tmp_path):
    for name in ("featureEvents.csv", "features.csv"):
        shutil.copy(SAMPLES / "pendo" / name, tmp_path / name)
    found, _ = staged(
        tmp_path / "featureEvents.csv",
        "usage_events", "account_id", "user_id", "event", "event_count", AT,
    )  # fmt: skip
    ann = "ann@harbourlifts.example"
    assert found == [
        ("8001", ann, "Xk3-1aZ", 14, "2025-10-01 00:00:00"),
        ("8001", ann, "Xk3-1aZ", 3, "2025-10-02 00:00:00"),
        ("8002", "00417", "0091", 1, "2025-10-01 00:00:00"),
    ]
    data = build(tmp_path, tmp_path / "w", as_of=date(2025, 10, 31)).data
    used = data.table("usage_daily").groupby("feature_id")["event_count"].sum()
    assert used.to_dict() == {"Xk3-1aZ": 17, "0091": 1}
    assert set(data.table("features")["name"]) == {"Report Shared", "Job Closed"}


def test_segment_takes_the_corrected_time_and_the_name_as_it_was_sent():
    found, _ = staged(
        SAMPLES / "segment" / "tracks.csv",
        "usage_events", "account_id", "user_id", "user_email", "event", AT,
    )  # fmt: skip
    assert found == [
        ("8001", "00417", "ann@harbourlifts.example", "Report Shared", "2025-10-01 07:30:00.123"),
        ("8002", "00418", None, "Job Closed", "2025-10-01 23:59:59"),
    ]


def test_a_mixpanel_event_sent_twice_is_one_event(tmp_path):
    sent = {"time": 1759303800, "distinct_id": "u", "$insert_id": "i", "company_id": "8001"}
    later = {**sent, "time": 1759303801}
    lines = [json.dumps({"event": "Opened", "properties": each}) for each in (sent, sent, later)]
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(lines))
    found, _ = staged(path, "usage_events", "line")
    assert found == [(1,), (3,)]


ASK = ("ask_id", "title", "text", "votes", "cast(asked_date as varchar)", "merged_into")


def test_a_uservoice_idea_is_one_ask_and_its_further_voters_are_counted():
    found, receipt = staged(SAMPLES / "uservoice" / "suggestions.csv", "asks", *ASK)
    assert found == [
        ("0048", "Single sign-on", "Log in with our own accounts, please.", 3, "2025-07-21", None),
        ("0051", "Export to Excel", None, 1, "2025-09-30", None),
    ]
    assert (receipt.loaded, receipt.rejected) == (2, ())
    assert receipt.other_lines == {"header": 1, "further voters": 3}


def test_a_row_of_an_idea_that_says_something_else_is_no_further_voter(tmp_path):
    head = "ideaId,ideaTitle,votersCount,createdTimestamp,userEmailAddress\n"
    rows = "7,Dark mode,2,2025-07-21,a@a.example\n7,Dark theme,2,2025-07-21,b@a.example\n"
    path = tmp_path / "suggestions.csv"
    path.write_text(head + rows + ",No id,1,2025-07-21,c@a.example\n")
    receipt = inspect(path)[0]
    assert [(line.line, line.reason) for line in receipt.rejected] == [
        (3, "ask_id '7' stands on line 2 already"),
        (4, "'ideaId' is empty"),
    ]


ITEM = (
    "item_id", "title", "status", "area", "cast(created_date as varchar)",
    "cast(started_date as varchar)", "cast(released_date as varchar)",
)  # fmt: skip


def statuses(path, tmp_path):
    """item_id -> what its status means in the workspace."""
    (tmp_path / "exports").mkdir()
    shutil.copy(path, tmp_path / "exports" / path.name)
    data = build(tmp_path / "exports", tmp_path / "w", as_of=date(2026, 10, 31)).data
    return data.table("items").set_index("item_id")["status"].to_dict()


def test_github_pull_requests_are_counted_and_an_issue_closed_as_not_planned_is_declined(tmp_path):
    path = SAMPLES / "github_issues" / "issues.json"
    found, receipt = staged(path, "items", *ITEM)
    assert found == [
        ("7", "Single sign-on", "closed", "security; admin", "2025-01-08", None, "2025-03-30"),
        ("9", "Fax gateway", "not planned", "jobs", "2025-02-12", None, "2025-02-13"),
        ("10", "Dark mode", "open", None, "2025-02-14", None, None),
    ]
    assert receipt.other_lines == {"pull requests": 1}
    assert statuses(path, tmp_path) == {"7": "released", "9": "declined", "10": "idea"}


def test_github_cli_lists_are_read_as_the_api_is(tmp_path):
    path = SAMPLES / "github_issues" / "gh_issue_list.json"
    found, _ = staged(path, "items", "item_id", "cast(released_date as varchar)")
    assert found == [("27", "2025-03-30"), ("29", "2025-02-13"), ("30", None)]
    assert statuses(path, tmp_path) == {"27": "released", "29": "declined", "30": "idea"}


def test_a_list_that_is_empty_at_first_is_looked_into_all_the_same(tmp_path):
    issues = json.loads((SAMPLES / "github_issues" / "gh_issue_list.json").read_text())
    path = tmp_path / "issues.json"
    path.write_text(json.dumps(issues[::-1]))
    found, _ = staged(path, "items", "item_id", "area")
    assert found == [("30", None), ("29", None), ("27", "security")]


def test_a_trello_card_has_the_status_of_its_list_unless_it_or_the_list_is_archived():
    found, receipt = staged(SAMPLES / "trello" / "board.json", "items", *ITEM)
    cards = "65a1c70011111111111111"
    assert found == [
        (f"{cards}01", "Single sign-on", "Done", "Admin", None, "2025-01-20", None),
        (f"{cards}02", "Fax gateway", "archived", None, None, None, None),
        (f"{cards}03", "Old idea", "archived", None, None, None, None),
        (f"{cards}04", "Dark mode", "Backlog", "Admin; Jobs", None, None, None),
    ]
    assert (receipt.file, receipt.lines, receipt.loaded) == ("board.json", 4, 4)


CUSTOMERS = """ticket_id,description,customers_requesting,customer_priority
07,Audit log,"[""Harbour Lifts"", ""Ostermann; Sons""]",P1
08,Dark mode,"[""Harbour Lifts""]",P3
09,Fax gateway,[],P3
"""


def test_a_request_of_several_customers_is_an_ask_of_each_and_one_request(tmp_path):
    (tmp_path / "exports").mkdir()
    path = tmp_path / "exports" / "requests.csv"
    path.write_text(CUSTOMERS)
    found, receipt = staged(path, "asks", "ask_id", "account_name", "text", "merged_into")
    assert sorted(found) == [
        ("07", "Harbour Lifts", "Audit log", None),
        ("07 (2)", "Ostermann; Sons", "Audit log", "07"),
        ("08", "Harbour Lifts", "Dark mode", None),
        ("09", None, "Fax gateway", None),
    ]
    assert (receipt.lines, receipt.loaded) == (4, 3)
    data = build(tmp_path / "exports", tmp_path / "w", as_of=date(2026, 10, 31)).data
    requests = data.table("mart_requests").set_index("request_id")["ask_count"]
    assert requests.to_dict() == {"07": 2, "08": 1, "09": 1}


def test_the_same_request_of_several_customers_twice_is_one_rejected_line(tmp_path):
    path = tmp_path / "requests.csv"
    path.write_text(CUSTOMERS + CUSTOMERS.splitlines()[1] + "\n")
    receipt = inspect(path)[0]
    assert receipt.loaded == 3
    assert [(line.line, line.reason) for line in receipt.rejected] == [
        (5, "ask_id '07' stands on line 2 already")
    ]


def test_every_customer_of_a_real_request_list_is_kept(shared):
    path = shared / "exports" / "domino_requests" / "feature_requests_excerpt.csv"
    found, receipt = staged(path, "asks", "account_name")
    assert (receipt.loaded, len(found)) == (12, 24)
    assert len(set(found)) == 7
