"""The rows shown behind a KPI make its value again, in plain pandas and nothing but those rows."""

from dataclasses import dataclass

import pandas as pd
import pytest

from common_ground import kpi_lines, kpis
from common_ground.ledger import open_ledger
from common_ground.warehouse.published import open_published
from tests.kpis.worlds import busy

WINDOWS = ("trailing_12_months", "quarter", "last_quarter", "all")
WEEK = pd.Timedelta(days=7)
QUARTER_OF_A_YEAR = pd.Timedelta(days=90)


@dataclass(frozen=True)
class Behind:
    """The rows that count, and what they are read under."""

    rows: pd.DataFrame
    options: dict[str, str]
    last_day: pd.Timestamp

    def where(self, column):
        return self.rows[self.rows[column].fillna(False).astype(bool)]


# ---- formulas of kpis.toml, read in words


def over(part, whole):
    return float(part) / float(whole) if whole else None


def said(number):
    return None if pd.isna(number) else float(number)


def typical(behind, column):
    days = behind.rows[column]
    return said(days.mean() if behind.options.get("average") == "mean" else days.median())


def win_rate(behind):
    return over(len(behind.where("is_won")), len(behind.rows))


def win_rate_amount(behind):
    lost, won = behind.where("is_lost"), behind.where("is_won")
    if lost["amount"].isna().sum() > 0.1 * len(lost):
        return None
    return over(won["amount"].sum(), behind.rows["amount"].sum())


def pipeline_coverage(behind):
    goal = behind.rows["target_amount"].sum()
    won = 0 if behind.options["goal"] == "whole" else behind.rows["won_amount"].sum()
    return over(behind.rows["open_amount"].sum(), max(float(goal) - float(won), 0))


def sales_velocity(behind):
    won, lost = behind.where("is_won"), behind.where("is_lost")
    moving, cycle = len(behind.where("is_moving")), won["cycle_days"].median()
    if not moving or won["amount"].isna().all() or pd.isna(cycle) or not cycle:
        return None
    return moving * len(won) / (len(won) + len(lost)) * won["amount"].mean() / cycle


def nrr(behind):
    is_lost = behind.options["reactivation"] == "lost"
    kept = behind.rows["cohort_end_arr" if is_lost else "end_arr"]
    return over(kept.sum(), behind.rows["start_arr"].sum())


def grr(behind):
    rows = behind.rows
    kept = rows[["start_arr", "end_arr"]].min(axis=1)
    if behind.options["moves"] == "each_change":
        kept = rows["start_arr"] - rows["contraction_arr"] - rows["churn_arr"]
    return over(kept.sum(), rows["start_arr"].sum())


def logo_churn(behind):
    is_gone = behind.rows["end_arr"] == 0
    if (behind.options["churn_date"], behind.options["reactivation"]) != (
        "contract_end",
        "counted",
    ):
        is_gone = behind.rows["is_lost"].astype(bool)
    return over(is_gone.sum(), len(behind.rows))


def arr_bridge(behind):
    return float(behind.rows["end_arr"].sum() - behind.rows["start_arr"].sum())


def arr(behind):
    return float(behind.rows["arr"].sum())


def blocked_win_rate(behind):
    blocked = behind.where("has_unmet_blocker")
    return over(blocked["is_won"].sum(), len(blocked))


def pql_to_win(behind):
    rows = behind.rows
    return over((rows["won_date"] - rows["pql_date"] < QUARTER_OF_A_YEAR).sum(), len(rows))


def days_to_value(behind):
    return (behind.rows["first_value_date"] - behind.rows["first_contract_date"]).dt.days


def time_to_value_days(behind):
    days = days_to_value(behind)
    return said(days.mean() if behind.options["average"] == "mean" else days.median())


def active_in_week(behind):
    return int((behind.rows["last_day"] > behind.last_day - WEEK).sum())


def adoption_depth(behind):
    return said(behind.where("is_used")["uses_per_week"].median())


def feature_coverage(behind):
    return said(behind.rows.groupby("account_id")["is_used"].mean().median())


def csat(behind):
    return over((behind.rows["score"] >= 4).sum(), len(behind.rows))


def nps(behind):
    score = behind.rows["score"]
    return over(100 * int((score >= 9).sum() - (score <= 6).sum()), len(score))


def commitments_kept(behind):
    rows = behind.rows
    in_time = (rows["status"] == "kept") & (rows["done_date"] <= rows["due_date"])
    return over(in_time.sum(), len(rows))


