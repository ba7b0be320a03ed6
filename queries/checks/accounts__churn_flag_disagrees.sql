-- check: accounts__churn_flag_disagrees
-- severity: fail
-- label: Accounts whose churn flag disagrees with their churn events
-- says: No number uses the flag; churn is counted from contract ends. Ask which of the two is
--   kept up.
with events as (
    select distinct churn_events.account_id
    from churn_events
),

flags as (
    select
        account_names.account_id,
        bool_or(staged.is_churned) as is_flagged
    from staging.accounts as staged
    inner join account_names
        on
            staged.source = account_names.source
            and coalesce(staged.account_id, staged.account_name) = account_names.source_account
    where staged.is_churned is not null
    group by account_names.account_id
)

select
    flags.account_id,
    flags.is_flagged,
    events.account_id is not null as has_churn_event
from flags
left join events on flags.account_id = events.account_id
where
    flags.is_flagged != (events.account_id is not null)
    and (select count(*) from churn_events) > 0
order by flags.account_id
