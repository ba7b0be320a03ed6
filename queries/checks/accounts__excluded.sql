-- check: accounts__excluded
-- severity: warn
-- label: Accounts left out of every number
-- says: Left out with their deals, contracts and use, as decided under excluded_accounts.
select
    accounts.account_id,
    accounts.name,
    accounts.excluded_reason
from accounts
where accounts.is_excluded
order by accounts.account_id
