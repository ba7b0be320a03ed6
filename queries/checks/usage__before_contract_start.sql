-- check: usage__before_contract_start
-- severity: fail
-- label: Usage events dated before the start of their own subscription
-- says: The use is counted on its day; activation and time to value of these accounts cannot be
--   trusted.
select
    staged.event_id,
    staged.contract_id,
    cast(staged.occurred_at as date) as day,
    contracts.start_date
from staging.usage_events as staged
inner join contracts on staged.contract_id = contracts.contract_id
where cast(staged.occurred_at as date) < contracts.start_date
order by staged.event_id, staged.line
