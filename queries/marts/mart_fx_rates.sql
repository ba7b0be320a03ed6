-- model: mart_fx_rates
-- grain: one row per currency that can be shown in the workspace currency (currency)
-- inputs: fx_rates, workspace
-- columns:
--   currency  varchar        ISO code
--   rate      decimal(18,8)  one unit in workspace currency, the same for every date: that of the
--                            fiscal year the as-of date falls in
with fiscal_year_of_as_of as (
    select
        currency as workspace_currency,
        year(as_of)
        - case when month(as_of) < fiscal_year_start_month then 1 else 0 end as fiscal_year
    from workspace
)

select
    fiscal_year_of_as_of.workspace_currency as currency,
    cast(1 as decimal(18, 8)) as rate
from fiscal_year_of_as_of
union all
select
    fx_rates.currency,
    fx_rates.rate
from fx_rates
inner join fiscal_year_of_as_of
    on
        fx_rates.fiscal_year = fiscal_year_of_as_of.fiscal_year
        and fx_rates.currency != fiscal_year_of_as_of.workspace_currency
