"""The shared KPIs: registry entry + mart -> values, with n, policy and what was left out."""

from common_ground.kpis.alternatives import Alternative, alternatives, signed_variants
from common_ground.kpis.asked import Point, Source, goals, has_few_parts
from common_ground.kpis.bridge import BRIDGE, bars, unexplained
from common_ground.kpis.compute import (
    all_at_points,
    as_history,
    at_points,
    by_segment,
    compute,
    compute_all,
    goal,
    history,
    known_kpis,
    month_points,
    one_over,
    rows_behind,
    segments,
    target,
)
from common_ground.kpis.policies import Policy, choices, policies
from common_ground.kpis.registry import AGREEMENTS, Definition, definition, definitions
from common_ground.kpis.signing import (
    SIGNING_SIDES,
    Signature,
    Standing,
    fingerprint,
    meaning,
    standing,
)
from common_ground.kpis.statement import DIMENSIONS, shown
from common_ground.kpis.targets import Goal
from common_ground.kpis.terms import DEFAULT_TERMS, Terms
from common_ground.kpis.values import Dropped, KpiValue, Second, as_json, wilson, window_json
from common_ground.kpis.views import COMPARISONS, View, days_offered, view
from common_ground.kpis.windows import (
    NAMED,
    Window,
    month_ends,
    moved_to,
    parse_window,
    period_before,
    quarter_of,
    year_before,
)

__all__ = [
    "AGREEMENTS",
    "BRIDGE",
    "bars",
    "unexplained",
    "COMPARISONS",
    "DEFAULT_TERMS",
    "DIMENSIONS",
    "NAMED",
    "SIGNING_SIDES",
    "Alternative",
    "Definition",
    "alternatives",
    "signed_variants",
    "Dropped",
    "Goal",
    "KpiValue",
    "Point",
    "Policy",
    "Second",
    "Signature",
    "Source",
    "Standing",
    "Terms",
    "View",
    "Window",
    "all_at_points",
    "as_history",
    "month_points",
    "as_json",
    "at_points",
    "by_segment",
    "choices",
    "compute",
    "compute_all",
    "days_offered",
    "definition",
    "definitions",
    "fingerprint",
    "goal",
    "goals",
    "one_over",
    "has_few_parts",
    "history",
    "known_kpis",
    "meaning",
    "month_ends",
    "moved_to",
    "parse_window",
    "period_before",
    "policies",
    "quarter_of",
    "rows_behind",
    "segments",
    "shown",
    "standing",
    "target",
    "view",
    "wilson",
    "window_json",
    "year_before",
]
