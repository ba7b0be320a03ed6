"""What usage says of the accounts that ask: do they use the area they ask about?"""

import pandas as pd

from common_ground.analysis import values
from common_ground.analysis.thresholds import Thresholds


def with_use(
    things: pd.DataFrame,
    used: pd.DataFrame,
    asks: pd.DataFrame,
    use: pd.DataFrame,
    area_reach: pd.DataFrame,
    limits: Thresholds,
) -> pd.DataFrame:
    """How the asking accounts use the area of each thing, or the feature itself.

    Args:
        things: item_id, area.
        used: ask_id, item_id: links that count.
        asks: ask_id, account_id.
        use: mart_account_feature_use.
        area_reach: mart_area_reach.
        limits: what counts as low, falling, heavy and weekly.

    Returns:
        things with users_asking (asking accounts that use the product at all), users_asking_active
        (of those, used the area in 28 days), never_used, sometimes_used, weekly_used (of those,
        by use of the feature itself), is_low, is_falling, is_heavy.
    """
    areas = values.area_key(things["area"])
    asking = (
        used.merge(asks[["ask_id", "account_id"]], on="ask_id")
        .dropna(subset="account_id")
        .drop_duplicates(["item_id", "account_id"])
        .merge(things[["item_id"]].assign(area=areas), on="item_id")[
            ["item_id", "account_id", "area"]
        ]
    )
    # Only who uses the product at all can use an area of it too little.
    asking = asking.loc[asking["account_id"].isin(use["account_id"])]
    by_area = (
        use.assign(area=values.area_key(use["area"]))
        .groupby(["account_id", "area"], as_index=False)[["events_28d", "events_prior_28d"]]
        .sum()
    )
    of_area = asking.merge(by_area, how="left", on=["account_id", "area"]).fillna(
        {"events_28d": 0, "events_prior_28d": 0}
    )
    of_feature = asking.merge(
        use[["account_id", "feature_id", "active_weeks"]],
        how="left",
        left_on=["account_id", "item_id"],
        right_on=["account_id", "feature_id"],
    )
    weeks = of_feature["active_weeks"].astype(float)

    def per_thing(ids: pd.Series, flags: pd.Series) -> pd.Series:
        sums = flags.astype(float).groupby(ids).sum()
        return things["item_id"].map(sums).astype(float).fillna(0.0)

    known = per_thing(of_area["item_id"], pd.Series(1.0, of_area.index))
    active = per_thing(of_area["item_id"], of_area["events_28d"] > 0)
    events = per_thing(of_area["item_id"], of_area["events_28d"])
    before = per_thing(of_area["item_id"], of_area["events_prior_28d"])
    measured = areas.isin(values.area_key(area_reach["area"]))
    enough = measured & (known >= limits.min_asking_customers)
    return things.assign(
        users_asking=known.astype(int),
        users_asking_active=active.astype(int),
        never_used=per_thing(of_feature["item_id"], weeks.isna()).astype(int),
        weekly_used=per_thing(of_feature["item_id"], weeks >= limits.weekly_from_weeks).astype(int),
        sometimes_used=per_thing(of_feature["item_id"], weeks < limits.weekly_from_weeks).astype(
            int
        ),
        is_low=enough & (active <= limits.low_use_share * known),
        is_falling=enough
        & (before >= limits.min_prior_events)
        & (events <= limits.falling_use_share * before),
        is_heavy=areas.isin(_heavy_areas(use, area_reach, limits)),
    )


def _heavy_areas(use: pd.DataFrame, area_reach: pd.DataFrame, limits: Thresholds) -> set[str]:
    """Areas that a large and growing part of the active accounts uses."""
    active = use.loc[use["events_28d"] > 0, "account_id"].nunique()
    is_heavy = area_reach["active_accounts"] >= limits.heavy_use_share * max(active, 1)
    is_growing = (area_reach["active_accounts_prior"] > 0) & (
        area_reach["active_accounts"]
        >= limits.growing_use_share * area_reach["active_accounts_prior"]
    )
    return set(values.area_key(area_reach.loc[is_heavy & is_growing, "area"]))
