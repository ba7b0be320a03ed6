-- model: staging.surveys
-- grain: one row per row of an export: what an export says of an answer
create table staging.surveys (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    account_id varchar, -- id of the account in this export
    account_name varchar, -- name of the account in this export
    account_domain varchar, -- web or mail domain
    respondent varchar,
    kind varchar not null, -- label in the tool
    score decimal(9, 2) not null,
    answered_date date not null
);
