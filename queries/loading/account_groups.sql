-- model: staging.account_groups
-- grain: one row per company as the exports of accounts know it (group_key)
-- Two rows are one company when they share a corporate domain, or, where one of them has no
-- domain, the same plain name and also the country or the legal form (or both say none). Equal
-- names with two domains stay two companies, and so do rows of two countries, equal names with two
-- legal forms, a company beside the one it names as its parent, and a name beside the same name
-- with more words where nobody says the country: one domain serves a company and its subsidiaries.
with known as (
    select
        staged.source,
        staged.line,
        staged.parent_account,
        refs.source_account,
        refs.domain,
        refs.country,
        refs.legal_form,
        refs.plain_name
    from staging.accounts as staged
    inner join staging.account_refs as refs
        on
            staged.source = refs.source
            and coalesce(staged.account_id, staged.account_name) = refs.source_account
),

-- Only a parent that could be taken for the same company tells anything
subsidiaries as (
    select distinct
        known.source,
        known.line
    from known
    inner join staging.account_refs as parent
        on
            known.source = parent.source
            and known.parent_account in (parent.source_account, parent.name)
            and known.source_account != parent.source_account
            and (known.domain = parent.domain or known.plain_name = parent.plain_name)
),

namings as (
    select distinct
        known.domain,
        known.plain_name
    from known
),

longer_names as (
    select distinct
        one.domain,
        unnest([one.plain_name, other.plain_name]) as plain_name
    from namings as one
    inner join namings as other
        on
            one.domain = other.domain
            and one.plain_name != other.plain_name
            and contains(' ' || other.plain_name || ' ', ' ' || one.plain_name || ' ')
),

counted as (
    select
        known.*,
        subsidiaries.line is not null
        or (known.country is null and longer_names.domain is not null) as is_apart,
        count(distinct known.country) over (partition by known.domain) as domain_countries,
        count(distinct known.legal_form) over (partition by known.domain) as domain_forms
    from known
    left join subsidiaries
        on known.source = subsidiaries.source and known.line = subsidiaries.line
    left join longer_names
        on known.domain = longer_names.domain and known.plain_name = longer_names.plain_name
),

with_domain_keys as (
    select
        counted.*,
        case
            when counted.domain is null then null
            else
                'domain ' || counted.domain
                || case
                    when counted.is_apart or counted.domain_forms > 1
                        then ' named ' || counted.plain_name
                    else ''
                end
                || case
                    when counted.is_apart or counted.domain_countries > 1
                        then coalesce(' in ' || counted.country, '')
                    else ''
                end
        end as domain_key
    from counted
),

-- Of rows with one name that say the same legal form or none, those are one company that say the
-- same form, or the same country. What an export lists twice it may mean twice, country or not.
with_parts as (
    select
        with_domain_keys.*,
        with_domain_keys.legal_form is not null
        or (
            with_domain_keys.country is not null
            and bool_or(
                with_domain_keys.legal_form is not null and with_domain_keys.country is not null
            ) over (partition by with_domain_keys.plain_name)
        ) as is_with_form,
        count(distinct with_domain_keys.source_account) over in_export > 1
        and bool_or(with_domain_keys.country is null) over in_export as is_listed_twice,
        case
            when with_domain_keys.domain_key is not null
                then min(with_domain_keys.country) over (partition by with_domain_keys.domain_key)
        end as country_of_key
    from with_domain_keys
    window
        in_export as (partition by with_domain_keys.plain_name, with_domain_keys.source)
),

with_name_keys as (
    select
        with_parts.*,
        count(distinct with_parts.country) over by_name <= 1
        and count(distinct with_parts.legal_form) over by_name <= 1
        and count(distinct with_parts.domain_key) over by_name <= 1
        and coalesce(with_parts.country = min(with_parts.country_of_key) over by_name, true)
            as is_clear,
        min(with_parts.domain_key) over by_part as key_of_part,
        with_parts.country is not null
        and count(distinct with_parts.legal_form) over by_country <= 1
        and count(distinct with_parts.domain_key) over by_country <= 1 as is_clear_there,
        min(with_parts.domain_key) over by_country as key_of_country,
        count(distinct with_parts.country) over by_form <= 1
        and count(distinct with_parts.domain_key) over by_form <= 1
        and coalesce(with_parts.country = min(with_parts.country_of_key) over by_form, true)
            as is_clear_of_form,
        min(with_parts.domain_key) over by_form as key_of_form
    from with_parts
    window
        by_name as (partition by with_parts.plain_name),
        by_part as (partition by with_parts.plain_name, with_parts.is_with_form),
        by_country as (partition by with_parts.plain_name, with_parts.country),
        by_form as (partition by with_parts.plain_name, with_parts.legal_form)
),

keyed as (
    select
        with_name_keys.*,
        case
            when with_name_keys.domain_key is not null then with_name_keys.domain_key
            when with_name_keys.is_apart
                then
                    'name ' || with_name_keys.plain_name || ' of '
                    || with_name_keys.parent_account
            when with_name_keys.is_listed_twice
                then 'id ' || with_name_keys.source_account || ' of ' || with_name_keys.source
            when with_name_keys.is_clear
                then
                    coalesce(
                        with_name_keys.key_of_part,
                        'name ' || with_name_keys.plain_name
                        || case
                            when with_name_keys.is_with_form then ' with a legal form' else ''
                        end
                    )
            when with_name_keys.is_clear_there
                then
                    coalesce(
                        with_name_keys.key_of_country,
                        'name ' || with_name_keys.plain_name || ' in ' || with_name_keys.country
                    )
            when with_name_keys.is_clear_of_form
                then
                    coalesce(
                        with_name_keys.key_of_form,
                        'name ' || with_name_keys.plain_name
                        || coalesce(' as ' || with_name_keys.legal_form, '')
                    )
            else 'id ' || with_name_keys.source_account || ' of ' || with_name_keys.source
        end as group_key
    from with_name_keys
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
    headed.legal_form,
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
