-- model: staging.deals
-- grain: one row per row of an export: what an export says of a deal
create table staging.deals (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    deal_id varchar not null,
    account_id varchar, -- id of the account in this export
    account_name varchar, -- name of the account in this export
    account_domain varchar, -- web or mail domain
    name varchar,
    product varchar, -- name or id of the thing sold
    stage varchar not null, -- label in the tool
    deal_type varchar, -- label in the tool
    amount decimal(18, 2),
    currency varchar,
    probability decimal(9, 6),
    owner varchar,
    term_months integer,
    created_date date,
    closed_date date,
    last_activity_date date,
    qualified_date date,
    lost_reason varchar,
    competitor varchar
);
