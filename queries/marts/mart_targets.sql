-- model: mart_targets
-- grain: one row per goal for a KPI in a period, as exports say (kpi, period, segment)
-- inputs: targets
-- columns:
--   kpi        varchar        id in kpis.toml
--   period     varchar        2026, 2026-Q3 (fiscal) or 2026-08
--   segment    varchar        '' means all
--   target     decimal(18,4)  unit of the KPI
--   set_by     varchar        who set it
select
    kpi,
    period,
    segment,
    target,
    set_by
from targets
