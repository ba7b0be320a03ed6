"""Deals with prospects, what customers turned down, and everything still open."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from world.bank import AS_OF, START, USAGE_START, day_between, draws, words, workday
from world.book import CYCLE, OPEN_STAGES, Deal, History, Subscription, new_deal, opened
from world.companies import Company, yearly_amount
from world.customers import live

WON_NEW, LOST_NEW, OPEN_NEW = 106, 326, 42
LOST_EXPANSION, OPEN_EXPANSION = 112, 16
LEGAL_REVIEW, NO_COMPANY, NO_AMOUNT = 9, 12, 7
TRIALS_WON, TRIALS_LOST = 16, 22


def _closing_days(rng: random.Random, count: int) -> list[date]:
    """Days deals close, a little more often as time goes on."""
    span = (AS_OF - START).days - 21
    return [
        workday(START + timedelta(days=21 + round(span * rng.random() ** 0.85)))
        for _ in range(count)
    ]


def add_new_business(history: History, pool: Iterator[Company]) -> None:
    """Prospects that bought, with what became of them, and prospects that did not."""
    rng = draws("new business")
    reasons = words("people")["lost_reasons"]
    for close in _closing_days(rng, WON_NEW):
        company = next(pool)
        created = opened(rng, company.segment, close)
        company.created = created
        amount = yearly_amount(rng, company.segment)
        history.companies.append(company)
        history.deals.append(new_deal(company, "N", "Closed won", amount, (created, close)))
        live(history, rng, company, close + timedelta(days=rng.randint(3, 24)), amount)
    losers: list[Company] = []
    for close in _closing_days(rng, LOST_NEW):
        again = rng.random() < 0.15 and losers
        company = rng.choice(losers) if again else next(pool)
        created = opened(rng, company.segment, close, 1.15)
        if not again:
            company.created = created
            losers.append(company)
            history.companies.append(company)
        amount = round(yearly_amount(rng, company.segment) * rng.uniform(0.9, 1.35) / 100) * 100
        deal = new_deal(company, "N", "Closed lost", amount, (created, close))
        deal.reason = rng.choices([r["text"] for r in reasons], [r["weight"] for r in reasons])[0]
        company.created = min(company.created, created)
        history.deals.append(deal)


def add_lost_expansions(history: History) -> None:
    """Expansions that customers turned down, and made-up ones still open."""
    rng = draws("expansions")
    reasons = words("people")["lost_reasons"]
    for close in _closing_days(rng, LOST_EXPANSION):
        company = rng.choice([c for c in history.customers(close) if c.in_crm])
        amount = round(yearly_amount(rng, company.segment) * rng.uniform(0.2, 0.6) / 100) * 100
        deal = new_deal(
            company, "E", "Closed lost", amount, (opened(rng, company.segment, close, 0.8), close)
        )
        deal.reason = rng.choices([r["text"] for r in reasons], [r["weight"] for r in reasons])[0]
        history.deals.append(deal)


def add_open_deals(history: History, pool: Iterator[Company]) -> None:
    """Made-up open deals: some past due, some without amount, company or a known stage."""
    rng = draws("open deals")
    customers = [
        c for c in history.customers(AS_OF) if c.in_crm and not c.named and c.segment != "Small"
    ]
    deals: list[Deal] = []
    for number in range(OPEN_NEW + OPEN_EXPANSION):
        is_new = number < OPEN_NEW
        company = next(pool) if is_new else rng.choice(customers)
        low, usual, high = CYCLE[company.segment]
        created = AS_OF - timedelta(days=rng.randint(6, round(high * 0.8)))
        close = workday(created + timedelta(days=round(rng.triangular(low, high, usual)) + 25))
        if close <= AS_OF and rng.random() < 0.35:
            close = workday(day_between(rng, AS_OF + timedelta(days=8), AS_OF + timedelta(days=95)))
        stage = OPEN_STAGES[min(4, int((AS_OF - created).days / high * 5 * rng.uniform(0.6, 1.5)))]
        amount = yearly_amount(rng, company.segment)
        if is_new:
            company.created = created
            history.companies.append(company)
        else:
            amount = round(amount * rng.uniform(0.25, 0.6) / 100) * 100
        deals.append(new_deal(company, "N" if is_new else "E", stage, amount, (created, close)))
    legal = [d for d in deals if d.company and d.company.segment != "Small"]
    for deal in rng.sample(legal, LEGAL_REVIEW):
        deal.stage = "Legal review"
    early = [d for d in deals if d.stage in OPEN_STAGES[:2]]
    for deal in rng.sample(early, NO_AMOUNT):
        deal.amount = None
    history.deals += deals
    _add_unassociated(history, rng)


def _add_unassociated(history: History, rng: random.Random) -> None:
    """Open deals whose owner never attached a company."""
    sellers = [person["name"] for person in words("people")["sales"]]
    titles = ["Inbound web form", "Trade fair lead", "Referral", "Partner lead", "Inbound call"]
    for number in range(NO_COMPANY):
        created = AS_OF - timedelta(days=rng.randint(4, 70))
        close = workday(created + timedelta(days=rng.randint(40, 130)))
        deal = new_deal(
            None, "N", rng.choice(OPEN_STAGES[:3]), yearly_amount(rng, "Small"), (created, close)
        )
        deal.owner = rng.choice(sellers)
        deal.name = f"{titles[number % len(titles)]} {created.strftime('%b')} {number + 1}"
        history.deals.append(deal)


def add_open_renewals(history: History) -> None:
    """Renewals of the next weeks that are not hand-written."""
    rng = draws("open renewals")
    have = {
        deal.company.domain
        for deal in history.deals
        if deal.company and deal.kind == "R" and deal.close > AS_OF
    }
    running = [item for item in history.subscriptions if item.end is None and item.start <= AS_OF]
    for item in sorted(running, key=lambda item: (item.company.domain, item.start)):
        company = item.company
        first = min(
            s.start
            for s in history.subscriptions
            if s.company.domain == company.domain and not s.is_trial
        )
        due = first.replace(day=min(first.day, 28), year=2026)
        due = due if due > AS_OF else due.replace(year=2027)
        is_due = AS_OF < due <= AS_OF + timedelta(days=80)
        if not is_due or company.segment == "Small" or company.domain in have or not company.in_crm:
            continue
        created = min(
            AS_OF - timedelta(days=rng.randint(3, 20)), due - timedelta(days=rng.randint(60, 90))
        )
        deal = new_deal(company, "R", rng.choice(OPEN_STAGES[1:]), item.amount, (created, due))
        deal.name = f"{company.name} renewal {due.year}"
        history.deals.append(deal)


def add_trials(history: History) -> None:
    """Some prospects tried the product first; those who got going bought more often."""
    rng = draws("trials")
    recent = [
        deal
        for deal in history.deals
        if deal.kind == "N"
        and deal.company
        and not deal.company.named
        and deal.company.segment != "Enterprise"
        and deal.created > USAGE_START
        and not deal.name
    ]
    for stage, count, chance in (
        ("Closed won", TRIALS_WON, 0.72),
        ("Closed lost", TRIALS_LOST, 0.35),
    ):
        candidates = [
            deal for deal in recent if deal.stage == stage and (deal.close - deal.created).days > 24
        ]
        by_domain = {deal.company.domain: deal for deal in candidates if deal.company}
        for domain in rng.sample(sorted(by_domain), count):
            deal = by_domain[domain]
            assert deal.company is not None
            end = deal.created + timedelta(days=21)
            history.subscriptions.append(
                Subscription(deal.company, deal.created, 0, "Trial", end, is_trial=True)
            )
            if rng.random() < chance:
                history.activated_trials.add(domain)
