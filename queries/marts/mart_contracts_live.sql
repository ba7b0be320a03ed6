-- model: mart_contracts_live
-- grain: one row per contract live on a day or starting later (contract_id)
-- inputs: mart_contracts, mart_fx_years
-- params:
--   $as_of (date): the day
--   $instant (varchar): last; first_day takes the first day of its month
--   $currency (varchar): constant; floating takes the rate of the day's fiscal year
--   $discounts (varchar): net; list takes amounts before discounts
-- columns:
--   contract_id   varchar        key of contracts
--   account_id    varchar        key of accounts
--   account_name  varchar        as the first export writes it
--   segment       varchar        of the account
--   plan          varchar        as the export says
--   start_date    date           first day with service
--   end_date      date           first day without service; null: runs on
--   arr           decimal(18,2)  a year's recurring amount, workspace currency
--   mrr           decimal(18,6)  a twelfth of it
--   is_live       boolean        has service on the day; false: signed, starts later
--   left_out      varchar        null: counted; else the reason it is in no number
with day_counted as (
    select
        case
            when $instant = 'first_day' then cast(date_trunc('month', $as_of) as date)
            else $as_of
        end as day
),

amounts as (
    select
        mart_contracts.*,
        day_counted.day,
        case
            when $discounts = 'list' then mart_contracts.list_amount else mart_contracts.net_amount
        end as own_amount,
        case
            when $currency = 'floating' then mart_fx_years.rate else mart_contracts.constant_rate
        end as rate
    from mart_contracts
    cross join day_counted
    left join mart_fx_years
        on
            mart_contracts.currency = mart_fx_years.currency
            and day_counted.day >= mart_fx_years.first_day
            and day_counted.day < mart_fx_years.end_day
    where mart_contracts.end_date is null or mart_contracts.end_date > day_counted.day
)

select
    contract_id,
    account_id,
    account_name,
    segment,
    plan,
    start_date,
    end_date,
    cast(cast(own_amount as decimal(28, 2)) * rate as decimal(18, 2)) as arr,
    cast(cast(own_amount as decimal(28, 6)) / 12 * rate as decimal(18, 6)) as mrr,
    start_date <= day as is_live,
    case
        when left_out is not null then left_out
        when rate is null then 'no exchange rate for its currency'
    end as left_out
from amounts
