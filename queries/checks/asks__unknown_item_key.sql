-- check: asks__unknown_item_key
-- severity: warn
-- label: Asks that name an item or feature no export has
-- says: The key links nothing; the text is still matched. Check the key in the request log.
select
    asks.ask_id,
    asks.item_key
from asks
where
    asks.item_key is not null
    and asks.item_key not in (select items.item_id from items)
    and asks.item_key not in (select features.feature_id from features)
order by asks.ask_id
