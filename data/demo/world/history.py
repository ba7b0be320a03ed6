"""Deals and subscriptions, made together so that a won deal starts one and a lost renewal ends one."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from world.bank import AS_OF, START, USAGE_START, day_between, draws, words, workday, year_later
from world.companies import (
    Company,
    made_up_companies,
    named_companies,
    random_start,
    set_crm_entries,
    yearly_amount,
)

BASE_CUSTOMERS = 122  # made-up customers from before the window, beside the named ones
WON_NEW, LOST_NEW, OPEN_NEW = 106, 326, 42
LOST_EXPANSION, OPEN_EXPANSION = 112, 16
LEGAL_REVIEW, NO_COMPANY, NO_AMOUNT = 9, 12, 7
TRIALS_WON, TRIALS_LOST = 14, 20

# Chance a year that a customer leaves, grows, shrinks.
CHURN = {"Small": 0.19, "Mid-market": 0.11, "Enterprise": 0.05}
GROWTH, SHRINK = 0.22, 0.08
# Days from creation to close: lowest, usual, highest.
CYCLE = {"Small": (12, 38, 110), "Mid-market": (30, 76, 210), "Enterprise": (60, 128, 300)}
TYPES = {"N": "New business", "E": "Existing business", "R": "Renewal"}
OPEN_STAGES = [
    "Appointment scheduled",
    "Qualified to buy",
    "Presentation scheduled",
    "Decision maker bought-in",
    "Contract sent",
]
PROBABILITY = dict(
    zip([*OPEN_STAGES, "Closed won", "Closed lost"], [0.2, 0.4, 0.6, 0.8, 0.9, 1, 0])
)


@dataclass
class Deal:
    """A sales opportunity; `company` None where the CRM has none."""

    company: Company | None
    name: str
    kind: str
    stage: str
    amount: int | None
    currency: str
    owner: str
    created: date
    close: date
    reason: str = ""
    record_id: int = 0
    at: time = time(9, 0)
    last_activity: date = START
    key: tuple[str, int] = ("", 0)  # hand-written ones: company name and number in the word bank


@dataclass
class Subscription:
    """A stretch of one plan at one price; `end` is the first day without service."""

    company: Company
    start: date
    amount: int
    plan: str
    end: date | None = None
    is_trial: bool = False


@dataclass
class History:
    """Everything that was sold: companies, deals and subscriptions, each in a stable order."""

    companies: list[Company] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    activated_trials: set[str] = field(default_factory=set)  # domains

    def customers(self, day: date) -> list[Company]:
        """Companies with a paid subscription on the day, by domain."""
        paying = {
            item.company.domain: item.company
            for item in self.subscriptions
            if not item.is_trial and item.start <= day and (item.end is None or day < item.end)
        }
        return [paying[domain] for domain in sorted(paying)]

    def departures(self) -> dict[str, date]:
        """First day without any service of companies that left or gave notice, by domain."""
        last: dict[str, Subscription] = {}
        for item in sorted(self.subscriptions, key=lambda item: item.start):
            if not item.is_trial:
                last[item.company.domain] = item
        return {domain: item.end for domain, item in last.items() if item.end}


def make_history() -> History:
    """Sell the product for two years."""
    history = History()
    pool = made_up_companies()
    _add_named(history)
    _add_base_customers(history, pool)
    _add_new_business(history, pool)
    _add_expansions(history)
    _add_win_backs(history)
    _announce_departures(history)
    _add_open_deals(history, pool)
    _add_open_renewals(history)
    _add_trials(history)
    _finish(history)
    return history


def _deal(
    company: Company | None,
    kind: str,
    stage: str,
    amount: int | None,
    dates: tuple[date, date],
    owner: str = "",
) -> Deal:
    """A deal of a company with the owner and currency that go with it."""
    return Deal(
        company=company,
        name="",
        kind=kind,
        stage=stage,
        amount=amount,
        currency=company.currency if company else "USD",
        owner=owner or (company.owner if company else ""),
        created=dates[0],
        close=dates[1],
    )


def _opened(rng: random.Random, segment: str, close: date, speed: float = 1.0) -> date:
    low, usual, high = CYCLE[segment]
    return close - timedelta(days=max(4, round(rng.triangular(low, high, usual) * speed)))


def _add_named(history: History) -> None:
    """Companies of the word bank with their subscriptions and hand-written deals."""
    rng = draws("named history")
    for company in named_companies():
        history.companies.append(company)
        if company.since is not None:
            _subscribe_named(history, rng, company)
        for number, entry in enumerate(company.deals, start=1):
            dates = (date.fromisoformat(entry["created"]), date.fromisoformat(entry["close"]))
            deal = _deal(company, entry["type"], entry["stage"], entry["amount"], dates)
            deal.name = entry.get("name", company.name)
            deal.reason = entry.get("reason", "")
            deal.key = (company.name, number)
            history.deals.append(deal)


def _subscribe_named(history: History, rng: random.Random, company: Company) -> None:
    """Named customers stay; about half grew to today's price at their last anniversary."""
    assert company.since is not None
    last = company.since
    while year_later(last) <= AS_OF:
        last = year_later(last)
        if company.segment != "Small" and last > START + timedelta(days=60):
            history.deals.append(_renewal(rng, company, last, company.arr, is_won=True))
    if company.since >= START and not any(entry["type"] == "N" for entry in company.deals):
        close = workday(company.since - timedelta(days=rng.randint(4, 14)))
        won = _deal(
            company, "N", "Closed won", company.arr, (_opened(rng, company.segment, close), close)
        )
        history.deals.append(won)
    if last > company.since and rng.random() < 0.5:
        before = round(company.arr * rng.uniform(0.72, 0.9) / 100) * 100
        history.subscriptions.append(
            Subscription(company, company.since, before, company.plan, last)
        )
        history.subscriptions.append(Subscription(company, last, company.arr, company.plan))
        if last > START + timedelta(days=40):
            close = workday(last - timedelta(days=rng.randint(2, 12)))
            dates = (_opened(rng, company.segment, close, 0.7), close)
            history.deals.append(_deal(company, "E", "Closed won", company.arr - before, dates))
    else:
        history.subscriptions.append(
            Subscription(company, company.since, company.arr, company.plan)
        )


