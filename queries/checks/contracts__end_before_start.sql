-- check: contracts__end_before_start
-- severity: fail
-- label: Contracts that end before they start
-- says: They are active on no day. Correct the dates in the billing tool.
select
    contracts.contract_id,
    contracts.start_date,
    contracts.end_date
from contracts
where contracts.end_date < contracts.start_date
order by contracts.contract_id
