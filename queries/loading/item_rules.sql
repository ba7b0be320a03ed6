-- model: item_rules
-- grain: one row per prerequisite or exclusion (item_id, other_item_id, rule)
select distinct
    staged.item_id,
    staged.other_item_id,
    lower(staged.rule) as rule
from staging.item_rules as staged
