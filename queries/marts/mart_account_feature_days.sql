-- model: mart_account_feature_days
-- grain: one row per day, account and feature (day, account_id, feature_id)
-- inputs: usage_daily
-- columns:
--   day           date     day of use
--   account_id    varchar  key of accounts
--   feature_id    varchar  key of features
--   event_count   bigint   uses
select
    day,
    account_id,
    feature_id,
    cast(sum(event_count) as bigint) as event_count
from usage_daily
where event_count > 0
group by day, account_id, feature_id
