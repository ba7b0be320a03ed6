-- model: staging.contracts
-- grain: one row per row of an export: what an export says of a subscription
create table staging.contracts (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    contract_id varchar not null,
    account_id varchar, -- id of the account in this export
    account_name varchar, -- name of the account in this export
    account_domain varchar, -- web or mail domain
    start_date date not null,
    end_date date,
    annual_amount decimal(18, 2),
    monthly_amount decimal(18, 2),
    list_amount decimal(18, 2), -- a year's amount before recurring discounts
    currency varchar,
    plan varchar,
    is_trial boolean,
    status varchar,
    is_churned boolean -- the export's own flag, used by checks only
);
