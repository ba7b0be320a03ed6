"""What people said: asks with their dates and authors, and survey answers."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from world.bank import AS_OF, day_between, draws, words
from world.book import Deal, History
from world.companies import Company
from world.usage import people_of

FIRST_ASK = date(2025, 11, 3)  # undated asks are from the last twelve months


@dataclass
class Ask:
    """One row of the requests export; `about` is the truth, not shown in it."""

    entry: dict[str, Any]
    about: tuple[str, ...]
    side: str
    company: Company | None
    deal: Deal | None
    at: datetime
    logged_by: str
    votes: int | None
    ask_id: str = ""


def make_asks(history: History) -> list[Ask]:
    """Asks of the word bank in the order they were logged, with ids."""
    rng = draws("asks")
    companies = {company.name: company for company in history.companies}
    deals = {deal.key: deal for deal in history.deals if deal.key[0]}
    asks = []
    for group in words("asks")["on"]:
        about = tuple(key for key in (group["about"], *group.get("also", [])) if key)
        for entry in group["asks"]:
            company = companies[entry["co"]] if "co" in entry else None
            deal = deals[entry["co"], entry["deal"]] if "deal" in entry else None
            asks.append(_ask(rng, entry, about, company, deal))
    _after_the_first(rng, asks)
    asks.sort(key=lambda ask: (ask.at, ask.entry["title"]))
    number = 1000
    for ask in asks:
        number += rng.randint(1, 4)
        ask.ask_id = f"REQ-{number}"
    return asks


def _ask(
    rng: random.Random,
    entry: dict[str, Any],
    about: tuple[str, ...],
    company: Company | None,
    deal: Deal | None,
) -> Ask:
    people = words("people")
    side = entry.get("side", "Sales")
    author = rng.choice(people["product"])
    if side == "Sales":
        is_success = deal is None and rng.random() < 0.7
        author = (
            rng.choice(people["success"])
            if is_success or company is None
            else (deal or company).owner
        )
    day = _day(rng, entry, company, deal)
    votes = rng.choice([1, 1, 2, 2, 3, 4, 6]) if deal is None and rng.random() < 0.45 else None
    at = datetime.combine(day, time(rng.randint(8, 18), rng.randint(0, 59)))
    return Ask(entry, about, side, company, deal, at, author, votes)


def _day(
    rng: random.Random, entry: dict[str, Any], company: Company | None, deal: Deal | None
) -> date:
    """Day an ask was logged: as written, after the debrief, while the deal was open, or any."""
    if "date" in entry:
        return date.fromisoformat(entry["date"])
    if deal is not None and deal.close <= AS_OF:
        return deal.close + timedelta(days=rng.randint(0, 6))
    earliest = FIRST_ASK
    if deal is not None:
        earliest = deal.created + timedelta(days=6)
    elif company is not None:
        known_since = company.since or company.created + timedelta(days=60)
        earliest = max(FIRST_ASK, known_since + timedelta(days=21))
    return day_between(rng, earliest, AS_OF - timedelta(days=2))


def _after_the_first(rng: random.Random, asks: list[Ask]) -> None:
    """Move an ask that repeats another one behind it."""
    first = {ask.entry["id"]: ask for ask in asks if "id" in ask.entry}
    for ask in asks:
        if "merged" in ask.entry:
            day = day_between(rng, first[ask.entry["merged"]].at.date() + timedelta(days=2), AS_OF)
            ask.at = datetime.combine(day, ask.at.time())


def unused_features(asks: list[Ask]) -> dict[str, frozenset[str]]:
    """Features an account asked for although they exist: it never used them."""
    unused: dict[str, set[str]] = {}
    for ask in asks:
        for key in ask.about:
            if key.startswith("FEAT-") and ask.company is not None:
                unused.setdefault(ask.company.name, set()).add(key)
    return {name: frozenset(keys) for name, keys in unused.items()}


def make_surveys(history: History) -> list[tuple[str, str, str, int, date]]:
    """Answers: domain, mail, survey, score, day. Accounts about to leave score lower."""
    rng = draws("surveys")
    leaving = history.departures()
    answers = []
    waves = [date(2025, 4, 14), date(2025, 10, 13), date(2026, 4, 13), date(2026, 10, 12)]
    for wave in waves:
        for company in history.customers(wave):
            for email in rng.sample(people_of(company), min(3, len(people_of(company)))):
                if rng.random() < 0.3:
                    mood = (
                        8.35
                        - _gloom(leaving.get(company.domain), wave) * 3
                        + (wave.year - 2025) * 0.2
                    )
                    score = max(0, min(10, round(rng.gauss(mood, 1.75))))
                    answers.append(
                        (
                            company.domain,
                            email,
                            "NPS",
                            score,
                            day_between(rng, wave, wave + timedelta(days=9)),
                        )
                    )
    for _ in range(520):
        day = day_between(rng, date(2025, 3, 1), AS_OF)
        company = rng.choice(history.customers(day))
        mood = 4.5 - _gloom(leaving.get(company.domain), day) * 1.2
        score = max(1, min(5, round(rng.gauss(mood, 0.85))))
        answers.append((company.domain, rng.choice(people_of(company)), "CSAT", score, day))
    return sorted(answers, key=lambda row: (row[4], row[0], row[1], row[2]))


def _gloom(end: date | None, day: date) -> int:
    return int(end is not None and timedelta(0) <= end - day < timedelta(days=240))
