-- model: mart_account_feature_months
-- grain: one row per account, feature and month end, or the as-of date (as_of, account_id,
--   feature_id)
-- inputs: mart_account_feature_days, workspace
-- columns:
--   as_of       date     month end, or the as-of date of the workspace: days that pages ask about
--   account_id  varchar  key of accounts
--   feature_id  varchar  key of features
--   events_28d  bigint   uses in the 28 days that end with as_of; null: none
--   events_30d  bigint   the same in 30 days
with days_counted as (
    select
        mart_account_feature_days.account_id,
        mart_account_feature_days.feature_id,
        mart_account_feature_days.day,
        mart_account_feature_days.event_count,
        -- The month ends that may be less than 30 days after a day
        unnest(list_distinct([
            last_day(mart_account_feature_days.day),
            last_day(mart_account_feature_days.day + 29),
            workspace.as_of
        ])) as as_of
    from mart_account_feature_days
    cross join workspace
)

select
    as_of,
    account_id,
    feature_id,
    cast(sum(event_count) filter (where day > as_of - 28) as bigint) as events_28d,
    cast(sum(event_count) as bigint) as events_30d
from days_counted
where day <= as_of and day > as_of - 30
group by as_of, account_id, feature_id
