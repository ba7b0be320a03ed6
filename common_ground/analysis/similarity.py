"""How alike two texts are: a plain sum of three TF-IDF cosines, in 0..1.

Words of title and body, character 3-5-grams of title and body, and character 3-5-grams of the
title alone. No download, no randomness: the same texts give the same scores. A score ranks; it
is no probability, and no cut-off carries over from one workspace to another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer

Scores = npt.NDArray[np.float64]

BODY_CHARACTERS: Final = 2_000  # beyond, a body adds cost and log output, not meaning
TITLE_CHARACTERS: Final = 120  # what stands for a title that was never given
BLOCK_ROWS: Final = 1_000  # left texts compared at once; 2,500 right ones take 20 MB
ROUNDED_TO: Final = 6  # decimals; equal texts must tie exactly
# From here up a character group that occurs in one text only is left out: it cannot match.
RARE_FROM_TEXTS: Final = 50

_TURNS_AROUND: Final = re.compile(
    r"\b(?:(?:do|does|did|should|must|can|will|would)(?: not|n[o'’]?t)\b|not (?:want|need)\w*"
    r"|instead of|rather than|without|no longer|never|stop \w+ing|get rid of)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Texts:
    """Titles and bodies, one each; a blank title is read from the start of its body."""

    titles: Sequence[str]
    bodies: Sequence[str]

    def whole(self) -> list[str]:
        """Title and body in one."""
        return [
            f"{title} {body[:BODY_CHARACTERS]}"
            for title, body in zip(self.titles, self.bodies, strict=True)
        ]

    def heads(self) -> list[str]:
        """Titles, or what stands for one."""
        return [
            title.strip() or body.strip()[:TITLE_CHARACTERS]
            for title, body in zip(self.titles, self.bodies, strict=True)
        ]


def words(left: Sequence[str], right: Sequence[str]) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Word TF-IDF of both, English stop words left out; rows of length 1."""
    return _fitted(TfidfVectorizer(sublinear_tf=True, stop_words="english"), left, right)


def characters(
    left: Sequence[str], right: Sequence[str], rare_from: int = RARE_FROM_TEXTS
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Character 3-5-gram TF-IDF of both, within words; rows of length 1."""
    least = 2 if len(left) + len(right) >= rare_from else 1
    return _fitted(
        TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5), min_df=least),
        left,
        right,
    )


def _fitted(
    vectorizer: TfidfVectorizer, left: Sequence[str], right: Sequence[str]
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    # The same texts on both sides are one collection: each counts once in the weights.
    together = list(left) if left is right else [*left, *right]
    analyse = vectorizer.build_analyzer()
    if not any(analyse(text) for text in together):
        return sp.csr_matrix((len(left), 1)), sp.csr_matrix((len(right), 1))
    vectorizer.fit(together)
    found = vectorizer.transform(left)
    return found, found if left is right else vectorizer.transform(right)


def vectors(left: Texts, right: Texts) -> list[tuple[sp.csr_matrix, sp.csr_matrix]]:
    """The three measures, each as the vectors of both sides."""
    whole, heads = left.whole(), left.heads()
    same = left is right
    right_whole, right_heads = (whole, heads) if same else (right.whole(), right.heads())
    return [
        words(whole, right_whole),
        characters(whole, right_whole),
        characters(heads, right_heads, rare_from=len(heads) + len(right_heads) + 1),
    ]


@dataclass(frozen=True)
class Best:
    """The best pairs: positions of the left and right text, and their score in 0..1."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    score: Scores


def best(left: Texts, right: Texts, count: int) -> Best:
    """The `count` most alike right texts of each left text that share anything at all.

    With `left is right`, no text is paired with itself. Ties go to the earlier right text.

    Returns:
        pairs ordered by left text, best first.
    """
    empty = np.empty(0, dtype=np.int64)
    if not len(left.titles) or not len(right.titles) or count < 1:
        return Best(empty, empty, np.empty(0))
    measures = vectors(left, right)
    parts = [
        _best_of_block(measures, start, count, left is right)
        for start in range(0, len(left.titles), BLOCK_ROWS)
    ]
    return Best(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def _best_of_block(
    measures: list[tuple[sp.csr_matrix, sp.csr_matrix]], start: int, count: int, same: bool
) -> Best:
    block = slice(start, start + BLOCK_ROWS)
    scores = sum((one[block] @ other.T).toarray() for one, other in measures) / len(measures)
    scores = np.round(scores, ROUNDED_TO)
    if same:
        rows = np.arange(scores.shape[0])
        scores[rows, rows + start] = 0.0
    kept = min(count, scores.shape[1])
    least = np.partition(scores, -kept, axis=1)[:, -kept]
    row, column = np.nonzero((scores >= least[:, None]) & (scores > 0))
    order = np.lexsort((column, -scores[row, column], row))
    row, column = row[order], column[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    row, column = row[place < kept], column[place < kept]
    return Best(row + start, column, np.minimum(scores[row, column], 1.0))


def turned_around_by(text: str) -> str | None:
    """The words that may turn a match around ("do not want", "instead of"), else None."""
    found = _TURNS_AROUND.search(text)
    return found[0].lower() if found else None
