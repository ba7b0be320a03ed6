-- model: asks
-- grain: one row per wish as it was said (ask_id)
with numbered as (
    select
        staged.*,
        count(distinct staged.source) over (partition by staged.ask_id) as source_count
    from staging.asks as staged
)

select
    -- Two tools may number from 1: their ids are told apart by the file
    case
        when numbered.source_count > 1 then numbered.source || ':' || numbered.ask_id
        else numbered.ask_id
    end as ask_id,
    numbered.source,
    coalesce(labels.meaning, case when numbered.side = 'product' then 'product' end, 'sales')
        as side,
    account_names.account_id,
    numbered.deal_id,
    numbered.title,
    coalesce(numbered.text, numbered.title, '') as text,
    coalesce(numbered.is_blocker, false) as is_blocker,
    numbered.votes,
    numbered.asked_date,
    numbered.asked_by,
    numbered.status,
    numbered.item_key,
    case
        when
            numbered.merged_into in (
                select shared.ask_id from numbered as shared
                where shared.source_count > 1
            )
            then numbered.source || ':' || numbered.merged_into
        else numbered.merged_into
    end as merged_into
from numbered
left join staging.labels as labels
    on
        numbered.source = labels.source
        and labels.staged_column = 'side'
        and numbered.side = labels.label
left join account_names
    on
        numbered.source = account_names.source
        and coalesce(numbered.account_id, numbered.account_name, numbered.account_domain)
        = account_names.source_account
