-- check: items__without_estimate
-- severity: warn
-- label: Open backlog items without an effort estimate
-- says: They cannot be part of a plan. Product adds an estimate in person-weeks.
select
    items.item_id,
    items.title,
    items.status_label
from items
where
    items.effort_likely is null
    and items.status in ('idea', 'planned', 'in_progress')
order by items.item_id
