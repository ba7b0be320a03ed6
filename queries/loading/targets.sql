-- model: targets
-- grain: one row per goal (kpi, period, segment)
select
    staged.kpi,
    staged.period,
    coalesce(staged.segment, '') as segment,
    staged.target,
    staged.set_by
from staging.targets as staged
