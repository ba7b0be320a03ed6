-- model: contracts
-- grain: one row per recurring-revenue period (contract_id)
with amounts as (
    select
        staged.*,
        files.currency as file_currency,
        files.end_is_last_day,
        case
            -- A person may say that the one amount of the export is a month's
            when files.amount_is = 'mrr' then 12 * cast(staged.annual_amount as decimal(28, 2))
            else
                coalesce(
                    staged.annual_amount, 12 * cast(staged.monthly_amount as decimal(28, 2)), 0
                )
        end as whole_year
    from staging.contracts as staged
    inner join staging.files as files
        on staged.source = files.source and files.staged_table = 'contracts'
)

select
    amounts.contract_id,
    account_names.account_id,
    amounts.start_date,
    -- The canonical end is the first day without service
    amounts.end_date + cast(amounts.end_is_last_day as integer) as end_date,
    amounts.whole_year as annual_amount,
    cast(amounts.whole_year as decimal(28, 6)) / 12 as monthly_amount,
    amounts.list_amount,
    upper(coalesce(amounts.currency, amounts.file_currency)) as currency,
    amounts.plan,
    coalesce(amounts.is_trial, false) as is_trial,
    amounts.status
from amounts
inner join account_names
    on
        amounts.source = account_names.source
        and coalesce(amounts.account_id, amounts.account_name, amounts.account_domain)
        = account_names.source_account
