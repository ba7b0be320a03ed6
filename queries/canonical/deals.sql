-- model: deals
-- grain: one row per sales opportunity (deal_id)
create table deals (
    deal_id varchar primary key,
    account_id varchar, -- null: the export names no account
    name varchar,
    product varchar,
    stage varchar not null check (
        stage in ('open', 'qualified', 'won', 'lost', 'no_decision', 'disqualified')
    ), -- what the label means; an unmapped label stays open
    stage_label varchar, -- as the export says
    is_stage_mapped boolean not null, -- false: nobody said what the label means
    deal_type varchar check (deal_type in ('new', 'expansion', 'renewal')), -- null: not said
    amount decimal(18, 2), -- as the export says, own currency; null: not said
    annual_amount decimal(18, 2), -- one year of amount, own currency
    currency varchar not null, -- ISO code
    probability decimal(9, 6), -- 0..1, from the export; null: not said
    owner varchar,
    term_months integer,
    created_date date, -- created, or engaged where the export has no creation
    closed_date date, -- closed; expected close while open
    last_activity_date date,
    qualified_date date, -- first day in a qualified stage, where the export says
    lost_reason varchar,
    competitor varchar
);
