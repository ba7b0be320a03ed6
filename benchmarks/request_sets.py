"""Two public sets of requests with known duplicates, as training and benchmark read them."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

PROJECT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from common_ground.analysis.similarity import Texts  # noqa: E402

REQUESTS: Final = PROJECT.parent / "shared" / "benchmarks" / "requests"
TOPS: Final = (1, 5, 10)


@dataclass(frozen=True)
class RequestSet:
    """Requests with their ids, and each request's known duplicates."""

    name: str
    source: str
    licence: str
    ids: list[str]
    texts: Texts
    duplicates: dict[str, set[str]]


def read_sets() -> list[RequestSet]:
    """Redmine and Hadoop; stops with a message where they do not lie beside the project."""
    if not REQUESTS.is_dir():
        raise SystemExit("shared/benchmarks/requests is not beside the project")
    return [
        _read(
            "redmine",
            ("github hualei2016/ReqDeDup, feature requests of redmine.org", "CC0 1.0"),
            ("request_id", "title", "text"),
            "redmine_requests.csv",
            "redmine_duplicates.csv",
        ),
        _read(
            "hadoop",
            ("github av9ash/gitbugs, Jira issues of Apache Hadoop", "CC BY 4.0"),
            ("Issue id", "Summary", "Description"),
            "hadoop_issues.csv",
            "hadoop_duplicates.csv",
        ),
    ]


def known_duplicates(pairs: Iterable[tuple[str, str]], ids: set[str]) -> dict[str, set[str]]:
    """Duplicates of each request in both directions; a cell may list several ids."""
    known: dict[str, set[str]] = {}
    for one, listed in pairs:
        for other in (part.strip() for part in listed.split(",")):
            if one in ids and other in ids:
                known.setdefault(one, set()).add(other)
                known.setdefault(other, set()).add(one)
    return known


def clusters(requests: RequestSet) -> list[int]:
    """For each request the first row of its cluster of duplicates."""
    place = {request: row for row, request in enumerate(requests.ids)}
    first = list(range(len(requests.ids)))
    for start in range(len(first)):
        reached, todo = {start}, [start]
        while todo:
            near = requests.duplicates.get(requests.ids[todo.pop()], set())
            new = {place[other] for other in near} - reached
            reached |= new
            todo += new
        for row in reached:
            first[row] = min(first[row], start)
    return first


def _read(
    name: str, made: tuple[str, str], columns: tuple[str, str, str], requests: str, pairs: str
) -> RequestSet:
    frame = pd.read_csv(REQUESTS / requests, dtype=str, keep_default_na=False)
    ids, titles, bodies = (frame[column].tolist() for column in columns)
    listed = pd.read_csv(REQUESTS / pairs, dtype=str).to_numpy().tolist()
    return RequestSet(name, *made, ids, Texts(titles, bodies), known_duplicates(listed, set(ids)))
