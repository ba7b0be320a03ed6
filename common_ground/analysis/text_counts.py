"""How often texts hold the words, stems and character groups of a collection of targets."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import CountVectorizer

from common_ground.analysis.similarity import Texts, stems

GROUP_CHARACTERS: Final = (3, 5)  # shortest and longest group


@dataclass(frozen=True)
class Counts:
    """Counts of heads and bodies over one vocabulary."""

    heads: sp.csr_matrix
    bodies: sp.csr_matrix

    def part(self, rows: slice) -> "Counts":
        """Those of some of the texts."""
        return Counts(self.heads[rows], self.bodies[rows])

    def whole(self, title_weight: int = 1) -> sp.csr_matrix:
        """Counts of heads, each so many times, and bodies together."""
        return (self.heads * title_weight + self.bodies).tocsr()


class Reader:
    """Three vocabularies, learned from the targets alone: words, stems and character groups.

    No word, stem or group goes beyond a blank. So what stands between blanks is read once, however
    many texts hold it, and the counts of a text are the sums of those of its pieces.
    """

    def __init__(self, targets: Texts) -> None:
        """Learn the vocabularies."""
        self._vectorizers = (
            CountVectorizer(stop_words="english", dtype=np.int32),
            CountVectorizer(analyzer=stems, dtype=np.int32),
            CountVectorizer(analyzer="char_wb", ngram_range=GROUP_CHARACTERS, dtype=np.int32),
        )
        pieces = _pieces([*targets.heads(), *targets.said()])
        for vectorizer in self._vectorizers:
            reads = vectorizer.build_analyzer()
            if any(reads(piece) for piece in pieces):
                vectorizer.fit(pieces)
            else:
                vectorizer.vocabulary_ = {"": 0}

    def counts(self, texts: Texts) -> tuple[Counts, Counts, Counts]:
        """Counts of words, of stems and of character groups; others than the targets' are left."""
        said = [*texts.heads(), *texts.said()]
        pieces = _pieces(said)
        by_text = CountVectorizer(analyzer=str.split, vocabulary=pieces, dtype=np.int32)
        held = by_text.transform(said)
        words, stemmed, groups = (
            _of_texts(held @ vectorizer.transform(pieces)) for vectorizer in self._vectorizers
        )
        return words, stemmed, groups


def _pieces(texts: list[str]) -> list[str]:
    """What stands between blanks, each once; one empty piece where nothing does."""
    return sorted({piece for text in texts for piece in text.split()}) or [""]


def _of_texts(counts: sp.csr_matrix) -> Counts:
    counts.sort_indices()
    half = counts.shape[0] // 2
    return Counts(counts[:half], counts[half:])
