-- model: surveys
-- grain: one row per answer
create table surveys (
    account_id varchar,
    respondent varchar, -- '' where the export names no person
    kind varchar not null check (kind in ('csat', 'nps')),
    score decimal(9, 2) not null,
    answered_date date not null
);