def _renewal(rng: random.Random, company: Company, day: date, amount: int, is_won: bool) -> Deal:
    close = workday(day - timedelta(days=rng.randint(1, 20)))
    stage = "Closed won" if is_won else "Closed lost"
    deal = _deal(company, "R", stage, amount, (close - timedelta(days=rng.randint(60, 95)), close))
    deal.name = f"{company.name} renewal {day.year}"
    return deal


def _live(history: History, rng: random.Random, company: Company, start: date, amount: int) -> None:
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
            history.deals.append(_renewal(rng, company, anniversary, current.amount, not leaves))
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
        opened = _opened(rng, current.company.segment, close, 0.7)
        delta = after.amount - current.amount
        history.deals.append(_deal(current.company, "E", "Closed won", delta, (opened, close)))
    return after


def _add_base_customers(history: History, pool: Iterator[Company]) -> None:
    rng = draws("base customers")
    for number in range(BASE_CUSTOMERS):
        company = next(pool)
        company.since = random_start(rng)
        company.in_crm = number not in (17, 64)  # two customers sales never entered
        history.companies.append(company)
        _live(history, rng, company, company.since, yearly_amount(rng, company.segment))
    missing = {company.domain for company in history.companies if not company.in_crm}
    history.deals = [
        deal for deal in history.deals if not (deal.company and deal.company.domain in missing)
    ]


def _closing_days(rng: random.Random, count: int) -> list[date]:
    """Days deals close, a little more often as time goes on."""
    span = (AS_OF - START).days - 21
    return [
        workday(START + timedelta(days=21 + round(span * rng.random() ** 0.85)))
        for _ in range(count)
    ]


def _add_new_business(history: History, pool: Iterator[Company]) -> None:
    rng = draws("new business")
    reasons = words("people")["lost_reasons"]
    for close in _closing_days(rng, WON_NEW):
        company = next(pool)
        opened = _opened(rng, company.segment, close)
        company.created = opened
        amount = yearly_amount(rng, company.segment)
        history.companies.append(company)
        history.deals.append(_deal(company, "N", "Closed won", amount, (opened, close)))
        _live(history, rng, company, close + timedelta(days=rng.randint(3, 24)), amount)
    losers: list[Company] = []
    for close in _closing_days(rng, LOST_NEW):
        again = rng.random() < 0.15 and losers
        company = rng.choice(losers) if again else next(pool)
        opened = _opened(rng, company.segment, close, 1.15)
        if not again:
            company.created = opened
            losers.append(company)
            history.companies.append(company)
        amount = round(yearly_amount(rng, company.segment) * rng.uniform(0.9, 1.35) / 100) * 100
        deal = _deal(company, "N", "Closed lost", amount, (opened, close))
        deal.reason = rng.choices([r["text"] for r in reasons], [r["weight"] for r in reasons])[0]
        company.created = min(company.created, opened)
        history.deals.append(deal)


def _add_expansions(history: History) -> None:
    """Expansions that customers turned down, and made-up ones still open."""
    rng = draws("expansions")
    reasons = words("people")["lost_reasons"]
    for close in _closing_days(rng, LOST_EXPANSION):
        company = rng.choice([c for c in history.customers(close) if c.in_crm])
        amount = round(yearly_amount(rng, company.segment) * rng.uniform(0.2, 0.6) / 100) * 100
        deal = _deal(
            company, "E", "Closed lost", amount, (_opened(rng, company.segment, close, 0.8), close)
        )
        deal.reason = rng.choices([r["text"] for r in reasons], [r["weight"] for r in reasons])[0]
        history.deals.append(deal)


