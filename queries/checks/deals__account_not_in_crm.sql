-- check: deals__account_not_in_crm
-- severity: warn
-- label: Deals of an account that no export of accounts has
-- says: They count under the name or id the deal gives. Export that account too.
select
    deals.deal_id,
    deals.account_id
from deals
inner join accounts on deals.account_id = accounts.account_id
where
    not accounts.is_in_crm
    and exists (
        select 1 from accounts as known
        where known.is_in_crm
    )
order by deals.deal_id
