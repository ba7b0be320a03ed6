-- model: mart_active_people_daily
-- grain: one row per day and segment; people left out apart by reason (day, segment, left_out)
-- inputs: mart_user_days, accounts, workspace
-- columns:
--   day         date     last day of the 7 and of the 28 days
--   segment     varchar  of the account; '(no segment)' where unsaid
--   active_7d   bigint   distinct people with a value event in the 7 days, exact
--   active_28d  bigint   the same in 28 days
--   left_out    varchar  null: counted; else the reason they are in no number
with user_days as (
    select
        mart_user_days.day,
        coalesce(accounts.segment, '(no segment)') as segment,
        case
            when accounts.is_excluded then 'internal, test or partner account'
            when mart_user_days.day > workspace.as_of then 'dated after the as-of date'
            when mart_user_days.user_id = '' then 'no person named (accounts)'
        end as left_out,
        lead(mart_user_days.day) over (
            partition by mart_user_days.account_id, mart_user_days.user_id
            order by mart_user_days.day
        ) as next_day
    from mart_user_days
    cross join workspace
    left join accounts on mart_user_days.account_id = accounts.account_id
),

-- A person is active from a day of use until the 7 (28) days are over or the next day of use
changes as (
    select
        day,
        segment,
        left_out,
        1 as active_7d,
        1 as active_28d
    from user_days
    union all
    select
        least(day + 7, coalesce(next_day, day + 7)) as day,
        segment,
        left_out,
        -1 as active_7d,
        0 as active_28d
    from user_days
    union all
    select
        least(day + 28, coalesce(next_day, day + 28)) as day,
        segment,
        left_out,
        0 as active_7d,
        -1 as active_28d
    from user_days
),

changes_by_day as (
    select
        day,
        segment,
        left_out,
        sum(active_7d) as active_7d,
        sum(active_28d) as active_28d
    from changes
    group by day, segment, left_out
),

groups_of_people as (
    select
        segment,
        left_out,
        min(day) as first_day
    from changes_by_day
    group by segment, left_out
),

calendar as (
    select
        groups_of_people.segment,
        groups_of_people.left_out,
        cast(
            unnest(
                generate_series(groups_of_people.first_day, workspace.as_of, interval 1 day)
            ) as date
        ) as day
    from groups_of_people
    cross join workspace
)

select
    calendar.day,
    calendar.segment,
    cast(
        sum(coalesce(changes_by_day.active_7d, 0)) over (
            partition by calendar.segment, calendar.left_out
            order by calendar.day
        ) as bigint
    ) as active_7d,
    cast(
        sum(coalesce(changes_by_day.active_28d, 0)) over (
            partition by calendar.segment, calendar.left_out
            order by calendar.day
        ) as bigint
    ) as active_28d,
    calendar.left_out
from calendar
left join changes_by_day
    on
        calendar.day = changes_by_day.day
        and calendar.segment = changes_by_day.segment
        and calendar.left_out is not distinct from changes_by_day.left_out
