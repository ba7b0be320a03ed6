-- check: usage__account_not_in_crm
-- severity: warn
-- label: Accounts that use the product and are not in the CRM
-- says: Their use is counted under their own name. Add them to the CRM, or link them on Review
--   links.
select
    usage_daily.account_id,
    any_value(accounts.name) as name,
    sum(usage_daily.event_count) as event_count
from usage_daily
left join accounts on usage_daily.account_id = accounts.account_id
where not coalesce(accounts.is_in_crm, false)
group by usage_daily.account_id
order by usage_daily.account_id
