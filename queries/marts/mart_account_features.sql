-- model: mart_account_features
-- grain: one row per active account and feature its plan has; use after the as-of date apart
--   (account_id, feature_id, left_out)
-- inputs: mart_account_feature_months, mart_account_feature_days, mart_feature_plans, accounts,
--   contracts, workspace
-- params:
--   $as_of (date): last of the days
--   $month_days (varchar): 28 or 30, how many
-- columns:
--   account_id     varchar  key of accounts; active = a value event in the days
--   account_name   varchar  as the first export writes it
--   segment        varchar  of the account
--   feature_id     varchar  key of features
--   feature_name   varchar  as the export says
--   is_used        boolean  used in the days
--   uses_per_week  double   uses in the days, a week; null: not used
--   available_count  bigint  features the plan of the account has
--   used_count     bigint   those of them used in the days
--   is_first_of_account  boolean  true on one row an account, to count accounts
--   left_out       varchar  null: counted; else the reason it is in no number
with uses as (
    select
        mart_account_feature_months.account_id,
        mart_account_feature_months.feature_id,
        case
            when $month_days = '30' then mart_account_feature_months.events_30d
            else mart_account_feature_months.events_28d
        end as event_count
    from mart_account_feature_months
    where
        mart_account_feature_months.as_of = $as_of
        and ($month_days = '30' or mart_account_feature_months.events_28d is not null)
    union all
    -- A day nobody asks about often is summed up when it is asked for
    select
        mart_account_feature_days.account_id,
        mart_account_feature_days.feature_id,
        sum(mart_account_feature_days.event_count) as event_count
    from mart_account_feature_days
    cross join workspace
    where
        $as_of != last_day($as_of)
        and $as_of != workspace.as_of
        and mart_account_feature_days.day <= $as_of
        and mart_account_feature_days.day > $as_of - cast($month_days as integer)
    group by mart_account_feature_days.account_id, mart_account_feature_days.feature_id
),

active_accounts as (
    select distinct uses.account_id
    from uses
    inner join mart_feature_plans on uses.feature_id = mart_feature_plans.feature_id
    where mart_feature_plans.is_value_event
),

plans_of_accounts as (
    select
        account_id,
        list(distinct lower(trim(plan))) as plans
    from contracts
    where
        plan is not null
        and start_date <= $as_of
        and (end_date is null or end_date > $as_of)
    group by account_id
),

pairs as (
    select
        active_accounts.account_id,
        accounts.name as account_name,
        coalesce(accounts.segment, '(no segment)') as segment,
        mart_feature_plans.feature_id,
        mart_feature_plans.feature_name,
        uses.event_count is not null as is_used,
        cast(uses.event_count as double) * 7 / cast($month_days as integer) as uses_per_week,
        case
            when accounts.is_excluded then 'internal, test or partner account'
            when mart_feature_plans.plans is not null and plans_of_accounts.plans is null
                then 'plan of the account not known'
        end as left_out
    from active_accounts
    cross join mart_feature_plans
    left join accounts on active_accounts.account_id = accounts.account_id
    left join plans_of_accounts on active_accounts.account_id = plans_of_accounts.account_id
    left join uses
        on
            active_accounts.account_id = uses.account_id
            and mart_feature_plans.feature_id = uses.feature_id
    where
        coalesce(mart_feature_plans.released_date <= $as_of, true)
        and (
            mart_feature_plans.plans is null
            or plans_of_accounts.plans is null
            or list_has_any(plans_of_accounts.plans, mart_feature_plans.plans)
        )
),

-- Use after the as-of date is in no number; each account and feature is told once
uses_in_future as (
    select distinct
        mart_account_feature_days.account_id,
        accounts.name as account_name,
        coalesce(accounts.segment, '(no segment)') as segment,
        mart_feature_plans.feature_id,
        mart_feature_plans.feature_name
    from mart_account_feature_days
    cross join workspace
    inner join mart_feature_plans
        on mart_account_feature_days.feature_id = mart_feature_plans.feature_id
    left join accounts on mart_account_feature_days.account_id = accounts.account_id
    where mart_account_feature_days.day > workspace.as_of and $as_of >= workspace.as_of
),

of_account as (
    select
        account_id,
        left_out,
        count(*) as available_count,
        count(*) filter (where is_used) as used_count,
        min(feature_id) as first_feature_id
    from pairs
    group by account_id, left_out
)

select
    pairs.account_id,
    pairs.account_name,
    pairs.segment,
    pairs.feature_id,
    pairs.feature_name,
    pairs.is_used,
    pairs.uses_per_week,
    of_account.available_count,
    of_account.used_count,
    pairs.feature_id = of_account.first_feature_id as is_first_of_account,
    pairs.left_out
from pairs
inner join of_account
    on
        pairs.account_id = of_account.account_id
        and pairs.left_out is not distinct from of_account.left_out
union all
select
    account_id,
    account_name,
    segment,
    feature_id,
    feature_name,
    true as is_used,
    null as uses_per_week,
    1 as available_count,
    1 as used_count,
    false as is_first_of_account,
    'dated after the as-of date' as left_out
from uses_in_future
