"""Write the demo exports: `python data/demo/generate.py [folder]`, the same bytes every time.

The story they tell, and where the parts of it are written down, is in README.md beside this file.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from world.backlog import jira_rows
from world.bank import AS_OF, draws, header, words
from world.book import PROBABILITY, TYPES, Deal, History, Subscription, closed_at
from world.companies import Company, billing_name, crm_name
from world.history import make_history
from world.usage import Event, make_usage, with_duplicates
from world.voices import Ask, make_asks, make_surveys, unused_features

HERE = Path(__file__).resolve().parent
DEALS = "hubspot-crm-exports-all-deals.csv"
COMPANIES = "hubspot-crm-exports-all-companies.csv"
DUPLICATED = {
    "pallisterfiregroup.example": "PALLISTER FIRE GROUP LTD",
    "larchlowe.example": "Larch and Lowe Electrical",
}


def main(folder: Path) -> None:
    """Write every export into folder, and links.csv, the truth behind the asks, beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    history = make_history()
    asks = make_asks(history)
    twins = _twins(history)
    _write(folder / DEALS, _deals(history, twins))
    _write(folder / COMPANIES, _companies(history, twins))
    _write(folder / "billing-subscriptions.csv", _subscriptions(history))
    _write_events(
        folder / "product-usage-events.csv.gz", make_usage(history, unused_features(asks))
    )
    _write(folder / "jira-backlog.csv", jira_rows())
    _write(folder / "customer-requests.csv", _requests(asks), start="\ufeff", end="\r\n")
    _write(folder / "nps-csat-surveys.csv", _surveys(history))
    _write(folder / "targets.csv", _targets())
    _write(folder / "features.csv", _features())
    _write(folder / "fx_rates.csv", _rates())
    _write(folder.parent / "links.csv", _links(asks))


def _write(path: Path, rows: Iterable[Sequence[object]], start: str = "", end: str = "\n") -> None:
    text = io.StringIO()
    text.write(start)
    csv.writer(text, lineterminator=end).writerows(rows)
    path.write_bytes(text.getvalue().encode())


def _write_events(path: Path, events: list[Event]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["event_id", "timestamp", "account_domain", "user_email", "event"])
    for index in with_duplicates(len(events)):
        item = events[index]
        writer.writerow(
            [
                f"ev{index + 1:06d}",
                f"{item.at:%Y-%m-%dT%H:%M:%SZ}",
                item.domain,
                item.email,
                item.event,
            ]
        )
    # No time and no file name in the header: the same events give the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def _twins(history: History) -> dict[str, int]:
    """Second record ids of the companies that were entered twice, by domain."""
    rng = draws("twins")
    return {
        company.domain: company.record_id + rng.randint(100, 900)
        for company in history.companies
        if company.domain in DUPLICATED
    }


def _deals(history: History, twins: dict[str, int]) -> Iterable[Sequence[object]]:
    yield header("deals")
    rng = draws("deals export")
    names = {company.domain: crm_name(rng, company) for company in history.companies}
    for deal in history.deals:
        yield _deal_row(deal, names, twins)
    sandbox = words("people")["sandbox"]
    yield (
        "19999999999",
        "TEST - please ignore",
        "Contract sent",
        "Sales Pipeline",
        "2026-12-31 12:00",
        999999,
        "USD",
        "Marian Okafor",
        "2025-02-03 10:15",
        "2026-10-01 10:15",
        sandbox["name"],
        "7299999999",
        "New business",
        0.9,
        "",
    )


def _deal_row(deal: Deal, names: dict[str, str], twins: dict[str, int]) -> Sequence[object]:
    company = deal.company
    name, record = "", ""
    if company is not None:
        is_twin = company.domain in twins and deal.record_id % 2 == 0
        name = DUPLICATED[company.domain] if is_twin else names[company.domain]
        record = str(twins[company.domain] if is_twin else company.record_id)
    return (
        deal.record_id,
        deal.name,
        deal.stage,
        "Renewal Pipeline" if deal.kind == "R" else "Sales Pipeline",
        f"{closed_at(deal):%Y-%m-%d %H:%M}",
        "" if deal.amount is None else deal.amount,
        deal.currency,
        deal.owner,
        f"{datetime.combine(deal.created, deal.at):%Y-%m-%d %H:%M}",
        f"{datetime.combine(deal.last_activity, deal.at):%Y-%m-%d %H:%M}",
        name,
        record,
        TYPES[deal.kind],
        PROBABILITY.get(deal.stage, ""),
        deal.reason,
    )


