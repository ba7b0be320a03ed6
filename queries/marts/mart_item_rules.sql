-- model: mart_item_rules
-- grain: one row per prerequisite or exclusion (item_id, other_item_id, rule)
-- inputs: item_rules
-- columns:
--   item_id        varchar  key in the backlog
--   other_item_id  varchar  item it needs, or cannot be built together with
--   rule           varchar  requires or excludes
select
    item_rules.item_id,
    item_rules.other_item_id,
    item_rules.rule
from item_rules
