-- model: tickets
-- grain: one row per support ticket (ticket_id)
create table tickets (
    ticket_id varchar primary key,
    account_id varchar,
    opened_date date,
    closed_date date,
    priority varchar
);
