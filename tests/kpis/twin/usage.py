"""Use of the product: activation, active people, and how far features are used.

Rules chosen where the definitions are silent:
- Rows without any use (a count of 0) are no use. A window that ends before the as-of day is told
  from what was known at its end: later use, and wins later, are not seen.
- "Within 14 days" are the day of the first use and the 13 after it; "within 90 days" likewise.
- Days are over when the last of them is the window's last or before it.
- The first contract is the earliest to start by the as-of day, also where it ends before it starts.
- Accounts whose use names no person are out: nobody can tell whether one person met the criterion.
- A PQL has met it, and used what it counts, on two days or more.
- The activation event is the name of a feature.
- First value: any value event of the account, named person or not, until the last day; one before
  the contract starts is left out.
- A feature without a release date is there; of several running contracts any plan serves, also that
  of a trial.
- Adoption is over active accounts and all released features of their plans; an account uses a
  feature also where no person is named. Depth: uses over 28 days / 4, median over pairs in use.
  n of breadth is the number of accounts with a feature to use.
- Feature coverage: the median over active accounts of features used / features of the plan.
- A PQL must come before the first paid contract starts and before the first deal is won; a deal won
  on the day itself makes it none.
"""

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from functools import partial
from statistics import median

from tests.kpis.twin.base import Figure, is_running, middle, runs, share
from tests.kpis.twin.deals import first_won

PQL_DAYS = 90


def uses(asked, only_value=False):
    """Rows of use that count, of accounts that are taken."""
    value = {row["feature_id"] for row in asked["features"] if row["is_value_event"]}
    for row in asked["usage_daily"]:
        is_use = row["event_count"] > 0 and row["day"] <= asked.last
        is_asked = not only_value or row["feature_id"] in value
        if is_use and is_asked and asked.takes(row["account_id"]):
            yield row


def first_days(rows):
    found = {}
    for row in rows:
        found[row["account_id"]] = min(row["day"], found.get(row["account_id"], row["day"]))
    return found


def first_starts(asked):
    """Account -> start of its first contract, trials included."""
    found = {}
    for row in asked["contracts"]:
        if row["start_date"] <= asked.as_of and asked.takes(row["account_id"]):
            start = found.get(row["account_id"], row["start_date"])
            found[row["account_id"]] = min(start, row["start_date"])
    return found


def activated_days(asked, first, at_least_days=1):
    """Account -> first day on which one person met the criterion, of those that did.

    `at_least_days`: on so many days, which one long session is not.
    """
    about = asked.workspace
    event, within = about["activation_event"], timedelta(days=about["activation_within_days"])
    counted = {row["feature_id"] for row in asked["features"] if event in (None, row["name"])}
    people = defaultdict(partial(defaultdict, int))
    for row in uses(asked):
        is_in_time = row["day"] < first[row["account_id"]] + within
        if row["user_id"] and row["feature_id"] in counted and is_in_time:
            people[row["account_id"], row["user_id"]][row["day"]] += row["event_count"]
    found = {}
    for (account, _), days in people.items():
        total = 0
        for place, day in enumerate(sorted(days), start=1):
            total += days[day]
            if total >= about["activation_count"] and place >= at_least_days:
                found[account] = min(day, found.get(account, day))
                break
    return found


def activation_rate(asked):
    first = first_days(uses(asked))
    activated = activated_days(asked, first)
    last = timedelta(days=asked.workspace["activation_within_days"] - 1)
    named = {
        row["account_id"]
        for row in asked["usage_daily"]
        if row["user_id"] and row["event_count"] > 0 and row["day"] <= asked.as_of
    }
    cohort = [
        name
        for name, start in first_starts(asked).items()
        if asked.has(start) and name in first and name in named and first[name] + last <= asked.last
    ]
    return Figure(share(sum(name in activated for name in cohort), len(cohort)), len(cohort))


def time_to_value_days(asked):
    first = first_days(uses(asked, only_value=True))
    starts = {name: day for name, day in first_starts(asked).items() if asked.has(day)}
    days = [(first[name] - start).days for name, start in starts.items() if name in first]
    days = [count for count in days if count >= 0]
    return Figure(middle(asked, days), len(days))


def pql_to_win(asked):
    activated = activated_days(asked, first_days(uses(asked)), at_least_days=2)
    wins = first_won(asked)
    within = timedelta(days=PQL_DAYS)
    won = []
    for name, day in activated.items():
        paid = [row["start_date"] for row in asked["contracts"] if _is_paid_by(row, name)]
        is_customer = any(start <= day for start in paid + wins.get(name, []))
        is_over = day + within - timedelta(days=1) <= asked.last
        if asked.has(day) and is_over and not is_customer:
            won.append(any(win < day + within for win in wins.get(name, [])))
    return Figure(share(sum(won), len(won)), len(won))


def _is_paid_by(contract, account):
    is_paid = not contract["is_trial"] and contract["annual_amount"] > 0 and runs(contract)
    return is_paid and contract["account_id"] == account


def _recent(asked, days, only_value=True):
    since = asked.last - timedelta(days=days)
    return [row for row in uses(asked, only_value) if since < row["day"] <= asked.last]


def _people(asked, days):
    return len(
        {(row["account_id"], row["user_id"]) for row in _recent(asked, days) if row["user_id"]}
    )


def wau(asked):
    people = _people(asked, 7)
    return Figure(people, people)


def mau(asked):
    people = _people(asked, asked.options["month_days"])
    return Figure(people, people)


def stickiness(asked):
    month = _people(asked, asked.options["month_days"])
    return Figure(share(_people(asked, 7), month), month)


def _account_plans(asked):
    found = defaultdict(set)
    for row in asked["contracts"]:
        if row["plan"] is not None and is_running(row, asked.last):
            found[row["account_id"]].add(row["plan"].strip())
    return found


def _is_there(asked, feature, plans):
    """Whether a feature is released and in one of an account's plans."""
    released = feature["released_date"]
    if released is not None and released > asked.last:
        return False
    named = feature["plans"]
    return named is None or bool(plans & {plan.strip() for plan in named.split(",")})


def pairs(asked):
    """Active account -> feature of its plan -> uses in the month."""
    days = asked.options["month_days"]
    active = {row["account_id"] for row in _recent(asked, days)}
    used = defaultdict(int)
    for row in _recent(asked, days, only_value=False):
        used[row["account_id"], row["feature_id"]] += row["event_count"]
    plans = _account_plans(asked)
    return {
        name: {
            row["feature_id"]: used[name, row["feature_id"]]
            for row in asked["features"]
            if _is_there(asked, row, plans[name])
        }
        for name in active
    }


def adoption_breadth(asked):
    found = pairs(asked)
    counts = [count for features in found.values() for count in features.values()]
    n = sum(bool(features) for features in found.values())
    return Figure(share(sum(count > 0 for count in counts), len(counts)), n)


def adoption_depth(asked):
    weeks = Fraction(asked.options["month_days"], 7)
    found = [
        count / weeks for features in pairs(asked).values() for count in features.values() if count
    ]
    return Figure(float(median(found)) if found else None, len(found))


def feature_coverage(asked):
    found = [
        Fraction(sum(count > 0 for count in features.values()), len(features))
        for features in pairs(asked).values()
        if features
    ]
    return Figure(float(median(found)) if found else None, len(found))
