-- model: staging.deal_stages
-- grain: one row per row of an export: what an export says of a change of stage
create table staging.deal_stages (
    source varchar not null, -- export file
    line bigint not null, -- line in that file
    deal_id varchar not null,
    stage_label varchar not null,
    entered_at timestamp not null
);
