-- model: churn_events
-- grain: one row per churn an export reports (churn_event_id)
create table churn_events (
    churn_event_id varchar primary key,
    account_id varchar not null,
    churn_date date not null,
    reason varchar,
    feedback varchar,
    is_reactivation boolean
);
