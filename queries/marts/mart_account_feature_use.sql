-- model: mart_account_feature_use
-- grain: one row per account and feature it ever used (account_id, feature_id)
-- inputs: usage_daily, features, accounts
-- params: $as_of (date): last day counted
-- columns:
--   account_id        varchar  key of accounts, excluded ones left out
--   feature_id        varchar  key of features
--   area              varchar  area of the feature
--   active_weeks      bigint   weeks with use among the last 12 (seven days each, back from as_of)
--   events_28d        hugeint  events in the last 28 days
--   events_prior_28d  hugeint  events in the 28 days before those
--   last_day          date     last day with use
with use_until_as_of as (
    select
        usage_daily.account_id,
        usage_daily.feature_id,
        usage_daily.day,
        usage_daily.event_count,
        date_diff('day', usage_daily.day, cast($as_of as date)) as days_ago
    from usage_daily
    where
        usage_daily.day <= $as_of
        and usage_daily.event_count > 0
)

select
    use_until_as_of.account_id,
    use_until_as_of.feature_id,
    features.area,
    count(distinct use_until_as_of.days_ago // 7) filter (
        where use_until_as_of.days_ago < 84
    ) as active_weeks,
    coalesce(
        sum(use_until_as_of.event_count) filter (where use_until_as_of.days_ago < 28), 0
    ) as events_28d,
    coalesce(
        sum(use_until_as_of.event_count) filter (
            where use_until_as_of.days_ago >= 28 and use_until_as_of.days_ago < 56
        ), 0
    ) as events_prior_28d,
    max(use_until_as_of.day) as last_day
from use_until_as_of
inner join accounts on use_until_as_of.account_id = accounts.account_id
left join features on use_until_as_of.feature_id = features.feature_id
where not accounts.is_excluded
group by
    use_until_as_of.account_id,
    use_until_as_of.feature_id,
    features.area
