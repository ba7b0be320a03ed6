-- model: staging.usage_events
-- grain: one row per row of an export: what an export says of one use of the product
create table staging.usage_events (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    event_id varchar,
    occurred_at timestamp not null,
    account_id varchar, -- id of the account in this export
    account_name varchar, -- name of the account in this export
    account_domain varchar, -- web or mail domain
    contract_id varchar, -- subscription used, where that is all the export knows
    user_id varchar,
    user_email varchar,
    event varchar not null,
    event_count bigint -- uses in this row; null: one
);
