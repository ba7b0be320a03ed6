"""Deals: won or lost, how large, how long, what is open and what it will bring.

Rules chosen where the definitions are silent:
- A deal counts unless it is a renewal, of an excluded account, or created or closed after the
  as-of day; one whose type nobody said is no renewal.
- Open on a day: not created later, and open now or closed later than that day; a deal closed since
  then whose creation nobody said is not.
- Past due: an expected close before the day; without an expected close a deal is not past due.
- The open pipeline leaves renewals out; deals without amount or rate are in no sum of money.
- Win rate by amount has no value where more than one won or one lost deal in ten has no amount,
  those without a rate apart: the share would be wrong.
- Touched in the last 60 days: the day itself and the 59 before; never touched is not touched. Where
  no open deal is known to have been touched there is no velocity: 0 would hide a missing date.
- Velocity leaves past-due deals in; its n is that of the win rate at its default; its other parts
  are win rate, average won deal and sales cycle as they stand for themselves.
- Coverage with nothing left of the goal has no value. A goal of a part is one of a size class.
- First outcome: the earliest change to won, lost, no decision or disqualified; without such
  a change the deal's own outcome.
- An unmet blocker follows its merged request; released on the day the deal closed is met.
"""

from datetime import timedelta
from fractions import Fraction

from tests.kpis.twin.base import Figure, cents, middle, share
from tests.kpis.twin.requests import released_dates

FINAL = ("won", "lost", "no_decision", "disqualified")


def deals(asked):
    """Deals that count anywhere, with their outcome as chosen."""
    first = _first_outcomes(asked) if asked.options["reopened"] == "first" else {}
    for deal in asked["deals"]:
        found = deal | first.get(deal["deal_id"], {})
        if (
            asked.takes_deal(deal)
            and deal["deal_type"] != "renewal"
            and not _is_future(asked, found)
        ):
            yield found


def _is_future(asked, deal):
    days = [deal["created_date"], deal["closed_date"] if deal["stage"] in FINAL else None]
    return any(day is not None and day > asked.as_of for day in days)


def _first_outcomes(asked):
    found = {}
    for change in sorted(asked["deal_stages"], key=lambda row: row["entered_at"]):
        stage, day = change["stage"], change["entered_at"].date()
        if stage in FINAL and day <= asked.as_of:
            found.setdefault(change["deal_id"], {"stage": stage, "closed_date": day})
    return found


def outcome(deal):
    """True for won, False for lost, None for neither."""
    if deal["stage"] == "disqualified":
        return False if deal["qualified_date"] is not None else None
    return {"won": True, "lost": False, "no_decision": False}.get(deal["stage"])


def closed(asked):
    """Deals won or lost in the window."""
    return [
        deal
        for deal in deals(asked)
        if outcome(deal) is not None and asked.has(deal["closed_date"])
    ]


def won(asked):
    return [deal for deal in closed(asked) if outcome(deal)]


def is_open(asked, deal):
    if deal["created_date"] is not None and deal["created_date"] > asked.last:
        return False
    if deal["stage"] in ("open", "qualified"):
        return True
    is_known = deal["created_date"] is not None and deal["closed_date"] is not None
    return is_known and deal["closed_date"] > asked.last


def still_open(asked):
    return [deal for deal in deals(asked) if is_open(asked, deal)]


def money(asked, deal, day):
    """A deal's amount in the workspace currency; None where nobody said or there is no rate."""
    rate = asked.rate(deal["currency"], day)
    return None if deal["amount"] is None or rate is None else cents(deal["amount"], rate)


def amounts(asked, rows, day=None):
    """Amounts of those deals that have one; closed deals at their close, open ones at a day."""
    found = [money(asked, deal, day or deal["closed_date"]) for deal in rows]
    return [amount for amount in found if amount is not None]


def win_rate(asked):
    rows = closed(asked)
    n = len(rows) + (len(still_open(asked)) if asked.options["denominator"] == "all" else 0)
    return Figure(share(len(won(asked)), n), n)


