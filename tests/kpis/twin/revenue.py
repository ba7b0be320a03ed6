"""Recurring revenue: its state on a day, how it moved, and what was renewed.

Rules chosen where the definitions are silent:
- A contract pays on a day it is running if it is no trial, its amount is above 0 and its currency
  has a rate; n of MRR, ARR and CARR is the number of accounts that pay.
- MRR is a twelfth of ARR, not the sum of contracts' twelfths rounded one by one.
- CARR adds every paid contract that starts after the last day, whenever it was signed.
- A window without a start is the twelve months before its end for whatever compares two days.
- Bridge, n: accounts that pay at the opening or the close, or that moved between. Exchange rates:
  what an account that stays paid at the opening, at the closing rates less at the opening rates;
  the other bars are at the rates of the close, churn at those of the opening.
- Each change: every day's change of an account at that day's rates; rates alone change nothing.
- Floating: what compares two days leaves out contracts without a rate on one of them, so that a
  rate nobody said loses no revenue.
- Cancellation decides alone: `reactivation` changes nothing about it.
- Renewal: n is the accounts of which a contract ended; both amounts at the rates of the last day.
"""

from datetime import date
from fractions import Fraction

from tests.kpis.twin.base import DAY, Figure, cents, is_running, months_before, runs, share


def _annual(asked, contract):
    said = contract["list_amount"] if asked.options["discounts"] == "list" else None
    return Fraction(contract["annual_amount"] if said is None else said)


def paid(asked):
    """Account -> its contracts that carry revenue, of accounts that are taken."""
    found = {}
    for contract in asked["contracts"]:
        pays = not contract["is_trial"] and _annual(asked, contract) > 0 and runs(contract)
        if pays and asked.takes(contract["account_id"]):
            found.setdefault(contract["account_id"], []).append(contract)
    return found


def worth(asked, contract, day):
    """A year of a contract in the workspace currency, nothing without a rate."""
    rate = asked.rate(contract["currency"], day)
    return None if rate is None else cents(_annual(asked, contract), rate)


def _worths(asked, contracts, day, at=None):
    found = [worth(asked, row, at or day) for row in contracts if is_running(row, day)]
    return [amount for amount in found if amount is not None]


def state(asked, contracts, day, at=None):
    """What an account pays on a day, a year, at the rates of that or another day."""
    return sum(_worths(asked, contracts, day, at), Fraction(0))


def arr(asked):
    day = asked.last
    if asked.options["instant"] == "first_day":
        day = day.replace(day=1)
    found = [_worths(asked, rows, day) for rows in paid(asked).values()]
    return _sum_of_accounts(found)


def mrr(asked):
    year = arr(asked)
    return Figure(year.value / 12, year.n)


def carr(asked):
    found = []
    for rows in paid(asked).values():
        to_come = [worth(asked, row, asked.last) for row in rows if row["start_date"] > asked.last]
        live = _worths(asked, rows, asked.last)
        found.append(live + [amount for amount in to_come if amount is not None])
    return _sum_of_accounts(found)


def _sum_of_accounts(found):
    """Sum of what each account pays, and how many accounts pay anything."""
    return Figure(float(sum(map(sum, found))), sum(bool(amounts) for amounts in found))


def _start(asked):
    return asked.start or months_before(asked.end, 12)


def _comparable(asked):
    """Account -> its contracts that have a rate on every day from the opening to the close."""
    days = [_start(asked) - DAY, asked.last]
    days += [date(year, 7, 1) for year in range(days[0].year + 1, asked.last.year)]
    return {
        name: [row for row in rows if all(asked.rate(row["currency"], day) for day in days)]
        for name, rows in paid(asked).items()
    }


def _cohort(asked):
    """Account -> contracts and what it paid at the opening, of those that paid then."""
    opening = _start(asked) - DAY
    found = {name: (rows, state(asked, rows, opening)) for name, rows in _comparable(asked).items()}
    return {name: pair for name, pair in found.items() if pair[1] > 0}


def _change_days(asked, contracts):
    """Days of the window on which an account's state may change."""
    days = {row["start_date"] for row in contracts} | {row["end_date"] for row in contracts}
    return sorted(day for day in days - {None} if _start(asked) <= day <= asked.last)


def _was_gone(asked, contracts):
    return any(state(asked, contracts, day) == 0 for day in _change_days(asked, contracts))


