-- model: contracts
-- grain: one row per recurring-revenue period (contract_id)
create table contracts (
    contract_id varchar primary key,
    account_id varchar not null, -- key of accounts
    start_date date not null, -- first day with service
    end_date date, -- first day without service; null: runs on
    annual_amount decimal(18, 2) not null, -- recurring part of one year, own currency
    monthly_amount decimal(18, 6) not null, -- a twelfth of annual_amount
    list_amount decimal(18, 2), -- annual_amount before recurring discounts; null: none said
    currency varchar not null, -- ISO code
    plan varchar,
    is_trial boolean not null, -- trials carry no revenue
    status varchar -- as the export says
);
