-- model: deal_stages
-- grain: one row per change of a deal's stage (deal_id, stage_label, entered_at)
create table deal_stages (
    deal_id varchar not null,
    stage_label varchar not null,
    entered_at timestamp not null,
    stage varchar check (
        stage in ('open', 'qualified', 'won', 'lost', 'no_decision', 'disqualified')
    ), -- what the label means where deals carry it too; null: nobody said
    primary key (deal_id, stage_label, entered_at)
);
