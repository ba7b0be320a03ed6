"""Settings of one run: where things are, and thresholds a mediator may argue about."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
QUERIES = PROJECT / "queries"
DEMO = PROJECT / "data" / "demo"


@dataclass(frozen=True)
class Settings:
    """Where the workspace is, and the thresholds pages show beside what they decide.

    Attributes:
        workspace: folder with the warehouse, the decisions and the ledger.
        stale_after_days: an export whose last date is older than this is called stale.
        link_level: suggested links count in figures from this score (0..1) up.
        capacity_weeks: person-weeks a quarter the Compromise page starts with.
        sales_share: share of capacity sales fills when there is no deal and no roadmap.
        recovery_share: part of lost money taken to come back with what it asked for; an
            assumption, shown beside the lost money and added to nothing.
        renewal_within_days: contracts that end within this many days are renewals at risk.
        encoder: folder with a sentence encoder (see `encoder`); None suggests links without one.
    """

    workspace: Path = PROJECT / "workspace"
    stale_after_days: int = 45
    link_level: float = 0.2
    capacity_weeks: int = 40
    sales_share: float = 0.5
    recovery_share: float = 0.0
    renewal_within_days: int = 180
    encoder: Path | None = None

    def __post_init__(self) -> None:
        for name in ("link_level", "sales_share", "recovery_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be between 0 and 1, not {getattr(self, name)}")
        for name in ("stale_after_days", "capacity_weeks", "renewal_within_days"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)}")


def from_environment() -> Settings:
    """Settings with the folders the environment names.

    COMMON_GROUND_WORKSPACE is the workspace, else ./workspace; COMMON_GROUND_ENCODER a sentence
    encoder, else none.
    """
    workspace = os.environ.get("COMMON_GROUND_WORKSPACE")
    encoder = os.environ.get("COMMON_GROUND_ENCODER")
    return Settings(
        workspace=Path(workspace) if workspace else Settings.workspace,
        encoder=Path(encoder) if encoder else None,
    )
