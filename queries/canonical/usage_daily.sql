-- model: usage_daily
-- grain: one row per day x account x user x feature (day, account_id, user_id, feature_id)
create table usage_daily (
    day date not null,
    account_id varchar not null,
    user_id varchar not null, -- '' where the export names no person
    feature_id varchar not null,
    event_count bigint not null check (event_count >= 0)
);
