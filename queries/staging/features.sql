-- model: staging.features
-- grain: one row per row of an export: what an export says of a feature
create table staging.features (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    feature_id varchar,
    name varchar not null,
    area varchar,
    description varchar,
    event varchar,
    plans varchar,
    released_date date
);
