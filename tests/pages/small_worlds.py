"""Small companies as workspaces: a backlog, deals and what each deal waits for."""

import csv
from dataclasses import dataclass

from common_ground.warehouse.build import build

DECISIONS = """as_of = 2026-10-31
currency = "USD"
time_zone = "UTC"
[stages]
"Contract sent" = "open"
[files."customer-requests.csv"]
date_order = "day_first"
[files."hubspot-deals.csv"]
amount = "arr"
"""


@dataclass(frozen=True)
class Item:
    """One item of the backlog: key, likely weeks, accounts reached, status, keys it needs."""

    key: str
    weeks: float | None = 2
    reach: float = 0
    status: str = "Idea"
    needs: tuple[str, ...] = ()


def workspace(folder, items=(), deals=(), blocker="yes"):
    """A workspace with these items and deals.

    Args:
        folder: empty.
        items: of the backlog; titles are "Thing A" for key A.
        deals: pairs of amount and keys of the items the deal waits for.
        blocker: whether each deal cannot close without its items, "yes" or "no".
    """
    exports = folder / "exports"
    exports.mkdir()
    widest = max((len(item.needs) for item in items), default=0)
    if items:
        _write(
            exports / "jira-backlog.csv",
            [
                *("Summary", "Issue key", "Issue Type", "Status", "Components", "Description"),
                *["Inward issue link (Blocks)"] * widest,
                *(f"Custom field (Effort {end} weeks)" for end in ("low", "likely", "high")),
                *(f"Custom field ({name})" for name in ("Reach", "Impact", "Confidence")),
            ],
            [_item(item, widest) for item in items],
        )
    _write(
        exports / "hubspot-deals.csv",
        [
            *("Record ID", "Deal Name", "Deal Stage", "Close Date", "Amount"),
            *("Deal Currency Code", "Create Date", "Associated Company", "Deal Type"),
        ],
        [
            (f"D{n}", f"Deal {n}", "Contract sent", "2027-01-31", amount, "USD", "2026-03-01")
            + (f"Firm {n}", "New business")
            for n, (amount, _) in enumerate(deals)
        ]
        or [("D0", "Deal", "Contract sent", "2027-01-31", 1, "USD", "2026-03-01", "Firm", "")],
    )
    if deals:
        _write(
            exports / "customer-requests.csv",
            [
                *("Request ID", "Date", "Logged by", "Side", "Company", "Company domain"),
                *("Deal ID", "Blocker", "Request", "Item"),
            ],
            [
                (f"R{n}-{key}", "15/05/2026 10:00", "Kim", "Sales", f"Firm {n}", f"firm{n}.example")
                + (f"D{n}", blocker, f"They need Thing {key}", key)
                for n, (_, keys) in enumerate(deals)
                for key in keys
            ],
        )
    decisions = folder / "decisions.toml"
    decisions.write_text(DECISIONS)
    made = folder / "workspace"
    build(exports, made, decisions)
    return made


def _item(item, widest):
    weeks = ("", "", "") if item.weeks is None else (item.weeks,) * 3
    rated = (item.reach, 1, 1) if item.reach else ("", "", "")
    return (
        (f"Thing {item.key}", item.key, "Story", item.status, "", "")
        + (*item.needs, *[""] * (widest - len(item.needs)))
        + weeks
        + rated
    )


def _write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
