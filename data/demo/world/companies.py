"""Companies of the demo: the named ones people speak of, and made-up ones around them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from world.bank import AS_OF, START, day_between, draws, slug, words

SEGMENTS = ("Small", "Mid-market", "Enterprise")
PLANS = {"Small": "Starter", "Mid-market": "Professional", "Enterprise": "Enterprise"}
# Yearly subscription, own currency: lowest, usual, highest.
SIZES = {
    "Small": (6000, 9500, 18000),
    "Mid-market": (18000, 31000, 68000),
    "Enterprise": (72000, 105000, 210000),
}


@dataclass
class Company:
    """A customer or prospect; `deals` are hand-written ones, `weak` the areas it hardly uses."""

    name: str
    domain: str
    industry: str
    country: str
    region: str
    segment: str
    owner: str
    currency: str
    record_id: int = 0
    created: date = START
    in_crm: bool = True
    named: bool = False
    since: date | None = None
    arr: int = 0
    weak: frozenset[str] = frozenset()
    deals: list[dict[str, Any]] = field(default_factory=list)

    @property
    def plan(self) -> str:
        """Plan that companies of this size buy."""
        return PLANS[self.segment]


def yearly_amount(rng: random.Random, segment: str) -> int:
    """A believable yearly price for the segment, in hundreds."""
    low, usual, high = SIZES[segment]
    return round(rng.triangular(low, high, usual) / 100) * 100


def named_companies() -> list[Company]:
    """Companies of the word bank, in its order."""
    rng = draws("named companies")
    bank = words("companies")
    people = words("people")
    companies = []
    for entry in bank["named"]:
        country = entry["country"]
        region = "Europe" if country in bank["euro"] else rng.choice(["East", "West"])
        companies.append(
            Company(
                name=entry["name"],
                domain=entry.get("domain", f"{slug(entry['name'])}.example"),
                industry=entry["industry"],
                country=country,
                region=region,
                segment=entry["segment"],
                owner=rng.choice([p["name"] for p in people["sales"] if p["region"] == region]),
                currency="EUR" if country in bank["euro"] else "USD",
                named=True,
                since=date.fromisoformat(entry["since"]) if "since" in entry else None,
                arr=entry.get("arr", 0),
                weak=frozenset(entry.get("weak", ())),
                deals=entry.get("deals", []),
            )
        )
    return companies


def made_up_companies() -> Iterator[Company]:
    """Companies without end to the bank: a first word and a word of the trade, each pair once."""
    rng = draws("made-up companies")
    bank = words("companies")
    people = words("people")
    pairs = [
        (first, trade, industry)
        for first in bank["made_up"]["first"]
        for industry, trades in bank["trades"].items()
        for trade in trades
    ]
    rng.shuffle(pairs)
    seen: dict[str, int] = {}
    for first, trade, industry in pairs:
        # The same first word five times over would look like one family of firms.
        if seen.get(first, 0) >= 5:
            continue
        seen[first] = seen.get(first, 0) + 1
        region = rng.choices(["East", "West", "Europe"], [42, 33, 25])[0]
        country = rng.choice(bank["countries"][region])
        yield Company(
            name=f"{first} {trade}",
            domain=f"{slug(first)}{bank['domain_words'].get(trade, slug(trade))}.example",
            industry=industry,
            country=country,
            region=region,
            segment=rng.choices(SEGMENTS, [46, 41, 13])[0],
            owner=rng.choice([p["name"] for p in people["sales"] if p["region"] == region]),
            currency="EUR" if country in bank["euro"] else "USD",
        )


def set_crm_entries(companies: list[Company]) -> None:
    """Give each company a record id and a day it entered the CRM, before anything happens to it."""
    rng = draws("crm entries")
    for company in companies:
        first = company.created if company.since is None else min(company.since, company.created)
        company.created = first - timedelta(days=rng.randint(3, 60))
    ordered = sorted(companies, key=lambda company: (company.created, company.domain))
    record = 7_204_113_000
    for company in ordered:
        record += rng.randint(1_000, 90_000)
        company.record_id = record


def billing_name(rng: random.Random, company: Company) -> str:
    """The company as the billing tool spells it: often with a legal form, sometimes shouting."""
    form = rng.choice(words("companies")["legal"][company.country])
    name = rng.choices([company.name, f"{company.name} {form}"], [45, 55])[0]
    return name.upper() if rng.random() < 0.08 else name


def crm_name(rng: random.Random, company: Company) -> str:
    """The company as the CRM spells it: named ones as people say them, some others with a form."""
    if company.named or rng.random() > 0.25:
        return company.name
    return f"{company.name} {words('companies')['legal'][company.country][0]}"


def random_start(rng: random.Random) -> date:
    """First day of a customer that was there before the window."""
    return day_between(rng, date(2022, 2, 1), START - timedelta(days=30))


def is_customer(company: Company) -> bool:
    """Whether the word bank says the company has a subscription as of the last day."""
    return company.since is not None and company.since <= AS_OF
