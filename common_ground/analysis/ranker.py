"""Which targets a text most likely means: measures of likeness weighed into one score.

The coefficients are shipped (`link_coefficients.toml`, made by `benchmarks/train_ranker.py`) or
learned from the verdicts of the workspace (`ranker_learning`). A score orders; it is no
probability, and no cut-off carries over from one workspace to another.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any, Final

import numpy as np

from common_ground.analysis.similarity import Texts
from common_ground.analysis.text_measures import (
    MEANING,
    MEASURES,
    Encode,
    Numbers,
    Rows,
    Space,
)

NEIGHBOURS: Final = 10  # nearest other targets that say how crowded it is round a target
UNIT_TARGETS: Final = 250  # that units are taken from
# Targets of which half a figure taken from the targets themselves counts, half the usual one.
HALF_TRUSTED: Final = 100
SCORE_ROUNDED_TO: Final = 6  # decimals
HIGHEST: Final = 0.999  # 1 is for keys and people
KEPT_INDEXES: Final = 3  # items and features of the data, its asks, and one to compare with
KEPT_ANSWERS: Final = 4  # of an index
FOUND_AT_ONCE: Final = 25  # best targets of a text; who asks for fewer later need not wait again
FEATURES: Final = (*MEASURES, "crowding")  # without an encoder


@dataclass(frozen=True)
class Coefficients:
    """What the measures weigh.

    Attributes:
        weights: one for each of `FEATURES`, with an encoder one for meaning before crowding; those
            of the measures are at least 0 and add up to 1, the one of crowding is subtracted.
        units: of each measure, a likeness that is usual between a target and its nearest others.
        centre: weighted likeness, in units, that gets the score one half.
        slope: how fast the score rises there.
        made_from: names and licences of what they were trained on.
    """

    weights: Numbers
    units: Numbers
    centre: float
    slope: float
    made_from: tuple[str, ...]

    def with_meaning(self, meaning: "Meaning") -> "Coefficients":
        """The same with an encoder, whose share is taken from all measures alike."""
        weights = [*self.weights[:-1] * (1 - meaning.share), meaning.share, self.weights[-1]]
        return replace(
            self,
            weights=np.array(weights),
            units=np.append(self.units, meaning.unit),
            centre=meaning.centre,
            slope=meaning.slope,
        )

    def weighed(self, features: Numbers) -> Numbers:
        """The weighted likeness of features; the last axis is that of the weights."""
        measured: Numbers = features[..., :-1] @ self.weights[:-1]
        return np.asarray(measured - features[..., -1] * self.weights[-1])

    def without_crowding(self) -> "Coefficients":
        """For targets of which many may rightly mean the same, as asks do."""
        return replace(self, weights=np.append(self.weights[:-1], 0.0))

    def score(self, weighed: Numbers) -> Numbers:
        """In 0..1, rising with the weighted likeness."""
        found = 1 / (1 + np.exp(-self.slope * (weighed - self.centre)))
        return np.asarray(np.round(np.minimum(found, HIGHEST), SCORE_ROUNDED_TO), dtype=np.float64)


@dataclass(frozen=True)
class Meaning:
    """What an encoder's cosine adds to the measures.

    Attributes:
        share: of the weights of all measures.
        unit: as for the measures, see `Coefficients`.
        centre: of the score where there is an encoder.
        slope: of the score where there is an encoder.
    """

    share: float
    unit: float
    centre: float
    slope: float


def shipped(has_meaning: bool = False) -> Coefficients:
    """The coefficients that come with the program.

    Args:
        has_meaning: with an encoder: meaning gets its share of the weights, the eight measures
            keep their proportions in the rest, and a line of its own turns likeness into a score,
            so that a level keeps as many suggestions with an encoder as without.
    """
    return _plain().with_meaning(meaning()) if has_meaning else _plain()


def meaning() -> Meaning:
    """What comes with the program for an encoder."""
    return Meaning(**_read()["meaning"])


@cache
def _read() -> dict[str, Any]:
    text = resources.files("common_ground.analysis").joinpath("link_coefficients.toml")
    return tomllib.loads(text.read_text("utf-8"))


@cache
def _plain() -> Coefficients:
    read = _read()
    return Coefficients(
        weights=np.array([read["weights"][name] for name in FEATURES]),
        units=np.array([read["units"][name] for name in MEASURES]),
        centre=read["score"]["centre"],
        slope=read["score"]["slope"],
        made_from=tuple(f"{made['name']}, {made['licence']}" for made in read["trained_on"]),
    )


@dataclass(frozen=True)
class Best:
    """The best pairs: positions of the left and right text, and their score in 0..1.

    They are ordered by the left text, best first.
    """

    left: Rows
    right: Rows
    score: Numbers

    def of_each(self, count: int) -> "Best":
        """The first so many pairs of each left text."""
        place = np.arange(len(self.left)) - np.searchsorted(self.left, self.left)
        kept = place < count
        return Best(self.left[kept], self.right[kept], self.score[kept])


def index_of(targets: Texts, themselves: bool = False, encode: Encode | None = None) -> "Index":
    """The index of these targets, kept: a verdict changes what is done with its answers, not them.

    Args:
        targets: what may be meant.
        themselves: as for `Index`.
        encode: as for `Index`.
    """
    return _index_of(tuple(targets.titles), tuple(targets.bodies), themselves, encode)


@lru_cache(maxsize=KEPT_INDEXES)
def _index_of(
    titles: tuple[str, ...], bodies: tuple[str, ...], themselves: bool, encode: Encode | None
) -> "Index":
    return Index(Texts(titles, bodies), themselves, encode)


class Index:
    """Targets, ready to be compared with any text.

    A text's scores depend on the text, the targets and the coefficients, not on the texts that are
    compared beside it: comparing a hundred new texts gives what a run over all would.
    """

    def __init__(
        self, targets: Texts, themselves: bool = False, encode: Encode | None = None
    ) -> None:
        """Fit the measures to the targets; they may be none.

        Args:
            targets: what may be meant.
            themselves: the targets are compared with one another too, see `Space`.
            encode: a sentence encoder; None for none.
        """
        self.count = len(targets)
        self._answers: dict[tuple[object, ...], tuple[int, Best]] = {}
        self.has_meaning = encode is not None
        self.usual = shipped(self.has_meaning)
        if not self.count:
            return
        self._space = Space(targets, themselves, encode)
        measures = self._space.measures
        marks = self._space.landmarks
        sample = marks[:: max(1, len(marks) // UNIT_TARGETS)]
        nearest = np.concatenate(
            [
                np.stack([_nearest(block[name], own) for name in measures], axis=-1)
                for block, own in self._among(sample)
            ]
        )
        self._trust = self.count / (self.count + HALF_TRUSTED)
        self.units = self._trust * nearest.mean(axis=0) + (1 - self._trust) * self.usual.units

    @cached_property
    def _crowding(self) -> Numbers:
        """How much closer than usual each target's nearest others are."""
        measures = self._space.measures
        even = np.full(len(measures), 1 / len(measures))
        found = np.concatenate(
            [
                _nearest(self._weighed(block, even), own)
                for block, own in self._among(np.arange(self.count))
            ]
        )
        return np.asarray(np.round(self._trust * (found - found.mean()), SCORE_ROUNDED_TO))

    def features(self, texts: Texts) -> Iterator[tuple[int, Numbers]]:
        """The features of each text with each target, a block of texts at a time.

        Yields:
            row of the block's first text, and an array of texts x targets x features: the
            measures, in units of the usual likeness between near targets, and crowding, how much
            closer than usual the target's nearest others are.
        """
        for start, block in self._space.blocks(texts) if self.count else ():
            measured = self._in_units(block)
            crowding = np.broadcast_to(self._crowding[:, None], (*measured.shape[:2], 1))
            yield start, np.concatenate([measured, crowding], axis=-1)

    def best(
        self, texts: Texts, count: int, coefficients: Coefficients, themselves: bool = False
    ) -> Best:
        """The `count` best targets of each text, of those that share any words or characters.

        Args:
            texts: what is compared.
            count: targets a text.
            coefficients: as `shipped`.
            themselves: the texts are the targets; none is paired with itself.

        Returns:
            pairs ordered by text, best first; ties go to the earlier target. Asked again, also for
            fewer or some more targets, nothing is compared anew.
        """
        said = (tuple(texts.titles), tuple(texts.bodies))
        line = (coefficients.centre, coefficients.slope)
        key = (*said, coefficients.weights.tobytes(), line, themselves)
        found, answer = self._answers.get(key, (0, None))
        if answer is None or found < count:
            found = max(count, FOUND_AT_ONCE)
            answer = self._best(texts, found, coefficients, themselves)
            if len(self._answers) >= KEPT_ANSWERS:
                self._answers.clear()
            self._answers[key] = found, answer
        return answer.of_each(count)

    def _best(self, texts: Texts, count: int, coefficients: Coefficients, themselves: bool) -> Best:
        parts = []
        less = coefficients.weights[-1]
        for start, block in self._blocks(texts, themselves) if self.count else ():
            weighed = self._weighed(block, coefficients.weights[:-1])
            scores = coefficients.score(weighed - self._crowding * less if less else weighed)
            # Latent directions alone are no reason: a pair must share words, characters or meaning.
            shared = [name for name in (*MEASURES[:3], MEANING) if name in block]
            scores[sum(block[name] for name in shared) <= 0] = 0.0
            parts.append(_best_of_block(scores, start, count, themselves))
        none = np.empty(0, dtype=np.int64)
        return Best(
            np.concatenate([none, *(part.left for part in parts)]),
            np.concatenate([none, *(part.right for part in parts)]),
            np.concatenate([np.empty(0), *(part.score for part in parts)]),
        )

    def _blocks(self, texts: Texts, themselves: bool) -> Iterator[tuple[int, dict[str, Numbers]]]:
        if not themselves:
            yield from self._space.blocks(texts)
            return
        every, start = np.arange(self.count), 0
        for block in self._space.among(every, every):
            yield start, block
            start += len(block[MEASURES[0]])

    def _in_units(self, block: dict[str, Numbers]) -> Numbers:
        return np.stack(
            [
                block[name] / unit
                for name, unit in zip(self._space.measures, self.units, strict=True)
            ],
            axis=-1,
        )

    def _weighed(self, block: dict[str, Numbers], weights: Numbers) -> Numbers:
        found = np.zeros_like(block[MEASURES[0]])
        for name, factor in zip(self._space.measures, weights / self.units, strict=True):
            found += block[name] * factor
        return found

    def _among(self, rows: Rows) -> Iterator[tuple[dict[str, Numbers], Rows]]:
        """Likenesses of some targets to the landmarks, with each one's own place among them."""
        marks = self._space.landmarks
        own = np.searchsorted(marks, rows)
        own[marks[np.minimum(own, len(marks) - 1)] != rows] = -1
        start = 0
        for block in self._space.among(rows, marks):
            size = len(block[MEASURES[0]])
            yield block, own[start : start + size]
            start += size


def _nearest(likeness: Numbers, own: Rows) -> Numbers:
    """Mean likeness of each row to its nearest columns, its own left out, missing ones as 0."""
    likeness = likeness.copy()
    rows = np.flatnonzero(own >= 0)
    likeness[rows, own[rows]] = 0.0
    kept = min(NEIGHBOURS, likeness.shape[1])
    nearest = np.partition(likeness, -kept, axis=1)[:, -kept:]
    return np.asarray(nearest.sum(axis=1) / NEIGHBOURS)


def _best_of_block(scores: Numbers, start: int, count: int, themselves: bool) -> Best:
    if themselves:
        rows = np.arange(scores.shape[0])
        scores[rows, rows + start] = 0.0
    kept = min(count, scores.shape[1])
    least = np.partition(scores, -kept, axis=1)[:, -kept] if kept else np.ones(len(scores))
    row, column = np.nonzero((scores >= least[:, None]) & (scores > 0))
    order = np.lexsort((column, -scores[row, column], row))
    row, column = row[order], column[order]
    return Best(row + start, column, scores[row, column]).of_each(kept)
