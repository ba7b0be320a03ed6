-- model: staging.item_rules
-- grain: one row per row of an export: what an export says of two items that go together or not
create table staging.item_rules (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    item_id varchar not null,
    other_item_id varchar not null,
    rule varchar not null -- requires or excludes
);
