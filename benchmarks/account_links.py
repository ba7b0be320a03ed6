"""Accounts of two exports: what links by itself, and what is suggested to people.

Two seeded exports of 10,000 companies each (account_sets.py) are built into a workspace, so that
the links are those of the real cascade; suggestions are those of the page. Constants were chosen on
the first set alone. The other sets are of other seeds; one has heavier rates, and two are put
together from words, countries, legal forms and abbreviations that nothing was chosen on.

    python -m benchmarks.account_links
"""

import csv
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks import account_sets  # noqa: E402
from common_ground import meeting  # noqa: E402
from common_ground.analysis.account_matching import LIKELY  # noqa: E402
from common_ground.analysis.account_words import read_name  # noqa: E402
from common_ground.ledger import open_ledger  # noqa: E402
from common_ground.warehouse.build import build  # noqa: E402
from common_ground.warehouse.published import Data  # noqa: E402

SETS = (
    ("chosen on: seed 1", 1, account_sets.USUAL, account_sets.USUAL_WORDS),
    ("held out: seed 11", 11, account_sets.USUAL, account_sets.USUAL_WORDS),
    ("held out: seed 12, heavier rates", 12, account_sets.HEAVY, account_sets.USUAL_WORDS),
    ("held out: seed 13, other words", 13, account_sets.USUAL, account_sets.HELD_OUT_WORDS),
    ("held out: seed 14, other words", 14, account_sets.USUAL, account_sets.HELD_OUT_WORDS),
)
HEADER = ("account_id", "account_name", "account_domain", "country")
CUTS = (LIKELY, 0.7, 0.9)
COSINES = tuple(at / 20 for at in range(10, 20))
BLOCK_ROWS = 1_000
MEGABYTE = 1_000_000

Pair = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """How pairs compare with the truth."""

    pairs: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)

    def __str__(self) -> str:
        """As cells of a table."""
        return f"{self.pairs:,} | {self.precision:.4f} | {self.recall:.3f} | {self.f1:.3f}"


def measured(found: set[Pair], truth: set[Pair]) -> Found:
    """Pairs against the truth."""
    right = len(found & truth)
    return Found(len(found), right / max(len(found), 1), right / max(len(truth), 1))


def pairs(groups: Iterable[Iterable[str]]) -> set[Pair]:
    """Every pair within a group, in order of its ids."""
    found = set()
    for group in groups:
        ids = sorted(group)
        found |= {(one, other) for at, one in enumerate(ids) for other in ids[at + 1 :]}
    return found


def grouped(rows: pd.DataFrame, by: str) -> set[Pair]:
    """Pairs of exported rows with the same value."""
    return pairs(rows.dropna(subset=by).groupby(by)["source_account"].agg(list))


def built(folder: Path, exports: Iterable[list[account_sets.Row]]) -> Data:
    """The two exports as files, built."""
    (folder / "exports").mkdir()
    for name, rows in zip(("crm.csv", "second.csv"), exports, strict=True):
        with (folder / "exports" / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            writer.writerows(
                (row.account_id, row.account_name, row.account_domain, row.country) for row in rows
            )
    return build(folder / "exports", folder / "workspace", as_of=date(2026, 11, 28)).data


def likest(known: pd.DataFrame) -> dict[Pair, float]:
    """Each row's likest row of the other export by characters of the name, with the cosine."""
    vectors = TfidfVectorizer(
        sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 4), dtype=np.float32
    ).fit_transform(known["name"].fillna(""))
    ids, sources = known["source_account"].to_numpy(), known["source"].to_numpy()
    found: dict[Pair, float] = {}
    for start in range(0, len(ids), BLOCK_ROWS):
        scores = (vectors[start : start + BLOCK_ROWS] @ vectors.T).toarray()
        rows = slice(start, start + len(scores))
        scores[sources[rows][:, None] == sources[None, :]] = 0.0
        for one, other, score in zip(
            ids[rows], ids[scores.argmax(axis=1)], scores.max(axis=1), strict=True
        ):
            found[min(one, other), max(one, other)] = float(score)
    return found


def suggested(links: pd.DataFrame, known: pd.DataFrame, cut: float) -> set[Pair]:
    """Pairs of exported rows that suggestions from a score up would join."""
    ids = known.groupby("account_id")["source_account"].agg(list)
    kept = links[(links["how"] == "suggested") & (links["score"] >= cut)]
    return {
        (min(a, b), max(a, b))
        for one, other in zip(kept["from_account_id"], kept["to_account_id"], strict=True)
        for a in ids[one]
        for b in ids[other]
    }


def report(
    name: str, exports: tuple[list[account_sets.Row], list[account_sets.Row]], cosine: float | None
) -> float:
    """Build one set and print what was found in it; the cosine that is best, or was given."""
    company = {row.account_id: row.company for rows in exports for row in rows}
    with TemporaryDirectory() as folder:
        start = time.process_time()
        data = built(Path(folder), exports)
        build_seconds = time.process_time() - start
        known = data.mart("mart_account_names")
        start = time.process_time()
        links = meeting.account_links(data, open_ledger(Path(folder)).verdicts())
        seconds = time.process_time() - start
        data.close()
    known["company"] = known["source_account"].map(company)
    truth, linked = grouped(known, "company"), grouped(known, "account_id")
    print(
        f"\n{name}: {len(exports[0]):,} and {len(exports[1]):,} rows, {len(truth):,} pairs of rows "
        f"of one company; build {build_seconds:.1f} s, links {seconds:.1f} s of CPU\n"
    )
    print("| found | pairs | precision | recall | F1 |\n|---|---|---|---|---|")
    known["written"] = known["name"].str.casefold()
    known["plain"] = [read_name(str(each)).words for each in known["name"]]
    written, plain = grouped(known, "written"), grouped(known, "plain")
    print(f"| baseline: the same name, case aside | {measured(written, truth)} |")
    print(f"| baseline: the same name without its legal form | {measured(plain, truth)} |")
    either = plain | grouped(known, "domain")
    print(f"| baseline: that, or the same domain | {measured(either, truth)} |")
    near = likest(known)
    at = {cut: {pair for pair, score in near.items() if score >= cut} for cut in COSINES}
    best = cosine or max(COSINES, key=lambda cut: measured(at[cut], truth).f1)
    by_characters = f"the likest name of the other export by characters, from {best:g} up"
    print(f"| baseline: {by_characters} | {measured(at[best], truth)} |")
    print(f"| baseline: that, or the same domain or name | {measured(at[best] | either, truth)} |")
    print(f"| **linked by itself** | {measured(linked, truth)} |")
    for cut in CUTS:
        more = suggested(links, known, cut)
        print(f"| suggested from {cut:g} up, of what is left | {measured(more, truth - linked)} |")
        print(f"| **both together** | {measured(linked | more, truth)} |")
    how = known.set_index("source_account")["how"]
    told = Counter(" and ".join(sorted((how[a], how[b]))) for a, b in linked - truth)
    print(f"\nlinked wrongly: {', '.join(f'{n} by {by}' for by, n in told.most_common())}")
    return best


def main() -> int:
    """Print all sets."""
    cosine: float | None = None
    for name, seed, rates, said in SETS:
        # The baseline's cut is chosen where the product's constants were
        cosine = report(name, account_sets.exports(seed, rates, said), cosine)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
    print(f"\npeak of memory {peak:,.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
