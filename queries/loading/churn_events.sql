-- model: churn_events
-- grain: one row per churn an export reports (churn_event_id)
select
    staged.churn_event_id,
    account_names.account_id,
    staged.churn_date,
    staged.reason,
    staged.feedback,
    staged.is_reactivation
from staging.churn_events as staged
inner join account_names
    on
        staged.source = account_names.source
        and coalesce(staged.account_id, staged.account_name, staged.account_domain)
        = account_names.source_account
