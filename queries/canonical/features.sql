-- model: features
-- grain: one row per feature the product has (feature_id)
create table features (
    feature_id varchar primary key,
    name varchar not null,
    area varchar,
    description varchar,
    event varchar, -- usage event that means it was used
    plans varchar, -- plans that have it, comma separated; null: all
    released_date date,
    is_value_event boolean not null -- counts as active use
);
