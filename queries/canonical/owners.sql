-- model: owners
-- grain: one row per sales person (owner)
create table owners (
    owner varchar primary key,
    manager varchar,
    region varchar
);
