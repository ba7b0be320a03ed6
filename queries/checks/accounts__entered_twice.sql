-- check: accounts__entered_twice
-- severity: warn
-- label: Rows of the account exports that are the same company again
-- says: They were joined by corporate domain, exact name or a person's verdict, and count
--   once. Merge them in the CRM.
with placed as (
    select
        company.account_id,
        company.source_account,
        company.source,
        company.line,
        row_number() over (
            partition by company.account_id
            order by company.source, company.line
        ) as place
    from staging.account_groups as company
)

select
    placed.account_id,
    placed.source_account,
    placed.source,
    placed.line
from placed
where placed.place > 1
order by placed.account_id, placed.source, placed.line