def _at_close(asked, contracts):
    is_lost = asked.options["reactivation"] == "lost" and _was_gone(asked, contracts)
    return Fraction(0) if is_lost else state(asked, contracts, asked.last)


def nrr(asked):
    cohort = _cohort(asked).values()
    end = sum(_at_close(asked, rows) for rows, _ in cohort)
    return Figure(share(end, sum(start for _, start in cohort)), len(cohort))


def _each_change(asked, contracts):
    """State before and after each day on which it changed, at the rates of that day."""
    for day in _change_days(asked, contracts):
        before = state(asked, contracts, day - DAY, at=day)
        after = state(asked, contracts, day)
        if before != after:
            yield day, before, after


def grr(asked):
    cohort = _cohort(asked).values()
    total = sum(start for _, start in cohort)
    if asked.options["moves"] == "each_change":
        moves = [move for rows, _ in cohort for move in _each_change(asked, rows)]
        kept = total - sum(max(before - after, 0) for _, before, after in moves)
    else:
        kept = sum(min(start, state(asked, rows, asked.last)) for rows, start in cohort)
    return Figure(share(kept, total), len(cohort))


def logo_churn(asked):
    cohort = _cohort(asked)
    if asked.options["churn_date"] == "cancellation":
        gone = {
            row["account_id"]
            for row in asked["churn_events"]
            if not row["is_reactivation"] and _start(asked) <= row["churn_date"] <= asked.last
        }
        lost = len(gone & set(cohort))
    else:
        lost = sum(_at_close(asked, rows) == 0 for rows, _ in cohort.values())
    return Figure(share(lost, len(cohort)), len(cohort))


BARS = ("new", "reactivation", "expansion", "contraction", "churn", "exchange_rates")


def _bar(asked, contracts, day, before, after):
    """The bar that a change on a day belongs to."""
    if after == 0:
        return "churn"
    if before == 0:
        paid_before = any(
            row["start_date"] < day and worth(asked, row, day) is not None for row in contracts
        )
        return "reactivation" if paid_before else "new"
    return "expansion" if after > before else "contraction"


def _moves(asked, contracts):
    """Bar and change, signed, of one account over the window."""
    opening = _start(asked) - DAY
    start, end = state(asked, contracts, opening), state(asked, contracts, asked.last)
    if asked.options["moves"] == "each_change":
        found = [
            (_bar(asked, contracts, day, before, after), after - before)
            for day, before, after in _each_change(asked, contracts)
        ]
        return [*found, ("exchange_rates", end - start - sum(change for _, change in found))]
    if end == 0 or start == 0:
        return [(_bar(asked, contracts, _start(asked), start, end), end - start)]
    at_close = state(asked, contracts, opening, at=asked.last)
    moved = _bar(asked, contracts, asked.last, at_close, end)
    return [(moved, end - at_close), ("exchange_rates", at_close - start)]


def arr_bridge(asked):
    """Net change; `made_of` holds the opening, each bar, signed, and the close."""
    opening, close, n = Fraction(0), Fraction(0), 0
    bars = dict.fromkeys(BARS, Fraction(0))
    for rows in _comparable(asked).values():
        start = state(asked, rows, _start(asked) - DAY)
        end = state(asked, rows, asked.last)
        moves = _moves(asked, rows)
        is_in = start > 0 or end > 0 or any(change for _, change in moves)
        opening, close, n = opening + start, close + end, n + is_in
        for bar, change in moves:
            bars[bar] += change
    assert opening + sum(bars.values()) == close
    named = {"opening": opening} | bars | {"close": close}
    return Figure(float(close - opening), n, {name: float(bar) for name, bar in named.items()})


def renewal_rate(asked):
    ended_total, renewed_total, n = Fraction(0), Fraction(0), 0
    for rows in paid(asked).values():
        rows = [row for row in rows if worth(asked, row, asked.last) is not None]
        over = [
            row
            for row in rows
            if row["end_date"] and _start(asked) <= row["end_date"] <= asked.last
        ]
        if not over:
            continue
        first = min(row["end_date"] for row in over)
        again = [
            row
            for row in rows
            if first <= row["start_date"] <= asked.last and is_running(row, asked.last)
        ]
        ended = sum(worth(asked, row, asked.last) for row in over)
        renewed_total += min(ended, sum(worth(asked, row, asked.last) for row in again))
        ended_total, n = ended_total + ended, n + 1
    return Figure(share(renewed_total, ended_total), n)
