-- model: mart_active_people_daily
-- grain: one row per day and segment; people left out apart by reason
--   (day, dimension, segment, left_out)
-- inputs: mart_user_days, mart_account_segments, accounts, workspace
-- columns:
--   day         date     last day of the 7, 28 and 30 days
--   dimension   varchar  segment, industry, region, plan or owner: each holds everybody once
--   segment     varchar  of the account; '(no segment)', '(no industry)' where unsaid
--   active_7d   bigint   distinct people with a value event in the 7 days, exact
--   active_28d  bigint   the same in 28 days
--   active_30d  bigint   the same in 30 days
--   left_out    varchar  null: counted; else the reason they are in no number
with user_days as (
    select
        mart_user_days.day,
        mart_user_days.account_id,
        case
            when accounts.is_excluded then 'internal, test or partner account'
            when mart_user_days.user_id = '' then 'no person named (accounts)'
        end as left_out,
        lead(mart_user_days.day) over (
            partition by mart_user_days.account_id, mart_user_days.user_id
            order by mart_user_days.day
        ) as next_day
    from mart_user_days
    cross join workspace
    left join accounts on mart_user_days.account_id = accounts.account_id
    where mart_user_days.day <= workspace.as_of
),

-- A person is active from a day of use until the days are over or the next day of use
changes as (
    select
        account_id,
        left_out,
        day,
        1 as active_7d,
        1 as active_28d,
        1 as active_30d
    from user_days
    union all
    select
        account_id,
        left_out,
        least(day + 7, coalesce(next_day, day + 7)) as day,
        -1 as active_7d,
        0 as active_28d,
        0 as active_30d
    from user_days
    union all
    select
        account_id,
        left_out,
        least(day + 28, coalesce(next_day, day + 28)) as day,
        0 as active_7d,
        -1 as active_28d,
        0 as active_30d
    from user_days
    union all
    select
        account_id,
        left_out,
        least(day + 30, coalesce(next_day, day + 30)) as day,
        0 as active_7d,
        0 as active_28d,
        -1 as active_30d
    from user_days
),

changes_of_accounts as (
    select
        account_id,
        left_out,
        day,
        sum(active_7d) as active_7d,
        sum(active_28d) as active_28d,
        sum(active_30d) as active_30d
    from changes
    group by account_id, left_out, day
),

segments_of_accounts as (
    select
        mart_account_segments.account_id,
        unnest(['segment', 'industry', 'region', 'plan', 'owner']) as dimension,
        unnest([
            coalesce(mart_account_segments.segment, '(no segment)'),
            coalesce(mart_account_segments.industry, '(no industry)'),
            coalesce(mart_account_segments.region, '(no region)'),
            coalesce(mart_account_segments.plan, '(no plan)'),
            coalesce(mart_account_segments.owner, '(no owner)')
        ]) as segment
    from mart_account_segments
),

changes_by_day as (
    select
        segments_of_accounts.dimension,
        segments_of_accounts.segment,
        changes_of_accounts.left_out,
        changes_of_accounts.day,
        sum(changes_of_accounts.active_7d) as active_7d,
        sum(changes_of_accounts.active_28d) as active_28d,
        sum(changes_of_accounts.active_30d) as active_30d
    from changes_of_accounts
    inner join segments_of_accounts
        on changes_of_accounts.account_id = segments_of_accounts.account_id
    group by
        segments_of_accounts.dimension,
        segments_of_accounts.segment,
        changes_of_accounts.left_out,
        changes_of_accounts.day
),

-- Told on the as-of date, the last day that is counted
people_to_come as (
    select distinct
        workspace.as_of,
        mart_user_days.account_id,
        mart_user_days.user_id
    from mart_user_days
    cross join workspace
    where mart_user_days.day > workspace.as_of
),

people_in_future as (
    select
        people_to_come.as_of,
        segments_of_accounts.dimension,
        segments_of_accounts.segment,
        count(*) as people
    from people_to_come
    inner join segments_of_accounts
        on people_to_come.account_id = segments_of_accounts.account_id
    group by people_to_come.as_of, segments_of_accounts.dimension, segments_of_accounts.segment
),

groups_of_people as (
    select
        dimension,
        segment,
        left_out,
        min(day) as first_day
    from changes_by_day
    group by dimension, segment, left_out
),

calendar as (
    select
        groups_of_people.dimension,
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
    calendar.dimension,
    calendar.segment,
    cast(
        sum(coalesce(changes_by_day.active_7d, 0)) over (
            partition by calendar.dimension, calendar.segment, calendar.left_out
            order by calendar.day
        ) as bigint
    ) as active_7d,
    cast(
        sum(coalesce(changes_by_day.active_28d, 0)) over (
            partition by calendar.dimension, calendar.segment, calendar.left_out
            order by calendar.day
        ) as bigint
    ) as active_28d,
    cast(
        sum(coalesce(changes_by_day.active_30d, 0)) over (
            partition by calendar.dimension, calendar.segment, calendar.left_out
            order by calendar.day
        ) as bigint
    ) as active_30d,
    calendar.left_out
from calendar
left join changes_by_day
    on
        calendar.dimension = changes_by_day.dimension
        and calendar.segment = changes_by_day.segment
        and calendar.day = changes_by_day.day
        and calendar.left_out is not distinct from changes_by_day.left_out
union all
select
    as_of as day,
    dimension,
    segment,
    people as active_7d,
    people as active_28d,
    people as active_30d,
    'dated after the as-of date' as left_out
from people_in_future
