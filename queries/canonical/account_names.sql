-- model: account_names
-- grain: one row per name or id under which an export knows an account (source, source_account)
create table account_names (
    source varchar not null, -- export file
    source_account varchar not null, -- id, else name, else domain in that export
    account_id varchar not null, -- account it stands for
    how varchar not null check (
        how in ('id', 'domain', 'exact name', 'person', 'new')
    ), -- what linked it
    decided_by varchar, -- person, where how is person
    primary key (source, source_account)
);
