-- model: mart_account_weights
-- grain: one row per account that is not excluded (account_id): how much hangs on it
-- inputs: accounts, mart_deals, contracts, asks, usage_daily
-- columns:
--   account_id       varchar        key of accounts
--   deal_count       bigint         deals, whatever their stage
--   open_amount      decimal(38,2)  of open deals, workspace currency
--   won_amount       decimal(38,2)  of won deals, workspace currency
--   contract_count   bigint         contracts, trials too
--   ask_count        bigint         asks as they were said
--   usage_row_count  bigint         days of use by a person and feature
with of_deals as (
    select
        mart_deals.account_id,
        count(*) as deal_count,
        sum(mart_deals.amount) filter (where mart_deals.is_open) as open_amount,
        sum(mart_deals.amount) filter (where mart_deals.is_won) as won_amount
    from mart_deals
    group by mart_deals.account_id
),

of_contracts as (
    select
        contracts.account_id,
        count(*) as contract_count
    from contracts
    group by contracts.account_id
),

of_asks as (
    select
        asks.account_id,
        count(*) as ask_count
    from asks
    group by asks.account_id
),

of_usage as (
    select
        usage_daily.account_id,
        count(*) as usage_row_count
    from usage_daily
    group by usage_daily.account_id
)

select
    accounts.account_id,
    coalesce(of_deals.deal_count, 0) as deal_count,
    coalesce(of_deals.open_amount, 0) as open_amount,
    coalesce(of_deals.won_amount, 0) as won_amount,
    coalesce(of_contracts.contract_count, 0) as contract_count,
    coalesce(of_asks.ask_count, 0) as ask_count,
    coalesce(of_usage.usage_row_count, 0) as usage_row_count
from accounts
left join of_deals on accounts.account_id = of_deals.account_id
left join of_contracts on accounts.account_id = of_contracts.account_id
left join of_asks on accounts.account_id = of_asks.account_id
left join of_usage on accounts.account_id = of_usage.account_id
where not accounts.is_excluded
