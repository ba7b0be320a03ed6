"""The shared KPIs: registry entry + mart -> values, with n, policy and what was left out."""

from common_ground.kpis.compute import (
    Source,
    by_segment,
    compute,
    compute_all,
    history,
    rows_behind,
    segments,
    target,
)
from common_ground.kpis.registry import AGREEMENTS, Definition, definition, definitions
from common_ground.kpis.values import Dropped, KpiValue, Second, as_json, wilson
from common_ground.kpis.windows import Window, month_ends, moved_to, parse_window, quarter_of

__all__ = [
    "AGREEMENTS",
    "Definition",
    "Dropped",
    "KpiValue",
    "Second",
    "Source",
    "Window",
    "as_json",
    "by_segment",
    "compute",
    "compute_all",
    "definition",
    "definitions",
    "history",
    "month_ends",
    "moved_to",
    "parse_window",
    "quarter_of",
    "rows_behind",
    "segments",
    "target",
    "wilson",
]
