"""Recall of known duplicate requests: the three similarities and their plain sum.

Reads two public sets that lie beside the project (shared/benchmarks/requests) and prints, for each
request with a known duplicate, how often one of its duplicates is among the first 1, 5 and 10 of
the whole file. Equal scores are ordered by row. Keeps nothing of the texts.

    python -m benchmarks.request_links
"""

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from common_ground.analysis import similarity  # noqa: E402

REQUESTS = PROJECT.parent / "shared" / "benchmarks" / "requests"
TOPS = (1, 5, 10)
CUTS = (1, 2, 5)


@dataclass(frozen=True)
class RequestSet:
    """Requests with their ids, and each request's known duplicates."""

    name: str
    ids: list[str]
    texts: similarity.Texts
    duplicates: dict[str, set[str]]


def known_duplicates(pairs: Iterable[tuple[str, str]], ids: set[str]) -> dict[str, set[str]]:
    """Duplicates of each request in both directions; a cell may list several ids."""
    known: dict[str, set[str]] = {}
    for one, listed in pairs:
        for other in (part.strip() for part in listed.split(",")):
            if one in ids and other in ids:
                known.setdefault(one, set()).add(other)
                known.setdefault(other, set()).add(one)
    return known


def read_set(name: str, columns: tuple[str, str, str], requests: str, pairs: str) -> RequestSet:
    """A benchmark set; columns are those of id, title and body."""
    frame = pd.read_csv(REQUESTS / requests, dtype=str, keep_default_na=False)
    ids, titles, bodies = (frame[column].tolist() for column in columns)
    listed = pd.read_csv(REQUESTS / pairs, dtype=str).to_numpy().tolist()
    return RequestSet(
        name, ids, similarity.Texts(titles, bodies), known_duplicates(listed, set(ids))
    )


def order_of(scores: np.ndarray) -> np.ndarray:
    """For each row, the other rows from most to least alike."""
    scores = scores.copy()
    np.fill_diagonal(scores, -1.0)
    return np.argsort(-scores, axis=1, kind="stable")


def recall(found: np.ndarray, requests: RequestSet, top: int) -> float:
    """Share of requests with a known duplicate that have one among the first `top`."""
    place = {request: row for row, request in enumerate(requests.ids)}
    hits = sum(
        any(requests.ids[column] in others for column in found[place[request], :top])
        for request, others in requests.duplicates.items()
    )
    return hits / len(requests.duplicates)


def queue(found: np.ndarray, requests: RequestSet, cut: int) -> tuple[float, float]:
    """Precision and recall of a review queue with `cut` suggestions for every request."""
    suggested = {
        frozenset((request, requests.ids[column]))
        for row, request in enumerate(requests.ids)
        for column in found[row, :cut]
    }
    known = {frozenset((one, other)) for one, of in requests.duplicates.items() for other in of}
    return len(suggested & known) / len(suggested), len(suggested & known) / len(known)


def report(requests: RequestSet) -> None:
    """Print the recall of each method, then the queue cut at a few suggestions a request."""
    start = time.process_time()
    measures = [
        (one @ other.T).toarray()
        for one, other in similarity.vectors(requests.texts, requests.texts)
    ]
    seconds = time.process_time() - start
    methods = dict(zip(("words", "characters 3-5", "title characters"), measures, strict=True)) | {
        "plain sum of the three": np.round(sum(measures), similarity.ROUNDED_TO)
    }
    print(
        f"\n{requests.name}: {len(requests.ids)} requests, {len(requests.duplicates)} with a known "
        f"duplicate, {seconds:.1f} s of CPU\n"
    )
    print("| method | recall@1 | recall@5 | recall@10 |\n|---|---|---|---|")
    for method, scores in methods.items():
        found = order_of(scores)
        print(
            f"| {method} | " + " | ".join(f"{recall(found, requests, t):.3f}" for t in TOPS) + " |"
        )
    print("\n| queue cut at | precision | recall of pairs |\n|---|---|---|")
    for cut in CUTS:
        precision, reached = queue(found, requests, cut)
        print(f"| {cut} a request | {precision:.3f} | {reached:.3f} |")


def main() -> int:
    """Print both sets."""
    if not REQUESTS.is_dir():
        print("shared/benchmarks/requests is not beside the project", file=sys.stderr)
        return 1
    report(
        read_set(
            "redmine",
            ("request_id", "title", "text"),
            "redmine_requests.csv",
            "redmine_duplicates.csv",
        )
    )
    report(
        read_set(
            "hadoop",
            ("Issue id", "Summary", "Description"),
            "hadoop_issues.csv",
            "hadoop_duplicates.csv",
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
