-- model: mart_people_active
-- grain: one row per person with a value event in the days before (account_id, user_id)
-- inputs: mart_user_days, accounts
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
select
    mart_user_days.user_id,
    mart_user_days.account_id,
    accounts.name as account_name,
    coalesce(accounts.segment, '(no segment)') as segment,
    count(*) as active_days,
    cast(sum(mart_user_days.event_count) as bigint) as event_count,
    max(mart_user_days.day) as last_day,
    case
        when accounts.is_excluded then 'internal, test or partner account'
        when mart_user_days.user_id = '' then 'no person named (accounts)'
    end as left_out
from mart_user_days
left join accounts on mart_user_days.account_id = accounts.account_id
where mart_user_days.day <= $as_of and mart_user_days.day > $as_of - cast($month_days as integer)
group by
    mart_user_days.user_id,
    mart_user_days.account_id,
    accounts.name,
    accounts.segment,
    accounts.is_excluded
