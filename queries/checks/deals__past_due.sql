-- check: deals__past_due
-- severity: warn
-- label: Open deals past their expected close date
-- says: They are shown apart from the pipeline. Close them, or move the date.
-- params: $as_of (date): last day counted
select
    deals.deal_id,
    deals.closed_date,
    deals.owner
from deals
where
    deals.stage in ('open', 'qualified')
    and deals.closed_date <= $as_of
order by deals.closed_date, deals.deal_id
