-- model: mart_area_reach
-- grain: one row per area of the product (area)
-- inputs: usage_daily, features, accounts
-- params: $as_of (date): last day counted
-- columns:
--   area                   varchar  part of the product
--   active_accounts        bigint   accounts with use of the area in the last 28 days
--   active_accounts_prior  bigint   the same in the 28 days before those
with use_in_last_56_days as (
    select
        usage_daily.account_id,
        usage_daily.feature_id,
        date_diff('day', usage_daily.day, cast($as_of as date)) as days_ago
    from usage_daily
    where
        usage_daily.day <= $as_of
        and usage_daily.event_count > 0
        and date_diff('day', usage_daily.day, cast($as_of as date)) < 56
)

select
    features.area,
    count(distinct use_in_last_56_days.account_id) filter (
        where use_in_last_56_days.days_ago < 28
    ) as active_accounts,
    count(distinct use_in_last_56_days.account_id) filter (
        where use_in_last_56_days.days_ago >= 28
    ) as active_accounts_prior
from use_in_last_56_days
inner join features on use_in_last_56_days.feature_id = features.feature_id
inner join accounts on use_in_last_56_days.account_id = accounts.account_id
where
    features.area is not null
    and not accounts.is_excluded
group by features.area
