-- model: mart_contracts
-- grain: one row per recurring-revenue period (contract_id)
-- inputs: contracts, accounts, mart_fx_rates
-- columns:
--   contract_id   varchar        key of contracts
--   account_id    varchar        key of accounts
--   account_name  varchar        as the first export writes it
--   segment       varchar        of the account; '(no segment)' where unsaid
--   plan          varchar        as the export says
--   start_date    date           first day with service
--   end_date      date           first day without service; null: runs on
--   arr           decimal(18,2)  a year's recurring amount, workspace currency, constant rate
--   mrr           decimal(18,6)  a month's recurring amount, workspace currency, constant rate
--   left_out      varchar        null: counted; else the reason it is in no number
select
    contracts.contract_id,
    contracts.account_id,
    accounts.name as account_name,
    coalesce(accounts.segment, '(no segment)') as segment,
    contracts.plan,
    contracts.start_date,
    contracts.end_date,
    cast(
        cast(contracts.annual_amount as decimal(28, 2)) * mart_fx_rates.rate as decimal(18, 2)
    ) as arr,
    cast(
        cast(contracts.monthly_amount as decimal(28, 6)) * mart_fx_rates.rate as decimal(18, 6)
    ) as mrr,
    case
        when accounts.is_excluded then 'internal, test or partner account'
        when contracts.is_trial then 'trial, carries no revenue'
        when contracts.end_date <= contracts.start_date then 'ends before it starts'
        when mart_fx_rates.rate is null then 'no exchange rate for its currency'
    end as left_out
from contracts
left join accounts on contracts.account_id = accounts.account_id
left join mart_fx_rates on contracts.currency = mart_fx_rates.currency
