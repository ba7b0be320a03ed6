-- model: mart_deals_velocity
-- grain: one row per deal (deal_id)
-- inputs: mart_deals, mart_fx_years, workspace
-- params:
--   $as_of (date): last day counted
--   $window_start (date): first day closed deals count
--   $window_end (date): first day after the window
--   $currency (varchar): constant; floating takes the rate of the closing day's fiscal year
--   $idle_days (varchar): days without a touch after which an open deal is idle
-- columns:
--   deal_id       varchar        key of deals
--   name          varchar        as the CRM export writes it
--   account_id    varchar        null: the export names no account
--   account_name  varchar        null: the export names no account
--   segment       varchar        of the account
--   owner         varchar        sales person
--   amount        decimal(18,2)  workspace currency
--   cycle_days    bigint         days from creation to close of won deals; null below zero
--   is_moving     boolean        open, qualified, touched in the last idle_days days
--   is_idle       boolean        open, qualified, not touched in that time
--   is_activity_missing  boolean  open, qualified, last touch not said
--   is_won        boolean        won in the window
--   is_lost       boolean        lost in the window
--   is_future     boolean        dated after the as-of date, which the window ends with
--   is_renewal    boolean        renewals are counted apart
--   left_out      varchar        null: counted; else the reason it is in no number
with deals_shown as (
    select
        mart_deals.*,
        $as_of - cast($idle_days as integer) as idle_since,
        mart_deals.stage = 'qualified'
        and coalesce(mart_deals.created_date <= $as_of, true) as was_qualified,
        mart_deals.left_out = 'dated after the as-of date'
        and $window_end > workspace.as_of as is_future,
        case
            when $currency = 'floating' then mart_fx_years.rate else mart_deals.constant_rate
        end as rate
    from mart_deals
    cross join workspace
    left join mart_fx_years
        on
            mart_deals.currency = mart_fx_years.currency
            and mart_deals.closed_date >= mart_fx_years.first_day
            and mart_deals.closed_date < mart_fx_years.end_day
    where
        (mart_deals.closed_date >= $window_start and mart_deals.closed_date < $window_end)
        or mart_deals.is_open
        or (mart_deals.left_out = 'dated after the as-of date' and $window_end > workspace.as_of)
)

select
    deal_id,
    name,
    account_id,
    account_name,
    segment,
    owner,
    cast(cast(own_amount as decimal(28, 2)) * rate as decimal(18, 2)) as amount,
    case when is_won and cycle_days >= 0 then cycle_days end as cycle_days,
    coalesce(
        was_qualified and last_activity_date > idle_since and last_activity_date <= $as_of, false
    ) as is_moving,
    coalesce(was_qualified and last_activity_date <= idle_since, false) as is_idle,
    was_qualified and coalesce(last_activity_date > $as_of, true) as is_activity_missing,
    is_won and closed_date >= $window_start and closed_date < $window_end as is_won,
    is_lost and closed_date >= $window_start and closed_date < $window_end as is_lost,
    coalesce(is_future, false) as is_future,
    is_renewal,
    left_out
from deals_shown
