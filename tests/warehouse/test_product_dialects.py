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
