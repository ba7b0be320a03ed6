-- model: staging.targets
-- grain: one row per row of an export: what an export says of a goal
create table staging.targets (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    kpi varchar not null,
    period varchar not null,
    segment varchar,
    target decimal(18, 4) not null,
    set_by varchar
);
