-- model: staging.usage_people
-- grain: one row per way a usage export names a person and an account; small beside the events
-- person_key numbers the pairs of account and person, so that events group by a number.
with ways as (
    select distinct
        staged.source,
        staged.account_id,
        staged.account_name,
        staged.account_domain,
        staged.contract_id,
        staged.user_id,
        staged.user_email
    from staging.usage_events as staged
),

linked as (
    select
        ways.*,
        coalesce(
            account_names.account_id, contracts.account_id, 'not named in ' || ways.source
        ) as known_account,
        coalesce(ways.user_id, ways.user_email, '') as person,
        coalesce(
            parse_domain(ways.user_email) in (
                select staff.domain from staging.staff_domains as staff
            ),
            false
        )
        or lower(coalesce(ways.user_id, ways.user_email, '')) in (
            select service.person from staging.service_users as service
        )
        or coalesce(
            lower(ways.user_email) in (
                select service.person from staging.service_users as service
            ),
            false
        ) as is_internal
    from ways
    left join account_names
        on
            ways.source = account_names.source
            and coalesce(
                ways.account_id,
                ways.account_name,
                ways.account_domain,
                case when ways.contract_id is null then parse_domain(ways.user_email) end
            ) = account_names.source_account
    -- Contract numbers are unique, so this adds no row
    left join contracts on ways.contract_id = contracts.contract_id
)

select
    linked.*,
    cast(dense_rank() over (order by linked.known_account, linked.person) as integer)
        as person_key
from linked
