"""Which asks mean which items and features: explicit keys, people's verdicts, then suggestions.

Nothing merges by itself: only a key that the export or the text names, or a person's verdict,
settles a link. Everything else is a ranked suggestion with a score that is no probability.
"""

import re
from typing import Final

import pandas as pd

from common_ground.analysis import ranker
from common_ground.analysis.link_candidates import (
    ask_texts,
    best_of_notes,
    learned_from,
    target_texts,
    targets_of,
    text_of,
)
from common_ground.analysis.ranker_learning import Learned
from common_ground.analysis.text_measures import Encode
from common_ground.analysis.warning_words import turned_around_by

PER_ASK: Final = 5  # suggestions an ask, items and features together
SPARE_STEP: Final = 10
SAME_ASKS_PER_ASK: Final = 10  # other asks that may mean the same

LINK_COLUMNS: Final = [
    "kind",
    "from_id",
    "to_id",
    "rank",
    "score",
    "verdict",
    "how",
    "decided_by",
    "warning",
    "part",
]

_KEY: Final = re.compile(r"\b[A-Z][A-Z0-9_]+-\d+\b")
_LISTED: Final = re.compile(r"[,;|\s]+")


def merged_roots(asks: pd.DataFrame) -> dict[str, str]:
    """The ask that each ask was merged into in the end, by ask_id; itself where it was not.

    A chain that runs in a circle, or into an ask that was not loaded, ends where it leaves.
    """
    known = set(asks["ask_id"])
    into = {
        ask: target
        for ask, target in zip(asks["ask_id"], asks["merged_into"], strict=True)
        if pd.notna(target) and target in known and target != ask
    }
    roots: dict[str, str] = {}
    for ask in asks["ask_id"]:
        seen = [ask]
        while (target := into.get(seen[-1])) is not None and target not in seen:
            seen.append(target)
        # In a circle every ask must end at the same one, wherever the walk began.
        circle = into.get(seen[-1])
        roots[ask] = seen[-1] if circle is None else min(seen[seen.index(circle) :])
    return roots


def suggest_links(
    asks: pd.DataFrame,
    items: pd.DataFrame,
    features: pd.DataFrame,
    verdicts: pd.DataFrame,
    per_ask: int = PER_ASK,
    encode: Encode | None = None,
) -> pd.DataFrame:
    """Links from asks to items and features: explicit, decided and suggested.

    An ask that was merged into another has that ask's links besides its own. A pair that a person
    called different never returns, whatever names it.

    Args:
        asks: one row per ask_id; title, text, item_key, merged_into.
        items: one row per item_id; title, description.
        features: one row per feature_id; name, description.
        verdicts: one row per decided pair; kind, from_id, to_id, verdict, decided_by.
        per_ask: suggestions an ask.
        encode: a sentence encoder, whose cosines become one more measure; None for none.

    Returns:
        one row per link: kind (ask_item or ask_feature), from_id (ask_id), to_id, rank (1 is the
        ask's best), score (0..1, of the ranker; 1 for a key or a "same"; no probability), verdict
        (same, related, unsure or None), how (key, verdict or suggested), decided_by, warning
        (words of the ask that may turn the match around, else None), part (of a note that holds
        several wishes, the words of the one that matched; None where the whole did). Best score
        first.
    """
    targets = targets_of(items, features)
    index = ranker.index_of(target_texts(targets), encode=encode)
    learned = learned_from(index, asks, targets, verdicts)
    roots = merged_roots(asks)
    decided = _decided(verdicts, roots, ("ask_item", "ask_feature"))
    rejected = decided.loc[decided["verdict"] == "different", ["from_id", "to_id"]]
    spare = _spare(rejected)
    own = asks.loc[[roots[ask] == ask for ask in asks["ask_id"]]]
    found = best_of_notes(index, ask_texts(own), per_ask + spare, learned.coefficients)
    suggested = pd.DataFrame(
        {
            "root_id": own["ask_id"].to_numpy(dtype=object)[found["left"]],
            "to_id": targets["to_id"].to_numpy()[found["right"]],
            "kind": targets["kind"].to_numpy()[found["right"]],
            "score": found["score"],
            "part": found["part"],
        }
    )
    members = pd.DataFrame({"from_id": list(roots), "root_id": list(roots.values())}, dtype=object)
    candidates = members.merge(suggested, on="root_id").drop(columns="root_id")
    keys = _explicit(asks, targets, members)
    links = _joined(keys, candidates, decided, targets, per_ask)
    return _with_warnings(links, asks, dict(zip(targets["to_id"], targets["title"], strict=True)))


def ranker_used(
    asks: pd.DataFrame,
    items: pd.DataFrame,
    features: pd.DataFrame,
    verdicts: pd.DataFrame,
    encode: Encode | None = None,
) -> Learned:
    """What orders the suggestions of `suggest_links`, and what it was learned from; same inputs."""
    targets = targets_of(items, features)
    index = ranker.index_of(target_texts(targets), encode=encode)
    return learned_from(index, asks, targets, verdicts)


