-- model: item_rules
-- grain: one row per prerequisite or exclusion (item_id, other_item_id, rule)
select distinct
    staged.item_id,
    staged.other_item_id,
    staged.rule
from staging.item_rules as staged
