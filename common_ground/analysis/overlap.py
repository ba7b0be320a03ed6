"""What sales asks for against what product plans and what usage shows: five classes.

Every thing on the map is an item, a feature that is asked for, or a group of asks that nobody
planned. Its class follows from open deals, the plan, product's rating and usage; the thresholds
are settings shown on the page.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd

from common_ground.analysis import asking_use, matching, reasons, values
from common_ground.analysis.thresholds import Thresholds

LABELS: Final = {
    "both": "Both want it",
    "only_sales": "Only sales asks",
    "only_product": "Only product plans",
    "exists": "Already exists",
    "usage_disagrees": "Usage disagrees",
}
ACTIONS: Final = {
    "both": "plan it together",
    "only_sales": "decide or decline",
    "only_product": "find who needs it",
    "exists": "train, don't build",
    "usage_disagrees": "ask before building",
}


@dataclass(frozen=True)
class Overlap:
    """The map and what it is made of.

    Attributes:
        items: one row per thing: item_id, title, kind (item, feature or asks), class, asks,
            accounts, deals (open), touched and allocated (workspace currency), reach (accounts,
            weighted), effort (person-weeks), unconfirmed_share (0..1), is_planned, area, status,
            active_accounts, reach_from, impact, confidence, is_rated, users_asking,
            users_asking_active, never_used, sometimes_used, weekly_used, reason (a sentence).
            Most money touched first.
        classes: five rows in product.md's order: class, label, count, allocated, touched (each
            deal once within the class), unconfirmed_share, action.
        links: every link given.
        links_used: those that count: ask_id, item_id, kind, is_confirmed, how, score, decided_by,
            part, warning (as `matching.suggest_links`);
            without asks that a later release has answered.
        deal_things: one row per open deal and thing: deal_id, item_id, amount, is_blocker,
            is_confirmed, allocated.
        lost_things: one row per lost deal and thing it asked for: the same without allocated.
        union: money of all open deals that ask for anything, each once.
        unconfirmed_share: share of it that rests on links no key and no person settles.
        left_out: item_id, title, reason: not on the map.
        median_reach: weighted accounts; the rating product's own median item has; None: unrated.
        level, thresholds: as given.
    """

    items: pd.DataFrame
    classes: pd.DataFrame
    links: pd.DataFrame
    links_used: pd.DataFrame
    deal_things: pd.DataFrame
    lost_things: pd.DataFrame
    union: float
    unconfirmed_share: float
    left_out: pd.DataFrame
    median_reach: float | None
    level: float
    thresholds: Thresholds


def in_scope(
    frame: pd.DataFrame, segment: str | None, start: date | None = None, end: date | None = None
) -> pd.DataFrame:
    """Asks or deals of a segment; asks of a window too (half-open).

    Args:
        frame: with segment, and asked_date where a window is given. An ask without a date is in
            every window.
        segment: None for all.
        start: first day; None for no first.
        end: first day outside; None for no last.
    """
    kept = pd.Series(True, frame.index)
    if segment is not None:
        kept &= frame["segment"].eq(segment).fillna(False).astype(bool)
    if start is not None or end is not None:
        asked = pd.to_datetime(frame["asked_date"])
        if start is not None:
            kept &= asked.isna() | (asked >= pd.Timestamp(start))
        if end is not None:
            kept &= asked.isna() | (asked < pd.Timestamp(end))
    return frame.loc[kept]


def classify(
    items: pd.DataFrame,
    asks: pd.DataFrame,
    deals: pd.DataFrame,
    features: pd.DataFrame,
    use: pd.DataFrame,
    area_reach: pd.DataFrame,
    links: pd.DataFrame,
    level: float,
    *,
    same_asks: pd.DataFrame,
    thresholds: Thresholds | None = None,
) -> Overlap:
    """Put everything that is asked for, planned or rated into one of five classes.

    Args:
        items: mart_items.
        asks: mart_asks, of the window and segment wanted.
        deals: mart_deal_values; only open ones count, lost ones are told apart.
        features: mart_features.
        use: mart_account_feature_use.
        area_reach: mart_area_reach.
        links: as `matching.suggest_links`.
        level: suggestions count from this score (0..1) up, the best one of each ask.
        same_asks: as `matching.suggest_same_asks`, of all asks whatever the window and segment.
        thresholds: what the classes turn on.

    Returns:
        the map; the same numbers whatever the order of the rows and the ids.
    """
    limits = thresholds or Thresholds()
    used = _links_used(asks, links, level, same_asks, limits)
    used = _not_answered(used, asks, items, features)
    is_open = deals["is_open"].astype(bool)
    deal_things = values.allocated_rows(_deal_things(used, asks, deals.loc[is_open]))
    things = _things(items, asks, features, use, area_reach, used, limits)
    things = _with_money(_with_askers(things, used, asks), deal_things)
    things = asking_use.with_use(things, used, asks, use, area_reach, limits)
    median = _median_reach(things)
    is_above = things["is_rated"] & (things["reach"] > (np.inf if median is None else median))
    things = things.assign(is_wanted=things["is_planned"] | is_above)
    things["class"] = _class_of(things, limits)
    things["reason"] = reasons.sentences(things, median)
    listed = things.loc[things["class"].notna()].sort_values(
        ["touched", "reach", "asks", "title", "item_id"],
        ascending=[False, False, False, True, True],
        ignore_index=True,
    )
    unsettled = deal_things.loc[~deal_things["is_confirmed"], "allocated"]
    union = values.union(deal_things)
    return Overlap(
        items=listed,
        classes=_classes(listed, deal_things),
        links=links,
        links_used=used,
        deal_things=deal_things,
        lost_things=_deal_things(used, asks, deals.loc[deals["is_lost"].astype(bool)]),
        union=float(union),
        unconfirmed_share=_share(sum(unsettled, Fraction(0)), union),
        left_out=things.loc[things["class"].isna(), ["item_id", "title", "reason"]],
        median_reach=median,
        level=level,
        thresholds=limits,
    )


def _share(part: Fraction, whole: Fraction) -> float:
    return float(part / whole) if whole else 0.0


def _links_used(
    asks: pd.DataFrame,
    links: pd.DataFrame,
    level: float,
    same_asks: pd.DataFrame,
    limits: Thresholds,
) -> pd.DataFrame:
    """Links that count: all settled ones, else the ask's best suggestion, else its own group."""
    known = links.loc[links["from_id"].isin(asks["ask_id"])]
    is_settled = known["how"].eq("key") | known["verdict"].eq("same").fillna(False).astype(bool)
    settled = known.loc[is_settled]
    may_count = known["how"].eq("suggested") & (known["score"] >= level)
    best = (
        known.loc[may_count & ~known["from_id"].isin(settled["from_id"])]
        .sort_values(["from_id", "rank"])
        .drop_duplicates("from_id")
    )
    used = pd.concat([settled.assign(is_confirmed=True), best.assign(is_confirmed=False)])
    used = used.assign(kind=used["kind"].str.removeprefix("ask_")).rename(
        columns={"from_id": "ask_id", "to_id": "item_id"}
    )
    alone = asks.loc[~asks["ask_id"].isin(used["ask_id"])]
    groups = matching.cluster_asks(alone, same_asks, limits.same_ask_level)
    grouped = groups.assign(
        item_id="ask:" + groups["leader_id"].astype(object),
        kind="asks",
        is_confirmed=groups["how"] != "suggested",
        part=None,
        warning=None,
    )
    columns = ["ask_id", "item_id", "kind", "is_confirmed", "how", "score", "decided_by"]
    columns += ["part", "warning"]
    parts = [part[columns].astype({"is_confirmed": bool}) for part in (used, grouped) if len(part)]
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else grouped[columns].astype({"is_confirmed": bool})
    )


