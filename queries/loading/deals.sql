-- model: deals
-- grain: one row per sales opportunity (deal_id)
with named_owners as (
    select
        staged.owner_id,
        min(staged.owner) as owner
    from staging.owners as staged
    where staged.owner_id is not null
    group by staged.owner_id
),

labelled as (
    select
        staged.*,
        coalesce(named_owners.owner, staged.owner) as owner_name,
        files.amount_is,
        files.currency as file_currency,
        account_names.account_id as known_account,
        coalesce(stages.meaning, 'open') as meaning,
        stages.meaning is not null as is_stage_mapped,
        kinds.meaning as kind,
        products.product as product_name,
        -- A lost deal that carries 0 says nothing about its size
        case
            when
                files.unknown_amount_when_lost
                and staged.amount = 0
                and stages.meaning = 'lost' then null
            else staged.amount
        end as known_amount
    from staging.deals as staged
    inner join staging.files as files
        on staged.source = files.source and files.staged_table = 'deals'
    left join staging.labels as stages
        on
            staged.source = stages.source
            and stages.staged_column = 'stage'
            and staged.stage = stages.label
    left join staging.labels as kinds
        on
            staged.source = kinds.source
            and kinds.staged_column = 'deal_type'
            and staged.deal_type = kinds.label
    left join account_names
        on
            staged.source = account_names.source
            and coalesce(staged.account_id, staged.account_name, staged.account_domain)
            = account_names.source_account
    left join staging.products as products on staged.product = products.product_id
    left join named_owners on staged.owner = named_owners.owner_id
)

select
    labelled.deal_id,
    labelled.known_account as account_id,
    labelled.name,
    coalesce(labelled.product_name, labelled.product) as product,
    labelled.meaning as stage,
    labelled.stage as stage_label,
    labelled.is_stage_mapped,
    labelled.kind as deal_type,
    labelled.known_amount as amount,
    case labelled.amount_is
        when 'arr' then labelled.known_amount
        when 'mrr' then 12 * cast(labelled.known_amount as decimal(28, 2))
        when 'tcv'
            then cast(
                12 * cast(labelled.known_amount as decimal(28, 2))
                / nullif(labelled.term_months, 0) as decimal(18, 2)
            )
    end as annual_amount,
    upper(coalesce(labelled.currency, labelled.file_currency)) as currency,
    labelled.probability,
    labelled.owner_name as owner,
    labelled.term_months,
    labelled.created_date,
    labelled.closed_date,
    labelled.last_activity_date,
    labelled.qualified_date,
    labelled.lost_reason,
    labelled.competitor
from labelled
