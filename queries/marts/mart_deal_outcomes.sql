-- model: mart_deal_outcomes
-- grain: one row per deal that closed in a window or whose close cannot be placed; with
--   denominator all, also one per deal open at its end (deal_id)
-- inputs: mart_deals, mart_fx_years, workspace
-- params:
--   $window_start (date): first day
--   $window_end (date): first day after
--   $currency (varchar): constant; floating takes the rate of the closing day's fiscal year
--   $reopened (varchar): last; first takes the first outcome of the stage history
--   $denominator (varchar): closed; all adds deals open at the end of the window
--   $cycle_start (varchar): created; qualified starts the cycle with the qualification
-- columns:
--   deal_id             varchar        key of deals
--   name                varchar        as the CRM export writes it
--   account_id          varchar        null: the export names no account
--   account_name        varchar        null: the export names no account
--   segment             varchar        of the account
--   owner               varchar        sales person
--   stage_label         varchar        as the export says
--   deal_type           varchar        new, expansion, renewal; null: not said
--   amount              decimal(18,2)  workspace currency; null: not said, or no exchange rate
--   created_date        date           created, or engaged where the export has no creation
--   closed_date         date           outcome counted; the last day of the window while open
--   started_date        date           start of the cycle
--   cycle_days          bigint         days from there to the outcome; null while open or unknown
--   is_open             boolean        open at the end of the window
--   is_won              boolean        won
--   is_lost             boolean        lost, no decision, or disqualified after it was qualified
--   is_renewal          boolean        renewals are counted apart
--   has_unmet_blocker   boolean        an ask it could not close without was not released by then
--   is_rate_missing     boolean        has an amount in a currency without an exchange rate
--   left_out            varchar        null: counted; else the reason it is in no number
with outcomes as (
    select
        mart_deals.*,
        workspace.as_of,
        $reopened = 'first' and mart_deals.first_stage is not null as is_first
    from mart_deals
    cross join workspace
),

counted as (
    select
        *,
        case when is_first then first_stage else stage end as stage_counted,
        case when is_first then first_closed_date else closed_date end as day_counted,
        case
            when
                is_first
                and left_out = 'dated after the as-of date'
                and coalesce(created_date <= as_of, true) then null
            else left_out
        end as why_left_out
    from outcomes
),

placed as (
    select
        *,
        stage_counted in ('open', 'qualified')
        -- Closed since; a day after the as-of date is no outcome yet and is left out as such
        or (why_left_out is null and coalesce(day_counted >= $window_end, false)) as was_open
    from counted
),

shown as (
    select
        *,
        -- An open deal has no outcome to place it by: it is open on the last day
        case when was_open then $window_end - 1 else day_counted end as day_placed,
        case
            when $cycle_start = 'qualified' then qualified_date else created_date
        end as started_date
    from placed
    where
        (
            stage_counted not in ('open', 'qualified')
            and (
                day_counted is null
                or (day_counted >= $window_start and day_counted < $window_end)
                or day_counted > as_of
            )
        )
        or (
            $denominator = 'all'
            and was_open
            and coalesce(created_date < $window_end, stage_counted in ('open', 'qualified'))
        )
),

rated as (
    select
        shown.*,
        case
            when $currency = 'floating' then mart_fx_years.rate else shown.constant_rate
        end as rate
    from shown
    left join mart_fx_years
        on
            shown.currency = mart_fx_years.currency
            and shown.day_placed >= mart_fx_years.first_day
            and shown.day_placed < mart_fx_years.end_day
)

select
    deal_id,
    name,
    account_id,
    account_name,
    segment,
    owner,
    stage_label,
    deal_type,
    cast(cast(own_amount as decimal(28, 2)) * rate as decimal(18, 2)) as amount,
    created_date,
    day_placed as closed_date,
    started_date,
    case when not was_open then date_diff('day', started_date, day_counted) end as cycle_days,
    was_open as is_open,
    not was_open and stage_counted = 'won' as is_won,
    not was_open
    and (
        stage_counted in ('lost', 'no_decision')
        or (stage_counted = 'disqualified' and qualified_date is not null)
    ) as is_lost,
    is_renewal,
    has_unmet_blocker,
    own_amount is not null and rate is null as is_rate_missing,
    why_left_out as left_out
from rated