def win_rate_amount(asked):
    both = amounts(asked, closed(asked))
    if asked.options["denominator"] == "all":
        both += amounts(asked, still_open(asked), asked.last)
    found = share(sum(amounts(asked, won(asked))), sum(both))
    rated = [
        deal
        for deal in closed(asked)
        if deal["amount"] is None or money(asked, deal, deal["closed_date"]) is not None
    ]
    sides = [[deal for deal in rated if bool(outcome(deal)) is side] for side in (True, False)]
    is_told = all(10 * sum(deal["amount"] is None for deal in side) <= len(side) for side in sides)
    return Figure(found if is_told else None, len(both))


def won_amount(asked):
    found = amounts(asked, won(asked))
    return Figure(float(sum(found)), len(found))


def average_won_deal(asked):
    found = amounts(asked, won(asked))
    return Figure(share(sum(found), len(found)), len(found))


def sales_cycle_days(asked):
    column = f"{asked.options['cycle_start']}_date"
    rows = [deal for deal in won(asked) if deal[column] is not None]
    days = [(deal["closed_date"] - deal[column]).days for deal in rows]
    days = [count for count in days if count >= 0]
    return Figure(middle(asked, days), len(days))


def _not_past_due(asked):
    return [
        deal
        for deal in still_open(asked)
        if deal["closed_date"] is None or deal["closed_date"] >= asked.last
    ]


def pipeline_open(asked):
    found = amounts(asked, _not_past_due(asked), asked.last)
    return Figure(float(sum(found)), len(found))


def pipeline_coverage(asked):
    begin, end, name = asked.quarter()
    expected = [
        deal
        for deal in _not_past_due(asked)
        if deal["closed_date"] is not None and begin <= deal["closed_date"] < end
    ]
    found = amounts(asked, expected, asked.last)
    remaining = _goal(asked, name)
    if remaining is not None and asked.options["goal"] == "remaining":
        remaining -= sum(amounts(asked, _won_between(asked, begin, asked.last)))
    is_met = remaining is None or remaining <= 0
    return Figure(None if is_met else share(sum(found), remaining), len(found))


def _goal(asked, period):
    wanted = ("won_amount", period, asked.part or "")
    for row in asked["targets"]:
        if (row["kpi"], row["period"], row["segment"]) == wanted and asked.by == "segment":
            return Fraction(row["target"])
    return None


def _won_between(asked, begin, last):
    return [
        deal
        for deal in deals(asked)
        if outcome(deal)
        and deal["closed_date"] is not None
        and begin <= deal["closed_date"] <= last
    ]


def sales_velocity(asked):
    since = asked.last - timedelta(days=asked.options["idle_days"])
    touched = [
        deal
        for deal in still_open(asked)
        if deal["stage"] == "qualified"
        and deal["last_activity_date"] is not None
        and since < deal["last_activity_date"] <= asked.last
    ]
    parts = [figure(asked).value for figure in (win_rate, average_won_deal, sales_cycle_days)]
    n = len(closed(asked))
    if None in parts or parts[2] == 0 or not touched:
        return Figure(None, n)
    return Figure(len(touched) * parts[0] * parts[1] / parts[2], n)


def blocked_win_rate(asked):
    """Win rate of deals with an unmet blocker; `rest` is that of the others."""
    released = released_dates(asked)
    blockers = {}
    for ask in asked["asks"]:
        if ask["is_blocker"] and ask["deal_id"] is not None:
            blockers.setdefault(ask["deal_id"], []).append(released.get(ask["ask_id"]))
    blocked, rest = [], []
    for deal in closed(asked):
        days = blockers.get(deal["deal_id"], [])
        is_unmet = any(day is None or day > deal["closed_date"] for day in days)
        (blocked if is_unmet else rest).append(outcome(deal))
    made_of = {"rest": share(sum(rest), len(rest)), "rest_n": len(rest)}
    return Figure(share(sum(blocked), len(blocked)), len(blocked), made_of)


def first_won(asked):
    """Account -> days on which it won deals, renewals apart."""
    found = {}
    for deal in deals(asked):
        is_known = deal["account_id"] is not None and deal["closed_date"] is not None
        if is_known and outcome(deal) and deal["closed_date"] <= asked.last:
            found.setdefault(deal["account_id"], []).append(deal["closed_date"])
    return found
