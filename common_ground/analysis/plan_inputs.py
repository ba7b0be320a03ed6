"""From the evidence to a bargaining problem: which items, which money, which accounts.

Sales value of an open deal is its amount times the gain in win probability if its blockers are
gone: the probability of its stage, since a blocked deal is one that cannot close. Product value
of an item is reach x impact x confidence. What cannot be counted is listed, never guessed.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from common_ground.analysis.plans import (
    TENTHS,
    Candidate,
    Deal,
    Horizon,
    NoDeal,
    Problem,
    Team,
    Unplannable,
)
from common_ground.analysis.values import Ratings, product_pull
from common_ground.errors import PlanError

NEEDS_ESTIMATE: Final = "needs an estimate"


@dataclass(frozen=True)
class Choices:
    """What people decide on the page; everything else comes from the exports.

    Attributes:
        capacity_weeks: person-weeks.
        fits_share: a plan leaves as much of it free as it takes to fit in this share (0..1) of the
            draws of effort; 0 leaves nothing free.
        no_deal: what happens without a deal.
        sales_share: share of capacity sales fills when there is no deal and no roadmap, 0..1.
        pins: items every plan holds.
        vetoes: items no plan holds, besides those the backlog marks as declined.
        ratings: what stands in where product has not rated an item.
        team_weeks: person-weeks of each team whose capacity is known, by the name the backlog has.
        horizon_shares: share (0..1) of what a plan may use that is kept for each horizon, by the
            name the backlog has; everything else may use at most the rest.
    """

    capacity_weeks: float
    fits_share: float = 0.8
    no_deal: NoDeal = "roadmap"
    sales_share: float = 0.5
    pins: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    ratings: Ratings = Ratings()
    team_weeks: tuple[tuple[str, float], ...] = ()
    horizon_shares: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Uncounted:
    """An open deal with a blocker that no plan can unlock, or whose worth is not known.

    Attributes:
        deal_id: id in the CRM.
        account: name of the customer.
        amount: workspace currency; 0 when the CRM names none.
        reason: why, as the end of a sentence.
    """

    deal_id: str
    account: str
    amount: float
    reason: str


@dataclass(frozen=True)
class Prepared:
    """A problem and what did not make it in.

    Attributes:
        problem: what the two sides bargain over.
        uncounted: open deals with a blocker that add nothing to any plan.
        unconfirmed_share: share (0..1) of the deals' value that rests on a link no person has
            confirmed.
        ignored_rules: prerequisites and exclusions that name an item the backlog does not have.
        teams, horizons: names the backlog has among items that are not released, in name order.
    """

    problem: Problem
    uncounted: tuple[Uncounted, ...]
    unconfirmed_share: float
    ignored_rules: tuple[str, ...]
    teams: tuple[str, ...] = ()
    horizons: tuple[str, ...] = ()


def build_problem(
    items: pd.DataFrame,
    deal_things: pd.DataFrame,
    deals: pd.DataFrame,
    area_reach: pd.DataFrame,
    rules: pd.DataFrame,
    choices: Choices,
) -> Prepared:
    """The problem that the evidence and the choices make.

    Args:
        items: mart_items; team and horizon may be absent.
        deal_things: one row per open deal and thing it asks for: deal_id, item_id, kind (item,
            feature or asks), is_blocker, is_confirmed; see `overlap.Overlap`.
        deals: mart_deal_values.
        area_reach: mart_area_reach.
        rules: mart_item_rules.
        choices: what people decide.

    Raises:
        PlanError: the choices or the rules contradict each other.
    """
    backlog = items.loc[items["status"] != "released"]
    pulls = product_pull(backlog, area_reach, choices.ratings)
    candidates = {
        str(row["item_id"]): _candidate(row)
        for row in backlog.assign(pull=pulls["pull"].to_numpy())
        .loc[_is_estimated(backlog)]
        .to_dict("records")
    }
    requires, excludes, ignored = _rules(rules, items)
    stuck = _unplannable(backlog, requires, set(candidates))
    candidates = {i: c for i, c in candidates.items() if i not in stuck}
    counted, uncounted, unconfirmed = _deals(deal_things, deals, set(candidates), items)
    known = set(candidates)
    _check_pins(choices.pins, items, stuck)
    declined = set(backlog.loc[backlog["status"] == "declined", "item_id"])
    planned = set(backlog.loc[backlog["is_planned"].astype(bool), "item_id"])
    problem = Problem(
        candidates=tuple(candidates[i] for i in sorted(candidates)),
        deals=tuple(counted),
        capacity=round(choices.capacity_weeks * TENTHS),
        requires=frozenset(pair for pair in requires if known.issuperset(pair)),
        excludes=frozenset(pair for pair in excludes if known.issuperset(pair)),
        pins=frozenset(choices.pins) & known,
        vetoes=(frozenset(choices.vetoes) | declined - set(choices.pins)) & known,
        teams=tuple(
            Team(name, _of(backlog, "team", name) & known, round(weeks * TENTHS))
            for name, weeks in sorted(choices.team_weeks)
        ),
        horizons=tuple(
            Horizon(name, _of(backlog, "horizon", name) & known, share)
            for name, share in sorted(choices.horizon_shares)
            if share
        ),
        sales_share=choices.sales_share,
        planned=frozenset(planned & known),
        no_deal=choices.no_deal,
        unplannable=_with_money(
            tuple(stuck[i] for i in sorted(stuck) if i not in declined), deal_things, deals, planned
        ),
    )
    return Prepared(
        problem,
        tuple(uncounted),
        unconfirmed,
        tuple(ignored),
        teams=_names(backlog, "team"),
        horizons=_names(backlog, "horizon"),
    )


def deal_value(amount: float, probability: float) -> int:
    """Open amount x gain in win probability, whole currency units."""
    return round(amount * probability)


def _is_estimated(backlog: pd.DataFrame) -> pd.Series:
    """Whether an item has an estimate; trackers write 0 where none was made."""
    return pd.to_numeric(backlog["effort"]).astype(float).fillna(0.0) > 0


def _names(backlog: pd.DataFrame, column: str) -> tuple[str, ...]:
    if column not in backlog:
        return ()
    return tuple(sorted({str(name) for name in backlog[column].dropna() if str(name).strip()}))


def _of(backlog: pd.DataFrame, column: str, name: str) -> frozenset[str]:
    """Items of a team or horizon.

    Raises:
        PlanError: the backlog has no such name.
    """
    if name not in (known := _names(backlog, column)):
        raise PlanError(
            f"The backlog names no {column} {name!r}. It names: {', '.join(known) or 'none'}."
        )
    return frozenset(backlog.loc[backlog[column].eq(name), "item_id"])


def _check_pins(pins: tuple[str, ...], items: pd.DataFrame, stuck: dict[str, Unplannable]) -> None:
    known = set(items["item_id"])
    for item_id in sorted(pins):
        if item_id in stuck:
            raise PlanError(
                f"{stuck[item_id].title} ({item_id}) must be in, but {stuck[item_id].reason}. "
                "Add the estimate or take it out."
            )
        if item_id not in known:
            raise PlanError(f"{item_id} must be in, but the backlog has no such item. Take it out.")


def _candidate(row: Mapping[Hashable, Any]) -> Candidate:
    likely = _tenths(row["effort_likely"])
    low, high = _tenths(row["effort_low"], likely), _tenths(row["effort_high"], likely)
    return Candidate(
        item_id=str(row["item_id"]),
        title=str(row["title"]),
        # Work that takes under a tenth of a week is not free
        effort=max(1, _tenths(row["effort"])),
        product=round(float(row["pull"]) * TENTHS),
        effort_range=(min(low, likely), likely, max(high, likely)) if low != high else None,
    )


def _tenths(weeks: float, otherwise: int = 0) -> int:
    return otherwise if pd.isna(weeks) else round(float(weeks) * TENTHS)


def _rules(
    rules: pd.DataFrame, items: pd.DataFrame
) -> tuple[set[tuple[str, str]], set[tuple[str, str]], list[str]]:
    """Prerequisites and exclusions among unreleased items, and rules that name unknown ones."""
    released = set(items.loc[items["status"] == "released", "item_id"])
    known = set(items["item_id"])
    requires: set[tuple[str, str]] = set()
    excludes: set[tuple[str, str]] = set()
    ignored = []
    ordered = rules.sort_values(["item_id", "other_item_id", "rule"])
    for item_id, other, rule in zip(
        ordered["item_id"], ordered["other_item_id"], ordered["rule"], strict=True
    ):
        if not {item_id, other} <= known:
            ignored.append(f"{item_id} {rule} {other}")
        elif not {item_id, other} & released:
            (requires if rule == "requires" else excludes).add((item_id, other))
    return requires, excludes, ignored


def _unplannable(
    backlog: pd.DataFrame, requires: set[tuple[str, str]], estimated: set[str]
) -> dict[str, Unplannable]:
    """Items without an estimate, and those that need one of them, by item id."""
    title = dict(zip(backlog["item_id"], backlog["title"], strict=True))
    stuck = {
        item_id: Unplannable(item_id, title[item_id], NEEDS_ESTIMATE)
        for item_id in title
        if item_id not in estimated
    }
    grown = True
    while grown:
        grown = False
        for item_id, needed in sorted(requires):
            if needed in stuck and item_id not in stuck:
                reason = f"needs {title[needed]}, which {NEEDS_ESTIMATE}"
                if stuck[needed].reason != NEEDS_ESTIMATE:
                    reason = f"needs {title[needed]}, which {stuck[needed].reason}"
                stuck[item_id] = Unplannable(item_id, title[item_id], reason)
                grown = True
    return stuck


def _deals(
    deal_things: pd.DataFrame, deals: pd.DataFrame, candidates: set[str], items: pd.DataFrame
) -> tuple[list[Deal], list[Uncounted], float]:
    """Deals that wait for candidates only, those that cannot be counted, unconfirmed share."""
    status = dict(zip(items["item_id"], items["status"], strict=True))
    blocking = deal_things.loc[deal_things["is_blocker"].astype(bool)]
    rows = {
        row["deal_id"]: row for row in deals.loc[deals["is_open"].astype(bool)].to_dict("records")
    }
    counted, uncounted = [], []
    value = unconfirmed = 0
    for deal_id, things in blocking.sort_values(["deal_id", "item_id"]).groupby("deal_id"):
        # What the product already does blocks nothing: that deal needs training, not building
        open_things = things.loc[
            (things["kind"] != "feature")
            & (things["item_id"].map(lambda item: status.get(item, "")) != "released")
        ]
        if open_things.empty or deal_id not in rows:
            continue
        blockers = frozenset(str(item) for item in open_things["item_id"])
        deal = _deal(rows[deal_id], blockers)
        if reason := _why_not(deal, blockers - candidates, status):
            uncounted.append(Uncounted(deal.deal_id, deal.account, float(deal.amount), reason))
            continue
        counted.append(deal)
        value += deal.value
        unconfirmed += 0 if open_things["is_confirmed"].all() else deal.value
    return counted, uncounted, unconfirmed / value if value else 0.0


def _deal(row: Mapping[Hashable, Any], blockers: frozenset[str]) -> Deal:
    amount = 0.0 if pd.isna(row["amount"]) else float(row["amount"])
    chance = 0.0 if pd.isna(row["probability"]) else float(row["probability"])
    name = row["account_name"] if pd.notna(row["account_name"]) else row["name"]
    return Deal(
        deal_id=str(row["deal_id"]),
        value=deal_value(amount, chance),
        blockers=blockers,
        account="" if pd.isna(name) else str(name),
        amount=round(amount),
        probability=chance,
    )


def _why_not(deal: Deal, missing: frozenset[str], status: dict[str, str]) -> str:
    if unknown := [item for item in sorted(missing) if item not in status]:
        wishes = "a wish" if len(unknown) == 1 else f"{len(unknown)} wishes"
        return f"waits for {wishes} that no backlog item answers"
    if missing:
        return f"waits for {', '.join(sorted(missing))}, which cannot be planned yet"
    if deal.value <= 0:
        return "has no amount" if not deal.amount else "has no chance in its stage"
    return ""


def _with_money(
    stuck: tuple[Unplannable, ...],
    deal_things: pd.DataFrame,
    deals: pd.DataFrame,
    planned: set[str],
) -> tuple[Unplannable, ...]:
    """The same with the value of the deals each blocks, most first."""
    amounts = deals["amount"].astype(float).fillna(0.0) * deals["probability"].astype(float).fillna(
        0.0
    )
    value = dict(zip(deals["deal_id"], amounts, strict=True))
    blocking = deal_things.loc[deal_things["is_blocker"].astype(bool)]
    money: dict[str, float] = {}
    for deal_id, item_id in zip(blocking["deal_id"], blocking["item_id"], strict=True):
        money[item_id] = money.get(item_id, 0.0) + value.get(deal_id, 0.0)
    with_money = (
        replace(item, money=round(money.get(item.item_id, 0.0)), is_planned=item.item_id in planned)
        for item in stuck
    )
    return tuple(sorted(with_money, key=lambda item: (-item.money, item.item_id)))
