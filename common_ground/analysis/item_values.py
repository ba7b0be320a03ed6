"""Money behind each thing on the overlap map, in kinds that are never merged.

Money of open deals (touched) is split by what the deal is: new business, expansion, renewal.
Beside it, and never added to it: lost deals that asked for the thing, and recurring money of
asking accounts whose contract ends soon. Every sum has its rows.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from common_ground.analysis.money_rows import OPEN, asking_accounts, money_rows
from common_ground.analysis.overlap import Overlap

LABELS: Final = {
    "touched": "Touched",
    "blocked": "Blocked",
    "new": "New business",
    "expansion": "Expansion",
    "renewal": "Renewal deals",
    "lost": "Lost",
    "lost_renewal": "Lost renewals",
    "at_risk": "Renewals at risk",
}
_NEVER_OPEN: Final = ("lost", "lost_renewal", "at_risk")
_UNSAID: Final = {"(no account)", "(no segment)"}

# What each kind of money is made of, as a condition on the rows.
KINDS: Final[Mapping[str, Callable[[pd.DataFrame], pd.Series]]] = {
    "touched": lambda rows: rows["kind"].isin(OPEN),
    "blocked": lambda rows: rows["kind"].isin(OPEN) & rows["is_blocker"],
    "new": lambda rows: rows["kind"].eq("new"),
    "expansion": lambda rows: rows["kind"].eq("expansion"),
    "renewal": lambda rows: rows["kind"].eq("renewal"),
    "lost": lambda rows: rows["kind"].eq("lost"),
    "lost_renewal": lambda rows: rows["kind"].eq("lost_renewal"),
    "at_risk": lambda rows: rows["kind"].eq("at_risk"),
}


@dataclass(frozen=True)
class ValueRules:
    """What the money behind a thing turns on; the page shows it.

    Attributes:
        recovery_share: 0..1, part of lost money that is taken to come back with the thing; an
            assumption, shown beside the lost money and added to nothing.
        renewal_within_days: a contract that ends within this many days after the as-of date is at
            risk as far as no later contract of the account takes its place.
        large_deal_share: 0..1, from this part of the touched money on one deal is named.
    """

    recovery_share: float = 0.0
    renewal_within_days: int = 180
    large_deal_share: float = 0.5

    def __post_init__(self) -> None:
        for name in ("recovery_share", "large_deal_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be between 0 and 1, not {getattr(self, name)}")
        if self.renewal_within_days < 1:
            raise ValueError(
                f"renewal_within_days must be at least 1, not {self.renewal_within_days}"
            )


def meanings(rules: ValueRules) -> dict[str, str]:
    """What each kind of money is, under these rules, in a sentence."""
    return {
        "touched": "All open deals that ask for it, in full: new business, expansion and renewal "
        "deals together. A deal that asks for two things is in both.",
        "blocked": "Of touched, the deals that cannot close without it.",
        "new": "Open deals that are neither expansion nor renewal, or do not say.",
        "expansion": "Open deals of the type expansion.",
        "renewal": "Open deals of the type renewal: the amount of the deal, all years of it.",
        "lost": "Deals lost, renewals apart, that asked for it. "
        f"{round(100 * rules.recovery_share)} % of it is taken to come back with the thing; that "
        "part is an assumption and in no other number.",
        "lost_renewal": "Renewal deals that were lost and had asked for it.",
        "at_risk": "A year's recurring money of the accounts that ask, in contracts that end "
        f"within {rules.renewal_within_days} days after the as-of date, less what later contracts "
        "of the same account bring: the rows of the KPI Renewal rate, over the days to come.",
    }


@dataclass(frozen=True)
class ItemValues:
    """Money behind everything on the map.

    Attributes:
        items: one row per thing, in the order of the map: item_id, title, class; touched,
            touched_weighted, allocated, blocked, new, new_weighted, expansion,
            expansion_weighted, renewal, renewal_weighted, lost, recoverable (lost x
            recovery_share), lost_renewal, at_risk; largest_deal (name; None where no open deal
            has an amount), largest_deal_share (0..1, of touched); asking_accounts, segments
            (tuple of those that ask, by deal or account).
        money: one row per thing and kind (all of KINDS) that has any row: item_id, kind, amount,
            weighted (amount x probability), deals, accounts, segments (tuple),
            without_amount (deals or accounts whose money is not known), without_probability
            (open deals whose chance is not known: in amount, not in weighted),
            unconfirmed_share (0..1 of amount).
        rows: what the sums are made of, one row per thing and deal, or thing and account where
            kind is at_risk: item_id, kind (new, expansion, renewal, lost, lost_renewal or
            at_risk), deal_id, name, account_id, account_name, segment, stage_label, amount,
            probability, weighted, allocated, is_blocker, is_confirmed, closed_date (expected
            while open). Largest first within a thing and kind.
        totals: one row per kind: amount and weighted with each deal or account once, deals,
            accounts, without_amount, summed (over the things), overlap (summed - amount).
        contracts_up: accounts with a contract that ends within the days and is in no number left
            out, whether they ask or not; None where no contracts are loaded.
        rules: as given.

    All money in workspace currency; exact sums, turned into floats at the end.
    """

    items: pd.DataFrame
    money: pd.DataFrame
    rows: pd.DataFrame
    totals: pd.DataFrame
    contracts_up: int | None
    rules: ValueRules

    def of(self, item_id: str) -> dict[str, dict[str, Any]]:
        """The money of one thing by kind; kinds without a row are not in it."""
        own = self.money.loc[self.money["item_id"] == item_id]
        return {
            str(row["kind"]): {str(name): value for name, value in row.items()}
            for row in own.to_dict("records")
        }

    def total(self, kind: str) -> dict[str, Any]:
        """A kind of money over the whole map, a row of `totals`."""
        (found,) = self.totals.loc[self.totals["kind"] == kind].to_dict("records")
        return {str(name): value for name, value in found.items()}

    def rows_of(self, item_id: str, kind: str | None = None) -> pd.DataFrame:
        """The rows behind one thing, or behind one kind of its money."""
        own = self.rows.loc[self.rows["item_id"] == item_id]
        return own if kind is None else own.loc[KINDS[kind](own)]


def item_values(
    found: Overlap,
    deals: pd.DataFrame,
    asks: pd.DataFrame,
    renewals: pd.DataFrame | None,
    rules: ValueRules | None = None,
) -> ItemValues:
    """The money behind everything on the map.

    Args:
        found: the map; its filters are those of the money.
        deals: mart_deal_values.
        asks: mart_asks.
        renewals: mart_renewals from the day after the as-of date, over renewal_within_days; None
            where no contracts are loaded.
        rules: what the money turns on.

    Returns:
        the same numbers whatever the order of the rows and the ids.
    """
    limits = rules or ValueRules()
    asking = asking_accounts(found, asks)
    rows = money_rows(found, deals, asking, renewals)
    money = pd.concat([_sums(rows, kind) for kind in KINDS], ignore_index=True)
    return ItemValues(
        items=_per_item(found, rows, money, asking, limits),
        money=_as_floats(money, ["amount", "weighted"]).sort_values(
            ["item_id", "kind"], ignore_index=True
        ),
        rows=_as_floats(rows, ["amount", "weighted", "allocated"]),
        totals=pd.DataFrame([_total(rows, money, kind) for kind in KINDS]),
        contracts_up=None if renewals is None else int(renewals["left_out"].isna().sum()),
        rules=limits,
    )


class _Sum:
    """Money of rows, each counted as given, and whose it is."""

    def __init__(self) -> None:
        self.amount = self.weighted = self.unsettled = Fraction(0)
        self.without_amount = self.without_probability = 0
        self.deals: set[str] = set()
        self.accounts: set[str] = set()
        self.segments: set[str] = set()

    def add(self, row: Mapping[Hashable, Any]) -> None:
        """Count a row of `ItemValues.rows`, money exact."""
        for seen, name in ((self.deals, "deal_id"), (self.accounts, "account_id")):
            if pd.notna(row[name]):
                seen.add(row[name])
        if row["segment"] not in _UNSAID:
            self.segments.add(row["segment"])
        if pd.isna(row["amount"]):
            self.without_amount += 1
            return
        self.amount += row["amount"]
        self.unsettled += Fraction(0) if row["is_confirmed"] else row["amount"]
        if pd.notna(row["weighted"]):
            self.weighted += row["weighted"]
        else:
            self.without_probability += row["kind"] in OPEN

    def told(self, kind: str) -> dict[str, Any]:
        """The sum as a row of `ItemValues.money`; only open money has a chance to be weighted."""
        return {
            "kind": kind,
            "amount": self.amount,
            "weighted": None if kind in _NEVER_OPEN else self.weighted,
            "deals": len(self.deals),
            "accounts": len(self.accounts),
            "segments": tuple(sorted(self.segments)),
            "without_amount": self.without_amount,
            "without_probability": self.without_probability,
            "unconfirmed_share": float(self.unsettled / self.amount) if self.amount else 0.0,
        }


def _sums(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One row per thing that has any row of this kind."""
    sums: dict[str, _Sum] = {}
    for row in rows.loc[KINDS[kind](rows)].to_dict("records"):
        sums.setdefault(row["item_id"], _Sum()).add(row)
    return pd.DataFrame(
        [{"item_id": item, **found.told(kind)} for item, found in sums.items()],
        columns=["item_id", *_Sum().told(kind)],
    )


