"""Two years of selling, put together from its parts in one order."""

import random
from datetime import time, timedelta

from world.bank import AS_OF, START, draws, words
from world.book import Deal, History
from world.companies import made_up_companies, set_crm_entries
from world.customers import add_base_customers, add_named, add_win_backs, announce_departures
from world.pipeline import (
    add_lost_expansions,
    add_new_business,
    add_open_deals,
    add_open_renewals,
    add_trials,
)

ADD_ONS = ["more seats", "inventory", "second branch", "upgrade", "add-on"]


def make_history() -> History:
    """Sell the product for two years."""
    history = History()
    pool = made_up_companies()
    add_named(history)
    add_base_customers(history, pool)
    add_new_business(history, pool)
    add_lost_expansions(history)
    add_win_backs(history)
    announce_departures(history)
    add_open_deals(history, pool)
    add_open_renewals(history)
    add_trials(history)
    _finish(history)
    return history


def _finish(history: History) -> None:
    """Drop deals from before the window; give the rest names, times, ids and last activity."""
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
        return f"{name} - {rng.choice(ADD_ONS)}"
    people = {"Small": (4, 14), "Mid-market": (15, 75), "Enterprise": (80, 400)}[
        deal.company.segment
    ]
    return rng.choices(
        [name, f"{name} - {rng.randint(*people)} users", f"{name} {deal.company.plan}"], [5, 3, 2]
    )[0]
