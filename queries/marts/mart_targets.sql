-- model: mart_targets
-- grain: one row per goal for a KPI in a period (kpi, period, segment)
-- inputs: targets, workspace
-- columns:
--   kpi        varchar        id in kpis.toml
--   period     varchar        2026, 2026-Q3 (fiscal) or 2026-08
--   segment    varchar        '' means all
--   target     decimal(18,4)  unit of the KPI
--   first_day  date           first day of the period; null: the period cannot be read
--   end_day    date           first day after the period
--   set_by     varchar        who set it
with read_periods as (
    select
        targets.kpi,
        targets.period,
        targets.segment,
        targets.target,
        targets.set_by,
        case
            when regexp_full_match(targets.period, '\d{4}')
                then
                    make_date(
                        cast(targets.period as integer), workspace.fiscal_year_start_month, 1
                    )
            when regexp_full_match(targets.period, '\d{4}-Q[1-4]')
                then
                    make_date(
                        cast(left(targets.period, 4) as integer),
                        workspace.fiscal_year_start_month,
                        1
                    ) + to_months(3 * (cast(right(targets.period, 1) as integer) - 1))
            when regexp_full_match(targets.period, '\d{4}-(0[1-9]|1[0-2])')
                then
                    make_date(
                        cast(left(targets.period, 4) as integer),
                        cast(right(targets.period, 2) as integer),
                        1
                    )
        end as first_day,
        case
            when length(targets.period) = 4 then 12
            when targets.period like '%Q%' then 3
            else 1
        end as month_count
    from targets
    cross join workspace
)

select
    kpi,
    period,
    segment,
    target,
    cast(first_day as date) as first_day,
    cast(first_day + to_months(month_count) as date) as end_day,
    set_by
from read_periods
