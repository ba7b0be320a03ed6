-- model: targets
-- grain: one row per goal for a KPI in a period (kpi, period, segment)
create table targets (
    kpi varchar not null, -- id in kpis.toml
    period varchar not null, -- 2026, 2026-Q3 or 2026-08
    segment varchar not null, -- '' means all
    target decimal(18, 4) not null, -- unit of the KPI
    set_by varchar,
    primary key (kpi, period, segment)
);
