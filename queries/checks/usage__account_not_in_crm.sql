-- check: usage__account_not_in_crm
-- severity: warn
-- label: Accounts that use the product and are not in the CRM
-- says: Their use is counted under their own name. Add them to the CRM, or link them on Review
--   links.
select
    accounts.account_id,
    accounts.name,
    sum(usage_daily.event_count) as event_count
from usage_daily
inner join accounts on usage_daily.account_id = accounts.account_id
where not accounts.is_in_crm
group by accounts.account_id, accounts.name
order by accounts.account_id
