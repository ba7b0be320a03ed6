"""Small frames with the columns of the evidence marts, for tests of the overlap."""

from datetime import date

import pandas as pd

from common_ground.analysis import matching

AS_OF = date(2026, 8, 31)


def items(*rows):
    """Each row: item_id, title, area, status, reach_own, impact, confidence."""
    frame = pd.DataFrame(
        rows, columns=["item_id", "title", "area", "status", "reach_own", "impact", "confidence"]
    )
    return frame.assign(
        description=None,
        effort_low=None,
        effort_likely=3.0,
        effort_high=None,
        effort=3.0,
        horizon=None,
        planned_quarter=None,
        is_planned=frame["status"].isin(["planned", "in_progress"]),
        released_date=pd.NaT,
    )


def asks(*rows):
    """Each row: ask_id, text, account_id, deal_id, item_key, is_blocker."""
    frame = pd.DataFrame(
        rows, columns=["ask_id", "text", "account_id", "deal_id", "item_key", "is_blocker"]
    )
    return frame.assign(
        source="requests.csv",
        side="sales",
        account_name=frame["account_id"],
        segment="Large",
        title=None,
        votes=None,
        asked_date=pd.Timestamp("2026-05-01"),
        asked_by="Kim",
        merged_into=None,
    )


def deals(*rows):
    """Each row: deal_id, account_id, amount, stage."""
    frame = pd.DataFrame(rows, columns=["deal_id", "account_id", "amount", "stage"])
    return frame.assign(
        account_name=frame["account_id"],
        segment="Large",
        name=frame["deal_id"],
        stage_label=frame["stage"],
        deal_type="new",
        probability=0.5,
        owner="Kim",
        created_date=pd.Timestamp("2026-01-01"),
        closed_date=pd.Timestamp("2026-10-01"),
        is_open=frame["stage"].isin(["open", "qualified"]),
        is_won=frame["stage"].eq("won"),
        is_lost=frame["stage"].eq("lost"),
    )


def features(*rows):
    """Each row: feature_id, name, area."""
    frame = pd.DataFrame(rows, columns=["feature_id", "name", "area"], dtype=object)
    return frame.assign(description=None, released_date=pd.NaT)


def use(*rows):
    """Each row: account_id, feature_id, area, active_weeks, events_28d, events_prior_28d."""
    columns = [
        "account_id",
        "feature_id",
        "area",
        "active_weeks",
        "events_28d",
        "events_prior_28d",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    if not rows:
        frame = frame.astype(dict.fromkeys(columns[3:], float))
    return frame.assign(last_day=pd.Timestamp("2026-08-30"))


def area_reach(*rows):
    """Each row: area, active_accounts, active_accounts_prior."""
    frame = pd.DataFrame(rows, columns=["area", "active_accounts", "active_accounts_prior"])
    return frame if rows else frame.astype(dict.fromkeys(frame.columns[1:], float))


def verdicts(*rows):
    """Each row: kind, from_id, to_id, verdict, decided_by."""
    return pd.DataFrame(
        rows, columns=["kind", "from_id", "to_id", "verdict", "decided_by"], dtype=object
    )


def same_asks_of(of_asks, of_verdicts=None):
    return matching.suggest_same_asks(of_asks, verdicts() if of_verdicts is None else of_verdicts)


def links_of(of_asks, of_items, of_features=None, of_verdicts=None):
    """Links as the program suggests them."""
    return matching.suggest_links(
        of_asks,
        of_items,
        features() if of_features is None else of_features,
        verdicts() if of_verdicts is None else of_verdicts,
    )
