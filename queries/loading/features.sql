-- model: features
-- grain: one row per feature (feature_id)
-- An event no export of features names is a feature of its own name.
with listed as (
    select
        coalesce(staged.feature_id, staged.name) as feature_id,
        staged.name,
        staged.area,
        staged.description,
        coalesce(staged.event, staged.name) as event,
        staged.plans,
        staged.released_date
    from staging.features as staged
),

seen as (
    select distinct event_days.event
    from staging.event_days as event_days
    where event_days.event not in (select listed.event from listed)
),

together as (
    select listed.* from listed
    union all
    select
        seen.event as feature_id,
        seen.event as name,
        null as area,
        null as description,
        seen.event,
        null as plans,
        null as released_date
    from seen
)

select
    together.*,
    (select count(*) from staging.value_events) = 0
    or together.event in (select value_events.event from staging.value_events)
    or together.name in (select value_events.event from staging.value_events) as is_value_event
from together
