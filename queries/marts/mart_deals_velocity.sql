-- model: mart_deals_velocity
-- grain: one row per deal (deal_id)
-- inputs: mart_deals
-- params:
--   $as_of (date): last day counted
--   $window_start (date): first day closed deals count
--   $window_end (date): first day after the window
-- columns:
--   deal_id       varchar        key of deals
--   name          varchar        as the CRM export writes it
--   account_name  varchar        null: the export names no account
--   segment       varchar        of the account
--   amount        decimal(18,2)  workspace currency
--   cycle_days    bigint         days from creation to close of won deals; null below zero
--   is_moving     boolean        open, qualified, touched in the last 60 days
--   is_idle       boolean        open, qualified, not touched in the last 60 days
--   is_activity_missing  boolean  open, qualified, last touch not said
--   is_won        boolean        won in the window
--   is_lost       boolean        lost in the window
--   is_renewal    boolean        renewals are counted apart
--   left_out      varchar        null: counted; else the reason it is in no number
select
    deal_id,
    name,
    account_name,
    segment,
    amount,
    case when is_won and cycle_days >= 0 then cycle_days end as cycle_days,
    coalesce(
        stage = 'qualified' and last_activity_date > $as_of - 60 and last_activity_date <= $as_of,
        false
    ) as is_moving,
    coalesce(stage = 'qualified' and last_activity_date <= $as_of - 60, false) as is_idle,
    stage = 'qualified' and coalesce(last_activity_date > $as_of, true) as is_activity_missing,
    is_won and closed_date >= $window_start and closed_date < $window_end as is_won,
    is_lost and closed_date >= $window_start and closed_date < $window_end as is_lost,
    is_renewal,
    left_out
from mart_deals
where
    (closed_date >= $window_start and closed_date < $window_end)
    or is_open
