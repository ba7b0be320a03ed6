"""The backlog as Jira exports it: repeated headers, two-digit years, text over several lines."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from world.bank import AS_OF, day_between, draws, header, words

PLANNED = ("Selected for development", "In Progress")
QUARTER = "2026-Q4"
CATEGORY = {"Idea": "To Do", "Selected for development": "To Do", "In Progress": "In Progress"}
FIRST_KEY_DAY = date(2024, 8, 5)  # FSM-100


def jira_rows() -> list[list[str]]:
    """The export: header, then rows with the newest key first, as Jira sorts them."""
    items = words("items")["item"]
    blocks = {needed: item["key"] for item in items for needed in item.get("needs", [])}
    rng = draws("backlog")
    rows = {item["key"]: _row(rng, item, blocks.get(item["key"], "")) for item in items}
    newest_first = sorted(rows, key=lambda key: -int(key.split("-")[1]))
    return [header("backlog"), *(rows[key] for key in newest_first)]


def created_on(key: str) -> date:
    """Day an issue was created: keys count up about 270 in 26 months."""
    return FIRST_KEY_DAY + timedelta(days=round((int(key.split("-")[1]) - 100) * 3.6))


def _row(rng: random.Random, item: dict[str, Any], blocks: str) -> list[str]:
    people = words("people")["product"]
    status = item["status"]
    created, updated, resolved = _days(rng, item)
    labels = [*item.get("labels", []), "", ""][:2]
    needs = [*item.get("needs", []), "", ""][:2]
    effort = [f"{weeks:g}" for weeks in item["effort"]] or ["", "", ""]
    is_planned = status in PLANNED
    return [
        item["title"],
        item["key"],
        str(20_400 + int(item["key"].split("-")[1]) * 7),
        rng.choice(["Story", "Story", "Improvement", "New Feature"]),
        status,
        "FSM",
        "Field Service",
        rng.choices(["High", "Medium", "Low"], [3, 6, 3] if is_planned else [1, 6, 4])[0],
        {"Done": "Done", "Won't do": "Won't Do"}.get(status, ""),
        rng.choice(people) if is_planned or status == "Done" else "",
        rng.choice(people),
        _stamp(rng, created),
        _stamp(rng, updated),
        _stamp(rng, resolved) if resolved else "",
        _stamp(rng, date(2026, 12, 18)) if is_planned else "",
        str(rng.choice([0, 0, 0, 1, 2, 3])),
        *labels,
        item.get("area", ""),
        f"{resolved.year}.{resolved.month}" if status == "Done" and resolved else "",
        item["description"].strip(),
        *needs,
        blocks,
        *effort,
        str(item.get("reach", "")),
        f"{item['impact']:g}" if "impact" in item else "",
        f"{item['confidence']:g}" if "confidence" in item else "",
        QUARTER if is_planned else "",
        CATEGORY.get(status, "Done"),
    ]


def _days(rng: random.Random, item: dict[str, Any]) -> tuple[date, date, date | None]:
    """Created, updated, resolved."""
    created = created_on(item["key"])
    if "released" in item:
        released = date.fromisoformat(item["released"])
        return min(created, released - timedelta(days=75)), released, released
    if item["status"] == "Won't do":
        declined = created + timedelta(days=rng.randint(30, 80))
        return created, declined, declined
    return created, day_between(rng, max(created, AS_OF - timedelta(days=120)), AS_OF), None


def _stamp(rng: random.Random, day: date) -> str:
    """A moment of the day as Jira Cloud writes it: 09/Jan/24 3:54 PM."""
    moment = datetime.combine(day, time(rng.randint(8, 17), rng.randint(0, 59)))
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{day:%d}/{months[day.month - 1]}/{day:%y} {hour}:{moment:%M} {half}"
