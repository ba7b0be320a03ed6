-- model: staging.churn_events
-- grain: one row per row of an export: what an export says of a customer that left
create table staging.churn_events (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    churn_event_id varchar not null,
    account_id varchar, -- id of the account in this export
    account_name varchar, -- name of the account in this export
    account_domain varchar, -- web or mail domain
    churn_date date not null,
    reason varchar,
    feedback varchar,
    is_reactivation boolean
);
