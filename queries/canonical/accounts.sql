-- model: accounts
-- grain: one row per customer or prospect company (account_id)
create table accounts (
    account_id varchar primary key, -- id in the export that names it first, else a name-made key
    name varchar not null, -- as the first export writes it
    domain varchar, -- corporate mail domain, lower case
    segment varchar, -- size class as the export says
    industry varchar,
    country varchar,
    region varchar,
    owner varchar, -- sales person named for the account
    parent_account_id varchar, -- account that owns this one
    created_date date, -- signed up or entered in the CRM
    is_in_crm boolean not null, -- false: known from usage, billing or requests only
    is_excluded boolean not null, -- internal, test or partner: left out of every number
    excluded_reason varchar -- why, as decided
);
