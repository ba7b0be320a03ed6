-- model: mart_pipeline_quarter
-- grain: one row per deal won or expected in the fiscal quarter of a day, and one per goal for it
--   (row_id)
-- inputs: mart_deals, mart_targets, workspace
-- params: $as_of (date): the day
-- columns:
--   row_id           varchar        deal_id, or 'target ' and the segment
--   name             varchar        of the deal; null for a goal
--   account_name     varchar        of the deal
--   segment          varchar        of the account or goal; '(all)': what the goal for all exceeds
--                                   the segments' goals by
--   closed_date      date           closed or expected
--   open_amount      decimal(18,2)  open and not past due; workspace currency
--   won_amount       decimal(18,2)  won in the quarter so far
--   target_amount    decimal(38,4)  goal for won_amount in the quarter
--   is_deal          boolean        false for a goal
--   is_open          boolean        open on the day
--   is_past_due      boolean        the expected close has passed
--   is_renewal       boolean        renewals are counted apart
--   is_amount_missing  boolean      a deal without an amount in the workspace currency
--   quarter_start    date           first day of the quarter
--   left_out         varchar        null: counted; else the reason it is in no number
with quarter_of_day as (
    select
        cast(
            date_trunc('month', $as_of)
            - to_months((month($as_of) - fiscal_year_start_month + 12) % 3) as date
        ) as quarter_start
    from workspace
),

deals_of_quarter as (
    select
        mart_deals.*,
        quarter_of_day.quarter_start,
        mart_deals.is_open
        or (mart_deals.is_closed and mart_deals.closed_date > $as_of) as was_open
    from mart_deals
    cross join quarter_of_day
    where
        mart_deals.closed_date < quarter_of_day.quarter_start + to_months(3)
        and coalesce(mart_deals.created_date <= $as_of, mart_deals.is_open or mart_deals.is_won)
        and (
            (mart_deals.is_won and mart_deals.closed_date >= quarter_of_day.quarter_start)
            or mart_deals.is_open
            or mart_deals.closed_date > $as_of
        )
),

goals_of_quarter as (
    select
        mart_targets.segment,
        mart_targets.target,
        quarter_of_day.quarter_start
    from mart_targets
    cross join quarter_of_day
    where
        mart_targets.kpi = 'won_amount'
        and mart_targets.first_day = quarter_of_day.quarter_start
        and mart_targets.end_day = quarter_of_day.quarter_start + to_months(3)
),

-- The segments' goals and the rest of the goal for all, so that any sum of rows is a goal
additive_goals as (
    select
        segment,
        cast(target as decimal(38, 4)) as target,
        quarter_start
    from goals_of_quarter
    where segment != ''
    union all
    select
        '(all)' as segment,
        sum(case when segment = '' then target else -target end) as target,
        quarter_start
    from goals_of_quarter
    group by quarter_start
    having count(*) filter (where segment = '') > 0
)

select
    deal_id as row_id,
    name,
    account_name,
    segment,
    closed_date,
    case when was_open and closed_date >= $as_of then amount end as open_amount,
    case when is_won and not was_open then amount end as won_amount,
    cast(null as decimal(38, 4)) as target_amount,
    true as is_deal,
    was_open as is_open,
    was_open and closed_date < $as_of as is_past_due,
    is_renewal,
    amount is null as is_amount_missing,
    quarter_start,
    left_out
from deals_of_quarter
union all
select
    'target ' || segment as row_id,
    null as name,
    null as account_name,
    segment,
    null as closed_date,
    null as open_amount,
    null as won_amount,
    target as target_amount,
    false as is_deal,
    false as is_open,
    false as is_past_due,
    false as is_renewal,
    false as is_amount_missing,
    quarter_start,
    null as left_out
from additive_goals
