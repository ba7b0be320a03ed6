"""Customers: how they came, grew, shrank and left, and the deals that go with it."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from world.bank import AS_OF, START, day_between, draws, workday, year_later
from world.book import History, Subscription, new_deal, opened, renewal
from world.companies import Company, named_companies, random_start, yearly_amount

BASE_CUSTOMERS = 122  # made-up customers from before the window, beside the named ones
# Chance a year that a customer leaves, grows, shrinks.
CHURN = {"Small": 0.19, "Mid-market": 0.11, "Enterprise": 0.05}
GROWTH, SHRINK = 0.22, 0.08


def add_named(history: History) -> None:
    """Companies of the word bank with their subscriptions and hand-written deals."""
    rng = draws("named history")
    for company in named_companies():
        history.companies.append(company)
        if company.since is not None:
            _subscribe_named(history, rng, company)
        for number, entry in enumerate(company.deals, start=1):
            dates = (date.fromisoformat(entry["created"]), date.fromisoformat(entry["close"]))
            deal = new_deal(company, entry["type"], entry["stage"], entry["amount"], dates)
            deal.name = entry.get("name", company.name)
            deal.reason = entry.get("reason", "")
            deal.key = (company.name, number)
            history.deals.append(deal)


def _subscribe_named(history: History, rng: random.Random, company: Company) -> None:
    """Named customers stay; most grew to today's price at their last anniversary."""
    assert company.since is not None
    anniversaries: list[date] = []
    while (day := year_later(([company.since, *anniversaries])[-1])) <= AS_OF:
        anniversaries.append(day)
    before = company.arr
    if anniversaries and rng.random() < 0.7:
        before = round(company.arr * rng.uniform(0.72, 0.9) / 100) * 100
    if company.segment != "Small":
        late = [day for day in anniversaries if day > START + timedelta(days=60)]
        history.deals += [renewal(rng, company, day, before, is_won=True) for day in late]
    if company.since >= START and not any(entry["type"] == "N" for entry in company.deals):
        close = workday(company.since - timedelta(days=rng.randint(4, 14)))
        created = opened(rng, company.segment, close)
        history.deals.append(new_deal(company, "N", "Closed won", before, (created, close)))
    first = Subscription(company, company.since, before, company.plan)
    history.subscriptions.append(first)
    if before < company.arr:
        grown = anniversaries[-1]
        first.end = grown
        history.subscriptions.append(Subscription(company, grown, company.arr, company.plan))
        if grown > START + timedelta(days=40):
            close = workday(grown - timedelta(days=rng.randint(2, 12)))
            dates = (opened(rng, company.segment, close, 0.7), close)
            history.deals.append(new_deal(company, "E", "Closed won", company.arr - before, dates))


def add_base_customers(history: History, pool: Iterator[Company]) -> None:
    """Made-up customers from before the window, with everything that became of them."""
    rng = draws("base customers")
    for number in range(BASE_CUSTOMERS):
        company = next(pool)
        company.since = random_start(rng)
        company.in_crm = number not in (17, 64)  # two customers sales never entered
        history.companies.append(company)
        live(history, rng, company, company.since, yearly_amount(rng, company.segment))
    missing = {company.domain for company in history.companies if not company.in_crm}
    history.deals = [
        deal for deal in history.deals if not (deal.company and deal.company.domain in missing)
    ]


def live(history: History, rng: random.Random, company: Company, start: date, amount: int) -> None:
    """Years of one customer: grow, shrink, stay or leave at each anniversary."""
    current = Subscription(company, start, amount, company.plan)
    history.subscriptions.append(current)
    term = start
    while True:
        anniversary = year_later(term)
        middle = day_between(rng, term + timedelta(days=70), anniversary - timedelta(days=40))
        if rng.random() < 0.05 and middle <= AS_OF:
            current = _grow(history, rng, current, middle)
        if anniversary > AS_OF:
            return
        fate = rng.random()
        has_renewal = company.segment != "Small" and anniversary > START + timedelta(days=60)
        leaves = fate < CHURN[company.segment]
        if has_renewal:
            history.deals.append(renewal(rng, company, anniversary, current.amount, not leaves))
        if leaves:
            current.end = anniversary
            return
        if fate < CHURN[company.segment] + GROWTH:
            current = _grow(history, rng, current, anniversary)
        elif fate < CHURN[company.segment] + GROWTH + SHRINK:
            current = _follow(
                history, current, anniversary, current.amount * rng.uniform(0.6, 0.88)
            )
        term = anniversary


def _follow(history: History, current: Subscription, day: date, amount: float) -> Subscription:
    """End a subscription and start the next one the same day."""
    current.end = day
    after = Subscription(current.company, day, round(amount / 100) * 100, current.plan)
    history.subscriptions.append(after)
    return after


def _grow(history: History, rng: random.Random, current: Subscription, day: date) -> Subscription:
    after = _follow(history, current, day, current.amount * rng.uniform(1.15, 1.75))
    if day > START + timedelta(days=40):
        close = workday(day - timedelta(days=rng.randint(1, 12)))
        created = opened(rng, current.company.segment, close, 0.7)
        delta = after.amount - current.amount
        history.deals.append(new_deal(current.company, "E", "Closed won", delta, (created, close)))
    return after


def add_win_backs(history: History) -> None:
    """Five customers that left and came back some months later."""
    rng = draws("win-backs")
    gone = sorted(
        (
            item
            for item in history.subscriptions
            if item.end
            and date(2025, 1, 1) < item.end < date(2026, 4, 1)
            and item.company.in_crm
            and not _runs(history, item.company, item.end)
        ),
        key=lambda item: item.company.domain,
    )
    for left in rng.sample(gone, 5):
        assert left.end is not None
        start = left.end + timedelta(days=rng.randint(95, 190))
        amount = round(left.amount * rng.uniform(0.7, 1.0) / 100) * 100
        close = workday(start - timedelta(days=rng.randint(3, 10)))
        deal = new_deal(
            left.company,
            "N",
            "Closed won",
            amount,
            (close - timedelta(days=rng.randint(20, 60)), close),
        )
        deal.name = f"{left.company.name} - win back"
        history.deals.append(deal)
        history.subscriptions.append(Subscription(left.company, start, amount, left.plan))


def _runs(history: History, company: Company, day: date) -> bool:
    return any(
        item.start <= day and (item.end is None or day < item.end)
        for item in history.subscriptions
        if item.company.domain == company.domain
    )


def announce_departures(history: History) -> None:
    """Three small customers have given notice; their service ends after the last day."""
    rng = draws("departures")
    running = [
        item
        for item in history.subscriptions
        if item.end is None
        and item.start < date(2026, 6, 1)
        and item.company.segment == "Small"
        and not item.company.named
    ]
    for item in rng.sample(sorted(running, key=lambda item: item.company.domain), 3):
        item.end = AS_OF + timedelta(days=rng.randint(20, 60))
