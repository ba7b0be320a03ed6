-- model: mart_retention
-- grain: one row per account paying at the opening or the close of a window, or in between; those
--   left out apart by reason (account_id, left_out)
-- inputs: mart_contracts
-- params:
--   $window_start (date): first day; the opening is the day before
--   $window_end (date): first day after; the close is the day before
-- columns:
--   account_id    varchar        key of accounts
--   account_name  varchar        as the first export writes it
--   segment       varchar        of the account
--   start_arr     decimal(38,2)  at the opening; workspace currency, constant rate
--   end_arr       decimal(38,2)  at the close
--   kept_arr      decimal(38,2)  the smaller of the two: growth hides no loss of another account
--   movement      varchar        new, reactivation, expansion, contraction, churn, unchanged
--   left_out      varchar        null: counted; else the reason it is in no number
with states as (
    select
        account_id,
        account_name,
        segment,
        left_out,
        coalesce(
            sum(arr) filter (
                where start_date < $window_start
                and coalesce(end_date >= $window_start, true)
            ),
            0
        ) as start_arr,
        coalesce(
            sum(arr) filter (
                where start_date < $window_end
                and coalesce(end_date >= $window_end, true)
            ),
            0
        ) as end_arr,
        coalesce(bool_or(arr > 0 and start_date < $window_start), false) as has_paid_before,
        bool_or(arr > 0 and start_date >= $window_start) as has_started_inside
    from mart_contracts
    where start_date < $window_end
    group by account_id, account_name, segment, left_out
)

select
    account_id,
    account_name,
    segment,
    start_arr,
    end_arr,
    least(start_arr, end_arr) as kept_arr,
    case
        when start_arr = 0 and has_paid_before then 'reactivation'
        when start_arr = 0 then 'new'
        when end_arr = 0 then 'churn'
        when end_arr > start_arr then 'expansion'
        when end_arr < start_arr then 'contraction'
        else 'unchanged'
    end as movement,
    coalesce(
        left_out,
        case
            when start_arr = 0 and end_arr = 0
                then 'started and ended inside the window'
        end
    ) as left_out
from states
where start_arr > 0 or end_arr > 0 or has_started_inside or left_out is not null
