"""Builds the demo workspace: the committed demo exports and a few agreements."""

from datetime import UTC, datetime, time
from pathlib import Path

from common_ground.ledger import open_ledger
from common_ground.ledger.importing import import_agreements
from common_ground.settings import DEMO
from common_ground.warehouse.build import Build, Progress, build


def make_demo(workspace: Path, progress: Progress = lambda what, share: None) -> Build:
    """Build data/demo into a workspace and bring its agreements into the ledger, once."""
    made = build(DEMO / "exports", workspace, DEMO / "decisions.toml", progress=progress)
    recorded_at = datetime.combine(made.data.as_of, time(9), tzinfo=UTC)
    import_agreements(open_ledger(workspace), DEMO / "agreements.csv", recorded_at)
    return made
