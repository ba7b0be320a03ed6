-- model: items
-- grain: one row per backlog or roadmap item (item_id)
select
    staged.item_id,
    staged.title,
    staged.description,
    staged.area,
    coalesce(labels.meaning, 'idea') as status,
    staged.status as status_label,
    coalesce(staged.effort_low, staged.effort_likely) as effort_low,
    staged.effort_likely,
    coalesce(staged.effort_high, staged.effort_likely) as effort_high,
    staged.reach,
    staged.impact,
    staged.confidence,
    staged.horizon,
    staged.team,
    staged.planned_quarter,
    staged.created_date,
    staged.started_date,
    case when coalesce(labels.meaning, 'idea') = 'released' then staged.released_date end
        as released_date
from staging.items as staged
left join staging.labels as labels
    on
        staged.source = labels.source
        and labels.staged_column = 'status'
        and staged.status = labels.label
