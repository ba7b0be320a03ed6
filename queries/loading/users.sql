-- model: users
-- grain: one row per person in the product (user_id)
select
    event_days.user_id,
    min(event_days.account_id) as account_id,
    min(event_days.user_email) as email,
    bool_or(event_days.is_internal) as is_internal
from staging.event_days as event_days
where event_days.user_id != ''
group by event_days.user_id
