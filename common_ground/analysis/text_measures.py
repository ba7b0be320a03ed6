"""How alike texts are to a fixed collection of targets, by eight measures, or nine.

Everything that is learned from texts (vocabulary, weights, latent directions, units) is learned
from the targets alone. So a text gets the same figures whoever else is compared in the same run,
and a new text costs one comparison, not a new fit. The ninth, meaning, needs a sentence encoder
and is there only where one is given.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.linalg  # type: ignore[import-untyped]
import scipy.sparse as sp  # type: ignore[import-untyped]

from common_ground.analysis.similarity import Texts
from common_ground.analysis.text_counts import Counts, Reader

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
# Texts to one row each, of length 1.
Encode = Callable[[Sequence[str]], Numbers]

MEASURES: Final = (
    "words",  # of title and body
    "characters",  # groups of 3 to 5 characters of title and body
    "title_characters",  # of the titles alone
    "rare_characters",  # title counted three times, rare groups weighted up
    "latent_characters",  # the same in the main directions of the targets
    "latent_words",  # stems, title counted three times, in the main directions of the targets
    "title_body_characters",  # title against body, both ways round
    "title_text_words",  # stems of the title against title and body, both ways round
)
MEANING: Final = "meaning"  # cosine of what an encoder makes of title and body
BLOCK_ROWS: Final = 500  # texts compared at once; with 2,500 targets a measure takes 10 MB
LANDMARKS: Final = 2_500  # targets that latent directions and neighbours are taken from
LATENT_SHARES: Final = (
    16,
    8,
    4,
)  # one latent direction for so many targets; the mean of the three,
LEAST_LATENT: Final = 20  # at least so many directions
TITLE_WEIGHT: Final = 3
RARE_POWER: Final = 1.5
RARE_SHARE: Final = 0.1  # of the targets; a group that more of them hold is not rare
COMMON_SHARE: Final = 0.2  # a group that more of the targets hold costs time and says little
# From here up a character group that occurs in one text only cannot match another of them.
RARE_FROM_TEXTS: Final = 50
SPARE_DIRECTIONS: Final = 10  # looked at beyond those wanted, for ties at the cut
SMALLEST: Final = 1e-6  # of the largest eigenvalue; below, a direction is rounding
_TITLED, _RARE = 2, 8  # places among the vectors of what latent directions are taken from


@dataclass(frozen=True)
class _Weights:
    """Inverse document frequencies of the targets; `vectors` has rows of length 1."""

    idf: Numbers

    @classmethod
    def of(
        cls,
        counts: sp.csr_matrix,
        floor: float = 1.0,
        power: float = 1.0,
        least: int = 0,
        most_share: float = 1.0,
    ) -> "_Weights":
        """From counts; what fewer or more of the rows hold than `least` and `most_share` is 0."""
        found = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = (np.log((1 + counts.shape[0]) / (1 + found)) + floor) ** power
        most = max(most_share * counts.shape[0], RARE_FROM_TEXTS)
        return cls(np.where((found >= least) & (found <= most), idf, 0.0))

    def vectors(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        weighted = counts.astype(np.float64)
        weighted.data = (1 + np.log(weighted.data)) * self.idf[weighted.indices]
        weighted.eliminate_zeros()
        length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        return (sp.diags(1 / np.where(length > 0, length, 1.0)) @ weighted).tocsr()


@dataclass(frozen=True)
class _Latent:
    """The main directions of the targets, reached from a text's likenesses to landmarks."""

    project: Numbers
    ends: tuple[int, ...]
    targets: Numbers

    @classmethod
    def of(cls, to_landmarks: Numbers, landmarks: Rows, texts: Rows) -> "_Latent":
        """From the likeness of each target to each landmark.

        Landmarks of one text count as one of so much more weight: they have the same directions.

        Args:
            to_landmarks: likenesses, one row a target.
            landmarks: rows of the targets.
            texts: a number for the text of each target.
        """
        _, first, place, times = np.unique(
            texts[landmarks], return_index=True, return_inverse=True, return_counts=True
        )
        weights = np.sqrt(times)
        between = to_landmarks[np.ix_(landmarks[first], first)] * np.outer(weights, weights)
        count, last = len(landmarks), len(first) - 1
        wanted = [min(count, max(LEAST_LATENT, count // share)) for share in LATENT_SHARES]
        least = max(0, last + 1 - max(wanted) - SPARE_DIRECTIONS)
        values, directions = scipy.linalg.eigh(between, subset_by_index=(least, last))
        values, directions = values[::-1], (directions / weights[:, None])[place, ::-1]
        kept = int((values > SMALLEST * max(values[0], SMALLEST)).sum())
        ends = tuple(_past_ties(values[:kept], end) for end in wanted)
        project = directions[:, : max(ends)] / np.sqrt(values[: max(ends)])
        return cls(project, ends, _coordinates(to_landmarks @ project, ends))

    def coordinates(self, to_landmarks: Numbers) -> Numbers:
        """Where texts lie among the directions, as `targets` has it of the targets."""
        return _coordinates(to_landmarks @ self.project, self.ends)

    def likeness(self, ours: Numbers, columns: Rows | slice) -> Numbers:
        """The mean cosine over the numbers of directions, at least 0."""
        return np.maximum(ours @ self.targets[columns].T, 0.0)


def _past_ties(values: Numbers, end: int) -> int:
    """Directions of equal weight are kept or left out together: which is which is arbitrary."""
    end = min(end, len(values))
    while 0 < end < len(values) and values[end - 1] - values[end] < SMALLEST:
        end += 1
    return end


def _coordinates(projected: Numbers, ends: tuple[int, ...]) -> Numbers:
    """Coordinates whose product is the mean cosine over the first directions up to each end."""
    found: Numbers = np.hstack([_unit_rows(projected[:, :end]) for end in ends])
    return np.asarray(found / np.sqrt(len(ends)))


def _unit_rows(rows: Numbers) -> Numbers:
    length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(length > SMALLEST, length, 1.0))


class Space:
    """A collection of targets that texts are compared with.

    Attributes:
        measures: `MEASURES`, and `MEANING` where there is an encoder.
        landmarks: rows of the targets from which directions and neighbours are taken: all of
            them up to `LANDMARKS`, else a choice that depends on their texts alone.
    """

    def __init__(
        self, targets: Texts, themselves: bool = False, encode: Encode | None = None
    ) -> None:
        """Learn vocabulary, weights and directions from the targets; at least one is needed.

        Args:
            targets: what texts will be compared with.
            themselves: the targets are to be compared with one another; then a character group
                that occurs in one of many targets only is left out: it cannot match.
            encode: what a sentence encoder makes of texts; None for the eight measures.
        """
        self._encode = encode
        self.measures = MEASURES if encode is None else (*MEASURES, MEANING)
        self._meanings = _meanings(targets, encode)
        least = 2 if themselves and len(targets) >= RARE_FROM_TEXTS else 0
        self.landmarks = _landmarks(targets)
        self._reader = Reader(targets)
        words, stemmed, groups = self._reader.counts(targets)
        self._words = _Weights.of(words.whole())
        self._stems = _Weights.of(stemmed.whole())
        self._groups = _Weights.of(groups.whole(), least=least, most_share=COMMON_SHARE)
        self._title_groups = _Weights.of(groups.heads)
        self._rare_groups = _Weights.of(
            groups.whole(), floor=0.2, power=RARE_POWER, least=least, most_share=RARE_SHARE
        )
        self._targets = [vectors.T.tocsr() for vectors in self._vectors(words, stemmed, groups)]
        rare, titled = (self._to_landmarks(self._targets[place]) for place in (_RARE, _TITLED))
        texts = _numbered(targets)
        self._latent_groups = _Latent.of(rare, self.landmarks, texts)
        self._latent_words = _Latent.of(titled, self.landmarks, texts)

    def blocks(self, texts: Texts) -> Iterator[tuple[int, dict[str, Numbers]]]:
        """The likeness of each text to each target, a block of texts at a time.

        Yields:
            row of the block's first text, and for each of `measures` a likeness in 0..1 with a
            row a text and a column a target.
        """
        counts = self._reader.counts(texts)
        for rows in _blocks(len(texts)):
            some = texts.part(rows)
            ours = self._vectors(*(of_kind.part(rows) for of_kind in counts))
            found = _products(ours, self._targets)
            titled = _product(ours[_TITLED], self._targets[_TITLED])
            marks = self.landmarks
            found |= self._latent(
                self._latent_groups.coordinates(found["rare_characters"][:, marks]),
                self._latent_words.coordinates(titled[:, marks]),
                slice(None),
            )
            yield rows.start, found | self._meaning(_meanings(some, self._encode), slice(None))

    def among(self, rows: Rows, columns: Rows) -> Iterator[dict[str, Numbers]]:
        """The likeness of some targets to others, a block of `BLOCK_ROWS` rows at a time.

        It is that of `blocks`, from what the targets were read for already.
        """
        rowwise = [vectors.T.tocsr() for vectors in self._targets]
        others = [vectors[columns].T.tocsr() for vectors in rowwise]
        for block in _blocks(len(rows)):
            some = rows[block]
            found = _products([vectors[some] for vectors in rowwise], others)
            found |= self._latent(
                self._latent_groups.targets[some], self._latent_words.targets[some], columns
            )
            own = None if self._meanings is None else self._meanings[some]
            yield found | self._meaning(own, columns)

    def _latent(self, groups: Numbers, words: Numbers, columns: Rows | slice) -> dict[str, Numbers]:
        return {
            "latent_characters": self._latent_groups.likeness(groups, columns),
            "latent_words": self._latent_words.likeness(words, columns),
        }

    def _meaning(self, ours: Numbers | None, columns: Rows | slice) -> dict[str, Numbers]:
        if ours is None or self._meanings is None:
            return {}
        return {MEANING: np.clip(ours @ self._meanings[columns].T, 0.0, 1.0)}

    def _to_landmarks(self, vectors: sp.csr_matrix) -> Numbers:
        return _product(vectors.T.tocsr(), vectors.T[self.landmarks].T.tocsr())

    def _vectors(self, words: Counts, stemmed: Counts, groups: Counts) -> list[sp.csr_matrix]:
        return [
            self._words.vectors(words.whole()),
            self._stems.vectors(stemmed.whole()),
            self._stems.vectors(stemmed.whole(TITLE_WEIGHT)),
            self._stems.vectors(stemmed.heads),
            self._groups.vectors(groups.whole()),
            self._groups.vectors(groups.heads),
            self._groups.vectors(groups.bodies),
            self._title_groups.vectors(groups.heads),
            self._rare_groups.vectors(groups.whole(TITLE_WEIGHT)),
        ]


def _meanings(texts: Texts, encode: Encode | None) -> Numbers | None:
    if encode is None:
        return None
    pairs = zip(texts.titles, texts.bodies, strict=True)
    return encode([f"{title.strip()}. {body}" if title.strip() else body for title, body in pairs])


def _products(ours: list[sp.csr_matrix], targets: list[sp.csr_matrix]) -> dict[str, Numbers]:
    word, stem, _, stem_head, group, head, body, title, rare = ours
    of_word, of_stem, _, of_stem_head, of_group, of_head, of_body, of_title, of_rare = targets
    return {
        "words": _product(word, of_word),
        "title_text_words": (_product(stem_head, of_stem) + _product(stem, of_stem_head)) / 2,
        "characters": _product(group, of_group),
        "title_body_characters": (_product(head, of_body) + _product(body, of_head)) / 2,
        "title_characters": _product(title, of_title),
        "rare_characters": _product(rare, of_rare),
    }


def _product(ours: sp.csr_matrix, theirs: sp.csr_matrix) -> Numbers:
    return np.asarray((ours @ theirs).toarray())


def _blocks(count: int) -> list[slice]:
    return [slice(start, min(start + BLOCK_ROWS, count)) for start in range(0, count, BLOCK_ROWS)]


def _numbered(targets: Texts) -> Rows:
    """A number for each target, the same where title and body are."""
    numbers: dict[tuple[str, str], int] = {}
    pairs = zip(targets.titles, targets.bodies, strict=True)
    return np.array([numbers.setdefault(pair, len(numbers)) for pair in pairs])


def _landmarks(targets: Texts) -> Rows:
    if len(targets) <= LANDMARKS:
        return np.arange(len(targets))
    marks = [
        hashlib.blake2b(f"{title}\n{body}".encode(), digest_size=16).digest()
        for title, body in zip(targets.titles, targets.bodies, strict=True)
    ]
    return np.sort(np.array(sorted(range(len(marks)), key=lambda row: marks[row])[:LANDMARKS]))
