"""Product usage: what people of each account did, day by day."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from world.bank import AS_OF, USAGE_START, day_between, draws, poisson, slug, words
from world.book import History, Subscription
from world.companies import Company

EVENTS_A_WEEK = {"Small": 5.2, "Mid-market": 10.5, "Enterprise": 31.0}
PEOPLE = {"Small": (3, 5), "Mid-market": (5, 10), "Enterprise": (14, 26)}
ACTIVATION = "Job Completed"  # decisions.toml: three of them within 14 days of the first event
ACTIVATED_SHARE = 0.63
BOOKING_DAY = date(2026, 5, 6)  # online booking released: the use nobody asked for
BOOKING_SHARE = 0.8
DUPLICATES = 15
WEEKDAYS = [21, 21, 21, 20, 17, 4, 1]  # Monday to Sunday
HOURS = [1, 3, 8, 12, 12, 10, 8, 9, 11, 10, 8, 5, 2, 1]  # from 5:00


@dataclass(frozen=True)
class Event:
    """One use of one feature."""

    at: datetime
    domain: str
    email: str
    event: str


@dataclass
class Habits:
    """How one account uses the product."""

    company: Company
    people: list[str]
    activity: list[float]  # weight of each person
    is_field: list[bool]  # works on the phone
    areas: dict[str, float]
    weekly: float
    unused: frozenset[str]
    features: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    booking: date | None = None


def make_usage(history: History, unused: dict[str, frozenset[str]]) -> list[Event]:
    """Every event of the demo in time order, without the duplicates.

    Args:
        history: who pays when.
        unused: company name -> ids of features it never used.
    """
    events: list[Event] = []
    by_company: dict[str, list[Subscription]] = {}
    for item in history.subscriptions:
        by_company.setdefault(item.company.domain, []).append(item)
    for domain in sorted(by_company):
        rng = draws(f"usage {domain}")
        periods = sorted(by_company[domain], key=lambda item: item.start)
        company = periods[0].company
        habits = _habits(rng, company, unused.get(company.name, frozenset()))
        for first, last, is_trial, is_leaving in _stretches(periods):
            is_active = (
                domain in history.activated_trials if is_trial else rng.random() < ACTIVATED_SHARE
            )
            events += _stretch(rng, habits, (first, last), is_active, is_leaving)
    events += _staff(history) + _service_user() + _sandbox()
    return sorted(events, key=lambda item: (item.at, item.domain, item.email, item.event))


def with_duplicates(count: int) -> Iterator[int]:
    """Indexes of `count` events, a few of them twice, as after an export that was retried."""
    twice = set(draws("duplicate events").sample(range(count), DUPLICATES))
    for index in range(count):
        yield index
        if index in twice:
            yield index


def people_of(company: Company) -> list[str]:
    """Mail addresses of the people of an account, the same wherever they appear."""
    rng = draws(f"people {company.domain}")
    bank = words("people")
    low, high = PEOPLE[company.segment]
    wanted = rng.randint(low, high)
    people: list[str] = []
    while len(people) < wanted:
        address = (
            f"{slug(rng.choice(bank['first']))}.{slug(rng.choice(bank['last']))}@{company.domain}"
        )
        if address not in people:
            people.append(address)
    return people


def _habits(rng: random.Random, company: Company, unused: frozenset[str]) -> Habits:
    bank = words("features")
    size = {"Small": "small", "Mid-market": "mid", "Enterprise": "enterprise"}[company.segment]
    people = people_of(company)
    areas: dict[str, float] = {}
    for area, shares in bank["areas"].items():
        has = shares[size] > 0 and (company.named or rng.random() < shares[size])
        if area == "Customer portal":
            has = rng.random() < shares[size]
        if has:
            areas[area] = (
                shares["weight"] * rng.uniform(0.6, 1.5) * (0.0004 if area in company.weak else 1)
            )
    plan_features: dict[str, list[dict[str, Any]]] = {}
    for feature in bank["feature"]:
        if company.plan in feature.get("plans", [company.plan]) and feature["id"] not in unused:
            plan_features.setdefault(feature["area"], []).append(feature)
    office = max(1, round(len(people) * 0.4))
    habits = Habits(
        company=company,
        people=people,
        activity=[rng.choice([0.25, 0.6, 1, 1, 1.6]) for _ in people],
        is_field=[number >= office for number in range(len(people))],
        areas=areas,
        weekly=EVENTS_A_WEEK[company.segment] * rng.lognormvariate(0, 0.3),
        unused=unused,
        features=plan_features,
    )
    if rng.random() < BOOKING_SHARE:
        # Density grows with time: word of the booking page gets around.
        habits.booking = BOOKING_DAY + timedelta(days=round(225 * rng.random() ** 0.4))
    return habits


def _stretches(periods: list[Subscription]) -> Iterator[tuple[date, date, bool, bool]]:
    """First and last day of unbroken service; whether it is a trial; whether it ends."""
    index = 0
    while index < len(periods):
        first, end, is_trial = periods[index].start, periods[index].end, periods[index].is_trial
        while index + 1 < len(periods) and end == periods[index + 1].start:
            index += 1
            end = periods[index].end
        yield (
            first,
            (end or AS_OF + timedelta(days=1)) - timedelta(days=1),
            is_trial,
            end is not None,
        )
        index += 1


def _stretch(
    rng: random.Random, habits: Habits, days: tuple[date, date], is_active: bool, is_leaving: bool
) -> Iterator[Event]:
    first, last = days
    silent_from = (
        last - timedelta(days=rng.randint(9, 30))
        if is_leaving and (last - first).days > 60
        else last
    )
    begin = first + timedelta(
        days=rng.randint(0, 2) if (last - first).days < 30 else rng.randint(2, 21)
    )
    is_new = begin >= USAGE_START
    if is_new:
        yield from _first_days(rng, habits, begin, is_active)
    week = max(begin, USAGE_START)
    while week <= min(silent_from, AS_OF):
        span = min(7, (min(silent_from, AS_OF) - week).days + 1)
        level = _season(week) * span / 7
        if is_leaving and last <= AS_OF + timedelta(days=60):
            level *= max(0.12, min(1.0, (last - week).days / 110))
        slow = is_new and not is_active and (week - begin).days < 35
        for event in _week(rng, habits, week, span, level * (0.35 if slow else 1)):
            if not (slow and event.event == ACTIVATION):
                yield event
        week += timedelta(days=7)


def _first_days(
    rng: random.Random, habits: Habits, begin: date, is_active: bool
) -> Iterator[Event]:
    """An admin on the first day; in accounts that get going one technician finishes jobs soon."""
    events = [
        (habits.people[0], name, begin)
        for name in ("User Edited", "Visit Scheduled", "Job Assigned")
    ]
    if is_active and "Mobile app" not in habits.company.weak:
        events += [
            (
                habits.people[-1],
                ACTIVATION,
                day_between(rng, begin + timedelta(days=1), begin + timedelta(days=11)),
            )
            for _ in range(rng.randint(4, 7))
        ]
    for person, name, day in events:
        if day <= AS_OF:
            yield _event(rng, habits.company.domain, person, name, day)


def _season(day: date) -> float:
    return {12: 0.82, 8: 0.9, 7: 0.94}.get(day.month, 1.0)


def _week(
    rng: random.Random, habits: Habits, week: date, span: int, level: float
) -> Iterator[Event]:
    days = [week + timedelta(days=number) for number in range(span)]
    weights = [WEEKDAYS[day.weekday()] for day in days]
    for _ in range(poisson(rng, habits.weekly * level)):
        person = rng.choices(range(len(habits.people)), habits.activity)[0]
        area = _area(rng, habits, habits.is_field[person])
        day = rng.choices(days, weights)[0]
        feature = _feature(rng, habits, area, day)
        if feature is not None:
            yield _event(rng, habits.company.domain, habits.people[person], feature, day)
    if habits.booking and week >= habits.booking:
        grown = min(1.0, 0.35 + (week - habits.booking).days / 120)
        for _ in range(poisson(rng, habits.weekly * 0.26 * grown * level)):
            yield _event(
                rng,
                habits.company.domain,
                habits.people[0],
                "Booking Accepted",
                rng.choices(days, weights)[0],
            )


def _area(rng: random.Random, habits: Habits, is_field: bool) -> str:
    """Field staff live on the phone, the office elsewhere; a weak area is weak for both."""
    scale = {
        area: weight * (_FIELD if is_field else _OFFICE).get(area, 0.35 if is_field else 1.0)
        for area, weight in habits.areas.items()
    }
    return rng.choices(list(scale), list(scale.values()))[0]


_FIELD = {"Mobile app": 2.6, "Inventory": 1.0, "Dispatch": 0.25, "Invoicing": 0.3, "Reporting": 0.1}
_OFFICE = {"Mobile app": 0.22, "Dispatch": 1.5, "Scheduling": 1.4, "Invoicing": 1.3}


def _feature(rng: random.Random, habits: Habits, area: str, day: date) -> str | None:
    """An event of the area, out by the day and used by the account; None: there is none."""
    out = [
        feature
        for feature in habits.features.get(area, [])
        if feature["name"] != "Online booking" and feature["released"] <= day.isoformat()
    ]
    if not out:
        return None
    return str(rng.choices(out, [feature["uses"] for feature in out])[0]["event"])


def _event(rng: random.Random, domain: str, email: str, event: str, day: date) -> Event:
    hour = 5 + rng.choices(range(len(HOURS)), HOURS)[0]
    return Event(
        datetime.combine(day, time(hour, rng.randint(0, 59), rng.randint(0, 59))),
        domain,
        email,
        event,
    )


def _staff(history: History) -> list[Event]:
    """Own people looking after accounts: left out by decisions.toml."""
    rng = draws("staff usage")
    bank = words("people")
    addresses = [f"{slug(name.split()[0])}@{bank['staff_domain']}" for name in bank["success"]]
    domains = [company.domain for company in history.customers(AS_OF)]
    names = ["Job Assigned", "Report Viewed", "User Edited", "Form Edited", "Job Completed"]
    return [
        _event(
            rng,
            rng.choice(domains),
            rng.choice(addresses),
            rng.choice(names),
            day_between(rng, USAGE_START, AS_OF),
        )
        for _ in range(1400)
    ]


def _service_user() -> list[Event]:
    """A program of one customer that runs at night: left out by decisions.toml."""
    rng = draws("service user")
    address = words("people")["service_user"]
    domain = address.split("@")[1]
    days = (AS_OF - USAGE_START).days + 1
    return [
        Event(
            datetime.combine(day, time(2, rng.randint(0, 9), rng.randint(0, 59))),
            domain,
            address,
            event,
        )
        for day in (USAGE_START + timedelta(days=number) for number in range(days))
        for event in ("Visit Scheduled",) * rng.randint(3, 8)
    ]


def _sandbox() -> list[Event]:
    """The account demos are given on: excluded by decisions.toml."""
    rng = draws("sandbox")
    domain = words("people")["sandbox"]["domain"]
    names = ["Job Assigned", "Job Completed", "Quote Created", "Booking Accepted", "Report Viewed"]
    return [
        _event(
            rng, domain, f"demo@{domain}", rng.choice(names), day_between(rng, USAGE_START, AS_OF)
        )
        for _ in range(420)
    ]
