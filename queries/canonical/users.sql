-- model: users
-- grain: one row per person in the product (user_id)
create table users (
    user_id varchar primary key,
    account_id varchar not null,
    email varchar,
    is_internal boolean not null -- staff and service users: left out of usage
);
