-- model: mart_segments
-- grain: one row per segment that accounts or deals are in (dimension, segment)
-- inputs: mart_account_segments, accounts, deals, surveys, asks
-- columns:
--   dimension       varchar  segment, industry, region, plan or owner
--   segment        varchar  as the export says; '(no segment)', '(no industry)' where unsaid,
--                           '(no account)' for deals without one
--   account_count  bigint   accounts in it, those left out not counted
with dimensions as (
    select unnest(['segment', 'industry', 'region', 'plan', 'owner']) as dimension
),

counted as (
    select mart_account_segments.*
    from mart_account_segments
    inner join accounts on mart_account_segments.account_id = accounts.account_id
    where not accounts.is_excluded
),

said as (
    select
        'segment' as dimension,
        coalesce(segment, '(no segment)') as segment,
        1 as accounts_in_it
    from counted
    union all
    select
        'industry' as dimension,
        coalesce(industry, '(no industry)') as segment,
        1 as accounts_in_it
    from counted
    union all
    select
        'region' as dimension,
        coalesce(region, '(no region)') as segment,
        1 as accounts_in_it
    from counted
    union all
    select
        'plan' as dimension,
        coalesce(plan, '(no plan)') as segment,
        1 as accounts_in_it
    from counted
    union all
    select
        'owner' as dimension,
        coalesce(owner, '(no owner)') as segment,
        1 as accounts_in_it
    from counted
    union all
    -- A deal's owner is the deal's own
    select
        'owner' as dimension,
        coalesce(owner, '(no owner)') as segment,
        0 as accounts_in_it
    from deals
    union all
    select
        dimensions.dimension,
        '(no account)' as segment,
        0 as accounts_in_it
    from deals
    cross join dimensions
    where deals.account_id is null and dimensions.dimension != 'owner'
    union all
    select
        dimensions.dimension,
        '(no account)' as segment,
        0 as accounts_in_it
    from surveys
    cross join dimensions
    where surveys.account_id is null
    union all
    select
        dimensions.dimension,
        '(no account)' as segment,
        0 as accounts_in_it
    from asks
    cross join dimensions
    where asks.account_id is null
)

select
    dimension,
    segment,
    cast(sum(accounts_in_it) as bigint) as account_count
from said
group by dimension, segment
