-- check: item_rules__unknown_item
-- severity: warn
-- label: Prerequisites that name an item no export has
-- says: The rule is not used. Export the item too.
select
    item_rules.item_id,
    item_rules.other_item_id
from item_rules
where
    item_rules.other_item_id not in (select items.item_id from items)
    or item_rules.item_id not in (select items.item_id from items)
order by item_rules.item_id, item_rules.other_item_id
