-- model: staging.owners
-- grain: one row per row of an export: what an export says of a sales person
create table staging.owners (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    owner varchar not null, -- name, as deals and accounts show it
    owner_id varchar, -- id in the tool, where deals and accounts hold ids
    manager varchar,
    region varchar
);
