-- model: items
-- grain: one row per backlog or roadmap item (item_id)
create table items (
    item_id varchar primary key, -- key in the backlog, as people write it
    title varchar not null,
    description varchar,
    area varchar,
    status varchar not null check (
        status in ('idea', 'planned', 'in_progress', 'released', 'declined')
    ),
    status_label varchar, -- as the export says
    effort_low decimal(9, 2) check (effort_low >= 0), -- person-weeks
    effort_likely decimal(9, 2) check (effort_likely >= 0), -- person-weeks; null: needs an estimate
    effort_high decimal(9, 2) check (effort_high >= 0), -- person-weeks
    reach decimal(18, 2) check (reach >= 0), -- accounts, product's own figure
    impact decimal(9, 2), -- 0.25, 0.5, 1, 2 or 3
    confidence decimal(9, 4) check (confidence between 0 and 1), -- 0..1
    horizon varchar,
    team varchar, -- who builds it
    planned_quarter varchar,
    created_date date,
    started_date date,
    released_date date
);