def _total(rows: pd.DataFrame, money: pd.DataFrame, kind: str) -> dict[str, Any]:
    """A kind over the whole map: each deal, or account at risk, once; and what things add up to."""
    own = rows.loc[KINDS[kind](rows)]
    once = own.drop_duplicates("account_id" if kind == "at_risk" else "deal_id")
    whole = _Sum()
    for row in once.to_dict("records"):
        whole.add(row)
    summed = sum(money.loc[money["kind"] == kind, "amount"], Fraction(0))
    told = whole.told(kind)
    return {
        **{name: told[name] for name in ("kind", "deals", "accounts", "without_amount")},
        "amount": float(whole.amount),
        "weighted": None if told["weighted"] is None else float(whole.weighted),
        "summed": float(summed),
        "overlap": float(summed - whole.amount),
    }


def _per_item(
    found: Overlap,
    rows: pd.DataFrame,
    money: pd.DataFrame,
    asking: pd.DataFrame,
    limits: ValueRules,
) -> pd.DataFrame:
    """The wide table: each kind's money beside the others, never added."""
    things = found.items[["item_id", "title", "class", "allocated"]]
    columns: dict[str, pd.Series] = {}
    for kind in KINDS:
        own = money.loc[money["kind"] == kind].set_index("item_id")
        columns[kind] = _looked_up(things, own["amount"])
        if kind in OPEN or kind == "touched":
            columns[f"{kind}_weighted"] = _looked_up(things, own["weighted"])
    largest = rows.loc[rows["kind"].isin(OPEN) & rows["amount"].notna()]
    largest = largest.assign(size=largest["amount"].map(float)).sort_values(
        ["size", "deal_id"], ascending=[False, True]
    )
    first = largest.drop_duplicates("item_id").set_index("item_id")
    size = things["item_id"].map(first["size"])
    of_asking = pd.concat([asking[["item_id", "segment"]], rows[["item_id", "segment"]]])
    segments = of_asking.loc[~of_asking["segment"].isin(_UNSAID)].groupby("item_id")["segment"]
    named = {item: tuple(sorted(set(names))) for item, names in segments}
    lost = money.loc[money["kind"] == "lost"].set_index("item_id")["amount"]
    return things.assign(
        **columns,
        recoverable=_looked_up(things, lost * Fraction(repr(float(limits.recovery_share)))),
        largest_deal=things["item_id"].map(first["name"]),
        largest_deal_share=(size / columns["touched"]).where(columns["touched"] > 0),
        asking_accounts=_looked_up(
            things, asking.groupby("item_id")["account_id"].nunique()
        ).astype(int),
        segments=pd.Series(
            [named.get(item, ()) for item in things["item_id"]], things.index, dtype=object
        ),
    )


def _looked_up(things: pd.DataFrame, of_item: pd.Series) -> pd.Series:
    """A number of each thing, 0 where it has none."""
    return things["item_id"].map(of_item.map(float)).astype(float).fillna(0.0)


def _as_floats(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return frame.assign(
        **{
            name: pd.Series(
                [None if pd.isna(value) else float(value) for value in frame[name]],
                frame.index,
                dtype=float,
            )
            for name in columns
        }
    )