def suggest_same_asks(
    asks: pd.DataFrame,
    verdicts: pd.DataFrame,
    per_ask: int = SAME_ASKS_PER_ASK,
    encode: Encode | None = None,
) -> pd.DataFrame:
    """Other asks that may mean the same as each ask.

    Args:
        asks: one row per ask_id; title, text, merged_into.
        verdicts: one row per decided pair; kind, from_id, to_id, verdict, decided_by.
        per_ask: suggestions an ask.
        encode: as for `suggest_links`.

    Returns:
        as `suggest_links`, kind ask_ask; a pair occurs from both of its asks. A merge that the
        export names is a key.
    """
    known = asks.sort_values(["text", "ask_id"])
    texts = ask_texts(known)
    index = ranker.index_of(texts, themselves=True, encode=encode)
    decided = _decided(verdicts, {ask: ask for ask in asks["ask_id"]}, ("ask_ask",))
    swapped = decided.rename(columns={"from_id": "to_id", "to_id": "from_id"})
    decided = pd.concat([decided, swapped]).drop_duplicates(["from_id", "to_id"])
    rejected = decided.loc[decided["verdict"] == "different"]
    spare = _spare(rejected)
    found = index.best(texts, per_ask + spare, index.usual.without_crowding(), themselves=True)
    ids = known["ask_id"].to_numpy()
    candidates = pd.DataFrame(
        {
            "from_id": ids[found.left],
            "to_id": ids[found.right],
            "kind": "ask_ask",
            "score": found.score,
            "part": None,
        }
    )
    merged = asks.loc[asks["merged_into"].isin(asks["ask_id"]), ["ask_id", "merged_into"]]
    pairs = merged.set_axis(["from_id", "to_id"], axis=1)
    keys = pd.concat([pairs, pairs.set_axis(["to_id", "from_id"], axis=1)]).assign(kind="ask_ask")
    order = known[["ask_id"]].set_axis(["to_id"], axis=1).assign(kind="ask_ask")
    links = _joined(keys, candidates, decided, order, per_ask)
    said = text_of(asks["title"]) + " " + text_of(asks["text"])
    return _with_warnings(links, asks, dict(zip(asks["ask_id"], said, strict=True)))


def cluster_asks(asks: pd.DataFrame, same_asks: pd.DataFrame, level: float) -> pd.DataFrame:
    """Asks grouped round one of them that says it for all.

    Each ask joins the most similar ask that leads a group, at a score of `level` or more, or by a
    merge or verdict; else it leads its own. Chains are not followed: everything in a group is
    similar to its leader.

    Args:
        asks: one row per ask_id to group; text, asked_date.
        same_asks: as `suggest_same_asks` returns it, of these asks or of more. Of all asks, a pair
            has the same score whichever of them are grouped.
        level: suggestions count from this score (0..1) up.

    Returns:
        ask_id, leader_id (ask_id), score (to the leader; 1 for the leader), how (key, verdict or
        suggested), decided_by. One row per ask, in the order of `asks`.
    """
    usable = same_asks.loc[
        ~same_asks["verdict"].isin(["related"])
        & ((same_asks["score"] >= level) | (same_asks["score"] == 1))
        & same_asks["from_id"].isin(asks["ask_id"])
        & same_asks["to_id"].isin(asks["ask_id"])
    ]
    offers: dict[str, list[tuple[float, str, str, str | None]]] = {}
    columns = (usable[name] for name in ("from_id", "score", "to_id", "how", "decided_by"))
    for ask, *offer in zip(*columns, strict=True):
        offers.setdefault(ask, []).append(tuple(offer))
    # Who asked first leads; the text breaks ties, so that new ids change nothing.
    order = asks.sort_values(["asked_date", "text", "ask_id"])["ask_id"]
    chosen: dict[str, tuple[float, str, str, str | None]] = {}
    leaders: set[str] = set()
    for ask in order:
        joined = next((offer for offer in offers.get(ask, []) if offer[1] in leaders), None)
        if joined is None:
            leaders.add(ask)
        chosen[ask] = joined or (1.0, ask, "key", None)
    rows = [(ask, chosen[ask][1], chosen[ask][0], *chosen[ask][2:]) for ask in asks["ask_id"]]
    return pd.DataFrame(rows, columns=["ask_id", "leader_id", "score", "how", "decided_by"])


