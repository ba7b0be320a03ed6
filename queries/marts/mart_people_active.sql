-- model: mart_people_active
-- grain: one row per person with a value event in the days before; those left out apart by
--   reason (account_id, user_id, left_out)
-- inputs: mart_user_days, accounts, workspace
-- params:
--   $as_of (date): last of the days
--   $month_days (varchar): 28 or 30, how many
-- columns:
--   user_id       varchar  person
--   account_id    varchar  of the person
--   account_name  varchar  as the first export writes it
--   segment       varchar  of the account
--   active_days   bigint   days with a value event
--   event_count   bigint   value events
--   last_day      date     last day with one
--   left_out      varchar  null: counted; else the reason they are in no number
with days_told as (
    select
        mart_user_days.user_id,
        mart_user_days.account_id,
        mart_user_days.day,
        mart_user_days.event_count,
        accounts.name as account_name,
        coalesce(accounts.segment, '(no segment)') as segment,
        case
            when mart_user_days.day > workspace.as_of then 'dated after the as-of date'
            when accounts.is_excluded then 'internal, test or partner account'
            when mart_user_days.user_id = '' then 'no person named (accounts)'
        end as left_out
    from mart_user_days
    cross join workspace
    left join accounts on mart_user_days.account_id = accounts.account_id
    where
        (
            mart_user_days.day <= $as_of
            and mart_user_days.day > $as_of - cast($month_days as integer)
        )
        or (mart_user_days.day > workspace.as_of and $as_of >= workspace.as_of)
)

select
    user_id,
    account_id,
    account_name,
    segment,
    count(*) as active_days,
    cast(sum(event_count) as bigint) as event_count,
    max(day) as last_day,
    left_out
from days_told
group by user_id, account_id, account_name, segment, left_out
