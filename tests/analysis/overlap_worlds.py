"""A made-up company of any size as export files, to look at the Overlaps page with and measure it.

Titles are three words apart from each other, so many are alike; pulls are spread like real ones:
a few large, most small, some none.
"""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from common_ground.charts.overlap_map import SYMBOLS

AS_OF = date(2026, 10, 31)
KINDS = (
    "Offline", "Shared", "Recurring", "Signed", "Bulk", "Scheduled", "Nested", "Instant",
    "Regional", "Partner", "Seasonal", "Printed",
)  # fmt: skip
THINGS = (
    "maps", "invoices", "checklists", "quotes", "routes", "reports", "contracts", "timers",
    "photos", "permits", "alerts", "exports", "calendars", "stock counts", "warranties", "rosters",
)  # fmt: skip
PLACES = ("for crews", "on mobile", "by branch", "with approval", "per customer", "in the portal")
AREAS = ("Dispatch", "Invoicing", "Mobile", "Reporting", "Assets", "Portal", "Admin", "Stock")
SEGMENTS = ("Small", "Mid-market", "Enterprise")
STAGES = ("Appointment scheduled", "Qualified to buy", "Contract sent", "Closed won", "Closed lost")


def titles(count: int) -> list[str]:
    """So many titles, each once (at most 1,152)."""
    every = [f"{kind} {thing} {place}" for kind in KINDS for thing in THINGS for place in PLACES]
    return random.Random(7).sample(every, count)


def things(count: int) -> pd.DataFrame:
    """So many things as the map takes them, without going through files."""
    chance = random.Random(11)
    classes = list(SYMBOLS)
    rows = []
    for place, title in enumerate(titles(count)):
        name = chance.choice(classes)
        is_asked = name != "only_product" and chance.random() > 0.15
        rows.append(
            {
                "item_id": f"I-{place}",
                "title": title,
                "class": name,
                "touched": round(chance.lognormvariate(10.5, 1.2)) if is_asked else 0.0,
                "reach": chance.lognormvariate(3.6, 0.9) if chance.random() > 0.1 else 0.0,
                "effort": chance.choice([None, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0]),
                "unconfirmed_share": chance.choice([0.0, 0.0, 0.3, 1.0]),
            }
        )
    return pd.DataFrame(rows)


def write_exports(folder: Path, items: int, asks: int) -> None:
    """Companies, deals, backlog, requests, features and usage as CSV files.

    Args:
        folder: made where it is missing.
        items: of the backlog.
        asks: requests; a third names its item, a sixth is about something no item answers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(13)
    accounts = [f"Firm {number}" for number in range(max(30, items // 3))]
    domains = [f"firm{number}.example" for number in range(len(accounts))]
    deals = [f"D{number}" for number in range(len(accounts) * 2)]
    named = titles(items)
    _write(
        folder / "hubspot-companies.csv",
        ["Record ID", "Company name", "Company Domain Name", "Customer Segment", "Create Date"],
        [
            (f"C{n}", name, domains[n], chance.choice(SEGMENTS), "2024-01-10")
            for n, name in enumerate(accounts)
        ],
    )
    _write(
        folder / "hubspot-deals.csv",
        [
            "Record ID",
            "Deal Name",
            "Deal Stage",
            "Close Date",
            "Amount",
            "Deal Currency Code",
            "Create Date",
            "Associated Company",
            "Associated Company IDs",
            "Deal Type",
        ],  # fmt: skip
        [_deal(n, deal, accounts, chance) for n, deal in enumerate(deals)],
    )
    _write(
        folder / "jira-backlog.csv",
        [
            "Summary",
            "Issue key",
            "Issue Type",
            "Status",
            "Components",
            "Description",
            "Custom field (Effort low weeks)",
            "Custom field (Effort likely weeks)",
            "Custom field (Effort high weeks)",
            "Custom field (Reach)",
            "Custom field (Impact)",
            "Custom field (Confidence)",
        ],  # fmt: skip
        [_item(n, title, chance) for n, title in enumerate(named)],
    )
    _write(
        folder / "customer-requests.csv",
        [
            "Request ID",
            "Date",
            "Logged by",
            "Side",
            "Company",
            "Company domain",
            "Deal ID",
            "Blocker",
            "Request",
            "Item",
        ],  # fmt: skip
        [_ask(n, named, accounts, domains, chance) for n in range(asks)],
    )
    _write(
        folder / "features.csv",
        ["feature_id", "name", "area", "description", "event", "plans", "released_date"],
        [
            (f"F-{n}", f"{area} board", area, "", f"{area} used", "", "")
            for n, area in enumerate(AREAS)
        ],
    )
    _write(
        folder / "product-usage-events.csv",
        ["event_id", "timestamp", "account_domain", "user_email", "event"],
        _usage(domains, chance),
    )


def _deal(number: int, deal: str, accounts: list[str], chance: random.Random) -> tuple[object, ...]:
    company = number % len(accounts)
    stage = chance.choice(STAGES)
    closed = "2026-06-30" if stage.startswith("Closed") else "2027-01-31"
    amount = round(chance.lognormvariate(10.3, 1.0))
    return (
        deal, f"{accounts[company]} {number}", stage, closed, amount, "USD", "2026-03-01",
        accounts[company], f"C{company}", "New business",
    )  # fmt: skip


def _item(number: int, title: str, chance: random.Random) -> tuple[object, ...]:
    status = chance.choice(["Idea", "Idea", "Idea", "Planned", "In Progress", "Done"])
    likely = chance.choice([1, 2, 3, 5, 8])
    effort: tuple[object, ...] = (likely - 0.5, likely, likely * 2)
    reach, impact = round(chance.lognormvariate(3.6, 0.9)), chance.choice([0.5, 1, 2])
    rated: tuple[object, ...] = (reach, impact, chance.choice([0.5, 0.8]))
    if number % 9 == 0:
        effort = ("", "", "")
    if number % 4 == 0:
        rated = ("", "", "")
    return (title, f"P-{number}", "Story", status, chance.choice(AREAS), "", *effort, *rated)


def _ask(
    number: int, named: list[str], accounts: list[str], domains: list[str], chance: random.Random
) -> tuple[object, ...]:
    item = min(int(chance.expovariate(6 / len(named))), len(named) - 1)
    company = chance.randrange(len(accounts))
    deal = f"D{company + len(accounts) * chance.randrange(2)}" if chance.random() < 0.7 else ""
    wish = f"{chance.choice(THINGS)} nobody has thought of yet, number {number}"
    said = wish if number % 6 == 0 else named[item].lower()
    key = f"P-{item}" if number % 3 == 1 else ""
    return (
        f"R-{number}", "15/05/2026 10:00", "Kim", chance.choice(["Sales", "Product"]),
        accounts[company], domains[company], deal, chance.choice(["yes", "no"]),
        f"They asked for {said}", key,
    )  # fmt: skip


def _usage(domains: list[str], chance: random.Random) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for domain in domains:
        for area in chance.sample(AREAS, 4):
            for week in range(12):
                day = AS_OF - timedelta(days=7 * week)
                rows.append(
                    (f"e{len(rows)}", f"{day}T09:00:00Z", domain, f"a@{domain}", f"{area} used")
                )
    return rows


def _write(path: Path, header: list[str], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
