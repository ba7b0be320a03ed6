-- model: workspace
-- grain: one row: what every number in this file is computed under
create table workspace (
    as_of date not null, -- today for every number: the last day counted
    currency varchar not null, -- ISO code all money is shown in
    fiscal_year_start_month integer not null check (
        fiscal_year_start_month between 1 and 12
    ), -- first month of the fiscal year
    time_zone varchar not null, -- zone that days are cut in
    activation_event varchar, -- name of the feature that counts as activation; null: any feature
    activation_count integer not null, -- uses that activate an account
    activation_within_days integer not null -- days from the first event of the account
);
