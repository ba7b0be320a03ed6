"""Use behind one thing on the map: of its area, or of the feature, by those who ask and by all.

Accounts count that used the product at all in the 28 days. Asking accounts that did not, and
those of which no use is known, are told apart: they are no sign that the area is not used.
"""

from dataclasses import dataclass
from typing import Final

import pandas as pd

NEVER: Final = "never used it"
TRIED: Final = "tried it"
WEEKLY: Final = "uses it weekly"
NO_DATA: Final = "no usage data"
WEEKS: Final = 12  # looked back on, seven days each


@dataclass(frozen=True)
class ItemUse:
    """Who uses an area or a feature.

    Attributes:
        what: name of the area or feature.
        accounts: one row per account that asks for the thing or ever used the product:
            account_id, account_name, segment, is_asking, used_weeks (of the last 12; null: no
            usage data), is_used_28d, last_used_day (null: never), is_active_28d (used anything in
            28 days), last_day, habit (never used it, tried it, uses it weekly or no usage data).
            Asking accounts first, most weeks first.
        trend: one row per month end of the last year and the as-of date, oldest first: as_of,
            asking_used, asking_active, all_used, all_active (accounts; of those that used
            anything in the 28 days before, and used this). Days without any use are left out.
        weekly_from_weeks: of 12; from here up an account uses it weekly.
    """

    what: str
    accounts: pd.DataFrame
    trend: pd.DataFrame
    weekly_from_weeks: int

    @property
    def asking(self) -> pd.DataFrame:
        """The accounts that ask."""
        return self.accounts.loc[self.accounts["is_asking"]]

    @property
    def known(self) -> pd.DataFrame:
        """The accounts that ask and of which any use is known."""
        return self.asking.loc[self.asking["habit"] != NO_DATA]

    def habits(self) -> dict[str, int]:
        """How many asking accounts never used it, tried it, use it weekly; without unknown ones."""
        return {
            habit: int((self.known["habit"] == habit).sum()) for habit in (NEVER, TRIED, WEEKLY)
        }

    @property
    def quiet(self) -> int:
        """Asking accounts that used the product before, and nothing of it in 28 days."""
        return int((~self.known["is_active_28d"].astype(bool)).sum())

    @property
    def without_data(self) -> int:
        """Asking accounts of which no use is known."""
        return len(self.asking) - len(self.known)

    def active(self, asking_only: bool) -> tuple[int, int]:
        """Accounts that used it in 28 days, of those that used anything then."""
        of = self.known if asking_only else self.accounts
        active = of.loc[of["is_active_28d"].eq(True).fillna(False).astype(bool)]
        return int(active["is_used_28d"].astype(bool).sum()), len(active)


def item_use(
    what: str,
    asking: pd.DataFrame,
    account_use: pd.DataFrame,
    months: pd.DataFrame,
    weekly_from_weeks: int,
) -> ItemUse:
    """Who uses an area or a feature, those who ask against all.

    Args:
        what: name of the area or feature.
        asking: accounts that ask: account_id, account_name, segment; one row each or more.
        account_use: mart_account_use of the area's features, or of the feature.
        months: mart_account_use_months of the same.
        weekly_from_weeks: of 12; from here up an account uses it weekly.
    """
    who = asking.dropna(subset="account_id").drop_duplicates("account_id")
    unknown = who.loc[~who["account_id"].isin(account_use["account_id"])]
    columns = list(account_use.columns)
    accounts = pd.concat(
        [account_use.astype(object), unknown.reindex(columns=columns).astype(object)],
        ignore_index=True,
    )
    weeks = pd.to_numeric(accounts["used_weeks"])
    habit = pd.Series(TRIED, accounts.index, dtype=object)
    habit = habit.mask(weeks >= weekly_from_weeks, WEEKLY)
    habit = habit.mask(accounts["last_used_day"].isna(), NEVER).mask(weeks.isna(), NO_DATA)
    accounts = accounts.assign(
        is_asking=accounts["account_id"].isin(who["account_id"]),
        used_weeks=weeks.astype("Int64"),
        last_used_day=pd.to_datetime(accounts["last_used_day"]),
        last_day=pd.to_datetime(accounts["last_day"]),
        habit=habit,
    ).sort_values(
        ["is_asking", "used_weeks", "account_name", "account_id"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    return ItemUse(what, accounts, _trend(months, who["account_id"]), weekly_from_weeks)


def _trend(months: pd.DataFrame, asking: pd.Series) -> pd.DataFrame:
    used, is_asking = months["is_used"].astype(bool), months["account_id"].isin(asking)
    flags = pd.DataFrame(
        {
            "as_of": months["as_of"],
            "asking_used": used & is_asking,
            "asking_active": is_asking,
            "all_used": used,
            "all_active": True,
        }
    )
    return flags.groupby("as_of", as_index=False, sort=True).sum()


def in_words(what: str, use: pd.Series | None) -> str:
    """An account's use of an area or feature: "used Scheduling weekly, 9 of 12 weeks".

    Args:
        what: name of the area or feature.
        use: its row of `ItemUse.accounts`; None where there is none.
    """
    if use is None or use["habit"] == NO_DATA:
        return "no usage data"
    if use["habit"] == NEVER:
        return f"never used {what}"
    weeks = int(use["used_weeks"])
    if use["habit"] == WEEKLY:
        return f"used {what} weekly, {weeks} of {WEEKS} weeks"
    if weeks:
        return f"used {what} in {weeks} of {WEEKS} weeks"
    return f"used {what} before, not in the last {WEEKS} weeks"
