"""Whole small worlds at random: rows of every table, with what real exports get wrong.

A world is a seed and a number of rows for each table. Rows come from the seed, so that worlds are
as full as real ones; a test that fails prints the recipe that makes its world again.
"""

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

import pandas as pd
from hypothesis import strategies as st

from tests.kpis.worlds import AS_OF, DEFAULTS, world

ACCOUNTS = ("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9")
PAYING = ("a1", "a1", "a1", "a2", "a2", "a2", "a3", "a3", "a4", "a5", "a6", "a7")
FEATURES = ("f1", "f2", "f3")
ITEMS = ("i1", "i2", "i3")
PLANS = ("Pro", "Team")
STAGES = ("open", "qualified", "won", "lost", "no_decision", "disqualified")
CURRENCIES = ("USD", "USD", "USD", "EUR", "EUR", "GBP", "CHF")  # CHF never has a rate
PERIODS = [f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4)]


def label(stage):
    """What an export writes where it means a stage."""
    return f"Stage {stage}"


class Made:
    """Values of one table from a seed of its own."""

    def __init__(self, seed, table):
        self.random = Random(f"{seed} {table}")
        self.one = self.random.choice

    def day(self, back=425, ahead=31):
        """A day from 14 months before the as-of day to a month after."""
        return AS_OF + timedelta(days=self.random.randint(-back, ahead))

    def recent(self):
        return self.day(45, 3) if self.random.random() < 0.6 else self.day()

    def maybe(self, value, share=0.2):
        """A value, or none in a share of cases."""
        return None if self.random.random() < share else value

    def amount(self):
        return Decimal(self.random.choice([0, self.random.randint(1, 200_000), 120_000])) / 100

    def ask(self):
        return f"k{self.random.randrange(30)}"

    def deal(self):
        return f"d{self.random.randrange(25)}"


def workspace(made):
    return {
        "fiscal_year_start_month": made.random.randint(1, 12),
        "activation_event": made.one([None, "f1", "f2"]),
        "activation_count": made.random.randint(1, 3),
        "activation_within_days": made.one([1, 14, 60]),
    }


def account(made, place):
    return {
        "account_id": ACCOUNTS[place],
        "segment": made.one(["Small", "Large", None]),
        "industry": made.one(["Retail", "Banking", None]),
        "region": made.one(["North", "South", None]),
        "owner": made.one(["Ann", "Bo", None]),
        "is_excluded": made.random.random() < 0.1,
    }


def contract(made, place):
    start = made.one([made.day(600), made.day()])
    amount = made.amount()
    length = made.one([-10, 0, 30, 90, 90, 180, 365, 365])
    return {
        "contract_id": f"c{place}",
        "account_id": made.one(PAYING),
        "start_date": start,
        "end_date": made.maybe(start + timedelta(days=length), 0.3),
        "annual_amount": amount,
        "list_amount": made.maybe(amount + made.one([0, 300]), 0.5),
        "currency": made.one(CURRENCIES),
        "plan": made.one([*PLANS, None]),
        "is_trial": made.random.random() < 0.15,
    }


def deal(made, place):
    stage = made.one([*STAGES, "won", "lost", "qualified"])
    closed = made.recent()
    if stage in ("open", "qualified"):
        closed = made.one([closed, made.day(10)])
    return {
        "deal_id": f"d{place}",
        "account_id": made.maybe(made.one(ACCOUNTS), 0.1),
        "stage": stage,
        "stage_label": label(stage),
        "deal_type": made.one([None, "new", "new", "expansion", "renewal"]),
        "amount": made.maybe(made.amount(), 0.1),
        "currency": made.one(CURRENCIES),
        "owner": made.one(["Ann", "Bo", None]),
        "created_date": made.maybe(closed - timedelta(days=made.random.randint(-20, 120)), 0.1),
        "closed_date": made.maybe(closed, 0.1),
        "last_activity_date": made.maybe(made.recent()),
        "qualified_date": made.maybe(closed - timedelta(days=made.random.randint(-5, 60)), 0.4),
    }


def deal_stage(made, _):
    stage = made.one([*STAGES, "unheard of"])
    return {
        "deal_id": made.deal(),
        "stage_label": label(stage),
        "stage": stage if stage in STAGES else None,
        "entered_at": datetime.combine(made.day(), time(12)),
    }


def churn_event(made, place):
    return {
        "churn_event_id": f"e{place}",
        "account_id": made.one(ACCOUNTS),
        "churn_date": made.day(),
        "is_reactivation": made.one([None, False, True]),
    }


def feature(made, place):
    return {
        "feature_id": FEATURES[place],
        "plans": made.one([None, "Pro", "Team", "Pro, Team"]),
        "released_date": made.maybe(made.day()),
        "is_value_event": made.random.random() < 0.7,
    }


def use(made, _):
    account_id = made.one(ACCOUNTS)
    return {
        "day": made.one([made.day(8, 1), made.recent(), made.day(), made.day()]),
        "account_id": account_id,
        "user_id": made.one([f"u{account_id[1:]}1", f"u{account_id[1:]}2", ""]),
        "feature_id": made.one(FEATURES),
        "event_count": made.random.randint(0, 4),
    }


def item(made, place):
    return {
        "item_id": ITEMS[place],
        "status": made.one(["planned", "released", "released"]),
        "released_date": made.maybe(made.day()),
    }


