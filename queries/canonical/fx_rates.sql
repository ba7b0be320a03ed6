-- model: fx_rates
-- grain: one row per currency and fiscal year (currency, fiscal_year)
create table fx_rates (
    currency varchar not null,
    fiscal_year integer not null, -- calendar year in which the fiscal year starts
    rate decimal(18, 8) not null, -- one unit in workspace currency
    primary key (currency, fiscal_year)
);
