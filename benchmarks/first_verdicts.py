"""How soon the top of the overlap map is right: with no verdict, and after the first ones.

The demo's requests without their item keys, so that every link is a suggestion. What each ask is
really about was written down when the demo was written (data/demo/links.csv); a person who reads
the texts gives these answers, in the order of the page Review links, and searches for the right
item where the suggested one is not. Compared: the ten things with the most money that asks for
them, against the ten with every link known, at several levels from which suggestions count.
"""

import csv
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from common_ground import meeting, reviewing
from common_ground.analysis.overlap import Overlap
from common_ground.ledger import NewVerdict, open_ledger
from common_ground.ledger.records import Verdict
from common_ground.meeting import Decided
from common_ground.settings import DEMO
from common_ground.warehouse.build import build
from common_ground.warehouse.published import Data, open_published

REQUESTS = "customer-requests.csv"
AFTER = (0, 10, 20, 30, 60)
LEVELS = (0.1, 0.15, 0.2, 0.25, 0.35)
TOP = 10
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def make_workspace(folder: Path) -> Path:
    """The demo without keys in its requests."""
    exports, workspace = folder / "exports", folder / "workspace"
    shutil.copytree(DEMO / "exports", exports)
    with (exports / REQUESTS).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with (exports / REQUESTS).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"Item": ""} for row in rows)
    build(exports, workspace, DEMO / "decisions.toml")
    return workspace


def truth() -> dict[str, str]:
    """What each ask is about: ask_id -> item or feature."""
    with (DEMO / "links.csv").open(encoding="utf-8", newline="") as stream:
        return {row["ask_id"]: row["to_id"] for row in csv.DictReader(stream)}


def overlap_at(data: Data, decided: Decided, level: float) -> Overlap:
    """The overlap with suggestions from a level up."""
    return meeting.overlaps(data, decided, meeting.links(data, decided), level)


def next_answer(data: Data, decided: Decided, about: Mapping[str, str]) -> NewVerdict | None:
    """What a reader says of the first ask that waits, who searches where the suggestion is wrong.

    None when no ask waits.
    """
    nothing = reviewing.without_verdicts(decided)
    said = reviewing.texts(data, nothing)
    queue = reviewing.queue(data, decided, reviewing.suggestions(data, nothing, said), said)
    waiting = queue.loc[(queue["state"] == "undecided") & (queue["kind"] != "ask_ask")]
    if waiting.empty:
        return None
    row = waiting.iloc[0]
    means = about.get(row["from_id"])
    if means is None:
        return verdict(data, row["from_id"], row["to_id"], "different")
    return verdict(data, row["from_id"], means, "same")


def verdict(data: Data, ask_id: str, to_id: str, said: Verdict) -> NewVerdict:
    """A verdict on an ask and an item or feature."""
    is_item = to_id in set(data.mart("mart_items")["item_id"])
    return NewVerdict("ask_item" if is_item else "ask_feature", ask_id, to_id, said, "Reader")


def top(found: Overlap) -> list[str]:
    """The ten with the most money that asks for them."""
    ranked = found.items.sort_values(["touched", "item_id"], ascending=[False, True])
    return ranked.loc[ranked["touched"] > 0, "item_id"].head(TOP).tolist()


def main() -> int:
    """Print the table."""
    about = truth()
    with tempfile.TemporaryDirectory() as name:
        workspace = make_workspace(Path(name))
        data, ledger = open_published(workspace), open_ledger(workspace)
        known = open_ledger(Path(name) / "everything")
        for ask_id in data.mart("mart_asks")["ask_id"]:
            if means := about.get(ask_id):
                known.decide(verdict(data, ask_id, means, "same"), now=NOW)
        right = overlap_at(data, Decided.of(known), level=1.0)
        classes = right.items.set_index("item_id")["class"]
        print(f"{'verdicts':>8} " + " ".join(f"{f'above {level:g}':>22}" for level in LEVELS))
        given = 0
        for count in AFTER:
            while given < count and (said := next_answer(data, Decided.of(ledger), about)):
                ledger.decide(said, now=NOW)
                given += 1
            cells = []
            for level in LEVELS:
                found = overlap_at(data, Decided.of(ledger), level)
                shown = found.items.set_index("item_id")["class"]
                both = [one for one in top(found) if one in top(right)]
                same = sum(shown[one] == classes[one] for one in both)
                cells.append(f"{len(both)} right, {same} in class")
            print(f"{given:>8} " + " ".join(f"{cell:>22}" for cell in cells), flush=True)
        data.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
