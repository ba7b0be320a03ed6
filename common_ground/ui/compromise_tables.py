"""The lists of Compromise: the plan item by item, what is declined, the plans of the chart."""

import pandas as pd
import streamlit as st

from common_ground.analysis import nash
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.bargaining import Compromise
from common_ground.analysis.declined import Declined, DeclinedAccount
from common_ground.analysis.plans import TENTHS
from common_ground.analysis.robustness import Drawn


def declined_table(rows: tuple[Declined, ...]) -> pd.DataFrame:
    """What is left out: one row an item, most money first."""
    return pd.DataFrame(
        [
            {
                "item_id": row.item_id,
                "item": row.title,
                "money": row.sales,
                "accounts": row.product / TENTHS,
                "weeks": None if row.effort is None else row.effort / TENTHS,
                "customers": ", ".join(row.accounts),
                "reason": row.reason,
                "reopens": row.reopens,
            }
            for row in rows
        ],
        columns=[
            "item_id",
            "item",
            "money",
            "accounts",
            "weeks",
            "customers",
            "reason",
            "reopens",
        ],
    )


def declined_columns(currency: str) -> dict[str, object]:
    """How the columns of `declined_table` are shown."""
    return {
        "item_id": "Key",
        "item": st.column_config.TextColumn("Item", width="medium"),
        "money": st.column_config.NumberColumn(f"Waiting, {currency} expected", format="localized"),
        "accounts": st.column_config.NumberColumn("Accounts, weighted", format="%.1f"),
        "weeks": st.column_config.NumberColumn("Weeks with what it needs", format="%.1f"),
        "customers": "Customers",
        "reason": st.column_config.TextColumn("Why not now", width="large"),
        "reopens": st.column_config.TextColumn("What would reopen it", width="large"),
    }


def plan_table(of: Bargain, drawn: Drawn | None) -> pd.DataFrame:
    """The compromise, what goes out for it and what comes near it: one row an item.

    Args:
        of: the bargain.
        drawn: bargains struck anew; None while they are not known.
    """
    problem = of.prepared.problem
    before, after = set(of.found.no_deal.plan.items), set(of.found.compromise.items)
    shares = {} if drawn is None else {item.item_id: item for item in drawn.items}
    near = {i for i, item in shares.items() if item.standing == "borderline"}
    rows = [
        {
            "item_id": item_id,
            "item": problem.title(item_id),
            "change": _change(item_id in before, item_id in after),
            "weeks": problem.by_id[item_id].effort / TENTHS,
            "accounts": problem.by_id[item_id].product / TENTHS,
            "waits": sum(item_id in deal.blockers for deal in problem.deals),
            "needs": ", ".join(
                problem.title(i) for i in sorted(problem.needs[item_id] - {item_id})
            ),
            "cases": round(100 * shares[item_id].share) if shares else None,
            "standing": shares[item_id].standing if shares else "",
        }
        for item_id in sorted(before | after | near)
    ]
    columns = [
        "item_id",
        "item",
        "change",
        "weeks",
        "accounts",
        "waits",
        "needs",
        "cases",
        "standing",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["weeks", "item_id"], ascending=[False, True], ignore_index=True)


def _change(is_before: bool, is_after: bool) -> str:
    if is_after:
        return "stays" if is_before else "comes in"
    return "goes out" if is_before else "left out"


def plan_columns() -> dict[str, object]:
    """How the columns of `plan_table` are shown."""
    return {
        "item_id": "Key",
        "item": st.column_config.TextColumn("Item", width="large"),
        "change": "Against no deal",
        "weeks": st.column_config.NumberColumn("Weeks", format="%.1f"),
        "accounts": st.column_config.NumberColumn("Accounts, weighted", format="%.1f"),
        "waits": st.column_config.NumberColumn("Deals it blocks"),
        "needs": st.column_config.TextColumn("Needs", width=220),
        "cases": st.column_config.NumberColumn("In simulated cases, %", format="%d"),
        "standing": "How sure",
    }


def frontier_frame(found: Compromise, has_line: bool = True) -> pd.DataFrame:
    """The plans drawn: one row a plan, best for sales first, for the CSV."""
    names = {
        found.no_deal.plan: "no deal",
        found.nash: nash.NAME.lower(),
        found.sales_alone: "sales alone",
        found.product_alone: "product alone",
        found.compromise: "compromise",
    }
    plans = dict.fromkeys([*(found.frontier.plans if has_line else ()), *names])
    return pd.DataFrame(
        [
            {
                "plan": names.get(plan, "on the line"),
                "money": plan.sales,
                "accounts": plan.accounts,
                "weeks": plan.weeks,
                "items": ", ".join(plan.items),
            }
            for plan in sorted(plans, key=lambda p: (-p.sales, p.product, p.items))
        ]
    )


def accounts_table(rows: tuple[DeclinedAccount, ...], of: Bargain) -> pd.DataFrame:
    """Accounts that still wait under the compromise: one row an account, most money first."""
    problem = of.prepared.problem
    return pd.DataFrame(
        [
            {
                "account": row.account,
                "money": row.money,
                "deals": len(row.deal_ids),
                "waits_for": ", ".join(problem.title(item_id) for item_id in row.item_ids),
                "sentence": row.sentence,
            }
            for row in rows
        ],
        columns=["account", "money", "deals", "waits_for", "sentence"],
    )


def accounts_columns(currency: str) -> dict[str, object]:
    """How the columns of `accounts_table` are shown."""
    return {
        "account": st.column_config.TextColumn("Account", width="medium"),
        "money": st.column_config.NumberColumn(f"Waiting, {currency} expected", format="localized"),
        "deals": st.column_config.NumberColumn("Open deals"),
        "waits_for": st.column_config.TextColumn("Waits for", width="medium"),
        "sentence": st.column_config.TextColumn("What to say", width="large"),
    }
