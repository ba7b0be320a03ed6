-- model: mart_loaded
-- grain: one row per kind of record a KPI can need (kind)
-- inputs: deals, contracts, usage_daily, mart_user_days, surveys, asks, items, features
-- columns:
--   kind       varchar  deals, contracts, usage, people (named in usage), csat, nps, asks,
--                       blockers, releases (items or features with a date)
--   row_count  bigint   records loaded
with released as (
    select item_id as released_id
    from items
    where released_date is not null
    union all
    select feature_id as released_id
    from features
    where released_date is not null
)

select
    'deals' as kind,
    count(*) as row_count
from deals
union all
select
    'contracts' as kind,
    count(*) as row_count
from contracts
union all
select
    'usage' as kind,
    count(*) as row_count
from usage_daily
union all
select
    'people' as kind,
    count(*) as row_count
from mart_user_days
where user_id != ''
union all
select
    'csat' as kind,
    count(*) as row_count
from surveys
where kind = 'csat'
union all
select
    'nps' as kind,
    count(*) as row_count
from surveys
where kind = 'nps'
union all
select
    'asks' as kind,
    count(*) as row_count
from asks
union all
select
    'blockers' as kind,
    count(*) as row_count
from asks
where is_blocker and deal_id is not null
union all
select
    'releases' as kind,
    count(*) as row_count
from released
