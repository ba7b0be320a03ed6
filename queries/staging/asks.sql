-- model: staging.asks
-- grain: one row per row of an export: what an export says of a wish
create table staging.asks (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    ask_id varchar not null,
    side varchar, -- label in the tool
    account_id varchar, -- id of the account in this export
    account_name varchar, -- name of the account in this export
    account_domain varchar, -- web or mail domain
    deal_id varchar,
    title varchar,
    text varchar,
    is_blocker boolean,
    votes integer,
    asked_date date,
    asked_by varchar,
    status varchar,
    item_key varchar,
    merged_into varchar
);
