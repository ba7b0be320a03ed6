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
    naming varchar not null, -- name, domain, country and id in words; what verdicts are about
    name varchar, -- as the export writes it; null: it gives an id or a domain only
    domain varchar, -- corporate mail domain, lower case; null: none said
    country varchar, -- ISO 3166 code, else the export's own word; null: not said
    primary key (source, source_account)
);
