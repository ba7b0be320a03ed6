"""Time and memory of suggesting links for many asks, on one core.

10,000 made-up asks against 2,000 items and 500 features: fitting the index, the full pass, and
100 new asks against the index that is there. Words are drawn with a seed from a Zipf-like
vocabulary of syllables; a third of the asks repeat words of a target.

    OMP_NUM_THREADS=1 taskset -c 0 python -m benchmarks.link_speed
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from common_ground.analysis import matching, ranker  # noqa: E402
from common_ground.analysis.similarity import Texts  # noqa: E402

SEED = 20261128
VOCABULARY = 8_000
SYLLABLES = [a + b for a in "bcdfghlmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]


class Words:
    """Made-up texts, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Draw the vocabulary."""
        self.drawn = np.random.default_rng(seed)
        lengths = self.drawn.integers(2, 5, VOCABULARY)
        self.words = np.array(["".join(self.drawn.choice(SYLLABLES, n)) for n in lengths])
        weights = 1 / (np.arange(VOCABULARY) + 10)
        self.weights = weights / weights.sum()

    def text(self, count: int) -> str:
        """So many words, drawn by how common they are."""
        return " ".join(self.drawn.choice(self.words, count, p=self.weights))

    def texts(self, count: int, title: int, body: int) -> Texts:
        """Texts with titles and bodies of so many words."""
        return Texts(
            [self.text(title) for _ in range(count)], [self.text(body) for _ in range(count)]
        )

    def asks(self, count: int, targets: Texts) -> Texts:
        """Asks of 30 words; a third take half of theirs from a target."""
        made = self.texts(count, 6, 30)
        about = self.drawn.integers(0, 3 * len(targets), count)
        bodies = [
            " ".join([*body.split()[:15], *targets.bodies[row].split()[:15]])
            if row < len(targets)
            else body
            for row, body in zip(about, made.bodies, strict=True)
        ]
        return Texts(made.titles, bodies)


def asks_frame(texts: Texts) -> pd.DataFrame:
    """Asks as the mart has them."""
    return pd.DataFrame(
        {
            "ask_id": [f"a{row}" for row in range(len(texts))],
            "title": texts.titles,
            "text": texts.bodies,
            "item_key": None,
            "merged_into": None,
        },
        dtype=object,
    )


def seconds(start: float) -> str:
    """CPU seconds since start, for people."""
    return f"{time.process_time() - start:.1f} s of CPU"


def main() -> int:
    """Print times and the peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asks", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--features", type=int, default=500)
    size = parser.parse_args()
    made = Words(SEED)
    of_items, of_features = made.texts(size.items, 6, 40), made.texts(size.features, 3, 15)
    both = Texts([*of_items.titles, *of_features.titles], [*of_items.bodies, *of_features.bodies])
    asks = made.asks(size.asks, both)
    items = pd.DataFrame(
        {
            "item_id": [f"i{row}" for row in range(size.items)],
            "title": of_items.titles,
            "description": of_items.bodies,
        }
    )
    features = pd.DataFrame(
        {
            "feature_id": [f"f{row}" for row in range(size.features)],
            "name": of_features.titles,
            "description": of_features.bodies,
        }
    )
    none = pd.DataFrame(columns=["kind", "from_id", "to_id", "verdict", "decided_by"], dtype=object)
    print(f"{size.asks:,} asks, {size.items:,} items, {size.features:,} features")
    start = time.process_time()
    links = matching.suggest_links(asks_frame(asks), items, features, none)
    print(f"full pass, index included: {seconds(start)}, {len(links):,} links")
    start = time.process_time()
    index = ranker.Index(both)
    index.best(both.part(slice(1)), matching.PER_ASK, ranker.shipped())
    print(f"index, with the first ask: {seconds(start)}")
    new = made.asks(100, both)
    start = time.process_time()
    index.best(new, matching.PER_ASK, ranker.shipped())
    print(f"100 new asks against the index: {seconds(start)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:,.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
