"""What the ledger holds that KPIs depend on: agreements, policies, targets, signatures."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from common_ground.kpis.policies import settled_options
from common_ground.kpis.promises import NO_AGREEMENTS

NO_TARGETS = pd.DataFrame(columns=["kpi", "period", "segment", "target", "set_by"])
NO_SIGNATURES = pd.DataFrame(
    columns=["kpi", "side", "version", "fingerprint", "options", "meaning", "signed_by"]
)


@dataclass(frozen=True)
class Terms:
    """What both sides have agreed on, as frames of the ledger.

    Attributes:
        agreements: as `Ledger.agreements` returns them.
        policies: option by policy; the default holds for those not named.
        targets: as `Ledger.targets` returns them; they go before those of exports.
        signatures: as `Ledger.signatures` returns them.

    Raises:
        DecisionError: a policy or option nobody knows.
    """

    agreements: pd.DataFrame = field(default_factory=lambda: NO_AGREEMENTS)
    policies: Mapping[str, str] = field(default_factory=dict)
    targets: pd.DataFrame = field(default_factory=lambda: NO_TARGETS)
    signatures: pd.DataFrame = field(default_factory=lambda: NO_SIGNATURES)

    def __post_init__(self) -> None:
        settled_options(self.policies)

    @cached_property
    def standing_signatures(self) -> Mapping[tuple[str, str], Mapping[Hashable, Any]]:
        """The last row of `signatures` by KPI and side."""
        rows = self.signatures.to_dict("records")
        return {(str(row["kpi"]), str(row["side"])): row for row in rows}


DEFAULT_TERMS = Terms()
