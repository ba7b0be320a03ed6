-- model: staging.tickets
-- grain: one row per row of an export: what an export says of a support ticket
create table staging.tickets (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    ticket_id varchar not null,
    account_id varchar, -- id of the account in this export
    account_name varchar, -- name of the account in this export
    account_domain varchar, -- web or mail domain
    opened_date date,
    closed_date date,
    priority varchar
);
