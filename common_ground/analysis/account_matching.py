"""Which accounts of the exports may be the same company, for people to decide.

What links by itself was linked when the data was built. A suggestion links nothing: it is a score
of what speaks for and against one company behind two accounts, with the reasons in words. Order of
rows and ids change no score.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import combinations
from math import exp, log
from typing import Final

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from common_ground.analysis.account_words import PARTS, Name, domain_stem, initials, read_name

LIKELY: Final = 0.5  # the cut benchmarks/account_links states its figures at
SHOWN_FROM: Final = 0.1  # nobody is asked about less
PER_NAME: Final = 8  # most alike other names looked at
LEAST_COSINE: Final = 0.35
BLOCK_ROWS: Final = 1_000
SHARED_BY_MOST: Final = 6  # a key that more accounts share says nothing
ROUNDED_TO: Final = 4

SUGGESTION_COLUMNS: Final = ["from_account_id", "to_account_id", "score", "reasons"]

# Log odds, fitted on the first made-up set of benchmarks/account_links and rounded. What speaks
# against is softened by hand: companies of the world change domains, move, and are entered twice.
BIAS: Final = -9.5
WEIGHTS: Final = {
    "words": 7.5,  # share of the weight of words that both names say, rare words weighing more
    "letters": 1.5,  # likeness of the sorted words, letter by letter
    "shared weight": 1.5,  # weight of the shared words, a tenth of a log
    "the same name": 1.0,
    "the same words in another order": 1.5,
    "one name is the initials of the other": 2.0,
    "one name has the name of a part or a place more": -1.0,
    "the same domain": 2.5,
    "domains that differ in their ending": 1.0,
    "one domain's name is in the other's": 0.5,
    "one's domain is the other's name": 1.5,
    "two domains": -2.5,
    "the same country": 1.5,
    "two countries": -3.0,
    "the same legal form": 1.0,
    "two legal forms": -2.0,
    "both in one export": -2.0,
}
LIKELIER: Final = "one of them has a likelier match"


@dataclass
class _Account:
    """What exports say of one account."""

    key: str
    names: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    exports: set[str] = field(default_factory=set)

    @property
    def stems(self) -> set[str]:
        """Its domains without marks and ending."""
        return {domain_stem(domain) for domain in self.domains}

    @property
    def joined(self) -> set[str]:
        """Its names without blanks."""
        return {name.replace(" ", "") for name in self.names}

    def order(self) -> tuple[object, ...]:
        """Decides who comes first, by what is said and by the id last."""
        said = (self.names, self.forms, self.domains, self.countries, self.exports)
        return (*(sorted(each) for each in said), self.key)


def find_alike(names: pd.DataFrame) -> pd.DataFrame:
    """Pairs of accounts that look alike, whatever anybody decided; the slow part.

    Args:
        names: one row per way an export names an account: account_id, source (export), name,
            domain (corporate one), country (code); what is not said is null.

    Returns:
        one row per pair: from_account_id, to_account_id (in order of their names), score (0..1,
        comparable within one workspace, no probability), reasons (tuple of words for a person:
        what speaks for and against). In order of names.
    """
    accounts = _accounts(names)
    likeness = _Likeness(accounts)
    rows = []
    for one, other in _candidates(accounts):
        score, reasons = likeness.judged(accounts[one], accounts[other])
        if score >= SHOWN_FROM:
            ids = accounts[one].key, accounts[other].key
            rows.append((*ids, round(score, ROUNDED_TO), reasons))
    return pd.DataFrame(rows, columns=SUGGESTION_COLUMNS)


def suggest_accounts(alike: pd.DataFrame, settled: Iterable[tuple[str, str]] = ()) -> pd.DataFrame:
    """Pairs of accounts that may be one company, for people to decide.

    An account is one company, so a pair counts half where one of the two has a likelier match.

    Args:
        alike: as `find_alike` returns it.
        settled: pairs of account_ids never to be suggested, in either order.

    Returns:
        columns of `find_alike`, best first; ties as there.
    """
    barred = {frozenset(pair) for pair in settled}
    pairs = zip(alike["from_account_id"], alike["to_account_id"], strict=True)
    found = alike.loc[[frozenset(pair) not in barred for pair in pairs]]
    sides = found["from_account_id"], found["to_account_id"]
    best = pd.concat([found["score"]] * 2).groupby(pd.concat(sides).to_numpy()).max()
    likeliest = pd.concat([side.map(best).astype(float) for side in sides], axis=1).max(axis=1)
    is_best = found["score"] >= likeliest
    reasons = [
        said if is_likeliest else (*said, LIKELIER)
        for said, is_likeliest in zip(found["reasons"], is_best, strict=True)
    ]
    score = found["score"].where(is_best, found["score"] / 2).round(ROUNDED_TO)
    found = found.assign(score=score, reasons=pd.Series(reasons, found.index, dtype=object))
    found = found[found["score"] >= SHOWN_FROM]
    return found.sort_values("score", ascending=False, kind="stable", ignore_index=True)


def _accounts(names: pd.DataFrame) -> list[_Account]:
    read: dict[str, Name] = {}
    found: dict[str, _Account] = {}
    columns = (names[name] for name in ("account_id", "source", "name", "domain", "country"))
    for key, source, name, domain, country in zip(*columns, strict=True):
        account = found.setdefault(key, _Account(key))
        account.exports.add(str(source))
        if pd.notna(name):
            said = read.setdefault(str(name), read_name(str(name)))
            account.names.add(said.words)
            account.forms |= {said.form} - {""}
        if pd.notna(domain):
            account.domains.add(str(domain))
        if pd.notna(country):
            account.countries.add(str(country))
    return sorted(found.values(), key=_Account.order)


def _candidates(accounts: Sequence[_Account]) -> list[tuple[int, int]]:
    """Pairs worth a look, by place."""
    texts = [(name, place) for place, one in enumerate(accounts) for name in sorted(one.names)]
    found = _most_alike([name for name, _ in texts], [place for _, place in texts])
    sharing: dict[str, set[int]] = defaultdict(set)
    for place, account in enumerate(accounts):
        for key in _keys(account):
            sharing[key].add(place)
    for places in sharing.values():
        if len(places) <= SHARED_BY_MOST:
            found |= set(combinations(sorted(places), 2))
    return sorted(found)


def _keys(account: _Account) -> set[str]:
    """Texts that two names of one company share although they may look nothing alike."""
    short = {initials(name) for name in account.names}
    return {key for key in account.stems | account.joined | short if len(key) > 2}


def _most_alike(texts: list[str], owners: list[int]) -> set[tuple[int, int]]:
    """For each text the owners of the most alike texts, by characters."""
    found: set[tuple[int, int]] = set()
    if len(texts) < 2 or not any(text.strip() for text in texts):
        return found
    vectors = TfidfVectorizer(
        sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 4), dtype=np.float32
    ).fit_transform(texts)
    of = np.array(owners)
    for start in range(0, len(texts), BLOCK_ROWS):
        scores = (vectors[start : start + BLOCK_ROWS] @ vectors.T).toarray().round(ROUNDED_TO)
        rows = of[start : start + BLOCK_ROWS]
        scores[rows[:, None] == of[None, :]] = 0.0
        count = min(PER_NAME, scores.shape[1])
        # Equal scores are all kept, so that no order of rows decides
        least = np.partition(scores, -count, axis=1)[:, -count]
        row, column = np.nonzero((scores >= least[:, None]) & (scores >= LEAST_COSINE))
        pairs = np.sort(np.column_stack((rows[row], of[column])), axis=1)
        found |= {(int(one), int(other)) for one, other in pairs}
    return found


class _Likeness:
    """How alike accounts are, given how common each word is among all of them."""

    def __init__(self, accounts: Sequence[_Account]) -> None:
        said = Counter(
            word
            for account in accounts
            for word in {word for name in account.names for word in name.split()}
        )
        self._weights = {word: log(1 + len(accounts) / (1 + n)) for word, n in said.items()}
        self._ratios: dict[tuple[str, str], float] = {}

    def judged(self, one: _Account, other: _Account) -> tuple[float, tuple[str, ...]]:
        """Score of a pair, and what speaks for and against it."""
        odds, reasons = max(
            (self._of_names(left, right) for left in one.names for right in other.names),
            default=(0.0, ()),
        )
        facts = [*reasons, *_facts(one, other)]
        odds += BIAS + sum(WEIGHTS[fact] for fact in facts)
        return 1 / (1 + exp(-odds)), tuple(facts or ["names that look alike"])

    def _of_names(self, left: str, right: str) -> tuple[float, tuple[str, ...]]:
        """Log odds of two names, and facts about them that add to the odds."""
        words, others = left.split(), right.split()
        share, shared = self._shared(words, others)
        letters = self._ratio(" ".join(sorted(words)), " ".join(sorted(others)))
        odds = (
            WEIGHTS["words"] * share
            + WEIGHTS["letters"] * letters
            + WEIGHTS["shared weight"] * min(shared, 15) / 10
        )
        return odds, _facts_of_names(words, others)

    def _shared(self, words: list[str], others: list[str]) -> tuple[float, float]:
        """Share of the weight of all words that both say, 0..1; and that weight."""
        whole = sum(self._weights[word] for word in (*words, *others))
        left = list(others)
        both = shared = 0.0
        for word in sorted(words, key=lambda word: (-self._weights[word], word)):
            if not left:
                break
            nearest = max(sorted(left), key=lambda near: self._alike(word, near))
            if alike := self._alike(word, nearest):
                weights = self._weights[word], self._weights[nearest]
                both += alike * sum(weights)
                shared += alike * min(weights)
                left.remove(nearest)
        return both / whole if whole else 0.0, shared

    def _alike(self, word: str, other: str) -> float:
        """0..1: two words, or a word and its beginning; 0 where they are two words."""
        ratio = self._ratio(word, other)
        if min(len(word), len(other)) > 2 and (word.startswith(other) or other.startswith(word)):
            return max(ratio, 0.8)
        return ratio if ratio >= 0.7 else 0.0

    def _ratio(self, one: str, other: str) -> float:
        if one == other:
            return 1.0
        # The matcher is not symmetric
        pair = (one, other) if one < other else (other, one)
        if pair not in self._ratios:
            self._ratios[pair] = SequenceMatcher(None, *pair, autojunk=False).ratio()
        return self._ratios[pair]


def _facts_of_names(words: list[str], others: list[str]) -> tuple[str, ...]:
    joined, other = "".join(words), "".join(others)
    if joined == other:
        return ("the same name",)
    if sorted(words) == sorted(others):
        return ("the same words in another order",)
    for short, long in ((joined, others), (other, words)):
        if len(short) > 2 and len(long) > 2 and short == initials(" ".join(long)):
            return ("one name is the initials of the other",)
    one, two = set(words), set(others)
    if (one < two or two < one) and (one ^ two) & PARTS:
        return ("one name has the name of a part or a place more",)
    return ()


def _facts(one: _Account, other: _Account) -> list[str]:
    """What domains, countries, legal forms and exports say; what is not said says nothing."""
    facts = [_fact_of_domains(one, other)]
    if one.countries and other.countries:
        facts.append("the same country" if one.countries & other.countries else "two countries")
    if one.forms and other.forms:
        facts.append("the same legal form" if one.forms & other.forms else "two legal forms")
    if one.exports & other.exports:
        facts.append("both in one export")
    return [fact for fact in facts if fact]


def _fact_of_domains(one: _Account, other: _Account) -> str:
    if not one.domains or not other.domains:
        is_name = one.stems & other.joined or other.stems & one.joined
        return "one's domain is the other's name" if is_name else ""
    if one.domains & other.domains:
        return "the same domain"
    if one.stems & other.stems:
        return "domains that differ in their ending"
    if any(_is_in(stem, near) for stem in one.stems for near in other.stems):
        return "one domain's name is in the other's"
    return "two domains"


def _is_in(one: str, other: str) -> bool:
    return min(len(one), len(other)) > 3 and (one in other or other in one)
