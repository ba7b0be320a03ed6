-- model: deal_stages
-- grain: one row per change of stage (deal_id, stage_label, entered_at)
select distinct
    staged.deal_id,
    staged.stage_label,
    staged.entered_at
from staging.deal_stages as staged
