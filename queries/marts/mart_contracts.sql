-- model: mart_contracts
-- grain: one row per recurring-revenue period (contract_id)
-- inputs: contracts, accounts, mart_fx_rates
-- columns:
--   contract_id    varchar        key of contracts
--   account_id     varchar        key of accounts
--   account_name   varchar        as the first export writes it
--   segment        varchar        of the account; '(no segment)' where unsaid
--   plan           varchar        as the export says
--   start_date     date           first day with service
--   end_date       date           first day without service; null: runs on
--   currency       varchar        ISO code of the two amounts
--   net_amount     decimal(18,2)  a year's recurring amount after discounts, own currency
--   list_amount    decimal(18,2)  the same before discounts
--   constant_rate  decimal(18,8)  to workspace currency, the same for every date; null: none
--   left_out       varchar        null: counted; else the reason it is in no number
select
    contracts.contract_id,
    contracts.account_id,
    accounts.name as account_name,
    coalesce(accounts.segment, '(no segment)') as segment,
    contracts.plan,
    contracts.start_date,
    contracts.end_date,
    contracts.currency,
    contracts.annual_amount as net_amount,
    coalesce(contracts.list_amount, contracts.annual_amount) as list_amount,
    mart_fx_rates.rate as constant_rate,
    case
        when accounts.is_excluded then 'internal, test or partner account'
        when contracts.is_trial then 'trial, carries no revenue'
        when contracts.end_date <= contracts.start_date then 'ends before it starts'
    end as left_out
from contracts
left join accounts on contracts.account_id = accounts.account_id
left join mart_fx_rates on contracts.currency = mart_fx_rates.currency
