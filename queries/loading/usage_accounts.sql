-- model: staging.usage_accounts
-- grain: one row per way a usage export names an account
-- Where an export names only the person, the person's corporate mail domain names the account.
select distinct
    staged.source,
    staged.account_id,
    staged.account_name,
    case
        when
            staged.account_id is null
            and staged.account_name is null
            and staged.contract_id is null
            then coalesce(staged.account_domain, parse_domain(staged.user_email))
        else staged.account_domain
    end as account_domain
from staging.usage_events as staged
