-- check: deals__closed_after_as_of
-- severity: warn
-- label: Won or lost deals dated after the as-of date
-- says: They are left out of every number until that day. Check the date, or move the as-of date.
-- params: $as_of (date): last day counted
select
    deals.deal_id,
    deals.stage_label,
    deals.closed_date
from deals
where
    deals.stage in ('won', 'lost', 'no_decision')
    and deals.closed_date > $as_of
order by deals.deal_id
