-- model: mart_renewals
-- grain: one row per account with a contract that ended in a window (account_id, left_out)
-- inputs: mart_contracts
-- params:
--   $window_start (date): first day
--   $window_end (date): first day after
-- columns:
--   account_id    varchar        key of accounts
--   account_name  varchar        as the first export writes it
--   segment       varchar        of the account
--   up_arr        decimal(38,2)  of contracts whose first day without service is in the window
--   renewed_arr   decimal(38,2)  of contracts that followed in the window, at most up_arr
--   left_out      varchar        null: counted; else the reason it is in no number
with contracts_up as (
    select
        account_id,
        account_name,
        segment,
        left_out,
        min(end_date) as first_end_date,
        sum(arr) as up_arr
    from mart_contracts
    where end_date >= $window_start and end_date < $window_end
    group by account_id, account_name, segment, left_out
),

contracts_that_followed as (
    select
        contracts_up.account_id,
        sum(mart_contracts.arr) as followed_arr
    from contracts_up
    inner join mart_contracts
        on
            contracts_up.account_id = mart_contracts.account_id
            and mart_contracts.left_out is null
            and contracts_up.first_end_date <= mart_contracts.start_date
            and mart_contracts.start_date < $window_end
            -- What ended again inside the window was not kept
            and coalesce(mart_contracts.end_date >= $window_end, true)
    where contracts_up.left_out is null
    group by contracts_up.account_id
)

select
    contracts_up.account_id,
    contracts_up.account_name,
    contracts_up.segment,
    contracts_up.up_arr,
    least(
        contracts_up.up_arr, coalesce(contracts_that_followed.followed_arr, 0)
    ) as renewed_arr,
    contracts_up.left_out
from contracts_up
left join contracts_that_followed on contracts_up.account_id = contracts_that_followed.account_id
where contracts_up.up_arr > 0 or contracts_up.left_out is not null
