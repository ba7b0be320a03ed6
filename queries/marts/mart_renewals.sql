-- model: mart_renewals
-- grain: one row per account with a contract that ended in a window (account_id, left_out)
-- inputs: mart_contracts, mart_fx_years
-- params:
--   $window_start (date): first day
--   $window_end (date): first day after
--   $currency (varchar): constant; floating takes the rate of the last day's fiscal year
--   $discounts (varchar): net; list takes amounts before discounts
-- columns:
--   account_id    varchar        key of accounts
--   account_name  varchar        as the first export writes it
--   segment       varchar        of the account
--   up_arr        decimal(38,2)  of contracts whose first day without service is in the window
--   renewed_arr   decimal(38,2)  of contracts that followed in the window, at most up_arr
--   left_out      varchar        null: counted; else the reason it is in no number
with amounts as (
    select
        mart_contracts.*,
        case
            when $discounts = 'list' then mart_contracts.list_amount else mart_contracts.net_amount
        end as own_amount,
        case
            when $currency = 'floating' then mart_fx_years.rate else mart_contracts.constant_rate
        end as rate
    from mart_contracts
    left join mart_fx_years
        on
            mart_contracts.currency = mart_fx_years.currency
            and $window_end - 1 >= mart_fx_years.first_day
            and $window_end - 1 < mart_fx_years.end_day
    where mart_contracts.start_date < $window_end
),

contracts_until_close as (
    select
        account_id,
        account_name,
        segment,
        start_date,
        end_date,
        cast(cast(own_amount as decimal(28, 2)) * rate as decimal(18, 2)) as arr,
        case
            when left_out is not null then left_out
            when rate is null then 'no exchange rate for its currency'
        end as left_out
    from amounts
),

contracts_up as (
    select
        account_id,
        account_name,
        segment,
        left_out,
        min(end_date) as first_end_date,
        sum(arr) as up_arr
    from contracts_until_close
    where
        end_date >= $window_start
        and end_date < $window_end
        and (arr > 0 or left_out is not null)
    group by account_id, account_name, segment, left_out
),

contracts_that_followed as (
    select
        contracts_up.account_id,
        sum(contracts_until_close.arr) as followed_arr
    from contracts_up
    inner join contracts_until_close
        on
            contracts_up.account_id = contracts_until_close.account_id
            and contracts_until_close.left_out is null
            and contracts_up.first_end_date <= contracts_until_close.start_date
            -- What ended again inside the window was not kept
            and coalesce(contracts_until_close.end_date >= $window_end, true)
    where contracts_up.left_out is null
    group by contracts_up.account_id
)

select
    contracts_up.account_id,
    contracts_up.account_name,
    contracts_up.segment,
    contracts_up.up_arr,
    cast(
        least(
            contracts_up.up_arr, coalesce(contracts_that_followed.followed_arr, 0)
        ) as decimal(38, 2)
    ) as renewed_arr,
    contracts_up.left_out
from contracts_up
left join contracts_that_followed on contracts_up.account_id = contracts_that_followed.account_id
