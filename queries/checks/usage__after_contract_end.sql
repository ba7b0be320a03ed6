-- check: usage__after_contract_end
-- severity: fail
-- label: Usage events dated after the end of their own subscription
-- says: The use is counted on its day. Check the end dates in the billing tool.
select
    staged.event_id,
    staged.contract_id,
    cast(staged.occurred_at as date) as day,
    contracts.end_date
from staging.usage_events as staged
inner join contracts on staged.contract_id = contracts.contract_id
where cast(staged.occurred_at as date) > contracts.end_date
order by staged.event_id, staged.line