def _add_win_backs(history: History) -> None:
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
        deal = _deal(
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


def _announce_departures(history: History) -> None:
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


def _add_open_deals(history: History, pool: Iterator[Company]) -> None:
    rng = draws("open deals")
    customers = [
        c for c in history.customers(AS_OF) if c.in_crm and not c.named and c.segment != "Small"
    ]
    deals: list[Deal] = []
    for number in range(OPEN_NEW + OPEN_EXPANSION):
        is_new = number < OPEN_NEW
        company = next(pool) if is_new else rng.choice(customers)
        low, usual, high = CYCLE[company.segment]
        opened = AS_OF - timedelta(days=rng.randint(6, round(high * 0.8)))
        close = workday(opened + timedelta(days=round(rng.triangular(low, high, usual)) + 25))
        if close <= AS_OF and rng.random() < 0.35:
            close = workday(day_between(rng, AS_OF + timedelta(days=8), AS_OF + timedelta(days=95)))
        stage = OPEN_STAGES[min(4, int((AS_OF - opened).days / high * 5 * rng.uniform(0.6, 1.5)))]
        amount = yearly_amount(rng, company.segment)
        if is_new:
            company.created = opened
            history.companies.append(company)
        else:
            amount = round(amount * rng.uniform(0.25, 0.6) / 100) * 100
        deals.append(_deal(company, "N" if is_new else "E", stage, amount, (opened, close)))
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
        opened = AS_OF - timedelta(days=rng.randint(4, 70))
        close = workday(opened + timedelta(days=rng.randint(40, 130)))
        deal = _deal(
            None, "N", rng.choice(OPEN_STAGES[:3]), yearly_amount(rng, "Small"), (opened, close)
        )
        deal.owner = rng.choice(sellers)
        deal.name = f"{titles[number % len(titles)]} {opened.strftime('%b')} {number + 1}"
        history.deals.append(deal)


def _add_open_renewals(history: History) -> None:
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
        assert company.since is not None or not company.named
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
        opened = min(
            AS_OF - timedelta(days=rng.randint(3, 20)), due - timedelta(days=rng.randint(60, 90))
        )
        deal = _deal(company, "R", rng.choice(OPEN_STAGES[1:]), item.amount, (opened, due))
        deal.name = f"{company.name} renewal {due.year}"
        history.deals.append(deal)


def _add_trials(history: History) -> None:
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
        ("Closed lost", TRIALS_LOST, 0.25),
    ):
        candidates = [
            deal for deal in recent if deal.stage == stage and (deal.close - deal.created).days > 24
        ]
        for deal in rng.sample(sorted(candidates, key=lambda deal: deal.company.domain), count):
            assert deal.company is not None
            end = deal.created + timedelta(days=21)
            history.subscriptions.append(
                Subscription(deal.company, deal.created, 0, "Trial", end, is_trial=True)
            )
            if rng.random() < chance:
                history.activated_trials.add(deal.company.domain)


def _finish(history: History) -> None:
    """Drop deals from before the window; name the rest; set times, ids, last activity, CRM entries."""
    rng = draws("finish")
    sellers = [person["name"] for person in words("people")["sales"]]
    history.deals = [deal for deal in history.deals if deal.created >= START or deal.key[0]]
    history.deals.sort(
        key=lambda d: (d.created, d.company.domain if d.company else "", d.kind, d.close, d.name)
    )
    record = 18_402_117_000
    for deal in history.deals:
        record += rng.randint(3_000, 400_000)
        deal.record_id = record
        deal.at = time(rng.randint(8, 17), rng.choice([0, 5, 12, 15, 24, 30, 38, 45, 51]))
        deal.name = deal.name or _deal_name(rng, deal)
        if rng.random() < 0.06 and not deal.key[0]:
            deal.owner = rng.choice(sellers)
        if deal.stage.startswith("Closed"):
            deal.last_activity = deal.close
        else:
            idle = rng.randint(0, 24) if rng.random() < 0.75 else rng.randint(40, 110)
            deal.last_activity = max(deal.created, AS_OF - timedelta(days=idle))
    for company in history.companies:
        own = [deal.created for deal in history.deals if deal.company is company]
        company.created = min([company.created, *own]) if own else company.created
    set_crm_entries([company for company in history.companies if company.in_crm])


def _deal_name(rng: random.Random, deal: Deal) -> str:
    assert deal.company is not None
    name = deal.company.name
    if deal.kind == "E":
        return f"{name} - {rng.choice(['more seats', 'inventory', 'second branch', 'upgrade', 'add-on'])}"
    people = {"Small": (4, 14), "Mid-market": (15, 75), "Enterprise": (80, 400)}[
        deal.company.segment
    ]
    return rng.choices(
        [name, f"{name} - {rng.randint(*people)} users", f"{name} {deal.company.plan}"], [5, 3, 2]
    )[0]


def closed_at(deal: Deal) -> datetime:
    """Close date of the CRM, with the time it shows."""
    return datetime.combine(deal.close, deal.at)
