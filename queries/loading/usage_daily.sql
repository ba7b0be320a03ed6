-- model: usage_daily
-- grain: one row per day x account x user x feature (day, account_id, user_id, feature_id)
-- Staff and service users are left out here, once, and listed by a check. An event belongs to one
-- feature, so the join keeps the grain; a check names features that share an event.
with people as (
    select
        known.person_key,
        any_value(known.known_account) as account_id,
        any_value(known.person) as user_id
    from staging.usage_people as known
    group by known.person_key
    having not bool_or(known.is_internal)
)

select
    event_days.day,
    people.account_id,
    people.user_id,
    features.feature_id,
    event_days.event_count
from staging.event_days as event_days
inner join people on event_days.person_key = people.person_key
inner join features on event_days.event = features.event
