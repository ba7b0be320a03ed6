-- model: mart_account_segments
-- grain: one row per account (account_id): what it can be grouped by
-- inputs: accounts, contracts, workspace
-- columns:
--   account_id  varchar  key of accounts
--   segment     varchar  size class; null: not said
--   industry    varchar  null: not said
--   region      varchar  null: not said
--   plan        varchar  of its latest contract by the as-of date; null: none, or not said
--   owner       varchar  sales person named for the account; null: not said
with latest_plans as (
    select
        contracts.account_id,
        arg_max_null(contracts.plan, (contracts.start_date, contracts.contract_id)) as plan
    from contracts
    cross join workspace
    where
        contracts.start_date <= workspace.as_of
        and coalesce(contracts.end_date > contracts.start_date, true)
    group by contracts.account_id
)

select
    accounts.account_id,
    accounts.segment,
    accounts.industry,
    accounts.region,
    latest_plans.plan,
    accounts.owner
from accounts
left join latest_plans on accounts.account_id = latest_plans.account_id
