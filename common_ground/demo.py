"""Builds the demo workspace: committed exports, agreements, decided links and a meeting."""

import csv
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from common_ground.ledger import Ledger, NewMeeting, NewVerdict, open_ledger
from common_ground.ledger.importing import import_agreements
from common_ground.settings import DEMO
from common_ground.warehouse.build import Build, Progress, build

REVIEWERS = ("Marian Okafor", "Jonas Lindqvist")
REVIEWED_OF_FIVE = 4  # the demo's two sides have looked at four of five asks without a key
DAYS_SINCE_MEETING = 14


def make_demo(workspace: Path, progress: Progress = lambda what, share: None) -> Build:
    """Build data/demo into a workspace and fill its ledger, once."""
    made = build(DEMO / "exports", workspace, DEMO / "decisions.toml", progress=progress)
    recorded_at = datetime.combine(made.data.as_of, time(9), tzinfo=UTC)
    ledger = open_ledger(workspace)
    import_agreements(ledger, DEMO / "agreements.csv", recorded_at)
    if ledger.verdicts().empty:
        _decide_links(ledger, made.data.mart("mart_asks"), recorded_at)
    if ledger.meetings().empty:
        held_on = made.data.as_of - timedelta(days=DAYS_SINCE_MEETING)
        note = "Agreed to look at the Q4 roadmap again before the quarter starts."
        meeting = NewMeeting(held_on, made.data.data_version, note, REVIEWERS[0])
        ledger.record_meeting(meeting, now=recorded_at)
    return made


def _decide_links(ledger: Ledger, asks: pd.DataFrame, now: datetime) -> None:
    """Links of the asks that name no item, as two people would have decided them."""
    unnamed = asks.loc[asks["item_key"].isna()].set_index("ask_id")["text"]
    with (DEMO / "links.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["ask_id"] in unnamed.index]
    for place, row in enumerate(rows):
        if place % 5 < REVIEWED_OF_FIVE:
            verdict = NewVerdict(
                "ask_feature" if row["kind"] == "ask_feature" else "ask_item",
                row["ask_id"],
                row["to_id"],
                "same",
                REVIEWERS[place % len(REVIEWERS)],
                from_text=str(unnamed[row["ask_id"]]),
            )
            ledger.decide(verdict, now=now)
