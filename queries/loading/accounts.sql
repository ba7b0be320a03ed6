-- model: accounts
-- grain: one row per company (account_id)
with named_owners as (
    select
        staged.owner_id,
        min(staged.owner) as owner
    from staging.owners as staged
    where staged.owner_id is not null
    group by staged.owner_id
),

crm_rows as (
    select
        company.account_id,
        coalesce(named_owners.owner, staged.owner) as owner_name,
        staged.*
    from staging.accounts as staged
    inner join staging.account_groups as company
        on staged.source = company.source and staged.line = company.line
    left join named_owners on staged.owner = named_owners.owner_id
),

from_crm as (
    select
        crm_rows.account_id,
        first(crm_rows.account_name order by crm_rows.source, crm_rows.line) as name,
        min(parse_domain(crm_rows.account_domain)) as domain,
        first(crm_rows.segment order by crm_rows.source, crm_rows.line) filter (
            where crm_rows.segment is not null
        ) as segment,
        first(crm_rows.industry order by crm_rows.source, crm_rows.line) filter (
            where crm_rows.industry is not null
        ) as industry,
        first(crm_rows.country order by crm_rows.source, crm_rows.line) filter (
            where crm_rows.country is not null
        ) as country,
        first(crm_rows.region order by crm_rows.source, crm_rows.line) filter (
            where crm_rows.region is not null
        ) as region,
        first(crm_rows.owner_name order by crm_rows.source, crm_rows.line) filter (
            where crm_rows.owner_name is not null
        ) as owner,
        first(crm_rows.parent_account order by crm_rows.source, crm_rows.line) filter (
            where crm_rows.parent_account is not null
        ) as parent_account,
        min(crm_rows.created_date) as created_date
    from crm_rows
    group by crm_rows.account_id
),

elsewhere as (
    select
        account_names.account_id,
        min(refs.name) as name,
        min(refs.domain) as domain
    from account_names
    inner join staging.account_refs as refs
        on
            account_names.source = refs.source
            and account_names.source_account = refs.source_account
    left join staging.account_groups as company
        on account_names.account_id = company.account_id
    where company.account_id is null
    group by account_names.account_id
),

parents as (
    select
        account_names.source_account,
        min(account_names.account_id) as account_id
    from account_names
    group by account_names.source_account
),

together as (
    select
        from_crm.account_id,
        from_crm.name,
        from_crm.domain,
        from_crm.segment,
        from_crm.industry,
        from_crm.country,
        from_crm.region,
        from_crm.owner,
        parents.account_id as parent_account_id,
        from_crm.created_date,
        true as is_in_crm
    from from_crm
    left join parents on from_crm.parent_account = parents.source_account
    union all
    select
        elsewhere.account_id,
        coalesce(elsewhere.name, elsewhere.account_id) as name,
        elsewhere.domain,
        null as segment,
        null as industry,
        null as country,
        null as region,
        null as owner,
        null as parent_account_id,
        null as created_date,
        false as is_in_crm
    from elsewhere
),

excluded as (
    select
        together.account_id,
        min(decided.reason) as reason
    from together
    inner join staging.excluded as decided
        on
            together.account_id = decided.account
            or normal_name(together.name) = normal_name(decided.account)
    group by together.account_id
)

select
    together.*,
    excluded.reason is not null as is_excluded,
    excluded.reason as excluded_reason
from together
left join excluded on together.account_id = excluded.account_id