def _not_answered(
    used: pd.DataFrame, asks: pd.DataFrame, items: pd.DataFrame, features: pd.DataFrame
) -> pd.DataFrame:
    """Links without those that a release has answered: asked for first, released afterwards."""
    built = features.set_axis(features.columns.str.replace("feature_id", "item_id"), axis=1)
    released = pd.concat([items[["item_id", "released_date"]], built[["item_id", "released_date"]]])
    answers = used[["ask_id", "item_id"]].reset_index()
    answers = answers.merge(released.drop_duplicates("item_id"), on="item_id")
    answers = answers.merge(asks[["ask_id", "asked_date"]], on="ask_id")
    asked_on, released_on = answers["asked_date"], answers["released_date"]
    is_later = pd.to_datetime(asked_on) < pd.to_datetime(released_on)
    return used.drop(index=answers.loc[is_later, "index"].tolist()).reset_index(drop=True)


def _deal_things(used: pd.DataFrame, asks: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """One row per deal and thing it asks for."""
    said = asks.loc[asks["deal_id"].notna(), ["ask_id", "deal_id", "is_blocker"]]
    rows = used.merge(said, on="ask_id").merge(deals[["deal_id", "amount"]], on="deal_id")
    pairs = rows.groupby(["deal_id", "item_id"], as_index=False, sort=True).agg(
        kind=("kind", "first"),
        amount=("amount", "first"),
        is_blocker=("is_blocker", "any"),
        is_confirmed=("is_confirmed", "any"),
    )
    return pairs.astype({"is_blocker": bool, "is_confirmed": bool})


def _things(
    items: pd.DataFrame,
    asks: pd.DataFrame,
    features: pd.DataFrame,
    use: pd.DataFrame,
    area_reach: pd.DataFrame,
    used: pd.DataFrame,
    limits: Thresholds,
) -> pd.DataFrame:
    """Items, asked features and groups of asks, with product's side of each."""
    pulls = values.product_pull(items, area_reach, limits.ratings)
    of_items = items[["item_id", "title", "area", "status", "effort", "is_planned"]].assign(
        kind="item",
        reach=pulls["pull"].to_numpy(),
        active_accounts=pulls["reach"].to_numpy(),
        reach_from=pulls["reach_from"].to_numpy(),
        impact=pulls["impact"].to_numpy(),
        confidence=pulls["confidence"].to_numpy(),
        is_rated=pulls["is_rated"].to_numpy(),
    )
    asked = features.loc[
        features["feature_id"].isin(used.loc[used["kind"] == "feature", "item_id"])
    ]
    active = use.loc[use["events_28d"] > 0].groupby("feature_id")["account_id"].nunique()
    users = asked["feature_id"].map(active).astype(float).fillna(0.0)
    of_features = asked[["feature_id", "name", "area"]].set_axis(
        ["item_id", "title", "area"], axis=1
    )
    of_features = of_features.assign(
        kind="feature", status="released", reach=users, active_accounts=users, reach_from="usage"
    )
    heads = asks.assign(item_id="ask:" + asks["ask_id"].astype(object))
    heads = heads.loc[heads["item_id"].isin(used.loc[used["kind"] == "asks", "item_id"])]
    of_groups = pd.DataFrame(
        {
            "item_id": heads["item_id"],
            "title": [
                _short(title, text)
                for title, text in zip(heads["title"], heads["text"], strict=True)
            ],
            "kind": "asks",
            "reach": 0.0,
            "active_accounts": 0.0,
            "reach_from": "none",
        }
    )
    parts = [part.astype(object) for part in (of_items, of_features, of_groups)]
    things = pd.concat(parts, ignore_index=True)
    return things.assign(
        is_planned=things["is_planned"].eq(True).fillna(False).astype(bool),
        is_rated=things["is_rated"].eq(True).fillna(False).astype(bool),
        **{
            name: pd.to_numeric(things[name]).astype(float)
            for name in ("reach", "active_accounts", "impact", "confidence", "effort")
        },
    )


def _short(title: str | None, text: str, most: int = 60) -> str:
    """An ask's title, else the start of what was said, cut at a word."""
    said = text if title is None or pd.isna(title) or not title.strip() else title
    said = " ".join(said.split())
    return said if len(said) <= most else said[:most].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _with_askers(things: pd.DataFrame, used: pd.DataFrame, asks: pd.DataFrame) -> pd.DataFrame:
    said = used.merge(asks[["ask_id", "account_id"]], on="ask_id").groupby("item_id")
    return things.assign(
        asks=things["item_id"].map(said["ask_id"].nunique()).fillna(0).astype(int),
        accounts=things["item_id"].map(said["account_id"].nunique()).fillna(0).astype(int),
    )


def _with_money(things: pd.DataFrame, deal_things: pd.DataFrame) -> pd.DataFrame:
    touched, allocated = values.touched(deal_things), values.allocated(deal_things)
    unsettled = values.touched(deal_things.loc[~deal_things["is_confirmed"]])
    deals = deal_things.groupby("item_id")["deal_id"].nunique()
    none = Fraction(0)
    return things.assign(
        deals=things["item_id"].map(deals).fillna(0).astype(int),
        touched=[float(touched.get(item, none)) for item in things["item_id"]],
        allocated=[float(allocated.get(item, none)) for item in things["item_id"]],
        unconfirmed_share=[
            _share(unsettled.get(item, none), touched.get(item, none)) for item in things["item_id"]
        ],
    )


def _median_reach(things: pd.DataFrame) -> float | None:
    """Median weighted reach of the items product has rated and not yet built or declined."""
    rated = things.loc[things["is_rated"] & ~things["status"].isin(["released", "declined"])]
    return None if rated.empty else float(rated["reach"].median())


def _class_of(things: pd.DataFrame, limits: Thresholds) -> pd.Series:
    """The class of each thing; None for what neither side has brought up."""
    is_item = things["kind"] == "item"
    is_backlog = is_item & ~things["status"].isin(["released", "declined"])
    in_deals, wanted = things["deals"] > 0, things["is_wanted"] & is_backlog
    is_said = (things["asks"] > 0) & (is_item | (things["accounts"] >= limits.min_asking_accounts))
    exists = things["status"].eq("released").fillna(False).astype(bool) & (things["asks"] > 0)
    unheard = is_backlog & things["is_heavy"] & things["is_rated"] & (things["asks"] == 0)
    names = np.select(
        [
            exists,
            in_deals & (things["is_low"] | things["is_falling"]),
            unheard & ~things["is_planned"],
            in_deals & wanted,
            in_deals,
            is_backlog & (wanted | things["is_rated"]),
            is_said,
        ],
        [
            "exists",
            "usage_disagrees",
            "usage_disagrees",
            "both",
            "only_sales",
            "only_product",
            "only_sales",
        ],
        "",
    )
    return pd.Series(names, things.index, dtype=object).replace({"": None})


def _classes(listed: pd.DataFrame, deal_things: pd.DataFrame) -> pd.DataFrame:
    """The five classes, with money that adds up (allocated) and each deal once (touched)."""
    named = deal_things.merge(listed[["item_id", "class"]], on="item_id")
    rows = []
    for name, label in LABELS.items():
        own = named.loc[named["class"] == name]
        allocated = sum(own["allocated"], Fraction(0))
        unsettled = sum(own.loc[~own["is_confirmed"], "allocated"], Fraction(0))
        rows.append(
            {
                "class": name,
                "label": label,
                "count": int((listed["class"] == name).sum()),
                "allocated": float(allocated),
                "touched": float(values.union(own)),
                "unconfirmed_share": _share(unsettled, allocated),
                "action": ACTIONS[name],
            }
        )
    return pd.DataFrame(rows)
