-- model: mart_deal_values
-- grain: one row per deal (deal_id), deals of excluded accounts left out
-- inputs: deals, accounts, workspace, fx_rates
-- columns:
--   deal_id       varchar        key of deals
--   account_id    varchar        account that would buy; null: the export names none
--   account_name  varchar        name of that account
--   segment       varchar        segment of that account
--   name          varchar        as the CRM says
--   stage         varchar        open, qualified, won, lost, no_decision or disqualified
--   stage_label   varchar        stage in the CRM's own words
--   deal_type     varchar        new, expansion or renewal; null: not said
--   amount        decimal(18,2)  workspace currency, one rate a currency: that of the as-of fiscal
--                                year, else the latest before it; null: not said, or no rate
--   probability   decimal(9,6)   0..1, from the CRM; else by stage: open 0.2, qualified 0.5, won 1,
--                                any other 0
--   owner         varchar        sales person named for the deal
--   created_date  date           day it was created
--   closed_date   date           day it closed; expected day while open
--   is_open       boolean        true = stage open or qualified
--   is_won        boolean        true = stage won
--   is_lost       boolean        true = stage lost
with fiscal_year_of_as_of as (
    select
        workspace.currency,
        year(workspace.as_of)
        - cast(month(workspace.as_of) < workspace.fiscal_year_start_month as integer) as fiscal_year
    from workspace
),

constant_rates as (
    select
        fx_rates.currency,
        arg_max(fx_rates.rate, fx_rates.fiscal_year) as rate
    from fx_rates
    cross join fiscal_year_of_as_of
    where fx_rates.fiscal_year <= fiscal_year_of_as_of.fiscal_year
    group by fx_rates.currency
)

select
    deals.deal_id,
    deals.account_id,
    accounts.name as account_name,
    accounts.segment,
    deals.name,
    deals.stage,
    deals.stage_label,
    deals.deal_type,
    cast(
        deals.amount * case
            when deals.currency = fiscal_year_of_as_of.currency then 1 else constant_rates.rate
        end as decimal(18, 2)
    ) as amount,
    cast(
        coalesce(
            deals.probability,
            case deals.stage
                when 'open' then 0.2 when 'qualified' then 0.5 when 'won' then 1 else 0
            end
        ) as decimal(9, 6)
    ) as probability,
    deals.owner,
    deals.created_date,
    deals.closed_date,
    deals.stage in ('open', 'qualified') as is_open,
    deals.stage = 'won' as is_won,
    deals.stage = 'lost' as is_lost
from deals
cross join fiscal_year_of_as_of
left join constant_rates on deals.currency = constant_rates.currency
left join accounts on deals.account_id = accounts.account_id
where coalesce(not accounts.is_excluded, true)
