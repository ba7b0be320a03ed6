"""What all figures of the twin share: the rows, the window, the choices, parts and exchange rates.

Rules chosen where the definitions are silent:
- A part by owner is a deal's own owner; everything else takes the owner of its account.
- The plan of an account is that of its contract that started last by the as-of day, of two that
  started on one day the one with the greater id; contracts that end before they start are none.
- The workspace currency has the rate 1; another currency without a rate in the fiscal year asked
  for is left out, also where it has one in another year.
- Each row's amount is rounded to the cent in the workspace currency before amounts are added, so
  that the rows shown add up to the total; half a cent is rounded up.
- A goal named 2026-Q2 is that of the second quarter of the fiscal year that starts in 2026.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from math import floor
from statistics import median

import pandas as pd

DAY = timedelta(days=1)
DEFAULTS = {
    "currency": "constant",
    "discounts": "net",
    "instant": "last",
    "reactivation": "counted",
    "moves": "endpoint",
    "churn_date": "contract_end",
    "denominator": "closed",
    "reopened": "last",
    "cycle_start": "created",
    "average": "median",
    "month_days": 28,
    "idle_days": 60,
    "goal": "remaining",
}


@dataclass(frozen=True)
class Figure:
    """A value (None where there is nothing to divide by), its n, and what it is made of."""

    value: float | None
    n: int
    made_of: dict[str, float] = field(default_factory=dict)


def read(data):
    """The canonical tables of published data as lists of dicts, decimals and dates exact."""
    connection = data._cursor()
    names = [name for (name,) in connection.execute("show tables").fetchall()]
    return {name: _rows(connection, name) for name in names if not name.startswith("mart_")}


def _rows(connection, name):
    found = connection.table(name)
    columns = found.columns
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


class Asked:
    """One question to the twin: the rows and all that the answer depends on."""

    def __init__(self, tables, window, part, by, options, agreements):
        self.tables = tables
        self.part = part
        self.by = by
        self.options = DEFAULTS | options
        self.agreements = agreements
        self.workspace = tables["workspace"][0]
        self.as_of = self.workspace["as_of"]
        self.start = window.start
        self.end = window.end
        self.last = window.end - DAY

    def __getitem__(self, table):
        return self.tables.get(table, [])

    def has(self, day):
        """Whether a day is one of the window's and not after the as-of day."""
        if day is None or day >= self.end or day > self.as_of:
            return False
        return self.start is None or day >= self.start

    @cached_property
    def accounts(self):
        return {row["account_id"]: row for row in self["accounts"]}

    @cached_property
    def plans(self):
        """Account -> plan of its latest contract."""
        started = [
            row for row in self["contracts"] if row["start_date"] <= self.as_of and runs(row)
        ]
        started.sort(key=lambda row: (row["start_date"], row["contract_id"]))
        return {row["account_id"]: row["plan"] for row in started}

    def takes(self, account_id):
        """Whether rows of this account are counted: not excluded, and in the part asked for."""
        if self.is_excluded(account_id):
            return False
        return self.part is None or self.part_of(account_id) == self.part

    def takes_deal(self, deal):
        """The same for a deal, whose owner is its own."""
        if self.by != "owner" or self.part is None:
            return self.takes(deal["account_id"])
        named = deal["owner"] or "(no owner)"
        return named == self.part and not self.is_excluded(deal["account_id"])

    def is_excluded(self, account_id):
        return account_id in self.accounts and self.accounts[account_id]["is_excluded"]

    def part_of(self, account_id):
        if account_id not in self.accounts:
            return "(no account)"
        if self.by == "plan":
            return self.plans.get(account_id) or "(no plan)"
        return self.accounts[account_id][self.by] or f"(no {self.by})"

    @cached_property
    def rates(self):
        return {(row["currency"], row["fiscal_year"]): row["rate"] for row in self["fx_rates"]}

    def fiscal_year(self, day):
        return day.year - (day.month < self.workspace["fiscal_year_start_month"])

    def rate(self, currency, day):
        """What one unit is worth; None where nobody said."""
        if currency == self.workspace["currency"]:
            return Fraction(1)
        taken = self.as_of if self.options["currency"] == "constant" else day
        found = self.rates.get((currency, self.fiscal_year(taken)))
        return None if found is None else Fraction(found)

    def quarter(self):
        """First day of the last day's fiscal quarter, first day after it, and its name."""
        first = self.workspace["fiscal_year_start_month"]
        place = (self.last.month - first) % 12 // 3
        begin = first - 1 + 3 * place + 12 * self.fiscal_year(self.last)
        name = f"{self.fiscal_year(self.last)}-Q{place + 1}"
        return _month(begin), _month(begin + 3), name


def _month(count):
    return date(count // 12, count % 12 + 1, 1)


def months_before(day, months):
    """The same day so many months earlier, or the last day of that month."""
    count = day.year * 12 + day.month - 1 - months
    last = (_month(count + 1) - DAY).day
    return _month(count).replace(day=min(day.day, last))


def runs(contract):
    """Whether a contract gives service on any day at all."""
    return contract["end_date"] is None or contract["end_date"] > contract["start_date"]


def is_running(contract, day):
    return contract["start_date"] <= day and (
        contract["end_date"] is None or day < contract["end_date"]
    )


def cents(amount, rate):
    """An amount at a rate, to the cent."""
    return Fraction(floor(Fraction(amount) * rate * 100 + Fraction(1, 2)), 100)


def share(hits, total):
    """A ratio; None where there is nothing to divide by."""
    return float(Fraction(hits) / Fraction(total)) if total else None


def middle(asked, values):
    """The median, or the mean where that was chosen; None of nothing."""
    if not values:
        return None
    if asked.options["average"] == "mean":
        return float(Fraction(sum(values)) / len(values))
    return float(median(values))


def day_of(value):
    """The day of a date, a timestamp or its text; None where there is none."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
