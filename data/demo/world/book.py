"""What a sale leaves behind: deals, subscriptions, and the book that holds them."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from world.bank import START, workday
from world.companies import Company

# Days from creation to close: lowest, usual, highest.
CYCLE = {"Small": (12, 38, 110), "Mid-market": (30, 76, 210), "Enterprise": (60, 128, 300)}
TYPES = {"N": "New business", "E": "Existing business", "R": "Renewal"}
PROBABILITY = {
    "Appointment scheduled": 0.2,
    "Qualified to buy": 0.4,
    "Presentation scheduled": 0.6,
    "Decision maker bought-in": 0.8,
    "Contract sent": 0.9,
    "Closed won": 1,
    "Closed lost": 0,
}
OPEN_STAGES = list(PROBABILITY)[:5]


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


def new_deal(
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


def opened(rng: random.Random, segment: str, close: date, speed: float = 1.0) -> date:
    """Day a deal that closes on the day was created; speed below 1 makes it quicker."""
    low, usual, high = CYCLE[segment]
    return close - timedelta(days=max(4, round(rng.triangular(low, high, usual) * speed)))


def renewal(rng: random.Random, company: Company, day: date, amount: int, is_won: bool) -> Deal:
    """The renewal of a subscription whose term ends on the day."""
    close = workday(day - timedelta(days=rng.randint(1, 20)))
    stage = "Closed won" if is_won else "Closed lost"
    created = close - timedelta(days=rng.randint(60, 95))
    deal = new_deal(company, "R", stage, amount, (created, close))
    deal.name = f"{company.name} renewal {day.year}"
    return deal


def closed_at(deal: Deal) -> datetime:
    """Close date of the CRM, with the time it shows."""
    return datetime.combine(deal.close, deal.at)
