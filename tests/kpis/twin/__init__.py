"""Every KPI a second time, in plain Python, written from the definitions and not from the SQL.

The canonical tables are its input. What the definitions leave open is one line a rule in the
module that needs it, so that a difference to the SQL can be settled by reading.
"""

from tests.kpis.twin import answers, deals, requests, revenue, usage
from tests.kpis.twin.base import DEFAULTS, Asked, Figure, read

MODULES = {
    deals: (
        "win_rate", "win_rate_amount", "won_amount", "average_won_deal", "sales_cycle_days",
        "pipeline_open", "pipeline_coverage", "sales_velocity", "blocked_win_rate",
    ),
    revenue: (
        "mrr", "arr", "carr", "arr_bridge", "nrr", "grr", "renewal_rate", "logo_churn",
    ),
    usage: (
        "activation_rate", "time_to_value_days", "wau", "mau", "stickiness", "adoption_breadth",
        "adoption_depth", "feature_coverage", "pql_to_win",
    ),
    requests: ("request_to_ship_days", "commitments_kept", "agreed_to_ship_days"),
    answers: ("csat", "nps"),
}  # fmt: skip
FIGURES = {name: getattr(module, name) for module, names in MODULES.items() for name in names}

MONEY = (
    "mrr", "arr", "carr", "arr_bridge", "nrr", "grr", "renewal_rate", "won_amount",
    "average_won_deal", "win_rate_amount", "pipeline_open", "pipeline_coverage", "sales_velocity",
)  # fmt: skip
RECURRING = ("mrr", "arr", "carr", "arr_bridge", "nrr", "grr", "renewal_rate")
OUTCOMES = ("win_rate", "win_rate_amount", "won_amount", "average_won_deal", "sales_cycle_days")
MONTHS = ("mau", "stickiness", "adoption_breadth", "adoption_depth", "feature_coverage")
# Option and a choice beside its default -> KPIs it changes; all others are at the default.
CHOICES = {
    ("currency", "floating"): MONEY,
    ("discounts", "list"): RECURRING,
    ("instant", "first_day"): ("mrr", "arr"),
    ("reactivation", "lost"): ("nrr", "logo_churn"),
    ("moves", "each_change"): ("grr", "arr_bridge"),
    ("churn_date", "cancellation"): ("logo_churn",),
    ("denominator", "all"): ("win_rate", "win_rate_amount"),
    ("reopened", "first"): OUTCOMES,
    ("cycle_start", "qualified"): ("sales_cycle_days",),
    ("average", "mean"): ("sales_cycle_days", "time_to_value_days", "request_to_ship_days"),
    ("month_days", 30): MONTHS,
    ("idle_days", 30): ("sales_velocity",),
    ("idle_days", 90): ("sales_velocity",),
    ("goal", "whole"): ("pipeline_coverage",),
}

__all__ = ["CHOICES", "DEFAULTS", "FIGURES", "Figure", "figures", "read"]


def figures(tables, kpi, window, part=None, by="segment", options=None, agreements=None):
    """One KPI of the tables that `read` gives, in a window, of all or of one part.

    An option that does not name the KPI changes nothing, also where the KPI is made of others.
    """
    heard = {name for (name, _), changed in CHOICES.items() if kpi in changed}
    taken = {name: choice for name, choice in (options or {}).items() if name in heard}
    return FIGURES[kpi](Asked(tables, window, part, by, taken, agreements))