def _companies(history: History, twins: dict[str, int]) -> Iterable[Sequence[object]]:
    yield header("companies")
    rng = draws("deals export")
    names = {company.domain: crm_name(rng, company) for company in history.companies}
    rows: list[tuple[int, Sequence[object]]] = []
    for company in history.companies:
        if not company.in_crm:
            continue
        rows.append(
            (company.record_id, _company_row(company, company.record_id, names[company.domain]))
        )
        if company.domain in twins:
            twin = twins[company.domain]
            rows.append((twin, _company_row(company, twin, DUPLICATED[company.domain])))
    for _, row in sorted(rows, key=lambda pair: pair[0]):
        yield row
    sandbox = words("people")["sandbox"]
    yield (
        "7299999999",
        sandbox["name"],
        sandbox["domain"],
        "Marian Okafor",
        "",
        "United States",
        "Enterprise",
        "East",
        "2025-02-03 10:00",
    )


def _company_row(company: Company, record: int, name: str) -> Sequence[object]:
    return (
        record,
        name,
        company.domain,
        company.owner,
        company.industry,
        company.country,
        company.segment,
        company.region,
        f"{company.created:%Y-%m-%d} {8 + record % 9:02d}:{record % 60:02d}",
    )


def _subscriptions(history: History) -> Iterable[Sequence[object]]:
    """The report a billing tool prints: title above the header, count and warning below."""
    yield ("Subscriptions by customer",)
    yield ()
    yield header("subscriptions")
    rng = draws("billing export")
    spelled: dict[str, tuple[str, str]] = {}
    number = 40_000
    ordered = sorted(history.subscriptions, key=lambda item: (item.start, item.company.domain))
    for item in ordered:
        number += rng.randint(1, 9)
        if item.company.domain not in spelled:
            spelled[item.company.domain] = (
                f"C{rng.randint(0, 9)}{len(spelled):04d}",
                billing_name(rng, item.company),
            )
        yield (
            f"SUB-{number}",
            *spelled[item.company.domain],
            item.company.domain,
            item.plan,
            _status(item),
            _american(item.start),
            _american(item.end) if item.end else "",
            _money(item),
            item.company.currency,
        )
    yield ()
    yield (f"Total records: {len(ordered)}",)
    yield ("Confidential Information - Do Not Distribute",)


def _status(item: Subscription) -> str:
    if item.is_trial:
        return "Trial ended" if item.end and item.end <= AS_OF else "Trialing"
    if item.start > AS_OF:
        return "Upcoming"
    return "Ended" if item.end and item.end <= AS_OF else "Active"


def _american(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _money(item: Subscription) -> str:
    return f"{'€' if item.company.currency == 'EUR' else '$'}{item.amount:,.2f}"


def _requests(asks: list[Ask]) -> Iterable[Sequence[object]]:
    yield header("requests")
    ids = {ask.entry["id"]: ask.ask_id for ask in asks if "id" in ask.entry}
    for ask in asks:
        entry = ask.entry
        yield (
            ask.ask_id,
            f"{ask.at:%d/%m/%Y %H:%M}",
            ask.logged_by,
            ask.side,
            ask.company.name if ask.company else "",
            ask.company.domain if ask.company else "",
            ask.deal.record_id if ask.deal else "",
            ("Yes" if entry.get("block") else "No") if ask.deal else "",
            entry["title"],
            entry["text"],
            "" if ask.votes is None else ask.votes,
            ask.about[0] if entry.get("key") else "",
            ids[entry["merged"]] if "merged" in entry else "",
        )


def _links(asks: list[Ask]) -> Iterable[Sequence[object]]:
    """What a person who knows the product would say each ask is about."""
    yield ("ask_id", "kind", "to_id")
    for ask in asks:
        for key in ask.about:
            yield (ask.ask_id, "ask_feature" if key.startswith("FEAT-") else "ask_item", key)


def _surveys(history: History) -> Iterable[Sequence[object]]:
    yield ("Company domain", "Email", "Survey", "Score", "Date")
    yield from make_surveys(history)


def _targets() -> Iterable[Sequence[object]]:
    yield ("kpi", "period", "segment", "target", "set_by")
    people = words("people")
    for goal in people["goals"]:
        for kpi, period, segment, target in goal["rows"]:
            yield (
                kpi,
                period,
                segment,
                target,
                f"{people['sales_lead']} and {people['product_lead']}",
            )


def _features() -> Iterable[Sequence[object]]:
    yield ("feature_id", "name", "area", "description", "event", "plans", "released_date")
    for feature in words("features")["feature"]:
        yield (
            feature["id"],
            feature["name"],
            feature["area"],
            feature["description"],
            feature["event"],
            ",".join(feature.get("plans", [])),
            feature["released"],
        )


def _rates() -> Iterable[Sequence[object]]:
    yield ("currency", "fiscal_year", "rate")
    yield from (("EUR", 2024, 1.08), ("EUR", 2025, 1.1), ("EUR", 2026, 1.12))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE / "exports")