RECOUNTED = {
    "win_rate": win_rate,
    "pipeline_coverage": pipeline_coverage,
    "sales_cycle_days": lambda behind: typical(behind, "cycle_days"),
    "won_amount": lambda behind: float(behind.rows["amount"].sum()),
    "average_won_deal": lambda behind: said(behind.rows["amount"].mean()),
    "win_rate_amount": win_rate_amount,
    "pipeline_open": lambda behind: float(behind.rows["amount"].sum()),
    "sales_velocity": sales_velocity,
    "nrr": nrr,
    "request_to_ship_days": lambda behind: typical(behind, "lead_days"),
    "commitments_kept": commitments_kept,
    "grr": grr,
    "logo_churn": logo_churn,
    "arr_bridge": arr_bridge,
    "arr": arr,
    "mrr": lambda behind: arr(behind) / 12,
    "carr": arr,
    "renewal_rate": lambda behind: over(
        behind.rows["renewed_arr"].sum(), behind.rows["up_arr"].sum()
    ),
    "blocked_win_rate": blocked_win_rate,
    "pql_to_win": pql_to_win,
    "agreed_to_ship_days": lambda behind: typical(behind, "days_taken"),
    "activation_rate": lambda behind: over(len(behind.where("is_activated")), len(behind.rows)),
    "adoption_breadth": lambda behind: over(len(behind.where("is_used")), len(behind.rows)),
    "stickiness": lambda behind: over(active_in_week(behind), len(behind.rows)),
    "time_to_value_days": time_to_value_days,
    "wau": lambda behind: float(len(behind.rows)),
    "mau": lambda behind: float(len(behind.rows)),
    "adoption_depth": adoption_depth,
    "feature_coverage": feature_coverage,
    "csat": csat,
    "nps": nps,
}


# ---- what a value rests on, where that is not simply its rows


def accounts_paying(behind):
    return behind.rows.loc[behind.rows["arr"] > 0, "account_id"].nunique()


def accounts(behind):
    return behind.rows["account_id"].nunique()


RESTS_ON = {
    "pipeline_coverage": lambda behind: int(
        (behind.rows["is_deal"] & behind.rows["is_open"]).sum()
    ),
    "win_rate_amount": lambda behind: behind.rows["amount"].notna().sum(),
    "sales_velocity": lambda behind: len(behind.where("is_won")) + len(behind.where("is_lost")),
    "arr": accounts_paying,
    "mrr": accounts_paying,
    "carr": accounts_paying,
    "blocked_win_rate": lambda behind: len(behind.where("has_unmet_blocker")),
    "adoption_breadth": accounts,
    "feature_coverage": accounts,
    "time_to_value_days": lambda behind: days_to_value(behind).notna().sum(),
}

# Left out by account, although a row is an account and a feature
BY_ACCOUNT = ("adoption_breadth", "feature_coverage")


# ---- second numbers


def bars(behind):
    total = behind.rows.sum(numeric_only=True)
    return {
        "at the start": total["start_arr"],
        "new": total["new_arr"],
        "returned": total["reactivation_arr"],
        "expansion": total["expansion_arr"],
        "contraction": -total["contraction_arr"],
        "lost": -total["churn_arr"],
        "exchange rates": total["rate_arr"],
        "at the end": total["end_arr"],
    }


def shares_there(behind):
    days = days_to_value(behind)
    seen = (behind.last_day - behind.rows["first_contract_date"]).dt.days
    there = {
        f"there by day {by}": over((days[seen >= by] <= by).sum(), (seen >= by).sum())
        for by in (30, 60, 90)
    }
    return there | {"not there yet": days.isna().sum()}


def all_other_deals(behind):
    others = behind.rows[~behind.rows["has_unmet_blocker"].astype(bool)]
    won = others["is_won"].sum()
    return {"win rate of other deals": over(won, len(others)), "other deals closed": len(others)}


def without_amount(behind):
    is_closed = ~behind.rows["is_open"].astype(bool)
    return {"deals without an amount": (is_closed & behind.rows["amount"].isna()).sum()}


def won_that_tell_too_little(behind):
    won = behind.where("is_won")
    return {
        "won without an amount": won["amount"].isna().sum(),
        "won without days to the win": won["cycle_days"].isna().sum(),
    }


BESIDE = {
    "sales_velocity": won_that_tell_too_little,
    "arr_bridge": bars,
    "time_to_value_days": shares_there,
    "request_to_ship_days": lambda behind: {
        "85 % released within": said(behind.rows["lead_days"].quantile(0.85))
    },
    "blocked_win_rate": all_other_deals,
    "win_rate_amount": without_amount,
}


# ---- worlds


def agreement(number, status, due, closed=None, delivered=None):
    return {
        "agreement_id": number,
        "title": f"Promise {number}",
        "sales_owner": "Ada",
        "product_owner": "Ben",
        "status": status,
        "due_date": due,
        "created_at": "2026-02-03T09:30:00",
        "closed_at": closed,
        "closed_date": closed,
        "delivered_date": delivered,
    }


PROMISES = pd.DataFrame(
    [
        agreement("A1", "kept", "2026-05-01", "2026-05-06", delivered="2026-04-30"),
        agreement("A2", "kept", "2026-05-01", "2026-05-02"),
        agreement("A3", "kept", "2025-09-30", "2026-06-03"),
        agreement("A4", "missed", "2026-05-10", "2026-05-12"),
        agreement("A5", "open", "2026-06-30"),
        agreement("A6", "open", "2026-04-30"),
        agreement("A7", "renegotiated", "2026-04-20", "2026-04-19"),
        agreement("A8", "withdrawn", "2025-12-24", "2025-12-01"),
        agreement("A9", "draft", "2026-06-01"),
    ]
)


