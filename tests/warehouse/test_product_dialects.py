"""What usage, backlog and request tools export becomes the values those tools show."""

import json
from pathlib import Path

import duckdb

from common_ground.warehouse import staging
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


def test_a_mixpanel_event_sent_twice_is_one_event(tmp_path):
    sent = {"time": 1759303800, "distinct_id": "u", "$insert_id": "i", "company_id": "8001"}
    later = {**sent, "time": 1759303801}
    lines = [json.dumps({"event": "Opened", "properties": each}) for each in (sent, sent, later)]
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(lines))
    found, _ = staged(path, "usage_events", "line")
    assert found == [(1,), (3,)]