def ask(made, place):
    return {
        "ask_id": f"k{place}",
        "account_id": made.maybe(made.one(ACCOUNTS), 0.1),
        "deal_id": made.maybe(made.deal(), 0.1),
        "is_blocker": made.random.random() < 0.6,
        "asked_date": made.maybe(made.day(), 0.1),
        "item_key": made.maybe(made.one([*ITEMS, *FEATURES, "unheard of"])),
        "merged_into": made.maybe(made.ask(), 0.6),
    }


def survey(made, _):
    kind = made.one(["csat", "nps"])
    return {
        "account_id": made.maybe(made.one(ACCOUNTS), 0.1),
        "respondent": made.one(["", "p1", "p2"]),
        "kind": kind,
        "score": made.random.randint(1, 5) if kind == "csat" else made.random.randint(0, 10),
        "answered_date": made.recent(),
    }


def target(made, _):
    return {
        "kpi": "won_amount",
        "period": made.one(PERIODS),
        "segment": made.one(["", "", "Small"]),
        "target": made.one([5000, 40_000]),
    }


def fx_rate(made, place):
    return {
        "currency": ("EUR", "GBP")[place % 2],
        "fiscal_year": 2025 + place // 2 % 2,
        "rate": Decimal(made.random.randint(80_000_000, 140_000_000)) / 10**8,
    }


def agreement(made, place):
    """An agreement as the ledger tells it: a last day where it is closed."""
    status = made.one(["draft", "open", "kept", "kept", "missed", "renegotiated", "withdrawn"])
    due, closed = made.day(), made.day()
    if status == "renegotiated":
        closed = min(closed, due)
    is_closed = status not in ("draft", "open")
    is_done = status in ("kept", "missed")
    return {
        "agreement_id": f"A{place}",
        "status": status,
        "due_date": due,
        "created_at": f"{made.day(600, -425)}T09:00:00",
        "closed_at": f"{closed}T10:00:00" if is_closed else None,
        "closed_date": closed if is_closed else None,
        "delivered_date": made.maybe(made.day(), 0.3) if is_done else None,
    }


def user(_, place):
    """Two people an account; an id belongs to one account, as the table says."""
    return {"user_id": f"u{place // 2 + 1}{place % 2 + 1}", "account_id": ACCOUNTS[place // 2]}


# Table -> how a row is made, the most rows, and columns of which no two rows hold the same.
TABLES = {
    "accounts": (account, len(ACCOUNTS), ()),
    "contracts": (contract, 24, ()),
    "deals": (deal, 40, ()),
    "deal_stages": (deal_stage, 25, ("deal_id", "stage_label", "entered_at")),
    "churn_events": (churn_event, 6, ()),
    "features": (feature, len(FEATURES), ()),
    "users": (user, 2 * len(ACCOUNTS), ()),
    "usage_daily": (use, 150, ("day", "account_id", "user_id", "feature_id")),
    "items": (item, len(ITEMS), ()),
    "asks": (ask, 30, ()),
    "surveys": (survey, 40, ()),
    "targets": (target, 20, ("period", "segment")),
    "fx_rates": (fx_rate, 4, ()),
}
# Rows that others name are always all there.
WHOLE = ("accounts", "features", "items", "users")
VARIED = [table for table in TABLES if table not in WHOLE]


class Recipe(NamedTuple):
    """What a world is made from; the same recipe makes the same world."""

    seed: int
    counts: tuple[int, ...]

    def rows(self):
        """Table -> rows, as `tests.kpis.worlds.world` takes them."""
        counts = {table: TABLES[table][1] for table in WHOLE} | dict(
            zip(VARIED, self.counts, strict=True)
        )
        found = {table: rows_of(self.seed, table, count) for table, count in counts.items()}
        return {"workspace": workspace(Made(self.seed, "workspace"))} | found

    def world(self):
        """Its data, as published."""
        return world(**self.rows())

    def tables(self):
        """Table -> rows with their defaults, as the twin reads them, without a database."""
        found = self.rows()
        found["workspace"] = [found["workspace"]]
        return {
            table: [DEFAULTS.get(table, {}) | _named(table, row) for row in rows]
            for table, rows in found.items()
        }


def _named(table, row):
    return {"name": row["feature_id"]} | row if table == "features" else row


def rows_of(seed, table, count):
    """So many rows of a table, the first of them the same for any count."""
    make, _, unique = TABLES[table]
    made = Made(seed, table)
    found = {}
    for place in range(count):
        row = make(made, place)
        found.setdefault(tuple(row[column] for column in unique) or place, row)
    return list(found.values())


def full(seed):
    """The recipe of a world with as many rows as there may be."""
    return Recipe(seed, tuple(TABLES[table][1] for table in VARIED))


def some(seed):
    """The recipe of a world in which some tables hold nothing, little, or as much as may be."""
    random = Random(f"{seed} counts")
    return Recipe(seed, tuple(random.choice(counts_of(TABLES[table][1])) for table in VARIED))


def counts_of(most):
    """How many rows: none, few, or mostly as many as there may be."""
    return [0, 1, 2, most // 2, most, most, most, most, most, most]


def agreements_of(seed, count):
    """Agreements as a ledger's frame."""
    made = Made(seed, "agreements")
    columns = list(agreement(Made(seed, "none"), 0))
    return pd.DataFrame([agreement(made, place) for place in range(count)], columns=columns)


agreements = st.builds(agreements_of, st.integers(0, 2**32), st.sampled_from(counts_of(20)))
