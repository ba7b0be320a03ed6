"""Coefficients learned from the verdicts of a workspace, kept only if they order better.

The shipped coefficients come from two public sets of requests. Once people have said of enough
pairs whether they mean the same, coefficients are fitted to those verdicts, near the shipped ones,
and tried on verdicts that were held out.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize  # type: ignore[import-untyped]

from common_ground.analysis.ranker import Coefficients, Index
from common_ground.analysis.similarity import Texts
from common_ground.analysis.text_measures import Numbers, Rows

FEWEST_VERDICTS: Final = 200  # same and different together
FEWEST_OF_EACH: Final = 30  # same, and different
FOLDS: Final = 5  # each verdict is held out once, all verdicts of an ask's text together
STRENGTH: Final = 0.1  # how strongly the fit is held to the shipped coefficients

Answers = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Learned:
    """The coefficients in use and why.

    Attributes:
        coefficients: in use.
        is_own: they were learned from this workspace's verdicts; else the shipped ones.
        verdicts: same and different verdicts on pairs whose texts are loaded.
        needed: verdicts from which learning is tried.
        shipped_order: how the shipped coefficients order held-out verdicts: of all pairs of one
            same and one different, the share in which "same" scores higher, ties half (0..1).
            None where there were too few verdicts to try.
        own_order: the same of coefficients fitted without those verdicts; None as above.
    """

    coefficients: Coefficients
    is_own: bool
    verdicts: int
    needed: int
    shipped_order: float | None
    own_order: float | None


def learn(index: Index, texts: Texts, targets: Rows, is_same: Answers) -> Learned:
    """Learn from verdicts on pairs.

    Args:
        index: of the targets.
        texts: the ask of each verdict.
        targets: row of the target of each verdict.
        is_same: what was said of each: True same, False different.

    Returns:
        own coefficients, fitted to all verdicts, where those fitted to four fifths of them order
        the remaining fifth better than the shipped ones do, over all fifths; else the shipped
        ones. The order of the verdicts changes nothing.
    """
    usual = index.usual
    enough = min(is_same.sum(), (~is_same).sum()) >= FEWEST_OF_EACH
    if len(is_same) < FEWEST_VERDICTS or not enough:
        return Learned(usual, False, len(is_same), FEWEST_VERDICTS, None, None)
    features = _features(index, texts, targets)
    marks = [_mark(texts.titles[row], texts.bodies[row]) for row in range(len(texts))]
    order = sorted(range(len(marks)), key=lambda row: (marks[row], targets[row], is_same[row]))
    features, is_same = features[order], is_same[order]
    folds = np.array([marks[row][0] % FOLDS for row in order])
    own = np.empty(len(is_same))
    for fold in range(FOLDS):
        held = folds == fold
        own[held] = fit(features[~held], is_same[~held], usual).weighed(features[held])
    shipped_order = ordered_share(usual.weighed(features), is_same)
    own_order = ordered_share(own, is_same)
    is_better = own_order > shipped_order
    used = fit(features, is_same, usual) if is_better else usual
    return Learned(used, is_better, len(is_same), FEWEST_VERDICTS, shipped_order, own_order)


def fit(features: Numbers, is_same: Answers, near: Coefficients) -> Coefficients:
    """Logistic regression of same against different, held near known coefficients.

    Args:
        features: one row a pair; as `Index.features`.
        is_same: the answer for each.
        near: where the fit starts and what it is held to.

    Returns:
        coefficients whose measures weigh at least 0 and add up to 1, as before; centre and slope
        of the score stay, so that a level keeps its meaning.
    """
    signs = np.where(is_same, 1.0, -1.0)
    columns = np.column_stack([features[:, :-1], -features[:, -1], np.ones(len(features))])
    # A part of the population each: many rejected suggestions must not drown the few accepted.
    shares = np.where(is_same, 0.5 / is_same.sum(), 0.5 / (~is_same).sum())
    known = np.append(near.weights, 0.0)

    def loss(values: Numbers) -> tuple[float, Numbers]:
        scale, weights = values[0], values[1:]
        margins = signs * (columns @ (weights * scale))
        slopes = -signs * shares / (1 + np.exp(np.clip(margins, -50, 50)))
        inner = columns.T @ slopes
        off = weights[:-1] - known[:-1]
        found = (shares * np.logaddexp(0, -margins)).sum() + STRENGTH * (off @ off) / 2
        pull = np.append(STRENGTH * off, 0.0)
        return float(found), np.concatenate([[inner @ weights], inner * scale + pull])

    start = np.concatenate([[1.0], known])
    bounds = [(1e-3, None), *[(0.0, None)] * len(near.weights), (None, None)]
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x[1:-1]
    total = weights[:-1].sum()
    if total <= 0:
        return near
    return replace(near, weights=np.round(weights / total, 6))


def ordered_share(scores: Numbers, is_same: Answers) -> float:
    """Of all pairs of a same and a different, the share with "same" higher; ties count half."""
    same, different = np.round(scores[is_same], 6), np.sort(np.round(scores[~is_same], 6))
    below = np.searchsorted(different, same, side="left")
    level = np.searchsorted(different, same, side="right")
    return float((below + level).sum() / (2 * len(same) * len(different)))


def _features(index: Index, texts: Texts, targets: Rows) -> Numbers:
    return np.concatenate(
        [
            block[np.arange(len(block)), targets[start : start + len(block)]]
            for start, block in index.features(texts)
        ]
    )


def _mark(title: str, body: str) -> bytes:
    return hashlib.blake2b(f"{title}\n{body}".encode(), digest_size=8).digest()
