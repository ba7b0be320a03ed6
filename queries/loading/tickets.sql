-- model: tickets
-- grain: one row per support ticket (ticket_id)
select
    staged.ticket_id,
    account_names.account_id,
    staged.opened_date,
    staged.closed_date,
    staged.priority
from staging.tickets as staged
left join account_names
    on
        staged.source = account_names.source
        and coalesce(staged.account_id, staged.account_name, staged.account_domain)
        = account_names.source_account
