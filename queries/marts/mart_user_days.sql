-- model: mart_user_days
-- grain: one row per person and day with a value event (day, account_id, user_id)
-- inputs: usage_daily, features, users
-- columns:
--   day          date     day of use
--   account_id   varchar  of the person as the users export says, else of the use
--   user_id      varchar  '' where the export names no person
--   event_count  bigint   value events
select
    usage_daily.day,
    coalesce(users.account_id, usage_daily.account_id) as account_id,
    usage_daily.user_id,
    cast(sum(usage_daily.event_count) as bigint) as event_count
from usage_daily
inner join features on usage_daily.feature_id = features.feature_id and features.is_value_event
left join users on usage_daily.user_id = users.user_id
where usage_daily.event_count > 0
group by usage_daily.day, coalesce(users.account_id, usage_daily.account_id), usage_daily.user_id
