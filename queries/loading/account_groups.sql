-- model: staging.account_groups
-- grain: one row per company as the exports of accounts know it (group_key)
-- Two rows are one company when they share a corporate domain, or, where one of them has no
-- domain, the same plain name. Equal names with two domains stay two companies.
with ordered as (
    select
        staged.source,
        staged.line,
        refs.source_account,
        refs.source_id,
        refs.domain,
        refs.plain_name,
        count(distinct refs.domain) over (partition by refs.plain_name) as domain_count,
        min(refs.domain) over (partition by refs.plain_name) as only_domain
    from staging.accounts as staged
    inner join staging.account_refs as refs
        on
            staged.source = refs.source
            and coalesce(staged.account_id, staged.account_name) = refs.source_account
),

keyed as (
    select
        ordered.*,
        case
            when ordered.domain is not null then 'domain ' || ordered.domain
            when ordered.domain_count = 1 then 'domain ' || ordered.only_domain
            else 'name ' || ordered.plain_name
        end as group_key
    from ordered
),

headed as (
    select
        keyed.*,
        first_value(keyed.source_account) over (
            partition by keyed.group_key
            order by keyed.source, keyed.line
        ) as first_account
    from keyed
)

select
    headed.group_key,
    headed.source,
    headed.line,
    headed.source_account,
    headed.domain,
    headed.plain_name,
    -- Two tools may give two companies the same id: the second is told apart by its domain or name
    case
        when
            headed.group_key
            = first_value(headed.group_key) over (
                partition by headed.first_account
                order by headed.source, headed.line
            )
            then headed.first_account
        else headed.first_account || ' (' || headed.group_key || ')'
    end as account_id
from headed
