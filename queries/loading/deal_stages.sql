-- model: deal_stages
-- grain: one row per change of stage (deal_id, stage_label, entered_at)
with meanings as (
    select
        lower(label) as label,
        min(meaning) as meaning
    from staging.labels
    where staged_column = 'stage'
    group by lower(label)
    -- Two tools that mean different things by one label say nothing
    having count(distinct meaning) = 1
)

select distinct
    staged.deal_id,
    staged.stage_label,
    staged.entered_at,
    meanings.meaning as stage
from staging.deal_stages as staged
left join meanings on lower(staged.stage_label) = meanings.label
