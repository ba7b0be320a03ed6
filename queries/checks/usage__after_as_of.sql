-- check: usage__after_as_of
-- severity: warn
-- label: Account-days of usage dated after the as-of date
-- says: They are left out of every number until that day.
-- params: $as_of (date): last day counted
select
    usage_daily.account_id,
    usage_daily.day
from usage_daily
where usage_daily.day > $as_of
group by usage_daily.account_id, usage_daily.day
order by usage_daily.day, usage_daily.account_id
