-- check: contracts__without_amount
-- severity: warn
-- label: Contracts without an amount
-- says: They count as 0 and make no account active. Export the recurring amount too.
select
    staged.contract_id,
    staged.source,
    staged.line
from staging.contracts as staged
where
    staged.annual_amount is null
    and staged.monthly_amount is null
order by staged.contract_id
