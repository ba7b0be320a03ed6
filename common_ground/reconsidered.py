"""What the last change of assumptions did to the plan: the trade before it, beside the one now."""

from dataclasses import dataclass, replace

import pandas as pd

from common_ground import meeting
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.overlap import Overlap
from common_ground.analysis.plan_inputs import Choices
from common_ground.errors import PlanError
from common_ground.ledger.assumptions import standing
from common_ground.meeting import Decided
from common_ground.warehouse.published import Data


@dataclass(frozen=True)
class LastChange:
    """The last values assumed or taken back together, and the trade before them.

    Attributes:
        rows: of the assumption history, those about items, in the order assumed.
        values_before: what was assumed of each row before; None for the export's value.
        before: the trade under the same choices; None where no plan kept all rules.
    """

    rows: pd.DataFrame
    values_before: tuple[float | None, ...]
    before: Bargain | None


def last_change(
    data: Data, decided: Decided, history: pd.DataFrame, known: Overlap, choices: Choices
) -> LastChange | None:
    """What was assumed last about items, and the trade there was before.

    Args:
        data: published data.
        decided: what the ledger holds.
        history: see `Ledger.assumption_history`.
        known: the overlap, for which deals wait for what; assumptions do not change that.
        choices: as on the page.

    Returns:
        None where nobody ever assumed anything about an item.
    """
    of_items = history.loc[history["item_id"] != ""]
    if of_items.empty:
        return None
    last = of_items["set_at"].max()
    rows = of_items.loc[of_items["set_at"] == last].reset_index(drop=True)
    earlier = standing(history.loc[history["set_at"] < last])
    stood = {
        (row["item_id"], row["field"]): float(row["value"]) for row in earlier.to_dict("records")
    }
    try:
        before = meeting.bargain(data, replace(decided, assumptions=earlier), known, choices)
    except PlanError:
        before = None
    pairs = zip(rows["item_id"], rows["field"], strict=True)
    return LastChange(rows, tuple(stood.get(pair) for pair in pairs), before)
