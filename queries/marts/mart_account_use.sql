-- model: mart_account_use
-- grain: one row per account that ever used the product (account_id)
-- inputs: mart_account_feature_days, accounts
-- params:
--   $as_of (date): last day counted
--   $features (varchar[]): keys of the features asked about, such as those of an area
-- columns:
--   account_id     varchar  key of accounts, excluded ones left out
--   account_name   varchar  as the first export writes it
--   segment        varchar  of the account; '(no segment)' where unsaid
--   used_weeks     bigint   weeks with use of these features among the last 12 (seven days each)
--   is_used_28d    boolean  used one of these features in the last 28 days
--   last_used_day  date     last day with use of one of them; null: never
--   is_active_28d  boolean  used anything in the last 28 days
--   last_day       date     last day with use of anything
with use_until_as_of as (
    select
        mart_account_feature_days.account_id,
        mart_account_feature_days.day,
        date_diff('day', mart_account_feature_days.day, cast($as_of as date)) as days_ago,
        list_contains(
            cast($features as varchar[]), mart_account_feature_days.feature_id
        ) as is_asked_about
    from mart_account_feature_days
    where mart_account_feature_days.day <= $as_of
)

select
    use_until_as_of.account_id,
    accounts.name as account_name,
    coalesce(accounts.segment, '(no segment)') as segment,
    count(distinct use_until_as_of.days_ago // 7) filter (
        where use_until_as_of.is_asked_about and use_until_as_of.days_ago < 84
    ) as used_weeks,
    bool_or(use_until_as_of.is_asked_about and use_until_as_of.days_ago < 28) as is_used_28d,
    max(use_until_as_of.day) filter (where use_until_as_of.is_asked_about) as last_used_day,
    bool_or(use_until_as_of.days_ago < 28) as is_active_28d,
    max(use_until_as_of.day) as last_day
from use_until_as_of
inner join accounts on use_until_as_of.account_id = accounts.account_id
where not accounts.is_excluded
group by use_until_as_of.account_id, accounts.name, accounts.segment
