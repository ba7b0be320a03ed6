-- model: mart_account_use_months
-- grain: one row per account active in the 28 days until a month end of the last year, or until
--   the as-of date (as_of, account_id)
-- inputs: mart_account_feature_months, accounts
-- params:
--   $as_of (date): last day counted; the as-of date of the workspace
--   $features (varchar[]): keys of the features asked about, such as those of an area
-- columns:
--   as_of       date     month end, or the as-of date
--   account_id  varchar  key of accounts, excluded ones left out
--   is_used     boolean  used one of these features in the 28 days
with use_in_28_days as (
    select
        as_of,
        account_id,
        list_contains(cast($features as varchar[]), feature_id) as is_asked_about
    from mart_account_feature_months
    where
        events_28d > 0
        and as_of <= $as_of
        and as_of > cast($as_of as date) - interval 12 month
)

select
    use_in_28_days.as_of,
    use_in_28_days.account_id,
    bool_or(use_in_28_days.is_asked_about) as is_used
from use_in_28_days
inner join accounts on use_in_28_days.account_id = accounts.account_id
where not accounts.is_excluded
group by use_in_28_days.as_of, use_in_28_days.account_id
