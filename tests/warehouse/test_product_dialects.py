"""What usage, backlog and request tools export becomes the values those tools show."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from common_ground.warehouse import staging
from common_ground.warehouse.build import build, inspect
from common_ground.warehouse.decisions import Decisions, FileDecision
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
        ("7", "Single sign-on", "closed", "security", "2025-01-08", None, "2025-03-30"),
        ("9", "Fax gateway", "not planned", "jobs", "2025-02-12", None, "2025-02-13"),
        ("10", "Dark mode", "open", None, "2025-02-14", None, None),
    ]
    assert receipt.other_lines == {"pull requests": 1}
    assert receipt.warnings == (
        "1 cells of 'labels.name' name several areas; the first is taken: "
        """line 1 '["security", "admin"]'""",
    )
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
        (f"{cards}04", "Dark mode", "Backlog", "Admin", None, None, None),
    ]
    assert (receipt.file, receipt.lines, receipt.loaded) == ("board.json", 4, 4)


def test_jira_issues_keep_their_dates_and_a_resolution_says_why_they_were_closed(tmp_path):
    head = "Summary,Issue key,Issue Type,Status,Resolution,Created,Resolved,Component/s,Component/s"
    head += ",Custom field (Effort weeks),Custom field (Story Points)\n"
    rows = [
        "Roles,FSM-02,Story,Done,Done,30/Sep/21 17:20,01/Oct/21 09:00,Admin,Jobs,2.5,8",
        "Fax,FSM-3,Story,Done,Won't Do,30/Sep/21 17:20,02/Oct/21 09:00,,Jobs,,",
        "Dark,FSM-4,Story,To Do,,29/Sep/21 08:00,,,,,",
    ]
    path = tmp_path / "jira.csv"
    path.write_text(head + "\n".join(rows))
    found, receipt = staged(path, "items", *ITEM, "cast(effort_likely as varchar)")
    assert found == [
        ("FSM-02", "Roles", "Done", "Admin", "2021-09-30", None, "2021-10-01", "2.50"),
        ("FSM-3", "Fax", "Won't Do", "Jobs", "2021-09-30", None, "2021-10-02", None),
        ("FSM-4", "Dark", "To Do", None, "2021-09-29", None, None, None),
    ]
    assert any("name several areas" in warning for warning in receipt.warnings)
    assert any("'Custom field (Story Points)' was left out" in w for w in receipt.warnings)
    assert statuses(path, tmp_path) == {
        "FSM-02": "released", "FSM-3": "declined", "FSM-4": "idea",
    }  # fmt: skip


def test_story_points_are_weeks_only_where_a_person_says_so(tmp_path):
    header = "Custom field (Story Points)"
    path = tmp_path / "jira.csv"
    path.write_text(f"Summary,Issue key,Issue Type,Status,{header}\nRoles,FSM-2,Story,To Do,8\n")
    effort = "cast(effort_likely as integer)"
    assert staged(path, "items", effort)[0] == [(None,)]
    decision = FileDecision(columns={header: "effort_likely"})
    found, receipt = staged(path, "items", effort, decision=decision)
    assert found == [(8,)]
    assert receipt.warnings == ()


def test_a_jira_timeline_is_read_by_its_tabs(tmp_path):
    path = tmp_path / "timeline.csv"
    columns = ("Key", "Issue Type", "Parent", "Summary", "Status", "Start date")
    rows = [
        (*columns, "Inferred start date"),
        ("CGQ-01", "Epic", "", "Combat", "In Progress", "", "5/16/25"),
    ]
    path.write_text("\n".join("\t".join(row) for row in rows) + "\n")
    found, receipt = staged(path, "items", "item_id", "title", "status")
    assert found == [("CGQ-01", "Combat", "In Progress")]
    assert receipt.dialect == "jira_timeline"


def test_linear_dates_are_read_and_every_blocking_issue_is_a_prerequisite():
    path = SAMPLES / "linear" / "issues.csv"
    found, receipt = staged(path, "items", *ITEM)
    assert found == [
        ("ENG-12", "Custom roles", "Planned", "Admin", "2026-05-13", None, None),
        ("ENG-9", "Single sign-on", "Done", "Admin", "2026-04-02", "2026-06-02", "2026-06-12"),
        ("ENG-10", "Audit log", "Canceled", None, "2026-04-02", None, None),
    ]
    assert [w for w in receipt.warnings if "'Estimate' was left out" in w]
    rules, _ = staged(path, "item_rules", "item_id", "other_item_id", "rule")
    assert sorted(rules) == [("ENG-12", "ENG-10", "requires"), ("ENG-12", "ENG-9", "requires")]


def test_the_apostrophe_linear_puts_before_a_formula_is_no_part_of_the_title(tmp_path):
    text = (SAMPLES / "linear" / "issues.csv").read_text()
    path = tmp_path / "issues.csv"
    path.write_text(text.replace('"Audit log"', '"\'=SUM as a formula"'))
    found, _ = staged(path, "items", "title")
    assert found[2] == ("=SUM as a formula",)


def test_canny_posts_keep_votes_company_and_the_linked_issue():
    found, receipt = staged(
        SAMPLES / "canny" / "posts.json",
        "asks", *ASK, "account_id", "account_domain", "item_key", "status", "side",
    )  # fmt: skip
    text = "Log in with our own accounts.\nPlease."
    mail = "ann@harbourlifts.example"
    assert found == [
        (
            "553c3ef8b8cdcd1501ba0048", "Single sign-on", text, 12, "2025-09-30", None,
            "008001", mail, "FSM-1", "planned", "product",
        ),
        (
            "553c3ef8b8cdcd1501ba0051", "Dark mode", None, 1, "2025-10-02", None,
            None, None, None, "open", "product",
        ),
    ]  # fmt: skip
    assert receipt.dialect == "canny"


def test_a_canny_table_with_json_cells_is_read_as_the_api_is():
    found, _ = staged(SAMPLES / "canny" / "posts.csv", "asks", *ASK, "account_domain", "asked_by")
    assert found == [
        (
            "553c3ef8b8cdcd1501ba0060", "Export to Excel", "Rows, not pictures", 4, "2025-10-03",
            None, "ana@ostermann.example", "Ana Ost",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "features.json",
            [
                ("f1a0c0de-0001-4000-8000-000000000001", "In progress", "c0000001", "2025-01-08"),
                ("f1a0c0de-0002-4000-8000-000000000002", "archived", "c0000002", "2025-02-12"),
            ],
        ),
        ("features.csv", [("0101", "Planned", "Jobs", "2025-02-14")]),
    ],
)
def test_productboard_features_keep_status_and_component_and_archived_ones_say_so(name, expected):
    found, _ = staged(
        SAMPLES / "productboard" / name,
        "items", "item_id", "status", "area", "cast(created_date as varchar)",
    )  # fmt: skip
    assert found == expected


def test_productboard_notes_are_asks_linked_to_their_feature():
    found, _ = staged(
        SAMPLES / "productboard" / "notes.json",
        "asks", "ask_id", "text", "account_id", "account_domain", "item_key",
        "cast(asked_date as varchar)",
    )  # fmt: skip
    note, feature = "n1a0c0de-000{}-4000-8000-00000000000{}", "f1a0c0de-0001-4000-8000-000000000001"
    assert found == [
        (
            note.format(1, 1), "They cannot roll out without single sign-on.", "0800-1",
            "ann@harbourlifts.example", feature, "2025-09-30",
        ),
        (note.format(2, 2), "Dark mode?", None, "ana@ostermann.example", None, "2025-10-02"),
    ]  # fmt: skip


def test_fider_posts_keep_their_numbers_votes_and_what_they_repeat():
    found, _ = staged(SAMPLES / "fider" / "posts.csv", "asks", *ASK)
    assert found == [
        ("10", "Dark mode", "Please", 4, "2026-03-23", None),
        ("11", "Night theme", "Same as dark mode, really", 1, "2026-04-01", "10"),
    ]


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


def test_a_customer_named_with_half_a_character_is_kept(tmp_path):
    path = tmp_path / "requests.csv"
    path.write_text(CUSTOMERS.replace("Ostermann; Sons", "Oster\\ud800"))
    found, _ = staged(path, "asks", "account_name")
    assert found[1] == ("Oster?",)


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


@pytest.mark.parametrize("name", ["events.csv", "events.jsonl"])
def test_plain_events_keep_account_person_event_and_time(name):
    found, _ = staged(
        SAMPLES / "product_events" / name,
        "usage_events", "event_id", "account_domain", "user_email", "event", AT,
    )  # fmt: skip
    first = {
        "events.csv": ("e1", "ann@harbourlifts.example", "2026-10-01 08:00:00"),
        "events.jsonl": ("e3", "bo@harbourlifts.example", "2026-10-02 08:00:00"),
    }
    event, person, at = first[name]
    assert found[0] == (event, "harbourlifts.example", person, "Report Shared", at)


def test_a_request_log_keeps_its_ids_dates_and_the_deal_that_waits():
    found, _ = staged(
        SAMPLES / "request_log" / "requests.csv",
        "asks", *ASK, "account_name", "deal_id", "is_blocker", "item_key",
    )  # fmt: skip
    text = "Their auditors won't accept every dispatcher being an admin."
    assert found[0] == (
        "R-1", None, text, 1, "2026-10-28", None, "Harbour Lifts", "9001", True, "FSM-2",
    )  # fmt: skip
    assert found[1][:3] == ("R-2", "Set-up", "Admin is where trials stall")


def test_posthog_events_of_nobody_are_no_question_between_two_tools(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("uuid,event,distinct_id,timestamp,properties\n1,Opened,d,2025-10-01,{}\n")
    found, receipt = staged(path, "usage_events", "event_id", "user_id", "account_id")
    assert (found, receipt.dialect) == ([("1", "d", None)], "posthog")


def test_an_account_property_of_ones_own_is_named_once(tmp_path):
    path = tmp_path / "events.csv"
    text = (SAMPLES / "posthog" / "events.csv").read_text()
    path.write_text(text.replace("$group_0", "team"))
    assert staged(path, "usage_events", "account_id")[0] == [(None,)] * 3
    decision = FileDecision(columns={"properties.team": "account_id"})
    found, receipt = staged(path, "usage_events", "account_id", decision=decision)
    assert found == [("8001",), ("1E5",), (None,)]
    assert receipt.mapped_columns["account_id"] == "properties.team"


def test_pendo_is_read_with_the_names_of_its_api_too():
    found, receipt = staged(
        SAMPLES / "pendo" / "aggregation.json",
        "usage_events", "account_id", "user_id", "event", "event_count", AT,
    )  # fmt: skip
    assert found == [("8001", "bo@harbourlifts.example", "dcN3m_2sXyQ", 5, "2026-10-03 00:00:00")]
    assert receipt.dialect == "pendo"


def test_pendo_features_are_read_with_the_names_of_its_api_too(tmp_path):
    path = tmp_path / "features.json"
    path.write_text(
        '[{"id": "Xk3-1aZ", "name": "Report Shared", "pageId": "PG-1", "appId": -323232,'
        ' "group": {"id": "G1", "name": "Reports"}}]'
    )
    found, receipt = staged(path, "features", "feature_id", "name", "area")
    assert (found, receipt.dialect) == ([("Xk3-1aZ", "Report Shared", "Reports")], "pendo")


def test_a_segment_table_of_one_event_names_its_account():
    found, receipt = staged(
        SAMPLES / "segment" / "report_shared.csv",
        "usage_events", "account_id", "user_id", "event",
    )  # fmt: skip
    assert (found, receipt.dialect) == ([("8001", "00124", "Report Shared")], "segment")


def test_a_completed_asana_task_is_released_whatever_its_column_says():
    found, _ = staged(
        SAMPLES / "asana" / "roadmap.csv", "items", "item_id", "status", "released_date"
    )
    assert found == [
        ("1201234567890123", "In progress", None),
        ("1201234567890124", "Completed", date(2026, 2, 27)),
    ]


def test_redmine_ids_stand_under_a_hash_behind_a_byte_order_mark():
    found, _ = staged(SAMPLES / "redmine" / "issues.csv", "items", "item_id", "title", "status")
    assert found[1] == ("2", "Roles per customer", "Rejected")


def test_a_quackback_post_has_its_votes_and_the_company_of_its_author():
    found, _ = staged(
        SAMPLES / "quackback" / "posts.csv", "asks", "ask_id", "account_domain", "votes", "side"
    )
    assert found == [("post_01", "ann@harbourlifts.example", 12, "product")]


def test_a_zendesk_ticket_keeps_the_long_id_of_its_organisation():
    found, receipt = staged(
        SAMPLES / "zendesk" / "tickets.json", "tickets", "ticket_id", "account_id", "opened_date"
    )
    assert found == [("35436", "360001234567", date(2026, 9, 20))]
    assert "by an id of its own" in receipt.warnings[0]
