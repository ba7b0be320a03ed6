-- model: mart_account_names
-- grain: one row per name or id under which an export knows an account (source, source_account)
-- inputs: account_names, accounts
-- columns:
--   source          varchar  export file
--   source_account  varchar  id, else name, else domain in that export
--   account_id      varchar  account it stands for, excluded ones left out
--   how             varchar  what linked it: id, domain, exact name, person; new: nothing did
--   decided_by      varchar  person, where how is person
--   naming          varchar  name, domain, country and id in words; what verdicts are about
--   name            varchar  as the export writes it; null: it gives an id or a domain only
--   domain          varchar  corporate mail domain; null: none said
--   country         varchar  ISO 3166 code, else the export's own word; null: not said
--   is_in_crm       boolean  whether an export of accounts knows the account
select
    account_names.source,
    account_names.source_account,
    account_names.account_id,
    account_names.how,
    account_names.decided_by,
    account_names.naming,
    account_names.name,
    account_names.domain,
    account_names.country,
    accounts.is_in_crm
from account_names
inner join accounts on account_names.account_id = accounts.account_id
where not accounts.is_excluded
