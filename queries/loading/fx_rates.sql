-- model: fx_rates
-- grain: one row per currency and fiscal year (currency, fiscal_year)
select
    upper(staged.currency) as currency,
    staged.fiscal_year,
    staged.rate
from staging.fx_rates as staged
