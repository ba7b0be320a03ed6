-- check: deals__open_without_amount
-- severity: warn
-- label: Open deals without an amount
-- says: They add nothing to the pipeline; nothing is guessed for them. Fill the amount in the
--   CRM.
select
    deals.deal_id,
    deals.product,
    deals.stage_label
from deals
where
    deals.amount is null
    and deals.stage in ('open', 'qualified')
order by deals.deal_id
