-- model: staging.event_days
-- grain: one row per day x account x user x event, staff and service users marked
-- Two steps (one row per person, event and day first) keep the grouping small.
with days as (
    select
        staged.source,
        cast(staged.occurred_at as date) as day,
        staged.account_id,
        staged.account_name,
        staged.account_domain,
        staged.contract_id,
        coalesce(staged.user_id, staged.user_email, '') as user_id,
        staged.user_email,
        staged.event,
        sum(coalesce(staged.event_count, 1)) as event_count
    from staging.usage_events as staged
    group by
        staged.source, cast(staged.occurred_at as date), staged.account_id, staged.account_name,
        staged.account_domain, staged.contract_id,
        coalesce(staged.user_id, staged.user_email, ''), staged.user_email, staged.event
),

-- Contract numbers are unique, so this adds no row
linked as (
    select
        days.*,
        coalesce(
            account_names.account_id, contracts.account_id, 'not named in ' || days.source
        ) as known_account
    from days
    left join account_names
        on
            days.source = account_names.source
            and coalesce(
                days.account_id,
                days.account_name,
                days.account_domain,
                case when days.contract_id is null then parse_domain(days.user_email) end
            ) = account_names.source_account
    left join contracts on days.contract_id = contracts.contract_id
)

select
    linked.day,
    linked.known_account as account_id,
    linked.user_id,
    any_value(linked.user_email) as user_email,
    linked.event,
    cast(sum(linked.event_count) as bigint) as event_count,
    bool_or(
        coalesce(parse_domain(linked.user_email) in (
            select staff.domain from staging.staff_domains as staff
        ), false)
        or linked.user_id in (select service.person from staging.service_users as service)
        or coalesce(linked.user_email in (
            select service.person from staging.service_users as service
        ), false)
    ) as is_internal
from linked
group by linked.day, linked.known_account, linked.user_id, linked.event
