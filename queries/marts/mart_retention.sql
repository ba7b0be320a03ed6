-- model: mart_retention
-- grain: one row per account paying at the opening or the close of a window, or in between; those
--   left out apart by reason (account_id, left_out)
-- inputs: mart_contracts, mart_fx_years, churn_events
-- params:
--   $window_start (date): first day; the opening is the day before
--   $window_end (date): first day after; the close is the day before
--   $currency (varchar): constant; floating takes the rates of the opening's and the close's year
--   $discounts (varchar): net; list takes amounts before discounts
--   $reactivation (varchar): counted; lost takes an account that left inside the window as lost
--   $moves (varchar): endpoint; each_change counts every change inside the window
--   $churn_date (varchar): contract_end; cancellation takes reported cancellations
-- columns:
--   account_id        varchar        key of accounts
--   account_name      varchar        as the first export writes it
--   segment           varchar        of the account
--   start_arr         decimal(38,2)  at the opening; workspace currency
--   new_arr           decimal(38,2)  first paid inside the window
--   reactivation_arr  decimal(38,2)  paid before, not at the opening; or came back in the window
--   expansion_arr     decimal(38,2)  more than before
--   contraction_arr   decimal(38,2)  less than before, still paying
--   churn_arr         decimal(38,2)  what those who left had paid
--   rate_arr          decimal(38,2)  change of exchange rates on what was paid at the opening
--   end_arr           decimal(38,2)  at the close; start + new + reactivation + expansion
--                                    - contraction - churn + rate
--   kept_arr          decimal(38,2)  of start_arr what is left without growth
--   cohort_end_arr    decimal(38,2)  at the close, 0 where the account counts as lost
--   is_lost           boolean        counts as lost
--   movement          varchar        new, reactivation, expansion, contraction, churn, unchanged
--   left_out          varchar        null: counted; else the reason it is in no number
with amounts as (
    select
        mart_contracts.account_id,
        mart_contracts.account_name,
        mart_contracts.segment,
        mart_contracts.start_date,
        mart_contracts.end_date,
        cast(
            case
                when $discounts = 'list'
                    then mart_contracts.list_amount
                else mart_contracts.net_amount
            end as decimal(28, 2)
        ) as own_amount,
        case
            when $currency = 'floating' then opening_rates.rate else mart_contracts.constant_rate
        end as opening_rate,
        case
            when $currency = 'floating' then close_rates.rate else mart_contracts.constant_rate
        end as close_rate,
        mart_contracts.left_out
    from mart_contracts
    left join mart_fx_years as opening_rates
        on
            mart_contracts.currency = opening_rates.currency
            and $window_start - 1 >= opening_rates.first_day
            and $window_start - 1 < opening_rates.end_day
    left join mart_fx_years as close_rates
        on
            mart_contracts.currency = close_rates.currency
            and $window_end - 1 >= close_rates.first_day
            and $window_end - 1 < close_rates.end_day
    where
        mart_contracts.start_date < $window_end
        -- Of contracts left out only those that reach the window are told
        and (
            mart_contracts.left_out is null
            or coalesce(mart_contracts.end_date >= $window_start, true)
        )
),

converted as (
    select
        account_id,
        account_name,
        segment,
        start_date,
        end_date,
        cast(own_amount * opening_rate as decimal(18, 2)) as opening_arr,
        cast(own_amount * close_rate as decimal(18, 2)) as arr,
        start_date < $window_start and coalesce(end_date >= $window_start, true) as is_opening,
        coalesce(end_date >= $window_end, true) as is_close,
        case
            when left_out is not null then left_out
            when opening_rate is null or close_rate is null then 'no exchange rate for its currency'
        end as left_out
    from amounts
),

states as (
    select
        account_id,
        account_name,
        segment,
        left_out,
        coalesce(sum(opening_arr) filter (where is_opening), 0) as start_arr,
        -- The opening at the close's rate: what movements are measured from
        coalesce(sum(arr) filter (where is_opening), 0) as level_arr,
        coalesce(sum(arr) filter (where is_close), 0) as end_arr,
        coalesce(bool_or(arr > 0 and start_date < $window_start), false) as has_paid_before,
        bool_or(arr > 0 and start_date >= $window_start) as has_started_inside
    from converted
    group by account_id, account_name, segment, left_out
),

-- What one account gains and loses on one day, netted
changes as (
    select
        account_id,
        day,
        sum(change) as change
    from (
        select
            account_id,
            start_date as day,
            arr as change
        from converted
        where left_out is null and start_date >= $window_start
        union all
        select
            account_id,
            end_date as day,
            -arr as change
        from converted
        where left_out is null and end_date >= $window_start and end_date < $window_end
    ) as both_ends
    group by account_id, day
    having sum(change) != 0
),