@pytest.fixture(scope="module")
def worlds(demo_workspace):
    """Two worlds, each with its data and the agreements made in it."""
    ledger = kpi_lines.terms(open_ledger(demo_workspace))
    published = open_published(demo_workspace)
    yield {"busy": (busy(), PROMISES), "demo": (published, ledger.agreements)}
    published.close()


@dataclass(frozen=True)
class Asked:
    """A KPI as a reader asks for it."""

    window: str = "trailing_12_months"
    by: str = "segment"
    segment: str | None = None
    policies: tuple[tuple[str, str], ...] = ()


def other_options(kpi):
    """Every option but the default of each policy the KPI follows, and all the last at once."""
    choices = kpis.definition(kpi).choices
    single = [((policy.policy, option),) for policy in choices for option, _ in policy.options[1:]]
    together = tuple((policy.policy, policy.options[-1][0]) for policy in choices)
    return [*single, together] if len(choices) > 1 else single


def every_way(data, kpi):
    """All windows, a part of each division people made, and every other rule, in all and a part."""
    parts = [("segment", kpis.segments(data)[0])]
    region = kpis.segments(data, "region")[0]
    if not region.startswith("("):
        parts.append(("region", region))
    ways = [Asked(window) for window in WINDOWS]
    ways += [Asked(by=by, segment=part) for by, part in parts]
    for options in other_options(kpi):
        ways += [Asked(policies=options), Asked("all", *parts[-1], policies=options)]
    return ways


def looked_up(data, agreements, kpi, asked):
    """The value, the rows behind it that count, and those left out."""
    window = kpis.parse_window(asked.window, data.as_of, data.fiscal_year_start_month)
    terms = kpis.Terms(agreements=agreements, policies=dict(asked.policies))
    value = kpis.compute(data, kpi, window, asked.segment, terms, asked.by)
    rows = kpis.rows_behind(data, kpi, window, asked.segment, terms, asked.by)
    counted = rows[rows["left_out"].isna()]
    behind = Behind(counted, dict(value.options), pd.Timestamp(window.last_day))
    return value, behind, rows[rows["left_out"].notna()]


every_kpi = pytest.mark.parametrize("kpi", kpis.known_kpis())
both_worlds = pytest.mark.parametrize("name", ["busy", "demo"])


def test_every_kpi_can_be_recounted_and_so_can_its_second_numbers():
    known = [kpis.definition(kpi) for kpi in kpis.known_kpis()]
    assert set(RECOUNTED) == {found.kpi for found in known}
    assert set(BESIDE) == {found.kpi for found in known if found.beside}


@every_kpi
@both_worlds
def test_rows_behind_a_value_make_it_again(worlds, name, kpi):
    data, agreements = worlds[name]
    for asked in every_way(data, kpi):
        value, behind, left_out = looked_up(data, agreements, kpi, asked)
        again = RECOUNTED[kpi](behind)
        assert value.computed == same(again), asked
        assert value.n == RESTS_ON.get(kpi, lambda told: len(told.rows))(behind), asked
        assert {part.reason: part.rows for part in value.dropped} == reasons(kpi, left_out), asked


@pytest.mark.parametrize("kpi", list(BESIDE))
def test_rows_behind_a_value_make_its_second_numbers_again(worlds, kpi):
    data, agreements = worlds["demo"]
    found = [looked_up(data, agreements, kpi, asked) for asked in every_way(data, kpi)]
    shown = [(value, behind) for value, behind, _ in found if value.state == "ok"]
    assert shown
    for value, behind in shown:
        beside = {part.label: part.value for part in value.beside}
        again = {label: same(part) for label, part in BESIDE[kpi](behind).items()}
        assert beside == again, value


def same(number):
    return None if number is None else pytest.approx(float(number), rel=1e-9, abs=1e-9)


def reasons(kpi, left_out):
    if kpi in BY_ACCOUNT:
        return left_out.groupby("left_out")["account_id"].nunique().to_dict()
    return left_out["left_out"].value_counts().to_dict()


@every_kpi
def test_one_of_the_worlds_gives_each_kpi_a_value(worlds, kpi):
    found = [looked_up(data, made, kpi, Asked())[0].computed for data, made in worlds.values()]
    assert any(found), found


@pytest.mark.parametrize("window", WINDOWS)
def test_monthly_amounts_of_the_rows_are_the_monthly_revenue_to_the_cent(worlds, window):
    for data, agreements in worlds.values():
        value, behind, _ = looked_up(data, agreements, "mrr", Asked(window))
        assert value.computed == pytest.approx(float(behind.rows["mrr"].sum()), abs=0.01)
