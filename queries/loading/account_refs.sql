-- model: staging.account_refs
-- grain: one row per way an export names an account (source, source_account)
with named as (
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.accounts
    union all
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.contracts
    union all
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.deals
    union all
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.asks
    union all
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.surveys
    union all
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.tickets
    union all
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.churn_events
    union all
    select
        source,
        account_id,
        account_name,
        account_domain
    from staging.usage_accounts
)

select
    named.source,
    coalesce(named.account_id, named.account_name, named.account_domain) as source_account,
    any_value(named.account_id) as source_id,
    min(named.account_name) as name,
    -- Free mail says nothing of the company
    min(parse_domain(named.account_domain)) filter (
        where not is_free_mail(parse_domain(named.account_domain))
    ) as domain,
    coalesce(
        nullif(normal_name(min(named.account_name)), ''), lower(min(named.account_name))
    ) as plain_name
from named
where coalesce(named.account_id, named.account_name, named.account_domain) is not null
group by
    named.source,
    coalesce(named.account_id, named.account_name, named.account_domain)
