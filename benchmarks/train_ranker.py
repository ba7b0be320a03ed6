"""Train the coefficients that are shipped with the ranker of link suggestions.

The model is linear: the weighted mean of the measures in `ranker.FEATURES` less what crowding
takes off. For each request with a known duplicate the loss is the softmax over its candidates, with
a share given to chance so that pairs with no word in common do not bend the weights, and it is held
near equal weights and a crowding of one half (A. Conneau et al., Word Translation Without Parallel
Data, 2018, section 2.3, "Cross-domain similarity local scaling"). How strongly it is held is the
only thing chosen, by cross-validation inside the training set, clusters of duplicates together.

The share of the weights that meaning gets where there is a sentence encoder is a third and is not
trained; with COMMON_GROUND_ENCODER the recalls of other shares are printed, and its usual likeness
is taken from the texts. Without, what the shipped file says of meaning stays as it is.

    python -m benchmarks.train_ranker          # cross-validation and coefficients
    python -m benchmarks.train_ranker --write  # the same, and writes the shipped file
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import minimize

from benchmarks.request_sets import PROJECT, TOPS, RequestSet, clusters, read_sets
from common_ground import meeting
from common_ground.analysis import ranker
from common_ground.analysis.text_measures import MEASURES

SHIPPED: Final = PROJECT / "common_ground" / "analysis" / "link_coefficients.toml"
CANDIDATES: Final = 50  # a request, by the starting weights
CHANCE: Final = 0.03  # share of the probability that no weight can explain
STRENGTHS: Final = (3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0)
FOLDS: Final = 5
# Score of a link, a rising line through four points: on the demo's 205 asks the levels .15, .25,
# .35 and .5 keep the share of best suggestions that they kept with the plain sum of similarities.
CENTRE: Final = 2.7
SLOPE: Final = 1.125
SHARES: Final = (0.1, 0.2, 0.333, 0.5, 0.667)  # of meaning, to compare with the shipped one
START: Final = np.array([1 / len(MEASURES)] * len(MEASURES) + [0.5])


@dataclass(frozen=True)
class Candidates:
    """Candidates of requests with a known duplicate: features, which are right, whose they are."""

    features: np.ndarray
    is_right: np.ndarray
    request: np.ndarray
    cluster: np.ndarray
    units: np.ndarray

    def of(self, kept: np.ndarray) -> "Candidates":
        """Those of some requests; kept is a mask over candidates."""
        return replace(
            self,
            features=self.features[kept],
            is_right=self.is_right[kept],
            request=self.request[kept],
            cluster=self.cluster[kept],
        )


def candidates(requests: RequestSet, index: ranker.Index) -> Candidates:
    """The best candidates of each request with a known duplicate."""
    group = clusters(requests)
    start = replace(index.usual, weights=START)
    if index.has_meaning:
        start = start.with_meaning(ranker.meaning())
    parts = []
    for first, block in index.features(requests.texts):
        for row, features in enumerate(block, first):
            right = requests.duplicates.get(requests.ids[row])
            if right is None:
                continue
            weighed = start.weighed(features)
            weighed[row] = -np.inf
            best = np.argsort(-np.round(weighed, 6), kind="stable")[:CANDIDATES]
            is_right = np.array([requests.ids[column] in right for column in best])
            place = np.full(len(best), row)
            parts.append((features[best], is_right, place, np.full(len(best), group[row])))
    return Candidates(*(np.concatenate(part) for part in zip(*parts, strict=True)), index.units)


def together(sets: Sequence[Candidates]) -> Candidates:
    """Several training sets as one."""
    apart = [
        replace(one, request=one.request + 10**6 * place, cluster=one.cluster + 10**6 * place)
        for place, one in enumerate(sets)
    ]
    return Candidates(
        *(
            np.concatenate([getattr(one, name) for one in apart])
            for name in ("features", "is_right", "request", "cluster")
        ),
        np.mean([one.units for one in sets], axis=0),
    )


def fitted(known: Candidates, strength: float) -> np.ndarray:
    """Weights of `ranker.FEATURES`: the measures' add up to 1."""
    _, starts, group = np.unique(known.request, return_index=True, return_inverse=True)
    reached = np.logical_or.reduceat(known.is_right, starts)[group]
    known = known.of(reached)
    _, starts, group = np.unique(known.request, return_index=True, return_inverse=True)
    columns = np.column_stack([known.features[:, :-1], -known.features[:, -1]])
    right = known.is_right.astype(float)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        scale, weights = values[0], values[1:]
        weighed = columns @ weights
        share = np.exp(scale * (weighed - np.maximum.reduceat(weighed, starts)[group]))
        share /= np.add.reduceat(share, starts)[group]
        hit = np.add.reduceat(share * right, starts)
        pull = (right - hit[group]) * share / (hit + CHANCE)[group] / len(starts)
        inner, off = columns.T @ pull, weights - START
        found = -np.log(hit + CHANCE).mean() + strength * (off @ off) / 2
        slopes = np.concatenate([[-(inner @ weights)], -inner * scale + strength * off])
        return float(found), slopes

    bounds = [(1e-3, None)] + [(0.0, None)] * len(START)
    found = minimize(loss, np.append(3.0, START), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = found.x[1:]
    return np.round(weights / weights[:-1].sum(), 4)


def recalls(known: Candidates, weights: np.ndarray) -> np.ndarray:
    """Recall at `TOPS` among the candidates."""
    weighed = known.features[:, :-1] @ weights[:-1] - known.features[:, -1] * weights[-1]
    return recalls_of(known, weighed)


def recalls_of(known: Candidates, weighed: np.ndarray) -> np.ndarray:
    """The same for scores that are there."""
    order = np.lexsort((-np.round(weighed, 6), known.request))
    request, right = known.request[order], known.is_right[order]
    place = np.arange(len(request)) - np.searchsorted(request, request)
    asked = len(np.unique(request))
    return np.array([len(np.unique(request[right & (place < top)])) / asked for top in TOPS])


def cross_validated(known: Candidates, strength: float) -> np.ndarray:
    """Recalls at `TOPS` where each request is ranked by weights fitted without its cluster."""
    names = np.unique(known.cluster)
    fold = np.random.default_rng(20261128).permutation(len(names)) % FOLDS
    folds = fold[np.searchsorted(names, known.cluster)]
    weighed = np.empty(len(folds))
    for held in range(FOLDS):
        weights = fitted(known.of(folds != held), strength)
        features = known.features[folds == held]
        weighed[folds == held] = features[:, :-1] @ weights[:-1] - features[:, -1] * weights[-1]
    return recalls_of(known, weighed)


def trained(known: Candidates, names: tuple[str, ...]) -> tuple[ranker.Coefficients, float]:
    """Coefficients, and the strength that cross-validation inside the set chose for them.

    The strength is the strongest whose mean of the three recalls is within one standard error of
    the best (L. Breiman et al., Classification and Regression Trees, 1984, section 3.4.3).
    """
    means = [cross_validated(known, strength).mean() for strength in STRENGTHS]
    best = max(means)
    level = best - np.sqrt(best * (1 - best) / len(np.unique(known.request)))
    strength = max(s for s, mean in zip(STRENGTHS, means, strict=True) if mean >= level)
    weights = fitted(known, strength)
    return ranker.Coefficients(weights, np.round(known.units, 3), CENTRE, SLOPE, names), strength


def by_share(known: Candidates, plain: ranker.Coefficients) -> dict[float, np.ndarray]:
    """Recalls at `TOPS` for each of `SHARES`, of candidates that were found with an encoder."""
    shipped = ranker.meaning()
    weights = (plain.with_meaning(replace(shipped, share=share)).weights for share in SHARES)
    return {share: recalls(known, weighed) for share, weighed in zip(SHARES, weights, strict=True)}


def write(
    coefficients: ranker.Coefficients, meaning: ranker.Meaning, sets: Sequence[RequestSet]
) -> None:
    """Write the shipped file."""
    lines = ["# Written by `python -m benchmarks.train_ranker --write`; how is said there."]
    for one in sets:
        lines += ["", "[[trained_on]]", f'name = "{one.source}"', f'licence = "{one.licence}"']
    lines += [
        "",
        "# Of the measures, in units, adding up to 1; crowding is taken off.",
        "[weights]",
    ]
    named = zip(ranker.FEATURES, coefficients.weights, strict=True)
    lines += [f"{name} = {weight:g}" for name, weight in named]
    lines += ["", "# Usual likeness between a text and its ten nearest others.", "[units]"]
    lines += [f"{name} = {unit:g}" for name, unit in zip(MEASURES, coefficients.units, strict=True)]
    lines += [
        "",
        "# With an encoder: its share of the measures' weights, its usual likeness, and the score.",
        "[meaning]",
        *(f"{name} = {value:g}" for name, value in vars(meaning).items()),
    ]
    lines += ["", "# score = 1 / (1 + exp(-slope * (weighted likeness - centre)))", "[score]"]
    lines += [f"centre = {coefficients.centre:g}", f"slope = {coefficients.slope:g}"]
    SHIPPED.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> int:
    """Print cross-validation and coefficients; write them if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the shipped coefficients")
    sets = read_sets()
    chosen = parser.parse_args()
    known = [candidates(one, ranker.Index(one.texts, themselves=True)) for one in sets]
    named = [(one.name, found) for one, found in zip(sets, known, strict=True)]
    for name, found in [*named, ("both", together(known))]:
        print(f"\n{name}, cross-validated inside: recall@1/5/10 by how strongly weights are held")
        for strength in STRENGTHS:
            shown = " / ".join(f"{value:.3f}" for value in cross_validated(found, strength))
            print(f"  {strength:6g}  {shown}")
        coefficients, strength = trained(found, (name,))
        print(f"  chosen {strength:g}: ", end="")
        pairs = zip(ranker.FEATURES, coefficients.weights, strict=True)
        print(", ".join(f"{feature} {weight:g}" for feature, weight in pairs))
    plain, meaning = trained(together(known), ())[0], ranker.meaning()
    if (encode := meeting.encoder()) is not None:
        indexes = [ranker.Index(one.texts, themselves=True, encode=encode) for one in sets]
        meant = [candidates(one, index) for one, index in zip(sets, indexes, strict=True)]
        named = [(one.name, found) for one, found in zip(sets, meant, strict=True)]
        for name, found in [*named, ("both", together(meant))]:
            print(f"\n{name}, with an encoder: recall@1/5/10 by the share of meaning")
            for share, recall in by_share(found, plain).items():
                print(f"  {share:6g}  " + " / ".join(f"{value:.3f}" for value in recall))
        meaning = replace(meaning, unit=round(float(together(meant).units[-1]), 3))
    if chosen.write:
        write(plain, meaning, sets)
        print(f"\nwrote {SHIPPED.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
