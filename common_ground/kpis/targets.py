"""The goals KPIs are held against: those exports brought, and those people set in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from common_ground.kpis.windows import Window, period_days


@dataclass(frozen=True)
class Goal:
    """A target of a KPI for a period.

    Attributes:
        kpi: id in the registry.
        period: 2026, 2026-Q3 or 2026-08, years and quarters fiscal.
        segment: "" for all.
        target: in the unit of the KPI.
        days: of the period.
        set_by: who set it; "" where nobody is named.
        is_edited: True for the ledger's, which go before those of exports.
    """

    kpi: str
    period: str
    segment: str
    target: Decimal
    days: Window
    set_by: str
    is_edited: bool


def goals(exported: pd.DataFrame, edited: pd.DataFrame, fiscal_year_start_month: int) -> list[Goal]:
    """Every goal whose period can be read, those of the ledger in place of those of exports.

    Args:
        exported: kpi, period, segment, target, set_by, see mart_targets.
        edited: kpi, period, segment, target (None: taken back), set_by, as the ledger has them.
        fiscal_year_start_month: 1 to 12.

    Returns:
        Ordered by KPI, first day and length of the period, and segment.
    """
    found: dict[tuple[str, str, str], Goal | None] = {}
    for frame, is_edited in ((exported, False), (edited, True)):
        for row in frame.to_dict("records"):
            key = (str(row["kpi"]), str(row["period"]), str(row["segment"] or ""))
            days = period_days(key[1], fiscal_year_start_month)
            if days is None:
                continue
            found[key] = _goal(key, row["target"], days, row["set_by"], is_edited)
    known = [goal for goal in found.values() if goal is not None]
    return sorted(
        known, key=lambda goal: (goal.kpi, _first(goal.days), goal.days.end, goal.segment)
    )


def _goal(
    key: tuple[str, str, str],
    target: Any,  # noqa: ANN401
    days: Window,
    set_by: Any,  # noqa: ANN401
    is_edited: bool,
) -> Goal | None:
    if pd.isna(target):
        return None
    who = "" if pd.isna(set_by) else str(set_by)
    return Goal(*key, Decimal(str(target)), days, who, is_edited)


def best(
    found: Sequence[Goal],
    kpi: str,
    segment: str | None,
    window: Window,
    span: Window,
    adds_up: bool,
) -> Goal | None:
    """The goal a value is held against; None where none is set.

    Of the goals whose period holds the window's last day, the one whose period is most like the
    window in length.

    Args:
        found: of all KPIs.
        kpi: whose.
        segment: None for all.
        window: as the reader chose it.
        span: the days the KPI is about.
        adds_up: a KPI that adds up over its window compares only with a goal for that very period.
    """
    last = window.last_day
    mine = [
        goal
        for goal in found
        if goal.kpi == kpi
        and goal.segment == (segment or "")
        and _first(goal.days) <= last < goal.days.end
        and (not adds_up or goal.days == span)
    ]
    length = (span.end - (window.start or date(1900, 1, 1))).days
    return min(mine, key=lambda goal: abs(_length(goal.days) - length), default=None)


def of_period(found: Sequence[Goal], kpi: str, days: Window) -> list[Goal]:
    """Goals of a KPI for one period, each segment's."""
    return [goal for goal in found if goal.kpi == kpi and goal.days == days]


def _first(days: Window) -> date:
    assert days.start is not None
    return days.start


def _length(days: Window) -> int:
    return (days.end - _first(days)).days
