-- check: deals__without_account
-- severity: warn
-- label: Open deals that name no account
-- says: They count in the totals under (no account), and cannot be matched with usage or
--   contracts. Fill the account in the CRM.
select
    deals.deal_id,
    deals.stage_label,
    deals.owner
from deals
where
    deals.account_id is null
    and deals.stage in ('open', 'qualified')
order by deals.deal_id
