"""Builds the demo workspace: committed exports, agreements, decided links and a meeting."""

import csv
import shutil
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd

from common_ground import kpis, meeting
from common_ground.child import Tell, tell_nobody
from common_ground.ledger import Ledger, NewMeeting, NewSignature, NewVerdict, Side, open_ledger
from common_ground.ledger.importing import import_agreements
from common_ground.settings import DEMO
from common_ground.warehouse.build import Build, build
from common_ground.warehouse.published import read_pointer

REVIEWERS = ("Marian Okafor", "Jonas Lindqvist")
SIGNERS: Final[dict[Side, str]] = {"sales": REVIEWERS[0], "product": REVIEWERS[1]}
# KPI, side, and the rules it signed where they are not the default.
SIGNED: Final[tuple[tuple[str, Side, dict[str, str]], ...]] = (
    ("nrr", "sales", {}),
    ("nrr", "product", {}),
    ("request_to_ship_days", "sales", {}),
    ("request_to_ship_days", "product", {}),
    ("commitments_kept", "sales", {}),
    ("commitments_kept", "product", {}),
    ("activation_rate", "product", {}),
    ("win_rate", "sales", {}),
    ("win_rate", "product", {"denominator": "all"}),
)
REVIEWED_OF_FIVE = 4  # the demo's two sides have looked at four of five asks without a key
LAST_MEETING = date(2026, 10, 16)
# Exports that grew since: file -> the column with the day of a row, and how it is written.
GROWN = {
    "hubspot-crm-exports-all-deals.csv": ("Create Date", "%Y-%m-%d %H:%M"),
    "customer-requests.csv": ("Date", "%d/%m/%Y %H:%M"),
}


def make_demo(workspace: Path, progress: Tell = tell_nobody) -> Build:
    """Build data/demo into a workspace and fill its ledger, once.

    An empty workspace gets the data of the last meeting first, so that there is something to
    compare with.
    """
    if read_pointer(workspace) is None:
        _build_last_meeting(workspace, progress)
    ledger = open_ledger(workspace)
    accounts = meeting.account_verdicts(ledger.verdicts())
    made = build(
        DEMO / "exports", workspace, DEMO / "decisions.toml", progress=progress, accounts=accounts
    )
    recorded_at = datetime.combine(made.data.as_of, time(9), tzinfo=UTC)
    import_agreements(ledger, DEMO / "agreements.csv", recorded_at)
    if ledger.verdicts().empty:
        _decide_links(ledger, made.data.mart("mart_asks"), recorded_at)
    if ledger.signature_history().empty:
        _sign_definitions(ledger, recorded_at)
    if ledger.meetings().empty:
        note = "Agreed to look at the Q4 roadmap again before the quarter starts."
        held = NewMeeting(LAST_MEETING, max(1, made.data.data_version - 1), note, REVIEWERS[0])
        ledger.record_meeting(held, now=recorded_at)
    return made


def _build_last_meeting(workspace: Path, progress: Tell) -> None:
    """Build the exports without the rows that came after the last meeting."""
    with TemporaryDirectory() as folder:
        exports = Path(folder)
        for path in sorted((DEMO / "exports").iterdir()):
            if path.name in GROWN:
                _copy_until(path, exports / path.name, *GROWN[path.name])
            else:
                shutil.copy(path, exports)
        build(exports, workspace, DEMO / "decisions.toml", LAST_MEETING, progress)


def _copy_until(source: Path, target: Path, column: str, style: str) -> None:
    with source.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(
            row
            for row in rows
            if datetime.strptime(row[column], style).replace(tzinfo=UTC).date() <= LAST_MEETING
        )


def _sign_definitions(ledger: Ledger, now: datetime) -> None:
    """Some definitions signed by both sides, some by one, and one on which they differ."""
    for kpi, side, options in SIGNED:
        about = kpis.definition(kpi)
        signature = NewSignature(
            kpi=kpi,
            side=side,
            version=about.version,
            fingerprint=kpis.fingerprint(about, options),
            options=about.options(options),
            meaning=kpis.meaning(about, options),
            signed_by=SIGNERS[side],
        )
        ledger.sign(signature, now=now)


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
