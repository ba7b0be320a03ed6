-- model: mart_activation
-- grain: one row per account with a contract (account_id)
-- inputs: mart_account_starts
-- params: $as_of (date): last day counted
-- columns:
--   account_id           varchar  key of accounts
--   account_name         varchar  as the first export writes it
--   segment              varchar  of the account
--   first_contract_date  date     start of its first contract
--   first_event_date     date     first use; null: none by the day
--   first_value_date     date     first value event; null: none by the day
--   activated_date       date     first day one person has met the criterion; null: none by the day
--   has_named_use        boolean  some use names a person
--   is_too_young         boolean  its days to activate are not over yet
--   is_activated         boolean  met the criterion within the days from the first use
--   days_to_value        bigint   first contract to first value event; null: not there yet
--   days_seen            bigint   first contract to the day, for shares by day 30, 60 and 90
--   left_out             varchar  null: counted; else the reason it is in no number
with known_by_day as (
    select
        account_id,
        account_name,
        segment,
        first_contract_date,
        within_days,
        has_named_use,
        left_out,
        case when first_event_date <= $as_of then first_event_date end as first_event_date,
        case when first_value_date <= $as_of then first_value_date end as first_value_date,
        case when activated_date <= $as_of then activated_date end as activated_date
    from mart_account_starts
    where first_contract_date is not null
)

select
    account_id,
    account_name,
    segment,
    first_contract_date,
    first_event_date,
    first_value_date,
    activated_date,
    has_named_use,
    coalesce(first_event_date + within_days > $as_of + 1, false) as is_too_young,
    coalesce(activated_date < first_event_date + within_days, false) as is_activated,
    date_diff('day', first_contract_date, first_value_date) as days_to_value,
    date_diff('day', first_contract_date, $as_of) as days_seen,
    left_out
from known_by_day
