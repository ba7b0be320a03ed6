-- model: mart_pipeline_quarter
-- grain: one row per deal won or expected in the fiscal quarter of a day, and one per goal for it
--   (row_id)
-- inputs: mart_deals, mart_fx_years, workspace
-- params:
--   $as_of (date): the day
--   $currency (varchar): constant; floating takes the rate of the closing day, at most this day
--   $goal_segments (varchar[]): segments that have a goal for the quarter; '' means all
--   $goal_amounts (decimal[]): their goals, in the same order
-- columns:
--   row_id           varchar        deal_id, or 'target ' and the segment
--   name             varchar        of the deal; null for a goal
--   account_id       varchar        of the deal
--   account_name     varchar        of the deal
--   segment          varchar        of the account or goal; '(all)': what the goal for all exceeds
--                                   the segments' goals by
--   owner            varchar        sales person
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
        ) as quarter_start,
        as_of as data_as_of
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
        and (
            coalesce(mart_deals.created_date <= $as_of, mart_deals.is_open or mart_deals.is_won)
            or (
                mart_deals.left_out = 'dated after the as-of date'
                and $as_of >= quarter_of_day.data_as_of
            )
        )
        and (
            (mart_deals.is_won and mart_deals.closed_date >= quarter_of_day.quarter_start)
            or mart_deals.is_open
            or mart_deals.closed_date > $as_of
        )
),

rated as (
    select
        deals_of_quarter.*,
        cast(
            cast(deals_of_quarter.own_amount as decimal(28, 2)) * case
                when $currency = 'floating' then mart_fx_years.rate
                else deals_of_quarter.constant_rate
            end as decimal(18, 2)
        ) as rated_amount
    from deals_of_quarter
    left join mart_fx_years
        on
            deals_of_quarter.currency = mart_fx_years.currency
            and least(deals_of_quarter.closed_date, $as_of) >= mart_fx_years.first_day
            and least(deals_of_quarter.closed_date, $as_of) < mart_fx_years.end_day
),

goals_of_quarter as (
    select
        unnest($goal_segments) as segment,
        cast(unnest($goal_amounts) as decimal(38, 4)) as target
),

-- The segments' goals and the rest of the goal for all, so that any sum of rows is a goal
additive_goals as (
    select
        segment,
        target
    from goals_of_quarter
    where segment != ''
    union all
    select
        '(all)' as segment,
        sum(case when segment = '' then target else -target end) as target
    from goals_of_quarter
    having count(*) filter (where segment = '') > 0
)

select
    deal_id as row_id,
    name,
    account_id,
    account_name,
    segment,
    owner,
    closed_date,
    case when was_open and closed_date >= $as_of then rated_amount end as open_amount,
    case when is_won and not was_open then rated_amount end as won_amount,
    cast(null as decimal(38, 4)) as target_amount,
    true as is_deal,
    was_open as is_open,
    was_open and closed_date < $as_of as is_past_due,
    is_renewal,
    rated_amount is null as is_amount_missing,
    quarter_start,
    left_out
from rated
union all
select
    'target ' || additive_goals.segment as row_id,
    null as name,
    null as account_id,
    null as account_name,
    additive_goals.segment,
    null as owner,
    null as closed_date,
    null as open_amount,
    null as won_amount,
    cast(additive_goals.target as decimal(38, 4)) as target_amount,
    false as is_deal,
    false as is_open,
    false as is_past_due,
    false as is_renewal,
    false as is_amount_missing,
    quarter_of_day.quarter_start,
    null as left_out
from additive_goals
cross join quarter_of_day
