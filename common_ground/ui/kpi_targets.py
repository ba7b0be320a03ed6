"""Targets of a KPI: a table people edit, or a file with many; both go into the ledger."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground import kpis
from common_ground.charts import format
from common_ground.errors import LedgerError
from common_ground.ledger import NewTarget
from common_ground.ui import cache, html, ledger_forms

_ALL: Final = "All"
_COLUMNS: Final = ("period", "segment", "target", "set_by")


@st.dialog("Targets", width="large")
def edit(kpi: str) -> None:
    """The targets of a KPI by period and segment, with who set each."""
    about = kpis.definition(kpi)
    known = _known(kpi)
    refusal = st.empty()
    unit = "a share, 0.35 is 35 %" if about.unit == "share" else about.unit.replace("_", " ")
    html.show(
        html.heading(about.label, unit),
        html.note(
            "Periods: 2026 (fiscal year), 2026-Q3 (fiscal quarter) or 2026-08. Take a row away to "
            "remove its target. To bring many at once, drop a targets file on the Data page."
        ),
    )
    edited = st.data_editor(
        known,
        num_rows="dynamic",
        hide_index=True,
        key=f"targets_{kpi}_{cache.ledger_state()}",
        column_config={
            "period": st.column_config.TextColumn("Period", required=True),
            "segment": st.column_config.SelectboxColumn(
                "Segment", options=[_ALL, *cache.cached_with_data(kpis.segments)], required=True
            ),
            "target": st.column_config.NumberColumn("Target", required=True, format="plain"),
            "set_by": st.column_config.TextColumn("Set by", disabled=True),
        },
    )
    by = ledger_forms.name("targets")
    if st.button("Keep these targets", type="primary"):
        ledger_forms.store(refusal, by, lambda: _keep(changes(kpi, known, edited, by)))


def _keep(targets: list[NewTarget]) -> str:
    if not targets:
        return "Nothing was changed."
    stored = cache.ledger().set_targets(targets, now=datetime.now(UTC))
    return f"{format.plural(stored, 'target')} written down."


def _known(kpi: str) -> pd.DataFrame:
    found = [goal for goal in kpis.goals(cache.published(), cache.terms()) if goal.kpi == kpi]
    rows = [(goal.period, goal.segment or _ALL, float(goal.target), goal.set_by) for goal in found]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype({"period": "str", "segment": "str", "target": "float64", "set_by": "str"})


def changes(kpi: str, known: pd.DataFrame, edited: pd.DataFrame, by: str) -> list[NewTarget]:
    """What must be written down so that the edited rows hold.

    Args:
        kpi: whose targets.
        known: period, segment, target, set_by as they hold now.
        edited: the same after a person changed it.
        by: who did.

    Raises:
        LedgerError: a row lacks its period or its target, or the ledger refuses it.
    """
    before = {
        (_text(row["period"]), _text(row["segment"])): float(row["target"])
        for row in known.to_dict("records")
    }
    after: dict[tuple[str, str], float] = {}
    for place, row in enumerate(edited.to_dict("records"), start=1):
        key = (_text(row["period"]), _text(row["segment"]))
        if not key[0] or pd.isna(row["target"]):
            raise LedgerError(
                f"Row {place} needs a period and a target. Fill in both, or take it away."
            )
        if key in after:
            raise LedgerError(
                f"Row {place} sets the target of {key[0]}, {key[1] or 'all segments'}, a second "
                "time. Keep one of them."
            )
        after[key] = float(row["target"])
    new = [
        NewTarget(kpi, period, segment, _exact(target), by)
        for (period, segment), target in after.items()
        if before.get((period, segment)) != target
    ]
    gone = [
        NewTarget(kpi, period, segment, None, by)
        for period, segment in before
        if (period, segment) not in after
    ]
    return new + gone


def _text(cell: Any) -> str:  # noqa: ANN401
    text = "" if pd.isna(cell) else str(cell).strip()
    return "" if text == _ALL else text


def _exact(number: float) -> Decimal:
    try:
        return Decimal(str(number))
    except InvalidOperation as error:
        raise LedgerError(f"The target {number!r} is no number. Correct it.") from error
