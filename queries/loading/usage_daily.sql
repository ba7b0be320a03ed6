-- model: usage_daily
-- grain: one row per day x account x user x feature (day, account_id, user_id, feature_id)
-- Staff and service users are left out here, once, and counted by the build.
select
    event_days.day,
    event_days.account_id,
    event_days.user_id,
    features.feature_id,
    cast(sum(event_days.event_count) as bigint) as event_count
from staging.event_days as event_days
inner join features on event_days.event = features.event
where not event_days.is_internal
group by event_days.day, event_days.account_id, event_days.user_id, features.feature_id
