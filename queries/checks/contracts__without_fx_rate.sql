-- check: contracts__without_fx_rate
-- severity: warn
-- label: Contracts in a currency without an exchange rate
-- says: They are left out of every money figure. Add the rate to an fx_rates export.
select
    contracts.contract_id,
    contracts.currency
from contracts
cross join workspace
where
    contracts.currency != workspace.currency
    and contracts.currency not in (select fx_rates.currency from fx_rates)
order by contracts.contract_id
