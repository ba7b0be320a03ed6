-- model: staging.accounts
-- grain: one row per row of an export: what an export says of a company
create table staging.accounts (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    account_id varchar, -- id in the tool
    account_name varchar not null,
    account_domain varchar, -- web site or mail domain
    segment varchar,
    industry varchar,
    country varchar,
    region varchar,
    owner varchar,
    parent_account varchar, -- id or name of the company that owns it
    created_date date,
    is_churned boolean -- the export's own flag, used by checks only
);
