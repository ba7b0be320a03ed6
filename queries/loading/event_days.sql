-- model: staging.event_days
-- grain: one row per day x person and account x event
select
    cast(staged.occurred_at as date) as day,
    people.person_key,
    staged.event,
    cast(sum(greatest(coalesce(staged.event_count, 1), 0)) as bigint) as event_count
from staging.usage_events as staged
inner join staging.usage_people as people
    on
        staged.source = people.source
        and staged.account_id is not distinct from people.account_id
        and staged.account_name is not distinct from people.account_name
        and staged.account_domain is not distinct from people.account_domain
        and staged.contract_id is not distinct from people.contract_id
        and staged.user_id is not distinct from people.user_id
        and staged.user_email is not distinct from people.user_email
group by cast(staged.occurred_at as date), people.person_key, staged.event
