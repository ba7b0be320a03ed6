-- model: mart_fx_years
-- grain: one row per currency and fiscal year (currency, first_day)
-- inputs: fx_rates, workspace
-- columns:
--   currency   varchar        ISO code
--   first_day  date           first day of the fiscal year
--   end_day    date           first day after it
--   rate       decimal(18,8)  one unit in workspace currency; 1 at all times for that itself
select
    currency,
    date '1900-01-01' as first_day,
    date '9999-01-01' as end_day,
    cast(1 as decimal(18, 8)) as rate
from workspace
union all
select
    fx_rates.currency,
    make_date(fx_rates.fiscal_year, workspace.fiscal_year_start_month, 1) as first_day,
    make_date(fx_rates.fiscal_year + 1, workspace.fiscal_year_start_month, 1) as end_day,
    fx_rates.rate
from fx_rates
inner join workspace on fx_rates.currency != workspace.currency
