-- model: mart_workspace
-- grain: one row: what every number in this file is computed under
-- inputs: workspace
-- columns:
--   as_of                    date     last day counted
--   currency                 varchar  ISO code all money is shown in
--   fiscal_year_start_month  integer  first month of the fiscal year
select
    as_of,
    currency,
    fiscal_year_start_month
from workspace
