-- model: staging.items
-- grain: one row per row of an export: what an export says of a backlog item
create table staging.items (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    item_id varchar not null,
    title varchar not null,
    description varchar,
    area varchar,
    status varchar, -- label in the tool
    effort_low decimal(9, 2),
    effort_likely decimal(9, 2),
    effort_high decimal(9, 2),
    reach decimal(18, 2),
    impact decimal(9, 2),
    confidence decimal(9, 4),
    horizon varchar,
    team varchar,
    planned_quarter varchar,
    created_date date,
    started_date date,
    released_date date
);
