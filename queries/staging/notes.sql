-- model: staging.notes
-- grain: one row per row of an export: a file that explains others and holds no rows of its own
create table staging.notes (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    table_name varchar not null,
    field varchar not null,
    description varchar
);
