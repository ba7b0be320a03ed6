-- model: item_rules
-- grain: one row per prerequisite or exclusion (item_id, other_item_id, rule)
create table item_rules (
    item_id varchar not null,
    other_item_id varchar not null,
    rule varchar not null check (rule in ('requires', 'excludes')),
    primary key (item_id, other_item_id, rule)
);
