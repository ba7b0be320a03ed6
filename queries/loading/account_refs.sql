-- model: staging.account_refs
-- grain: one row per way an export names an account (source, source_account)
-- `naming` is that way in words: name, domain, country and id. Verdicts on accounts are about it,
-- because it survives a re-export, a renamed file and another order of rows.
with named as (
    select
        source,
        account_id,
        account_name,
        account_domain,
        country
    from staging.accounts
    union all
    select
        source,
        account_id,
        account_name,
        account_domain,
        null as country
    from staging.contracts
    union all
    select
        source,
        account_id,
        account_name,
        account_domain,
        null as country
    from staging.deals
    union all
    select
        source,
        account_id,
        account_name,
        account_domain,
        null as country
    from staging.asks
    union all
    select
        source,
        account_id,
        account_name,
        account_domain,
        null as country
    from staging.surveys
    union all
    select
        source,
        account_id,
        account_name,
        account_domain,
        null as country
    from staging.tickets
    union all
    select
        source,
        account_id,
        account_name,
        account_domain,
        null as country
    from staging.churn_events
    union all
    select
        source,
        account_id,
        account_name,
        account_domain,
        null as country
    from staging.usage_accounts
),

described as (
    select
        named.source,
        coalesce(named.account_id, named.account_name, named.account_domain) as source_account,
        any_value(named.account_id) as source_id,
        min(regexp_replace(trim(named.account_name), '\s+', ' ', 'g')) as name,
        min(parse_domain(named.account_domain)) filter (
            where not is_free_mail(parse_domain(named.account_domain))
        ) as domain,
        min(
            coalesce(countries.code, nullif(strip_accents(lower(trim(named.country))), ''))
        ) as country
    from named
    left join staging.countries as countries
        on strip_accents(lower(trim(named.country))) = countries.name
    where coalesce(named.account_id, named.account_name, named.account_domain) is not null
    group by
        named.source,
        coalesce(named.account_id, named.account_name, named.account_domain)
),

plain as (
    select
        described.*,
        coalesce(nullif(normal_name(described.name), ''), lower(described.name)) as plain_name
    from described
),

-- A domain with more names in one export than companies of one house is a mail provider's, and
-- says as little of the company as free mail does
domains_of_many as (
    select plain.domain
    from plain
    where plain.domain is not null
    group by plain.domain, plain.source
    having count(distinct plain.plain_name) > 6
),

told as (
    select
        plain.source,
        plain.source_account,
        plain.source_id,
        plain.name,
        case
            when plain.domain not in (select domains_of_many.domain from domains_of_many)
                then plain.domain
        end as domain,
        plain.country,
        plain.plain_name
    from plain
)

select
    told.*,
    legal_form(told.name) as legal_form,
    concat_ws(
        '; ',
        coalesce(told.name, '(no name)'),
        'domain ' || told.domain,
        'country ' || told.country,
        'id ' || told.source_id
    ) as naming
from told
