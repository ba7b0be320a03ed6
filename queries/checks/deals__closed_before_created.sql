-- check: deals__closed_before_created
-- severity: fail
-- label: Deals closed before they were created
-- says: They are left out of the sales cycle. Correct the dates in the CRM.
select
    deals.deal_id,
    deals.created_date,
    deals.closed_date
from deals
where
    deals.closed_date < deals.created_date
    and deals.stage in ('won', 'lost', 'no_decision')
order by deals.deal_id
