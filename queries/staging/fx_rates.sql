-- model: staging.fx_rates
-- grain: one row per row of an export: what an export says of an exchange rate
create table staging.fx_rates (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    currency varchar not null,
    fiscal_year integer not null,
    rate decimal(18, 8) not null
);
