-- check: accounts__entered_twice
-- severity: warn
-- label: Rows of the account exports that are the same company again
-- says: They were joined by corporate domain or exact name, and count once. Merge them in the
--   CRM.
select
    company.account_id,
    company.source_account,
    company.source,
    company.line
from staging.account_groups as company
where company.source_account != company.account_id
order by company.account_id, company.source_account
