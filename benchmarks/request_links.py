"""Recall of known duplicate requests: the shipped ranker's code beside every simpler way.

Reads two public sets that lie beside the project (shared/benchmarks/requests) and prints, for each
request with a known duplicate, how often one of its duplicates is among the first 1, 5 and 10 of
the whole file. The ranker's row is trained on the other set and ranks through the code of the
product. Equal scores are ordered by row. Keeps nothing of the texts.

With COMMON_GROUND_ENCODER a row more: the same ranker with meaning at its shipped share.

    python -m benchmarks.request_links
"""

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from benchmarks.request_sets import TOPS, RequestSet, read_sets
from benchmarks.train_ranker import START, candidates, trained
from common_ground import meeting
from common_ground.analysis import ranker

CUTS = (1, 2, 5)
DEEPEST = max(TOPS)
LATENT = 200


def baselines(requests: RequestSet) -> dict[str, np.ndarray]:
    """The likeness of all pairs by each simple measure, and the sum to beat."""
    heads = requests.texts.heads()
    pairs = zip(requests.texts.titles, requests.texts.said(), strict=True)
    whole = [f"{title} {body}" for title, body in pairs]
    words = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(whole)
    groups = TfidfVectorizer(
        sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5), min_df=2
    ).fit_transform(whole)
    titles = TfidfVectorizer(
        sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5)
    ).fit_transform(heads)
    latent = normalize(TruncatedSVD(LATENT, random_state=0).fit_transform(words))
    found = {
        "words": (words @ words.T).toarray(),
        "characters 3-5": (groups @ groups.T).toarray(),
        "title characters": (titles @ titles.T).toarray(),
        "BM25": bm25(whole),
        f"LSA-{LATENT} of words": latent @ latent.T,
    }
    summed = found["words"] + found["characters 3-5"] + found["title characters"]
    return {name: np.round(scores, 6) for name, scores in found.items()} | {
        "plain sum of the three": np.round(summed, 6)
    }


def bm25(texts: list[str], saturation: float = 1.2, length: float = 0.75) -> np.ndarray:
    """Okapi BM25 of each text, as a set of words, against each."""
    counts = CountVectorizer(stop_words="english").fit_transform(texts).astype(float).tocsr()
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    sizes = np.asarray(counts.sum(axis=1)).ravel()
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log(1 + (len(texts) - found + 0.5) / (found + 0.5))
    asked, against = counts.copy(), counts.copy()
    asked.data[:] = 1.0
    damped = counts.data + saturation * (1 - length + length * sizes / sizes.mean())[rows]
    against.data = counts.data * (saturation + 1) / damped * rarity[counts.indices]
    return np.asarray((asked @ against.T).toarray())


def order_of(scores: np.ndarray) -> np.ndarray:
    """For each row, the other rows from most to least alike."""
    scores = scores.copy()
    np.fill_diagonal(scores, -1.0)
    return np.argsort(-scores, axis=1, kind="stable")[:, :DEEPEST]


def order_by(
    index: ranker.Index, coefficients: ranker.Coefficients, requests: RequestSet
) -> np.ndarray:
    """The same by the product's ranker; -1 where it suggests no more."""
    best = index.best(requests.texts, DEEPEST, coefficients, themselves=True)
    found = np.full((len(requests.ids), DEEPEST), -1)
    found[best.left, np.arange(len(best.left)) - np.searchsorted(best.left, best.left)] = best.right
    return found


def recall(found: np.ndarray, requests: RequestSet, top: int) -> float:
    """Share of requests with a known duplicate that have one among the first `top`."""
    place = {request: row for row, request in enumerate(requests.ids)}
    hits = sum(
        any(requests.ids[column] in others for column in found[place[request], :top] if column >= 0)
        for request, others in requests.duplicates.items()
    )
    return hits / len(requests.duplicates)


def queue(found: np.ndarray, requests: RequestSet, cut: int) -> tuple[float, float]:
    """Precision and recall of a review queue with `cut` suggestions for every request."""
    suggested = {
        frozenset((request, requests.ids[column]))
        for row, request in enumerate(requests.ids)
        for column in found[row, :cut]
        if column >= 0
    }
    known = {frozenset((one, other)) for one, of in requests.duplicates.items() for other in of}
    return len(suggested & known) / len(suggested), len(suggested & known) / len(known)


def report(requests: RequestSet, orders: Mapping[str, np.ndarray]) -> None:
    """Print the recall of each method, then the queue of the sum and of the last method."""
    known = len(requests.duplicates)
    print(f"\n{requests.name}: {len(requests.ids)} requests, {known} with a known duplicate\n")
    print("| method | recall@1 | recall@5 | recall@10 |\n|---|---|---|---|")
    for method, found in orders.items():
        shown = " | ".join(f"{recall(found, requests, top):.3f}" for top in TOPS)
        print(f"| {method} | {shown} |")
    print("\n| queue of | cut at | precision | recall of pairs |\n|---|---|---|---|")
    for method in ("plain sum of the three", list(orders)[-1]):
        for cut in CUTS:
            precision, reached = queue(orders[method], requests, cut)
            print(f"| {method} | {cut} a request | {precision:.3f} | {reached:.3f} |")


def main() -> int:
    """Print both sets, each ranked by what was trained on the other."""
    sets = read_sets()
    encode = meeting.encoder()
    start = time.process_time()
    indexes = [ranker.Index(one.texts, themselves=True) for one in sets]
    known = [candidates(one, index) for one, index in zip(sets, indexes, strict=True)]
    if encode is not None:
        meant = [ranker.Index(one.texts, themselves=True, encode=encode) for one in sets]
    for place, (requests, index) in enumerate(zip(sets, indexes, strict=True)):
        other = 1 - place
        learned, strength = trained(known[other], (sets[other].name,))
        level = replace(learned, weights=np.append(START[:-1], 0.0))
        orders = {name: order_of(scores) for name, scores in baselines(requests).items()}
        orders["equal weights of the eight measures"] = order_by(index, level, requests)
        method = f"ranker trained on {sets[other].name}"
        orders[method] = order_by(index, learned, requests)
        if encode is not None:
            fitting = learned.with_meaning(ranker.meaning())
            orders["the same with meaning"] = order_by(meant[place], fitting, requests)
        report(requests, orders)
        weights = zip(ranker.FEATURES, learned.weights, strict=True)
        print(
            f"\nheld by {strength:g}: " + ", ".join(f"{name} {value:g}" for name, value in weights)
        )
    print(f"\n{time.process_time() - start:.0f} s of CPU")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