def _spare(rejected: pd.DataFrame) -> int:
    """Suggestions an ask needs beyond those shown, in tens so that most verdicts change nothing."""
    most = rejected.groupby("from_id").size().max() if len(rejected) else 0
    return SPARE_STEP * -(-int(most) // SPARE_STEP)


def _decided(verdicts: pd.DataFrame, roots: dict[str, str], kinds: tuple[str, ...]) -> pd.DataFrame:
    """The latest verdict of each pair; a merged ask takes its root's unless it has its own."""
    wanted = verdicts.loc[
        verdicts["kind"].isin(kinds), ["kind", "from_id", "to_id", "verdict", "decided_by"]
    ].drop_duplicates(["from_id", "to_id"], keep="last")
    children: dict[str, list[str]] = {}
    for ask, root in roots.items():
        if ask != root:
            children.setdefault(root, []).append(ask)
    parts = [wanted]
    parts += [
        wanted.loc[wanted["from_id"] == root].assign(from_id=child)
        for root in children.keys() & set(wanted["from_id"])
        for child in children[root]
    ]
    return pd.concat(parts, ignore_index=True).drop_duplicates(["from_id", "to_id"])


def _explicit(asks: pd.DataFrame, targets: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Pairs that the item_key column or a backlog key in the text names; merged asks included."""
    by_key = {
        str(to_id).lower(): (kind, to_id)
        for kind, to_id in zip(targets["kind"], targets["to_id"], strict=True)
    }
    rows = []
    said = text_of(asks["title"]) + " " + text_of(asks["text"])
    for ask, column, text in zip(asks["ask_id"], text_of(asks["item_key"]), said, strict=True):
        names = [column.strip(), *_LISTED.split(column), *_KEY.findall(text)]
        rows += [(ask, *by_key[name.lower()]) for name in names if name.lower() in by_key]
    named = pd.DataFrame(rows, columns=["ask_id", "kind", "to_id"], dtype=object).drop_duplicates()
    own = named.rename(columns={"ask_id": "from_id"})
    of_root = members.merge(named, left_on="root_id", right_on="ask_id")
    together = pd.concat([own, of_root[["from_id", "kind", "to_id"]]], ignore_index=True)
    return together.drop_duplicates()


def _joined(
    keys: pd.DataFrame,
    candidates: pd.DataFrame,
    decided: pd.DataFrame,
    targets: pd.DataFrame,
    per_ask: int,
) -> pd.DataFrame:
    """Keys, verdicts and suggestions as one row per pair, ranked within each ask."""
    known = targets[["to_id", "kind"]].assign(place=range(len(targets)))
    named = keys.assign(is_key=True)
    pairs = pd.concat(
        [
            named[["kind", "from_id", "to_id"]],
            decided[["kind", "from_id", "to_id"]],
            candidates[["kind", "from_id", "to_id"]],
        ]
    ).drop_duplicates(["from_id", "to_id"])
    links = (
        pairs.merge(named[["from_id", "to_id", "is_key"]], how="left", on=["from_id", "to_id"])
        .merge(
            candidates[["from_id", "to_id", "score", "part"]], how="left", on=["from_id", "to_id"]
        )
        .merge(decided.drop(columns="kind"), how="left", on=["from_id", "to_id"])
        .merge(known, on=["kind", "to_id"])
    )
    links = links.loc[links["verdict"].ne("different").fillna(True).astype(bool)]
    is_key = links["is_key"].eq(True).fillna(False).astype(bool)
    is_same = links["verdict"].eq("same").fillna(False).astype(bool)
    is_decided = links["verdict"].isin(["same", "related"])
    links = links.assign(
        score=links["score"].astype(float).fillna(0.0).where(~(is_key | is_same), 1.0),
        how=pd.Series("suggested", links.index).mask(is_key, "key").mask(is_decided, "verdict"),
        verdict=links["verdict"].astype(object).where(links["verdict"].notna(), None),
        decided_by=links["decided_by"].astype(object).where(links["decided_by"].notna(), None),
        part=links["part"].astype(object).where(links["part"].notna(), None),
    ).sort_values(["score", "place", "from_id"], ascending=[False, True, True])
    # A decided or explicit link is never cut off; suggestions fill what is left.
    suggested = links["how"] == "suggested"
    place = suggested.groupby(links["from_id"]).cumsum()
    links = links.loc[~suggested | (place <= per_ask)]
    return links.assign(rank=links.groupby("from_id").cumcount() + 1).reset_index(drop=True)


def _with_warnings(
    links: pd.DataFrame, asks: pd.DataFrame, target_titles: dict[str, str]
) -> pd.DataFrame:
    said = dict(
        zip(asks["ask_id"], text_of(asks["title"]) + " " + text_of(asks["text"]), strict=True)
    )
    warnings = [
        turned_around_by(said.get(ask, "") if part is None else part, target_titles[to])
        for ask, to, part in zip(links["from_id"], links["to_id"], links["part"], strict=True)
    ]
    return links.assign(warning=pd.Series(warnings, links.index, dtype=object))[LINK_COLUMNS]
