-- check: asks__unknown_deal
-- severity: warn
-- label: Asks that name a deal no export has
-- says: No money stands behind them. Export the deal, or correct the id.
select
    asks.ask_id,
    asks.deal_id
from asks
where
    asks.deal_id is not null
    and asks.deal_id not in (select deals.deal_id from deals)
order by asks.ask_id
