-- model: mart_account_starts
-- grain: one row per account with a contract or any use (account_id)
-- inputs: accounts, contracts, usage_daily, mart_account_feature_days, features, workspace
-- columns:
--   account_id           varchar  key of accounts
--   account_name         varchar  as the first export writes it
--   segment              varchar  of the account
--   first_contract_date  date     start of its first contract, trials included; null: none
--   first_paid_date      date     start of its first contract with an amount; null: none
--   first_event_date     date     first use of any feature
--   first_value_date     date     first value event
--   activated_date       date     first day one person has met the activation criterion, within
--                                 its days from the first use; null: never
--   pql_date             date     first day one person has met it and has used on two days; null:
--                                 never
--   has_named_use        boolean  some use names a person
--   within_days          integer  days the criterion allows from the first use
--   left_out             varchar  null: counted; else the reason it is in no number
with first_contracts as (
    select
        account_id,
        min(start_date) as first_contract_date,
        min(start_date) filter (
            where annual_amount > 0 and not is_trial and coalesce(end_date > start_date, true)
        ) as first_paid_date
    from contracts
    group by account_id
),

-- One row per account and feature before the join, so that it stays small
first_uses_of_features as (
    select
        mart_account_feature_days.account_id,
        mart_account_feature_days.feature_id,
        min(mart_account_feature_days.day) as first_day
    from mart_account_feature_days
    cross join workspace
    where mart_account_feature_days.day <= workspace.as_of
    group by mart_account_feature_days.account_id, mart_account_feature_days.feature_id
),

first_uses as (
    select
        first_uses_of_features.account_id,
        min(first_uses_of_features.first_day) as first_event_date,
        min(first_uses_of_features.first_day) filter (
            where features.is_value_event
        ) as first_value_date
    from first_uses_of_features
    left join features on first_uses_of_features.feature_id = features.feature_id
    group by first_uses_of_features.account_id
),

-- Later uses cannot activate an account any more
activating_days as (
    select
        usage_daily.account_id,
        usage_daily.user_id,
        usage_daily.day,
        sum(sum(usage_daily.event_count)) over (
            partition by usage_daily.account_id, usage_daily.user_id
            order by usage_daily.day
        ) as events_so_far,
        count(*) over (
            partition by usage_daily.account_id, usage_daily.user_id
            order by usage_daily.day
        ) as days_so_far
    from usage_daily
    cross join workspace
    inner join first_uses on usage_daily.account_id = first_uses.account_id
    inner join features on usage_daily.feature_id = features.feature_id
    where
        usage_daily.day <= workspace.as_of
        and usage_daily.user_id != ''
        and usage_daily.event_count > 0
        and usage_daily.day < first_uses.first_event_date + workspace.activation_within_days
        and (
            workspace.activation_event is null
            or workspace.activation_event in (features.name, features.event, features.feature_id)
        )
    group by usage_daily.account_id, usage_daily.user_id, usage_daily.day
),

activations as (
    select
        activating_days.account_id,
        min(activating_days.day) as activated_date,
        -- One big session says little of an account
        min(activating_days.day) filter (where activating_days.days_so_far >= 2) as pql_date
    from activating_days
    cross join workspace
    where activating_days.events_so_far >= workspace.activation_count
    group by activating_days.account_id
),

named_uses as (
    select distinct usage_daily.account_id
    from usage_daily
    cross join workspace
    where
        usage_daily.user_id != ''
        and usage_daily.event_count > 0
        and usage_daily.day <= workspace.as_of
)

select
    accounts.account_id,
    accounts.name as account_name,
    coalesce(accounts.segment, '(no segment)') as segment,
    first_contracts.first_contract_date,
    first_contracts.first_paid_date,
    first_uses.first_event_date,
    first_uses.first_value_date,
    activations.activated_date,
    activations.pql_date,
    named_uses.account_id is not null as has_named_use,
    workspace.activation_within_days as within_days,
    case
        when accounts.is_excluded then 'internal, test or partner account'
        when first_contracts.first_contract_date > workspace.as_of
            then 'dated after the as-of date'
    end as left_out
from accounts
cross join workspace
left join first_contracts on accounts.account_id = first_contracts.account_id
left join first_uses on accounts.account_id = first_uses.account_id
left join activations on accounts.account_id = activations.account_id
left join named_uses on accounts.account_id = named_uses.account_id
where first_contracts.account_id is not null or first_uses.account_id is not null
