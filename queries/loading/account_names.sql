-- model: account_names
-- grain: one row per name or id under which an export knows an account (source, source_account)
-- Same id, else same corporate domain, else same plain name and legal form where domains do not
-- disagree.
-- A domain that two companies share links only with the name of one of them.
with by_id as (
    select
        company.source_account,
        min(company.account_id) as account_id,
        max(company.domain) as domain
    from staging.account_groups as company
    group by company.source_account
    -- An id two companies have links nothing by itself
    having count(distinct company.account_id) = 1
),

by_domain as (
    select
        company.domain,
        min(company.account_id) as account_id
    from staging.account_groups as company
    where company.domain is not null
    group by company.domain
    having count(distinct company.account_id) = 1
),

by_domain_and_name as (
    select
        company.domain,
        company.plain_name,
        min(company.account_id) as account_id
    from staging.account_groups as company
    where company.domain is not null
    group by company.domain, company.plain_name
    having count(distinct company.account_id) = 1
),

by_name as (
    select
        company.plain_name,
        min(company.account_id) as account_id,
        max(company.domain) as domain,
        list(distinct coalesce(company.legal_form, '')) as legal_forms
    from staging.account_groups as company
    group by company.plain_name
    -- A name two companies share links nothing by itself
    having count(distinct company.account_id) = 1
),

matched as (
    select
        refs.source,
        refs.source_account,
        refs.source_id,
        refs.name,
        refs.domain,
        refs.country,
        refs.plain_name,
        refs.legal_form,
        refs.naming,
        by_id.account_id as id_match,
        coalesce(by_domain.account_id, by_domain_and_name.account_id) as domain_match,
        by_name.account_id as name_match
    from staging.account_refs as refs
    left join by_id
        on
            refs.source_id = by_id.source_account
            and (refs.domain is null or by_id.domain is null or refs.domain = by_id.domain)
    left join by_domain on refs.domain = by_domain.domain
    left join by_domain_and_name
        on
            refs.domain = by_domain_and_name.domain
            and refs.plain_name = by_domain_and_name.plain_name
    left join by_name
        on
            refs.plain_name = by_name.plain_name
            and (refs.domain is null or by_name.domain is null or refs.domain = by_name.domain)
            and list_contains(by_name.legal_forms, coalesce(refs.legal_form, ''))
),

own as (
    select
        company.source,
        company.source_account,
        min(company.account_id) as account_id
    from staging.account_groups as company
    group by company.source, company.source_account
),

known as (
    select distinct company.account_id
    from staging.account_groups as company
),

keyed as (
    select
        matched.*,
        own.account_id as own_match,
        -- A company no export of accounts knows is kept under its own key
        coalesce(
            matched.domain,
            matched.plain_name || case
                when
                    count(distinct matched.legal_form) over (partition by matched.plain_name) > 1
                    then coalesce(' ' || matched.legal_form, '')
                else ''
            end,
            matched.source_account
        ) as new_key
    from matched
    left join own
        on
            matched.source = own.source
            and matched.source_account = own.source_account
)

select
    keyed.source,
    keyed.source_account,
    coalesce(
        keyed.own_match,
        keyed.id_match,
        keyed.domain_match,
        keyed.name_match,
        case
            when keyed.new_key in (select known.account_id from known)
                then keyed.new_key || ' (not in the CRM)'
            else keyed.new_key
        end
    ) as account_id,
    case
        when keyed.own_match = keyed.source_account then 'id'
        when keyed.own_match is not null and keyed.domain is not null then 'domain'
        when keyed.own_match is not null then 'exact name'
        when keyed.id_match is not null then 'id'
        when keyed.domain_match is not null then 'domain'
        when keyed.name_match is not null then 'exact name'
        else 'new'
    end as how,
    null as decided_by,
    keyed.naming,
    keyed.name,
    keyed.domain,
    keyed.country
from keyed