levels as (
    select
        changes.account_id,
        changes.day,
        changes.change,
        states.has_paid_before,
        states.level_arr + sum(changes.change) over (
            partition by changes.account_id
            order by changes.day
        ) as level_after
    from changes
    inner join states on changes.account_id = states.account_id and states.left_out is null
),

named_changes as (
    select
        account_id,
        change,
        case
            when
                change > 0
                and level_after = change
                and not has_paid_before
                and row_number() over (
                    partition by account_id, change > 0
                    order by day
                ) = 1 then 'new'
            when change > 0 and level_after = change then 'reactivation'
            when change > 0 then 'expansion'
            when level_after = 0 then 'churn'
            else 'contraction'
        end as movement
    from levels
),

inside as (
    select
        account_id,
        coalesce(sum(change) filter (where movement = 'new'), 0) as new_arr,
        coalesce(sum(change) filter (where movement = 'reactivation'), 0) as reactivation_arr,
        coalesce(sum(change) filter (where movement = 'expansion'), 0) as expansion_arr,
        coalesce(-sum(change) filter (where movement = 'contraction'), 0) as contraction_arr,
        coalesce(-sum(change) filter (where movement = 'churn'), 0) as churn_arr,
        bool_or(movement = 'churn') as has_left
    from named_changes
    group by account_id
),

cancelled as (
    select distinct account_id
    from churn_events
    where
        churn_date >= $window_start
        and churn_date < $window_end
        and not coalesce(is_reactivation, false)
),

compared as (
    select
        states.account_id,
        states.account_name,
        states.segment,
        states.start_arr,
        states.level_arr,
        states.end_arr,
        states.has_started_inside,
        states.left_out,
        inside.new_arr,
        inside.reactivation_arr,
        inside.expansion_arr,
        inside.contraction_arr,
        inside.churn_arr,
        coalesce(inside.has_left, false) as has_left,
        cancelled.account_id is not null as is_cancelled,
        case
            when states.level_arr = 0 and states.has_paid_before then 'reactivation'
            when states.level_arr = 0 then 'new'
            when states.end_arr = 0 then 'churn'
            when states.end_arr > states.level_arr then 'expansion'
            when states.end_arr < states.level_arr then 'contraction'
            else 'unchanged'
        end as movement
    from states
    left join inside on states.account_id = inside.account_id and states.left_out is null
    left join cancelled on states.account_id = cancelled.account_id
    where
        states.start_arr > 0
        or states.end_arr > 0
        or states.has_started_inside
        or states.left_out is not null
),

moved as (
    select
        *,
        $moves = 'each_change' as is_each,
        end_arr - level_arr as change_arr
    from compared
)

select
    account_id,
    account_name,
    segment,
    start_arr,
    cast(
        case
            when is_each then coalesce(new_arr, 0)
            when movement = 'new' then change_arr
            else 0
        end as decimal(38, 2)
    ) as new_arr,
    cast(
        case
            when is_each then coalesce(reactivation_arr, 0)
            when movement = 'reactivation' then change_arr
            else 0
        end as decimal(38, 2)
    ) as reactivation_arr,
    cast(
        case
            when is_each then coalesce(expansion_arr, 0)
            when movement = 'expansion' then change_arr
            else 0
        end as decimal(38, 2)
    ) as expansion_arr,
    cast(
        case
            when is_each then coalesce(contraction_arr, 0)
            when movement = 'contraction' then -change_arr
            else 0
        end as decimal(38, 2)
    ) as contraction_arr,
    cast(
        case
            when is_each then coalesce(churn_arr, 0)
            when movement = 'churn' then -change_arr
            else 0
        end as decimal(38, 2)
    ) as churn_arr,
    cast(level_arr - start_arr as decimal(38, 2)) as rate_arr,
    end_arr,
    cast(
        case
            when is_each
                then start_arr - coalesce(contraction_arr, 0) - coalesce(churn_arr, 0)
            else least(start_arr, end_arr)
        end as decimal(38, 2)
    ) as kept_arr,
    cast(
        case when $reactivation = 'lost' and has_left then 0 else end_arr end as decimal(38, 2)
    ) as cohort_end_arr,
    case
        when $churn_date = 'cancellation' then is_cancelled
        else end_arr = 0 or ($reactivation = 'lost' and has_left)
    end as is_lost,
    movement,
    case
        when left_out is not null then left_out
        when start_arr = 0 and end_arr = 0 and not is_each
            then 'started and ended inside the window'
    end as left_out
from moved
